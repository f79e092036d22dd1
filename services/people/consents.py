"""Who agreed to what: asked before the first personal field, kept with its words, taken back.

Separate consent for each purpose, withdrawal as easy as giving it: Personal Information Protection
Law, Articles 13 to 17; a transfer abroad is told apart, Article 39.
"""

from enum import StrEnum

from db.models.people import Consent
from db.stores import consents
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor


class Purpose(StrEnum):
    """What personal data is asked for. A name or phone is kept only for these."""

    CLUB = "club"  # how a member is called, for the leader and staff of a troupe or class
    CONTACT = "contact"  # a name and phone beside a report, to ask back
    STAFF = "staff"  # a name that colleagues see
    VOLUNTEER = "volunteer"  # name, phone and times, for the volunteers' desk


#: The version of each text in handlers/texts/zh/consent.toml. Other words are another version
#: (a test pins them), and whoever agreed to the older ones is asked again.
VERSIONS = {
    Purpose.CLUB: "2026-1",
    Purpose.CONTACT: "2026-1",
    Purpose.STAFF: "2026-1",
    Purpose.VOLUNTEER: "2026-1",
}


async def answer(work: Work, by: Actor, purpose: Purpose) -> bool | None:
    """Whether they agreed to the present text, or declined it; None if they were never asked."""
    newest = await consents.newest(work.session, by.person_id, purpose)
    if newest is None or newest.text_version != VERSIONS[purpose]:
        return None
    return newest.agreed and newest.withdrawn_at is None


async def require(work: Work, by: Actor, purpose: Purpose) -> None:
    """Raise Refusal("consent.needed") unless they agreed to the present text."""
    if not await answer(work, by, purpose):
        raise Refusal("consent.needed")


async def give(work: Work, by: Actor, purpose: Purpose, *, words: str) -> None:
    """They agree to these words, shown to them just now."""
    await _note(work, by, purpose, words, agreed=True)


async def decline(work: Work, by: Actor, purpose: Purpose, *, words: str) -> None:
    """They do not agree: nothing personal is asked for, and nobody is blocked by it."""
    await _note(work, by, purpose, words, agreed=False)


async def withdraw(work: Work, by: Actor, purpose: Purpose) -> None:
    """They take it back. What was kept for it goes: services.people.personal_data.withdraw."""
    await consents.withdraw(work.session, by.person_id, purpose, now=clock.now())


async def given(work: Work, by: Actor) -> tuple[Consent, ...]:
    """What they agreed to and have not taken back, the newest of each purpose."""
    rows = await consents.of_person(work.session, by.person_id)
    newest = {row.purpose: row for row in rows}
    return tuple(row for row in newest.values() if row.agreed and row.withdrawn_at is None)


async def _note(work: Work, by: Actor, purpose: Purpose, words: str, *, agreed: bool) -> None:
    version, now = VERSIONS[purpose], clock.now()
    await consents.keep_words(work.session, purpose, version, words, now=now)
    await consents.add(
        work.session,
        Consent(
            person_id=by.person_id, purpose=purpose, text_version=version, agreed=agreed, at=now
        ),
    )
