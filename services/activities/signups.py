"""Places in activities: how they are given, waited for, left, offered on and reminded of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db.models.activities import Activity, Signup
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import jobs, volunteers
from db.stores import signups as quick
from db.work import Work
from services import clock
from services.activities import planning
from services.activities.planning import Place, State
from services.errors import Refusal
from services.permissions import Actor, Permission

OFFER: Final = timedelta(hours=2)
"""How long a free place is kept for the first in the waitlist."""
MOST_AHEAD: Final = 500
KEPT_IN_VIEW: Final = timedelta(days=30)
DAY_BEFORE, HOURS_BEFORE = timedelta(days=1), timedelta(hours=2)


@dataclass(frozen=True)
class Joined:
    """What came of signing up: the place, how many stand before, what else is at that time."""

    activity: Activity
    place: Place
    ahead: int = 0
    overlaps: str | None = None


async def sign_up(work: Work, by: Actor, activity_id: int) -> Joined:
    """A place, or the next one in the waitlist; asking twice changes nothing.

    Raises Refusal: activities.volunteers_only, activities.too_young, and those of `check_open`.
    """
    candidate = await quick.candidate(work.session, by.person_id, activity_id)  # before the lock
    if candidate is None or candidate.state != "active":
        raise Refusal("activities.volunteers_only")
    activity = await rows.locked(work.session, activity_id)
    if activity is None or activity.state == State.DRAFT:
        raise Refusal("common.not_there")
    check_open(activity)
    _check_age(candidate.birth_year, activity)
    place, ahead = await _place(work, activity, candidate.volunteer_id)
    return Joined(activity, place, ahead, candidate.overlaps)


async def _place(work: Work, activity: Activity, volunteer_id: int) -> tuple[Place, int]:
    """Under the activity's lock: nobody passes those who wait, nothing goes over capacity."""
    given = await quick.give(work.session, activity, volunteer_id, at=clock.now())
    return Place(given.state), given.ahead


async def enter(work: Work, by: Actor, activity_id: int, said: str) -> tuple[Joined, Volunteer]:
    """The leader or staff sign up a volunteer, with or without Telegram, also during it.

    Raises Refusal: common.not_there, activities.closed, activities.no_such_volunteer,
    activities.several_people, activities.too_young.
    """
    activity = await planning.led(work, by, activity_id)
    if activity.state != State.PUBLISHED or activity.ends_at <= clock.now():
        raise Refusal("activities.closed")
    found = await planning.on_roster(work, activity.community_id, said)
    if not found:
        raise Refusal("activities.no_such_volunteer", said=said)
    if len(found) > 1:
        raise planning.several(said, found)
    _check_age(found[0].birth_year, activity)
    place, ahead = await _place(work, activity, found[0].id)
    if found[0].person_id is not None:
        work.notify(found[0].person_id, "activities.entered", **planning.told(activity))
    return Joined(activity, place, ahead), found[0]


def check_open(activity: Activity) -> None:
    """Whether one can sign up now. Raises Refusal: activities.closed, activities.not_open_yet."""
    now = clock.now()
    if activity.state != State.PUBLISHED or (activity.closes_at or activity.starts_at) <= now:
        raise Refusal("activities.closed")
    if activity.opens_at is not None and now < activity.opens_at:
        raise Refusal("activities.not_open_yet", opens=activity.opens_at)


def _check_age(birth_year: int | None, activity: Activity) -> None:
    if activity.min_age and birth_year:
        age = clock.local(activity.starts_at).year - birth_year
        if age < activity.min_age:
            raise Refusal("activities.too_young", age=activity.min_age)


async def my_place(work: Work, by: Actor, activity: Activity) -> Place | None:
    """Where the actor stands in an activity, if anywhere."""
    volunteer = await volunteers.of_person(work.session, by.person_id)
    row = volunteer and await rows.signup(work.session, activity.id, volunteer.id)
    return Place(row.state) if row else None


async def order_date(
    work: Work, by: Actor, activity_id: int, *, chat_id: int, bot_username: str
) -> None:
    """Have the date of an activity to come sent as a document for a phone's calendar.

    Raises Refusal: common.not_there, activities.closed.
    """
    by.require(Permission.ACTIVITY_JOIN)
    activity = await rows.by_id(work.session, activity_id)
    if activity is None or activity.state == State.DRAFT:
        raise Refusal("common.not_there")
    if activity.state != State.PUBLISHED or activity.ends_at <= clock.now():
        raise Refusal("activities.closed")
    payload = {"activity_id": activity.id, "chat_id": chat_id, "bot_username": bot_username}
    await jobs.add(work.session, "activity_calendar", payload, now=clock.now())


async def mine(work: Work, by: Actor, *, page: int, size: int) -> Sequence[tuple[Signup, Activity]]:
    """The actor's own activities, to come and of the last month; one more than a page."""
    volunteer = await volunteers.of_person(work.session, by.person_id)
    if volunteer is None:
        return []
    after = clock.now() - KEPT_IN_VIEW
    return await rows.of_volunteer(
        work.session, volunteer.id, after=after, offset=page * size, limit=size + 1
    )


async def _mine(work: Work, by: Actor, activity_id: int) -> tuple[Activity, Signup]:
    """The actor's own sign-up, also while they pause: nobody must stay who cannot come."""
    activity = await rows.locked(work.session, activity_id)
    volunteer = await volunteers.of_person(work.session, by.person_id)
    row = volunteer and await rows.signup(work.session, activity_id, volunteer.id)
    if activity is None or not row:
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
    await offer_free_places(work, activity)
    return activity


