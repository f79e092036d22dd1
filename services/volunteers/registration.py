"""The roster of volunteers: who asks to join, who verifies, what may follow what."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from db.models.volunteers import Volunteer, VolunteerChange
from db.stores import people, volunteers
from db.work import Work
from services import clock, privacy
from services.activities import signups
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Role, Scope, community

PHONE = "phone"
YOUNGEST, ADULT, OLDEST = 10, 18, 100


class Category(StrEnum):
    """The eight service categories of the street's report."""

    MEDICAL = "medical"
    ENVIRONMENT = "environment"
    COUNSELLING = "counselling"
    MANNERS = "manners"
    LEGAL = "legal"
    YOUTH = "youth"
    CULTURE = "culture"
    SCIENCE = "science"


class State(StrEnum):
    """Where a volunteer stands on the roster."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"
    DECLINED = "declined"


#: Every move there is: from, to, and whether the volunteer makes it themselves.
MOVES: Final = {
    (State.PENDING, State.ACTIVE): False,
    (State.PENDING, State.DECLINED): False,
    (State.PENDING, State.LEFT): True,
    (State.LEFT, State.PENDING): True,
    (State.ACTIVE, State.PAUSED): True,
    (State.PAUSED, State.ACTIVE): True,
    (State.ACTIVE, State.LEFT): True,
    (State.PAUSED, State.LEFT): True,
}


@dataclass(frozen=True)
class Application:
    """What somebody hands in to become a volunteer."""

    name: str
    phone: str | None
    community_id: int | None
    categories: tuple[Category, ...]
    sex: str | None = None
    birth_year: int | None = None
    skills: str | None = None
    free_times: tuple[str, ...] = ()
    guardian_consent: bool = False
    token: str | None = None
    for_another: bool = False


async def mine(work: Work, by: Actor) -> Volunteer | None:
    """The roster entry of whoever acts."""
    return await volunteers.of_person(work.session, by.person_id)


async def apply(work: Work, by: Actor, application: Application) -> Volunteer:
    """Ask to join; staff of the community are told.

    Raises Refusal: volunteers.already (state), volunteers.too_young, volunteers.bad_birth_year,
    volunteers.guardian_needed, people.bad_phone.
    """
    by.require(Permission.VOLUNTEER_REGISTER)
    check_age(application.birth_year, guardian_consent=application.guardian_consent)
    known = None if application.for_another else await mine(work, by)
    if known is not None and known.state not in (State.DECLINED, State.LEFT):
        raise Refusal("volunteers.already")
    before = known.state if known else None
    row = await _entered(work, by, known, application)
    await note(work, by, row, "state", before, State.PENDING)
    await _tell_staff(work, row)
    return row


async def _tell_staff(work: Work, row: Volunteer) -> None:
    roles = (Role.COMMUNITY_STAFF, Role.STREET_STAFF)
    for one in await people.holders_of(work.session, roles, community_id=row.community_id):
        work.notify(one, "volunteers.new_for_staff", volunteer_id=row.id)


def check_age(birth_year: int | None, *, guardian_consent: bool) -> None:
    """Under 18 a guardian must agree (团中央 2014, 注册志愿者管理办法; 志愿服务条例 art. 15)."""
    if birth_year is None:
        return
    age = clock.today().year - birth_year
    if not 0 <= age <= OLDEST:
        raise Refusal("volunteers.bad_birth_year")
    if age < YOUNGEST:
        raise Refusal("volunteers.too_young", age=YOUNGEST)
    if age < ADULT and not guardian_consent:
        raise Refusal("volunteers.guardian_needed", age=ADULT)


def is_minor(birth_year: int | None) -> bool:
    """Whether somebody born then may still be under age this year; not where it is not known."""
    return birth_year is not None and clock.today().year - birth_year < ADULT


async def _entered(
    work: Work, by: Actor, known: Volunteer | None, application: Application
) -> Volunteer:
    phone = privacy.normalise_phone(application.phone) if application.phone else None
    now = clock.now()
    owner = None if application.for_another else by.person_id
    row = known or Volunteer(person_id=owner, created_at=now, state=State.PENDING)
    row.name, row.phone = application.name, phone
    row.phone_index = privacy.blind_index(phone, PHONE).hex() if phone else None
    row.community_id = application.community_id
    row.sex, row.birth_year = application.sex, application.birth_year
    row.skills, row.free_times = application.skills, list(application.free_times)
    row.guardian_consent, row.form_token = application.guardian_consent, application.token
    row.state, row.changed_at = State.PENDING, now
    await volunteers.add(work.session, row, application.categories)
    return row


def scope_of(volunteer: Volunteer) -> Scope:
    """Where a volunteer belongs: their community, or the street."""
    return community(volunteer.community_id) if volunteer.community_id else STREET


async def access(work: Work, by: Actor, volunteer_id: int, need: Permission) -> Volunteer:
    """One volunteer, for those who may; Refusal("common.not_there") otherwise."""
    row = await volunteers.by_id(work.session, volunteer_id)
    if row is None or not by.can(need, scope_of(row)):
        raise Refusal("common.not_there")
    return row


async def listed(
    work: Work, by: Actor, state: State, *, page: int, size: int
) -> Sequence[Volunteer]:
    """A page of volunteers in a state, in the actor's scope."""
    by.require(Permission.VOLUNTEER_VIEW)
    return await volunteers.listed(
        work.session,
        state=state,
        communities=by.communities(Permission.VOLUNTEER_VIEW),
        offset=page * size,
        limit=size + 1,
    )


