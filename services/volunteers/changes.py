"""What volunteers change about themselves, with history; a new phone or community is checked."""

from collections.abc import Collection, Sequence
from typing import Final

from db.models.volunteers import Volunteer, VolunteerChange
from db.stores import people, volunteers
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Role, community
from services.volunteers.registration import (
    PHONE,
    Application,
    State,
    access,
    check_age,
    give_places_back,
    mine,
    new_number,
    note,
    scope_of,
)

CHECKED: Final = ("phone", "community")
"""Staff of the community look at these again: the roster must be true and complete and its phone
must reach the person (Regulations on Voluntary Service, Art. 7)."""
BY_STAFF: Final = frozenset(
    {
        (State.ACTIVE, State.PAUSED),
        (State.ACTIVE, State.LEFT),
        (State.PAUSED, State.ACTIVE),
        (State.PAUSED, State.LEFT),
        (State.LEFT, State.ACTIVE),
    }
)
"""What staff change for somebody who asks them: most of the roster has no Telegram."""
MAY_CHANGE: Final = (State.PENDING, State.ACTIVE, State.PAUSED)


async def change(work: Work, by: Actor, wanted: Application) -> tuple[str, ...]:
    """Write what is different, each with its history; the fields that changed.

    Raises Refusal: common.not_there, people.bad_phone, and those of `check_age`.
    """
    row = await mine(work, by)
    if row is None or row.state not in MAY_CHANGE:
        raise Refusal("common.not_there")
    check_age(wanted.birth_year, guardian_consent=wanted.guardian_consent)
    changed = await _write(work, by, row, wanted)
    if changed and row.state != State.PENDING:
        await _ask_for_check(work, row, [one for one in changed if one in CHECKED])
    return changed


async def correct(work: Work, by: Actor, volunteer_id: int, wanted: Application) -> tuple[str, ...]:
    """Staff write what somebody told them at the desk; there is nothing to check again.

    Raises Refusal: common.not_there, common.not_allowed, people.bad_phone, those of `check_age`.
    """
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VERIFY)
    by.require(Permission.PERSON_VIEW_FULL, scope_of(row))
    check_age(wanted.birth_year, guardian_consent=wanted.guardian_consent)
    changed = await _write(work, by, row, wanted)
    if changed and row.person_id not in (None, by.person_id):
        work.notify(row.person_id or 0, "volunteers.corrected")
    return changed


async def enter(work: Work, by: Actor, wanted: Application) -> Volunteer:
    """Staff put somebody on the roster who came to them and agreed; they need no Telegram.

    Raises Refusal: common.not_allowed, volunteers.known_already, people.bad_phone, and those of
    `check_age`.
    """
    where = community(wanted.community_id) if wanted.community_id else STREET
    by.require(Permission.VOLUNTEER_VERIFY, where)
    check_age(wanted.birth_year, guardian_consent=wanted.guardian_consent)
    now = clock.now()
    row = Volunteer(name=wanted.name, community_id=wanted.community_id, state=State.ACTIVE)
    row.sex, row.birth_year = wanted.sex, wanted.birth_year
    row.skills, row.free_times = wanted.skills, list(wanted.free_times)
    row.guardian_consent, row.form_token = wanted.guardian_consent, wanted.token
    row.source, row.created_at, row.changed_at = "desk", now, now
    set_phone(row, wanted.phone)
    if await _is_known(work, row):
        raise Refusal("volunteers.known_already")
    row.number, row.joined_on = await new_number(work), clock.today()
    await volunteers.add(work.session, row, wanted.categories)
    await note(work, by, row, "entered", None, State.ACTIVE)
    return row


async def _is_known(work: Work, row: Volunteer) -> bool:
    """Whether somebody of this name and phone is on the roster: two people may share a phone."""
    if row.phone is None:
        return False
    indexes = [index.hex() for index in privacy.blind_indexes(row.phone, PHONE)]
    alike = await volunteers.by_phone(work.session, indexes)
    return any(one.name == row.name and one.state in MAY_CHANGE for one in alike)


async def set_state(work: Work, by: Actor, volunteer_id: int, to: State) -> Volunteer:
    """Staff pause somebody, take them back or off the roster, as they asked; they are told.

    The same press twice changes nothing. Raises Refusal: common.not_there, volunteers.moved_on.
    """
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VERIFY)
    if row.state == to:
        return row
    if (State(row.state), to) not in BY_STAFF:
        raise Refusal("volunteers.moved_on")
    await note(work, by, row, "state", row.state, to)
    row.state, row.changed_at = to, clock.now()
    if row.person_id not in (None, by.person_id):
        work.notify(row.person_id or 0, f"volunteers.set.{to}")
    await give_places_back(work, row)
    await work.session.flush()
    return row