async def coming(work: Work, by: Actor, activity_id: int) -> Place:
    """Answer a reminder or a change with yes; where the actor stands."""
    activity, row = await _mine(work, by, activity_id)
    if row.state not in (Place.CONFIRMED, Place.WAITING) or activity.state != State.PUBLISHED:
        raise Refusal("activities.moved_on")
    row.coming_at = clock.now()
    await work.session.flush()
    return Place(row.state)


async def cannot_come(work: Work, by: Actor, activity_id: int) -> Activity:
    """Answer a reminder or a change with no, to the last minute; the leader hears of late ones."""
    activity, row = await _mine(work, by, activity_id)
    can = row.state in (Place.CONFIRMED, Place.WAITING, Place.OFFERED)
    if not can or clock.now() >= activity.starts_at:
        raise Refusal("activities.moved_on")
    if row.state == Place.CONFIRMED and clock.now() > activity.leave_until:
        work.notify(activity.leader_id, "activities.late_leaver", **planning.told(activity))
    row.state, row.coming_at = Place.CANCELLED, None
    await work.session.flush()
    await offer_free_places(work, activity)
    return activity


async def give_up_all(work: Work, volunteer: Volunteer) -> int:
    """Who pauses or leaves the roster gives back every place ahead of them; how many there were.

    The first who waits is offered each, as when somebody leaves one; leaders hear of late ones.
    """
    now = clock.now()
    ahead = await rows.of_volunteer(
        work.session, volunteer.id, after=now, offset=0, limit=MOST_AHEAD
    )
    given_up = 0
    for activity_id in sorted(activity.id for _, activity in ahead):
        activity = await rows.locked(work.session, activity_id)
        row = await rows.signup(work.session, activity_id, volunteer.id)
        if activity is None or row is None or activity.starts_at <= now:
            continue
        if row.state not in (Place.CONFIRMED, Place.WAITING, Place.OFFERED):
            continue
        if row.state == Place.CONFIRMED and now > activity.leave_until:
            work.notify(activity.leader_id, "activities.late_leaver", **planning.told(activity))
        row.state, row.coming_at = Place.CANCELLED, None
        await work.session.flush()
        await offer_free_places(work, activity)
        given_up += 1
    return given_up


async def accept(work: Work, by: Actor, activity_id: int) -> Activity:
    """Take the place that was offered. Raises Refusal("activities.offer_over") when too late."""
    activity, row = await _mine(work, by, activity_id)
    if row.state != Place.OFFERED or (row.offered_until and row.offered_until <= clock.now()):
        raise Refusal("activities.offer_over")
    row.state, row.offered_until = Place.CONFIRMED, None
    await work.session.flush()
    return activity


async def offer_free_places(work: Work, activity: Activity) -> None:
    """Offer what is free to those who wait, in order, each for a limited time.

    Who cannot be asked here gets the place at once, and the leader hears whom to call.
    """
    if activity.state != State.PUBLISHED or activity.starts_at <= clock.now():
        return
    free = activity.capacity - await rows.places_taken(work.session, activity.id)
    for row in (await rows.waiting(work.session, activity.id))[: max(0, free)]:
        await _offer(work, activity, row)
    await work.session.flush()


async def _offer(work: Work, activity: Activity, row: Signup) -> None:
    volunteer = await volunteers.by_id(work.session, row.volunteer_id)
    assert volunteer is not None
    facts = planning.told(activity)
    if volunteer.person_id is None:
        row.state = Place.CONFIRMED
        number = volunteer.number or ""
        work.notify(activity.leader_id, "activities.moved_up", **facts, number=number)
        return
    row.state = Place.OFFERED
    row.offered_until = min(clock.now() + OFFER, activity.starts_at)
    work.notify(volunteer.person_id, "activities.offer", **facts, until=row.offered_until)


# -- clock work ---------------------------------------------------------------------------------


async def end_offers(work: Work) -> None:
    """Offers not taken in time go to the next in line; the person keeps no place.

    A place that became free in another way, as when somebody was forgotten, is offered too.
    """
    for activity_id in await rows.with_free_places(work.session, clock.now()):
        if (open_one := await rows.locked(work.session, activity_id)) is not None:
            await offer_free_places(work, open_one)
    for activity_id in {r.activity_id for r in await rows.offers_over(work.session, clock.now())}:
        activity = await rows.locked(work.session, activity_id)
        assert activity is not None
        for row in await rows.offers_over(work.session, clock.now()):
            if row.activity_id == activity_id:
                row.state = Place.CANCELLED
        await work.session.flush()
        await offer_free_places(work, activity)


async def remind(work: Work) -> None:
    """A day and two hours before, once each; who signed up late gets only the nearer one.

    The leader hears a day before how many come.
    """
    now = clock.now()
    due = await rows.to_remind(
        work.session, now=now, day=now + DAY_BEFORE, hours=now + HOURS_BEFORE
    )
    for signup, activity, person_id in due:
        signup.reminded_day = True
        signup.reminded_hours = activity.starts_at <= now + HOURS_BEFORE
        if person_id is not None:
            work.notify(person_id, "activities.reminder", **planning.told(activity))
    for activity in await rows.to_lead(work.session, now=now, day=now + DAY_BEFORE):
        activity.leader_reminded = True
        taken = await rows.places_taken(work.session, activity.id)
        facts = planning.told(activity)
        work.notify(activity.leader_id, "activities.lead_soon", **facts, taken=taken)
    await work.session.flush()