async def counts(work: Work, by: Actor) -> dict[str, int]:
    """How many volunteers there are in each state, in the actor's scope."""
    by.require(Permission.VOLUNTEER_VIEW)
    return await volunteers.counts(work.session, by.communities(Permission.VOLUNTEER_VIEW))


async def approve(work: Work, by: Actor, volunteer_id: int) -> Volunteer:
    """Take somebody onto the roster: they get a number and are told."""
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VERIFY)
    listed_already = await same_on_roster(work, row)
    if listed_already is not None and row.state == State.PENDING:
        row = await _claimed(work, by, row, listed_already)
    else:
        await _move(work, by, row, State.ACTIVE)
    row.number = row.number or await new_number(work)
    row.joined_on = row.joined_on or clock.today()
    if row.person_id is not None:
        await people.grant(
            work.session,
            row.person_id,
            Role.VOLUNTEER,
            scope_kind="street",
            scope_id=0,
            granted_by=by.person_id,
            now=clock.now(),
        )
        work.notify(row.person_id, "volunteers.approved", number=row.number)
    return row


async def same_on_roster(work: Work, row: Volunteer) -> Volunteer | None:
    """Who on the roster, still without Telegram, has the phone and name of this applicant."""
    if row.phone is None or row.person_id is None:
        return None
    for index in privacy.blind_indexes(row.phone, PHONE):
        for one in await volunteers.unclaimed(work.session, index.hex()):
            if one.name == row.name and one.id != row.id:
                return one
    return None


async def _claimed(work: Work, by: Actor, asked: Volunteer, listed: Volunteer) -> Volunteer:
    """The entry that was imported belongs to this applicant: number and hours stay."""
    person_id, chosen = asked.person_id, await volunteers.categories_of(work.session, asked.id)
    kept = await volunteers.categories_of(work.session, listed.id)
    await volunteers.remove(work.session, asked)
    listed.person_id, listed.changed_at = person_id, clock.now()
    await volunteers.set_categories(work.session, listed.id, {*kept, *chosen})
    await note(work, by, listed, "claimed", None, None)
    return listed


async def decline(work: Work, by: Actor, volunteer_id: int, reason: str) -> Volunteer:
    """Say no, with a reason that the person is told."""
    row = await access(work, by, volunteer_id, Permission.VOLUNTEER_VERIFY)
    await _move(work, by, row, State.DECLINED, reason)
    if row.person_id is not None:
        work.notify(row.person_id, "volunteers.declined", reason=reason)
    return row


async def change_own_state(work: Work, by: Actor, to: State) -> Volunteer:
    """Pause, come back or leave; a volunteer's own choice.

    Who left and comes back is on the roster again when staff have looked. The same press twice
    changes nothing.
    """
    row = await mine(work, by)
    if row is None:
        raise Refusal("common.not_there")
    if row.state == to:
        return row
    if not MOVES.get((State(row.state), to), False):
        raise Refusal("common.not_there")
    await _move(work, by, row, to)
    if to is State.PENDING:
        await _tell_staff(work, row)
    await give_places_back(work, row)
    return row


async def give_places_back(work: Work, row: Volunteer) -> None:
    """Who is no longer active keeps no place in an activity to come, and is told of it."""
    if row.state not in (State.PAUSED, State.LEFT):
        return
    count = await signups.give_up_all(work, row)
    if count and row.person_id is not None:
        work.notify(row.person_id, "volunteers.places_given_back", count=count)


async def _move(
    work: Work, by: Actor, row: Volunteer, to: State, reason: str | None = None
) -> None:
    if (State(row.state), to) not in MOVES:
        raise Refusal("volunteers.moved_on")
    await note(work, by, row, "state", row.state, to, reason)
    row.state, row.changed_at = to, clock.now()
    await work.session.flush()


async def note(
    work: Work,
    by: Actor,
    row: Volunteer,
    what: str,
    before: str | None,
    after: str | None,
    reason: str | None = None,
) -> None:
    """Write a change into a volunteer's history."""
    change = VolunteerChange(
        volunteer_id=row.id,
        actor_id=by.person_id,
        what=what,
        before=str(before) if before is not None else None,
        after=str(after) if after is not None else None,
        reason=reason,
        at=clock.now(),
    )
    await volunteers.note_change(work.session, change)


async def new_number(work: Work) -> str:
    """The next free number of the roster: year of joining and a serial."""
    serial = await volunteers.next_serial(work.session)
    while await volunteers.number_taken(work.session, number := _written(serial)):
        serial += 1
    return number


def _written(serial: int) -> str:
    return f"V{clock.today().year % 100:02d}-{serial:04d}"