async def _write(work: Work, by: Actor, row: Volunteer, wanted: Application) -> tuple[str, ...]:
    chosen = sorted(await volunteers.categories_of(work.session, row.id))
    before = _values(row, chosen)
    row.name, row.sex, row.birth_year = wanted.name, wanted.sex, wanted.birth_year
    row.skills, row.free_times = wanted.skills, list(wanted.free_times)
    row.community_id = wanted.community_id
    row.guardian_consent = wanted.guardian_consent
    set_phone(row, wanted.phone)
    after = _values(row, sorted(wanted.categories))
    await volunteers.set_categories(work.session, row.id, wanted.categories)
    changed = tuple(key for key in after if after[key] != before[key])
    for key in changed:
        await note(work, by, row, key, before[key], after[key])
    if changed:
        row.changed_at = clock.now()
    if "phone" in changed:
        await _one_phone(work, row)
    return changed


def _values(row: Volunteer, categories: Collection[str]) -> dict[str, str | None]:
    """The particulars as the history keeps them; codes and ids, no words."""
    community = str(row.community_id) if row.community_id else None
    year = str(row.birth_year) if row.birth_year else None
    return {
        "name": row.name,
        "sex": row.sex,
        "birth_year": year,
        "community": community,
        "phone": row.phone,
        "categories": " ".join(categories) or None,
        "skills": row.skills,
        "free_times": " ".join(row.free_times) or None,
    }


def set_phone(row: Volunteer, phone: str | None) -> None:
    """Write a phone with its blind index. Raises Refusal("people.bad_phone")."""
    row.phone = privacy.normalise_phone(phone) if phone else None
    row.phone_index = privacy.blind_index(row.phone, PHONE).hex() if row.phone else None


async def _one_phone(work: Work, row: Volunteer) -> None:
    """Who left a phone beside their reports too has one new phone, not two to remember."""
    person = await people.by_id(work.session, row.person_id) if row.person_id else None
    if person is not None and person.phone is not None and row.phone is not None:
        person.phone, person.phone_index = row.phone, row.phone_index


async def new_phone(work: Work, by: Actor, number: str) -> None:
    """The person gave the office a new phone elsewhere: it is the volunteer's too."""
    row = await mine(work, by)
    if row is None or row.phone == number:
        return
    before = row.phone
    set_phone(row, number)
    await note(work, by, row, "phone", before, number)
    if row.state in (State.ACTIVE, State.PAUSED):
        await _ask_for_check(work, row, ["phone"])


# -- checking again -----------------------------------------------------------------------------


async def _ask_for_check(work: Work, row: Volunteer, fields: Sequence[str]) -> None:
    if not fields:
        return
    known = (row.to_check or "").split()
    row.to_check = " ".join(dict.fromkeys([*known, *fields]))
    await work.session.flush()
    roles = (Role.COMMUNITY_STAFF, Role.STREET_STAFF)
    for one in await people.holders_of(work.session, roles, community_id=row.community_id):
        work.notify(one, "volunteers.changed_for_staff", volunteer_id=row.id)


async def to_check(work: Work, by: Actor, *, page: int, size: int) -> Sequence[Volunteer]:
    """Who changed a phone or community that nobody looked at yet (one more than `size`)."""
    by.require(Permission.VOLUNTEER_VIEW)
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    return await volunteers.to_check(
        work.session, communities=reach, offset=page * size, limit=size + 1
    )


async def count_to_check(work: Work, by: Actor) -> int:
    """How many there are."""
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    return await volunteers.count_to_check(work.session, reach)


async def confirm(work: Work, by: Actor, volunteer_id: int) -> Volunteer:
    """Staff looked: phone and community are right. Raises Refusal("volunteers.moved_on")."""
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VERIFY)
    if row.to_check is None:
        raise Refusal("volunteers.moved_on")
    await note(work, by, row, "checked", row.to_check, None)
    row.to_check = None
    await work.session.flush()
    return row


async def ask_again(work: Work, by: Actor, volunteer_id: int) -> Volunteer:
    """Staff could not confirm it: the volunteer is asked to look again; it stays to be checked."""
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VERIFY)
    if row.to_check is None:
        raise Refusal("volunteers.moved_on")
    await note(work, by, row, "asked_again", row.to_check, None)
    if row.person_id is not None:
        work.notify(row.person_id, "volunteers.look_again")
    return row


async def history(work: Work, by: Actor, volunteer_id: int) -> Sequence[VolunteerChange]:
    """Every change of a volunteer, the newest first, for staff of the place."""
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VIEW)
    return list(reversed(await volunteers.changes_of(work.session, row.id)))
