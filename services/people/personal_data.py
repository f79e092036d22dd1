"""Where personal data lies: what /mydata exports, what /forget and a withdrawn consent remove.

A feature that keeps rows about people adds a line to HOLDINGS. Right to a copy and to deletion:
Personal Information Protection Law, Articles 45 and 47.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.models import (
    activities,
    certificates,
    clubs,
    forms,
    people,
    questions,
    report_desk,
    reports,
    supervisors,
    surveys,
    volunteers,
)
from db.stores import consents, inbox, jobs, outbox, personal_data, places, survey_audiences
from db.stores import people as people_rows
from db.stores.personal_data import Holding, Owner
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.people.consents import Purpose
from services.permissions import Actor, Role

RESIDENTS = ("resident", "volunteer", "supervisor")

HOLDINGS: tuple[Holding, ...] = (
    Holding("consents", people.Consent, "person_id"),
    Holding("roles", people.Grant, "person_id"),
    Holding("kept", people.KeptMessage, "person_id"),
    Holding("conversation", people.Conversation, "chat_id", owner=Owner.CHAT),
    Holding("files", forms.FormMedia, "person_id", photos=("sha256", "thumbnail_sha256")),
    Holding("fillings", forms.FormFilling, "person_id"),
    Holding("questions", questions.AskedQuestion, "person_id"),
    Holding(
        "reports",
        reports.Report,
        "reporter_id",
        emptied={
            "reporter_id": None,
            "words": "",
            "details": None,
            "place": "",
            "latitude": None,
            "longitude": None,
            "accuracy": None,
        },
    ),
    Holding(
        "report_words",
        reports.ReportMove,
        "actor_id",
        only={"actor_role": RESIDENTS},
        emptied={"actor_id": None, "words": ""},
    ),
    Holding(
        "report_photos",
        reports.ReportPhoto,
        "taken_by",
        photos=("sha256", "thumbnail_sha256"),
    ),
    Holding(
        "report_checks",
        supervisors.ReportCheck,
        "person_id",
        emptied={"person_id": None, "words": ""},
    ),
    Holding("followed", reports.ReportFollower, "person_id"),
    Holding("desk_view", report_desk.DeskView, "person_id"),
    Holding(
        "certificates",
        certificates.Certificate,
        "volunteer_id",
        owner=Owner.VOLUNTEER,
        emptied={
            "name": None,
            "volunteer_number": None,
            "services": [],
            "shows_full_name": False,
            "shows_hours": False,
            "shows_period": False,
        },
    ),
    Holding(
        "certificate_objections",
        certificates.CertificateObjection,
        "person_id",
        emptied={"person_id": None, "words": ""},
    ),
    Holding("hours", activities.ServiceHours, "volunteer_id", owner=Owner.VOLUNTEER),
    Holding("signups", activities.Signup, "volunteer_id", owner=Owner.VOLUNTEER),
    Holding("volunteer_changes", volunteers.VolunteerChange, "volunteer_id", owner=Owner.VOLUNTEER),
    Holding(
        "volunteer_categories", volunteers.VolunteerCategory, "volunteer_id", owner=Owner.VOLUNTEER
    ),
    Holding("volunteering", volunteers.Volunteer, "person_id"),
    Holding(
        "activity_photos",
        activities.ActivityPhoto,
        "person_id",
        photos=("sha256", "thumbnail_sha256"),
    ),
    Holding("activity_feedback", activities.ActivityFeedback, "person_id"),
    Holding("clubs", clubs.ClubMember, "person_id"),
    Holding("club_family", clubs.ClubMember, "entered_by", emptied={"entered_by": None}),
    Holding("club_led", clubs.Club, "leader_id", emptied={"leader_id": None}),
    Holding("club_news", clubs.ClubNews, "author_id", emptied={"author_id": None}),
    Holding(
        "club_works",
        clubs.ClubWork,
        "added_by",
        emptied={"added_by": None, "maker": None},
        photos=("sha256", "thumbnail_sha256"),
    ),
    Holding("named_answers", surveys.SurveyResponse, "person_id"),
    Holding("survey_lists", surveys.SurveyInvitee, "person_id"),
    Holding("survey_mutes", surveys.SurveyMute, "person_id"),
)

#: What goes when a consent is taken back, by the names of HOLDINGS.
OF_PURPOSE: dict[Purpose, tuple[str, ...]] = {
    Purpose.CLUB: ("clubs",),
    Purpose.VOLUNTEER: (
        "certificates",
        "hours",
        "signups",
        "volunteer_changes",
        "volunteer_categories",
        "volunteering",
    ),
}

FORGOTTEN = "forgotten"
SCRUB_AFTER_SECONDS = 60


# -- a copy -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """All that is held about somebody: their own row, then a list of rows a kind."""

    person: dict[str, Any]
    held: dict[str, list[dict[str, Any]]]
    photos: tuple[str, ...]


async def ask_for_copy(work: Work, by: Actor) -> None:
    """A job gathers everything and sends it to the person themselves."""
    day = clock.today().isoformat()
    key = f"mydata:{by.person_id}:{day}:{clock.now().hour}"
    payload = {"person_id": by.person_id}
    await jobs.add(work.session, "mydata", payload, now=clock.now(), key=key)


async def copy(work: Work, person_id: int) -> Copy:
    """Everything held about a person. Raises Refusal("common.not_there")."""
    person = await people_rows.by_id(work.session, person_id)
    if person is None or person.forgotten_at is not None:
        raise Refusal("common.not_there")
    held = {}
    for holding in HOLDINGS:
        rows = await personal_data.rows(work.session, holding, person.id, person.telegram_id)
        if rows:
            held[holding.name] = rows
    photos = await _photos(work, person, HOLDINGS)
    own = personal_data.values_of(person, hidden=("phone_index",))
    if person.community_id is not None:
        lives_in = await places.community(work.session, person.community_id)
        own["community"] = lives_in.name if lives_in else person.community_id
    return Copy(own, held, tuple(photos))


async def _photos(work: Work, person: people.Person, holdings: Sequence[Holding]) -> list[str]:
    found: set[str] = set()
    for holding in holdings:
        found |= await personal_data.photos(work.session, holding, person.id, person.telegram_id)
    return sorted(found)


# -- forgetting ---------------------------------------------------------------------------------


async def check_may_forget(work: Work, by: Actor) -> None:
    """Staff hand over first. Raises Refusal("profile.hand_over_first")."""
    held = {Role(row.role) for row in await people_rows.roles_of(work.session, by.person_id)}
    if held - {Role.RESIDENT, Role.VOLUNTEER}:
        raise Refusal("profile.hand_over_first")


async def forget(work: Work, by: Actor) -> None:
    """Remove everything held about whoever asks; only a keyed hash and the time stay.

    Raises Refusal("profile.hand_over_first").
    """
    await check_may_forget(work, by)
    person = await people_rows.by_id(work.session, by.person_id)
    if person is not None and person.forgotten_at is None:
        await erase(work, person, at=clock.now())


async def erase(work: Work, person: people.Person, *, at: datetime) -> tuple[str, ...]:
    """Remove a person's rows now and plan the rest; the photos that nobody else's rows name.

    The rest is outside a transaction: files, the note beside the database, and the last messages
    of this very conversation, which are scrubbed a minute later.
    """
    telegram_id = person.telegram_id
    words = [word for word in (person.name, person.phone) if word and len(word) > 1]
    words += await _written_names(work, person)
    if person.phone:
        known = [one.hex() for one in privacy.blind_indexes(person.phone, "phone")]
        await survey_audiences.forget_phone(work.session, known)
    await personal_data.unname_works(work.session, words)
    photos = await _erase_rows(work, person, HOLDINGS)
    if telegram_id is not None:
        await inbox.forget_person(work.session, telegram_id)
        await outbox.forget_chat(work.session, telegram_id)
        await _note_forgotten(work, telegram_id, at)
        await _plan_the_rest(work, person.id, telegram_id, photos, at)
    await outbox.blot_out(work.session, words)
    personal_data.empty_person(person, at=at)
    await work.session.flush()
    return tuple(photos)


async def _written_names(work: Work, person: people.Person) -> list[str]:
    """Names and phones they gave to features: they may stand in messages that wait."""
    found: list[str] = []
    for holding in HOLDINGS:
        rows = await personal_data.rows(work.session, holding, person.id, person.telegram_id)
        for row in rows:
            found += [str(row[key]) for key in ("name", "phone") if row.get(key)]
    return [word for word in found if len(word) > 1]


async def _erase_rows(work: Work, person: people.Person, holdings: Sequence[Holding]) -> list[str]:
    photos = await _photos(work, person, holdings)
    for holding in holdings:
        await personal_data.erase(work.session, holding, person.id, person.telegram_id)
    return await personal_data.unnamed(work.session, HOLDINGS, photos)


async def _note_forgotten(work: Work, telegram_id: int, at: datetime) -> None:
    mark = privacy.blind_index(str(telegram_id), FORGOTTEN).hex()
    work.session.add(people.Forgotten(person_hash=mark, at=at))
    await work.session.flush()


async def _plan_the_rest(
    work: Work, person_id: int, telegram_id: int, photos: list[str], at: datetime
) -> None:
    mark = privacy.blind_index(str(telegram_id), FORGOTTEN).hex()
    now = clock.now()
    payload = {"hash": mark, "at": at.isoformat(), "photos": photos, "person_id": person_id}
    await jobs.add(work.session, "forget", payload, now=now)
    await jobs.add(
        work.session,
        "scrub",
        {"telegram_id": telegram_id},
        now=now,
        not_before=personal_data.later(now, SCRUB_AFTER_SECONDS),
    )


async def repeat(work: Work, mark: str, at: datetime) -> tuple[str, ...] | None:
    """After a restore: do again what was asked for after the backup; None if it knows of it.

    The photos to remove are returned.

    Nothing happens where the backup knows of the request already, so that somebody who came back
    later is not forgotten a second time.
    """
    if await personal_data.is_noted(work.session, mark, at):
        return None
    for person in await people_rows.with_telegram(work.session):
        marks = privacy.blind_indexes(str(person.telegram_id), FORGOTTEN)
        if mark in {one.hex() for one in marks} and person.created_at <= at:
            return await erase(work, person, at=at)
    return None


# -- taking a consent back ----------------------------------------------------------------------


async def withdraw(work: Work, by: Actor, purpose: Purpose) -> None:
    """Take a consent back: what was kept for it goes, and so does a name no consent covers."""
    person = await people_rows.by_id(work.session, by.person_id)
    if person is None:
        raise Refusal("common.not_there")
    if purpose is Purpose.STAFF:
        await check_may_forget(work, by)
    await consents.withdraw(work.session, by.person_id, purpose, now=clock.now())
    chosen = [h for h in HOLDINGS if h.name in OF_PURPOSE.get(purpose, ())]
    photos = await _erase_rows(work, person, chosen)
    if photos:
        await jobs.add(work.session, "drop_photos", {"photos": photos}, now=clock.now())
    if not await consents.any_in_force(work.session, by.person_id):
        person.name = person.phone = person.phone_index = None
    await work.session.flush()
