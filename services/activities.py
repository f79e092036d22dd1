"""Activities: who may set one up, and how places are given, waited for, left and offered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from db.models.activities import Activity, Signup
from db.models.volunteers import Volunteer
from db.stores import activities, volunteers
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission, community

OFFER: Final = timedelta(hours=2)
"""How long a free place is kept for the first in the waitlist."""
DAY_BEFORE, HOURS_BEFORE = timedelta(days=1), timedelta(hours=2)
MOST_WEEKS = 26


class State(StrEnum):
    """Where an activity stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Place(StrEnum):
    """Where a volunteer stands in an activity."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    LEFT = "left"
    ABSENT = "absent"


IN: Final = (Place.CONFIRMED, Place.WAITING, Place.OFFERED, Place.ARRIVED, Place.LEFT)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a leader writes down; `weeks` repeats it weekly, `leave_hours` is the cut-off."""

    title: str
    category: str
    community_id: int
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    token: str
    weeks: int = 1
    min_age: int | None = None
    skill: str | None = None
    risk_note: str | None = None
    insured: bool = False
    leave_hours: int = 3


@dataclass(frozen=True)
class Joined:
    """What came of signing up: the place, how many stand before, what else is at that time."""

    place: Place
    ahead: int = 0
    overlaps: str | None = None


async def create(work: Work, by: Actor, plan: Plan) -> list[Activity]:
    """Write an activity down as a draft, one for each week.

    Raises Refusal: activities.in_the_past, activities.ends_too_early, activities.not_insured.
    """
    by.require(Permission.ACTIVITY_CREATE, community(plan.community_id))
    if plan.starts_at <= clock.now():
        raise Refusal("activities.in_the_past")
    if plan.ends_at <= plan.starts_at:
        raise Refusal("activities.ends_too_early")
    if plan.risk_note and not plan.insured:  # Regulations on Voluntary Service, Art. 17
        raise Refusal("activities.not_insured")
    made = []
    for week in range(max(1, min(plan.weeks, MOST_WEEKS))):
        row = _row(by, plan, week)
        await activities.add(work.session, row)
        made.append(row)
    return made


def _row(by: Actor, plan: Plan, week: int) -> Activity:
    later = timedelta(weeks=week)
    starts_at = plan.starts_at + later
    return Activity(
        title=plan.title,
        category=plan.category,
        community_id=plan.community_id,
        place=plan.place,
        starts_at=starts_at,
        ends_at=plan.ends_at + later,
        capacity=plan.capacity,
        min_age=plan.min_age,
        skill=plan.skill,
        risk_note=plan.risk_note,
        insured=plan.insured,
        leave_until=starts_at - timedelta(hours=plan.leave_hours),
        leader_id=by.person_id,
        state=State.DRAFT,
        form_token=f"{plan.token}.{week}" if week else plan.token,
        created_at=clock.now(),
    )


async def access(work: Work, by: Actor, activity_id: int) -> Activity:
    """An activity of the actor's own desk, locked; Refusal("common.not_there") otherwise."""
    row = await activities.locked(work.session, activity_id)
    if row is None or not by.can(Permission.ACTIVITY_CREATE, community(row.community_id)):
        raise Refusal("common.not_there")
    return row


async def publish(work: Work, by: Actor, activity_id: int) -> tuple[Activity, list[int]]:
    """Open the sign-up; returns whom to tell of it."""
    row = await access(work, by, activity_id)
    if row.state != State.DRAFT:
        raise Refusal("activities.moved_on")
    row.state = State.PUBLISHED
    await work.session.flush()
    return row, list(await activities.fitting(work.session, row))


async def cancel(work: Work, by: Actor, activity_id: int) -> Activity:
    """Call it off; everybody who has a place or waits for one hears of it at once."""
    row = await access(work, by, activity_id)
    if row.state == State.CANCELLED:
        raise Refusal("activities.moved_on")
    row.state = State.CANCELLED
    for signup, volunteer in await activities.everybody(work.session, row.id):
        if signup.state in IN and volunteer.person_id is not None:
            work.notify(volunteer.person_id, "activities.called_off", **told(row))
    await work.session.flush()
    return row


def told(activity: Activity) -> dict[str, str | int]:
    """An activity as the parameters of a notice."""
    start, end = clock.local(activity.starts_at), clock.local(activity.ends_at)
    return {
        "activity_id": activity.id,
        "title": activity.title,
        "when": f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}",
        "place": activity.place,
    }


# -- places -------------------------------------------------------------------------------------


async def sign_up(work: Work, by: Actor, activity_id: int) -> Joined:
    """A place, or the next one in the waitlist; asking twice changes nothing.

    Raises Refusal: activities.volunteers_only, activities.closed, activities.too_young.
    """
    volunteer = await _myself(work, by)  # before the lock: others wait for it
    activity = await activities.locked(work.session, activity_id)
    if activity is None or activity.state == State.DRAFT:
        raise Refusal("common.not_there")
    if activity.state != State.PUBLISHED or activity.starts_at <= clock.now():
        raise Refusal("activities.closed")
    _check_age(volunteer, activity)
    row = await activities.signup(work.session, activity_id, volunteer.id)
    if row is None or row.state not in IN:
        row = await _give_place(work, activity, volunteer, row)
    return await _outcome(work, activity, volunteer, row)


async def _myself(work: Work, by: Actor) -> Volunteer:
    volunteer = await volunteers.of_person(work.session, by.person_id)
    if volunteer is None or volunteer.state != "active":
        raise Refusal("activities.volunteers_only")
    return volunteer


def _check_age(volunteer: Volunteer, activity: Activity) -> None:
    if activity.min_age and volunteer.birth_year:
        age = clock.local(activity.starts_at).year - volunteer.birth_year
        if age < activity.min_age:
            raise Refusal("activities.too_young", age=activity.min_age)


async def _give_place(
    work: Work, activity: Activity, volunteer: Volunteer, row: Signup | None
) -> Signup:
    """Under the activity's lock: nobody passes those who wait, nothing goes over capacity."""
    taken, waiting, last = await activities.standing(work.session, activity.id)
    is_free = taken < activity.capacity and not waiting
    row = row or Signup(activity_id=activity.id, volunteer_id=volunteer.id)
    row.state = Place.CONFIRMED if is_free else Place.WAITING
    row.queued = last + 1
    row.at = clock.now()
    await activities.add(work.session, row)
    return row


async def _outcome(work: Work, activity: Activity, volunteer: Volunteer, row: Signup) -> Joined:
    other = await activities.overlapping(work.session, volunteer.id, activity)
    waits = row.state == Place.WAITING
    ahead = await activities.place_in_waitlist(work.session, row) if waits else 0
    return Joined(Place(row.state), ahead, other.title if other else None)


async def my_place(work: Work, by: Actor, activity: Activity) -> Place | None:
    """Where the actor stands in an activity, if anywhere."""
    volunteer = await volunteers.of_person(work.session, by.person_id)
    row = volunteer and await activities.signup(work.session, activity.id, volunteer.id)
    return Place(row.state) if row else None


async def _mine(work: Work, by: Actor, activity_id: int) -> tuple[Activity, Signup]:
    activity = await activities.locked(work.session, activity_id)
    if activity is None:
        raise Refusal("common.not_there")
    row = await activities.signup(work.session, activity_id, (await _myself(work, by)).id)
    if row is None:
        raise Refusal("common.not_there")
    return activity, row


async def leave(work: Work, by: Actor, activity_id: int) -> Activity:
    """Give the place back until the cut-off; the first who waits is offered it.

    Raises Refusal("activities.too_late_to_leave") after it: the leader is told instead.
    """
    activity, row = await _mine(work, by, activity_id)
    if row.state not in (Place.CONFIRMED, Place.WAITING, Place.OFFERED):
        raise Refusal("activities.moved_on")
    if row.state == Place.CONFIRMED and clock.now() > activity.leave_until:
        raise Refusal("activities.too_late_to_leave")
    row.state = Place.CANCELLED
    await work.session.flush()
    await _offer_free_places(work, activity)
    return activity


async def cannot_come(work: Work, by: Actor, activity_id: int) -> Activity:
    """Answer a reminder with no: possible to the last minute, the leader hears of late ones."""
    activity, row = await _mine(work, by, activity_id)
    if row.state != Place.CONFIRMED or clock.now() >= activity.starts_at:
        raise Refusal("activities.moved_on")
    if clock.now() > activity.leave_until:
        work.notify(activity.leader_id, "activities.late_leaver", **told(activity))
    row.state = Place.CANCELLED
    await work.session.flush()
    await _offer_free_places(work, activity)
    return activity


async def accept(work: Work, by: Actor, activity_id: int) -> Activity:
    """Take the place that was offered. Raises Refusal("activities.offer_over") when too late."""
    activity, row = await _mine(work, by, activity_id)
    if row.state != Place.OFFERED or (row.offered_until and row.offered_until <= clock.now()):
        raise Refusal("activities.offer_over")
    row.state, row.offered_until = Place.CONFIRMED, None
    await work.session.flush()
    return activity


async def _offer_free_places(work: Work, activity: Activity) -> None:
    """Offer what is free to those who wait, in order, each for a limited time."""
    if activity.state != State.PUBLISHED or activity.starts_at <= clock.now():
        return
    free = activity.capacity - await activities.places_taken(work.session, activity.id)
    for row in (await activities.waiting(work.session, activity.id))[: max(0, free)]:
        row.state = Place.OFFERED
        row.offered_until = min(clock.now() + OFFER, activity.starts_at)
        volunteer = await volunteers.by_id(work.session, row.volunteer_id)
        if volunteer is not None and volunteer.person_id is not None:
            until = f"{clock.local(row.offered_until):%m-%d %H:%M}"
            work.notify(volunteer.person_id, "activities.offer", **told(activity), until=until)
    await work.session.flush()


# -- clock work ---------------------------------------------------------------------------------


async def end_offers(work: Work) -> None:
    """Offers not taken in time go to the next in line; the person keeps no place."""
    for activity_id in {
        r.activity_id for r in await activities.offers_over(work.session, clock.now())
    }:
        activity = await activities.locked(work.session, activity_id)
        assert activity is not None
        for row in await activities.offers_over(work.session, clock.now()):
            if row.activity_id == activity_id:
                row.state = Place.CANCELLED
        await work.session.flush()
        await _offer_free_places(work, activity)


async def remind(work: Work) -> None:
    """A day and two hours before, once each; who signed up late gets only the nearer one."""
    now = clock.now()
    due = await activities.to_remind(
        work.session, now=now, day=now + DAY_BEFORE, hours=now + HOURS_BEFORE
    )
    for signup, activity in due:
        signup.reminded_day = True
        signup.reminded_hours = activity.starts_at <= now + HOURS_BEFORE
        volunteer = await volunteers.by_id(work.session, signup.volunteer_id)
        if volunteer is not None and volunteer.person_id is not None:
            work.notify(volunteer.person_id, "activities.reminder", **told(activity))
    await work.session.flush()
