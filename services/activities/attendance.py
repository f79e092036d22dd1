"""Who came, and for how long: check-in, half hours that one proposes and another approves."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from db.models.activities import Activity, ServiceHours, Signup
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import volunteers
from db.work import Work
from services import clock, privacy
from services.activities import planning
from services.activities.planning import Place, State
from services.errors import Refusal
from services.permissions import Actor
from services.places import metres
from services.recognition import standing as recognition

WINDOW: Final = 300
"""Seconds that one check-in code is shown; it is good for the next window too."""
MAC_SIGNS: Final = 18
"""72 bits, and never so many figures in a row that a link is cleaned of a huge number."""
EARLY, LATE = timedelta(hours=1), timedelta(hours=2)
HALF_HOUR = timedelta(minutes=30)
SHORTEST = timedelta(minutes=10)
"""A second scan sooner than this is the first one again, later it is the check-out."""
DISPUTE: Final = timedelta(days=7)


def code(activity_id: int, moment: datetime) -> str:
    """What the check-in link carries: activity, window and a keyed hash of both."""
    return _signed(activity_id, int(moment.timestamp()) // WINDOW)


def _signed(activity_id: int, window: int) -> str:
    mac = privacy.blind_index(f"{activity_id}:{window}", "check-in").hex()[:MAC_SIGNS]
    return f"{activity_id}-{window}-{mac}"


def _read(said: str) -> int:
    """The activity of a code. Raises Refusal: attendance.code_wrong, attendance.code_over."""
    first, _, rest = said.partition("-")
    window, _, _mac = rest.partition("-")
    if not (first.isascii() and first.isdecimal() and window.isascii() and window.isdecimal()):
        raise Refusal("attendance.code_wrong")
    if not hmac.compare_digest(_signed(int(first), int(window)).encode(), said.encode()):
        raise Refusal("attendance.code_wrong")
    if not 0 <= int(clock.now().timestamp()) // WINDOW - int(window) <= 1:
        raise Refusal("attendance.code_over")
    return int(first)


async def scan(work: Work, by: Actor, said: str) -> tuple[Activity, Place]:
    """Check in with the leader's code, and out with a later one.

    Raises Refusal: attendance.code_wrong, attendance.code_over, attendance.not_in,
    attendance.not_now.
    """
    activity = await rows.locked(work.session, _read(said))
    volunteer = await volunteers.of_person(work.session, by.person_id)
    signup = activity and volunteer and await rows.signup(work.session, activity.id, volunteer.id)
    if activity is None or not signup:
        raise Refusal("attendance.not_in")
    await _step(work, activity, signup)
    return activity, Place(signup.state)


async def tick(work: Work, by: Actor, signup_id: int) -> Activity:
    """The leader ticks a name: first arrived, then gone."""
    found = await rows.signup_by_id(work.session, signup_id)
    if found is None:
        raise Refusal("common.not_there")
    activity = await planning.led(work, by, found.activity_id)
    await _step(work, activity, found)
    return activity


async def _step(work: Work, activity: Activity, signup: Signup) -> None:
    now = clock.now()
    is_time = activity.starts_at - EARLY <= now <= activity.ends_at + LATE
    if activity.state != State.PUBLISHED or not is_time:
        raise Refusal("attendance.not_now")
    if signup.state == Place.CONFIRMED:
        signup.state, signup.arrived_at = Place.ARRIVED, now
    elif signup.state == Place.ARRIVED:
        if signup.arrived_at and now - signup.arrived_at >= SHORTEST:
            signup.state, signup.left_at = Place.LEFT, now
    elif signup.state != Place.LEFT:
        raise Refusal("attendance.not_in")
    await work.session.flush()


# -- the code on the leader's screen, and a location as a hint ----------------------------------


async def show_code(work: Work, by: Actor, activity_id: int, *, chat_id: int) -> Activity:
    """An activity whose code is shown in this chat from now on, until the check-in ends.

    Raises Refusal: common.not_there, attendance.not_now when it is over or called off.
    """
    activity = await planning.led(work, by, activity_id)
    until = activity.ends_at + LATE
    if activity.state != State.PUBLISHED or until < clock.now():
        raise Refusal("attendance.not_now")
    activity.code_to, activity.code_until = chat_id, until
    await work.session.flush()
    return activity


async def codes_shown(work: Work) -> Sequence[Activity]:
    """Activities whose code stands on somebody's screen while one can check in."""
    now = clock.now()
    return await rows.with_code_shown(work.session, now=now, starts_before=now + EARLY)


@dataclass(frozen=True)
class Hint:
    """Where a phone says it is: degrees in WGS 84, accuracy in metres where it said so."""

    latitude: float
    longitude: float
    accuracy: float | None = None


async def check_arrived(work: Work, by: Actor, activity_id: int) -> None:
    """Whether the actor is checked in. Raises Refusal: common.not_there, attendance.not_in."""
    volunteer = await volunteers.of_person(work.session, by.person_id)
    signup = volunteer and await rows.signup(work.session, activity_id, volunteer.id)
    if not signup:
        raise Refusal("common.not_there")
    if signup.state != Place.ARRIVED:
        raise Refusal("attendance.not_in")


async def hint(work: Work, by: Actor, where: Hint, *, own: bool) -> Activity | None:
    """Note how far from the meeting point somebody is who has checked in; it proves nothing.

    Returns the activity; None where they are at none that has a point on the map. Raises
    Refusal("attendance.not_own") for a location that was passed on.
    """
    volunteer = await volunteers.of_person(work.session, by.person_id)
    found = volunteer and await rows.under_way(work.session, volunteer.id)
    if not found:
        return None
    signup, activity = found
    if clock.now() > activity.ends_at + LATE:
        return None
    if activity.latitude is None or activity.longitude is None:
        return None
    if not own:
        raise Refusal("attendance.not_own")
    there = (activity.latitude, activity.longitude)
    signup.hint_metres = round(metres(there, (where.latitude, where.longitude)))
    signup.hint_accuracy = None if where.accuracy is None else round(where.accuracy)
    await work.session.flush()
    return activity


# -- hours --------------------------------------------------------------------------------------


def half_hours(activity: Activity, signup: Signup) -> int:
    """Whole half hours present, at most what was planned."""
    if signup.arrived_at is None:
        return 0
    begin = max(signup.arrived_at, activity.starts_at)
    end = min(signup.left_at or activity.ends_at, activity.ends_at)
    return max(0, (end - begin) // HALF_HOUR)


async def propose(work: Work, by: Actor, activity_id: int) -> int:
    """After the end: hours for who came, "absent" for who did not; how many were proposed.

    Raises Refusal: attendance.not_over, attendance.proposed_already.
    """
    activity = await planning.led(work, by, activity_id)
    if activity.state != State.PUBLISHED:
        raise Refusal("activities.moved_on")
    if clock.now() < activity.ends_at:
        raise Refusal("attendance.not_over")
    everybody = await rows.everybody(work.session, activity_id)
    before = await rows.hours_of_activity(work.session, activity_id)
    if any(row.refused_at is None for row in before):
        raise Refusal("attendance.proposed_already")
    count = 0
    for signup, volunteer in everybody:
        if signup.state in (Place.ARRIVED, Place.LEFT):
            signup.state = Place.LEFT
            await _add(work, by, signup, volunteer, half_hours(activity, signup))
            count += 1
        elif signup.state == Place.CONFIRMED:
            signup.state = Place.ABSENT
    await work.session.flush()
    return count


async def _add(work: Work, by: Actor, signup: Signup, volunteer: Volunteer, halves: int) -> None:
    row = ServiceHours(
        signup_id=signup.id,
        volunteer_id=volunteer.id,
        half_hours=halves,
        proposed_by=by.person_id,
        at=clock.now(),
    )
    await rows.add(work.session, row)


async def approve(work: Work, by: Actor, activity_id: int) -> int:
    """Another person than who proposed them approves the hours; the volunteers are thanked.

    Raises Refusal: attendance.nothing_to_approve, attendance.own_proposal.
    """
    activity = await planning.access(work, by, activity_id)
    waiting = await _waiting(work, activity)
    myself = await volunteers.of_person(work.session, by.person_id)
    for row in waiting:
        if row.proposed_by == by.person_id or (myself and row.volunteer_id == myself.id):
            raise Refusal("attendance.own_proposal")
        row.approved_by, row.approved_at = by.person_id, clock.now()
        await _thank(work, activity, row)
    await work.session.flush()
    return len(waiting)


async def _waiting(work: Work, activity: Activity) -> list[ServiceHours]:
    found = await rows.hours_of_activity(work.session, activity.id)
    waiting = [row for row in found if row.approved_at is None and row.refused_at is None]
    if not waiting:
        raise Refusal("attendance.nothing_to_approve")
    return waiting


async def check_to_settle(work: Work, by: Actor, activity_id: int) -> Activity:
    """An activity with hours that wait, for its staff. Raises Refusal: common.not_there,
    attendance.nothing_to_approve."""
    activity = await planning.access(work, by, activity_id)
    await _waiting(work, activity)
    return activity


async def refuse(work: Work, by: Actor, activity_id: int, words: str) -> tuple[Activity, int]:
    """Do not approve what waits; whoever proposed it hears why, and may propose anew.

    Raises Refusal as `check_to_settle`.
    """
    activity = await planning.access(work, by, activity_id)
    waiting = await _waiting(work, activity)
    for row in waiting:
        row.refused_by, row.refused_at = by.person_id, clock.now()
    for person_id in {row.proposed_by for row in waiting} - {by.person_id}:
        facts = {"activity_id": activity.id, "title": activity.title, "words": words.strip()}
        work.notify(person_id, "attendance.refused", **facts)
    await work.session.flush()
    return activity, len(waiting)


async def _thank(work: Work, activity: Activity, row: ServiceHours) -> None:
    volunteer = await volunteers.by_id(work.session, row.volunteer_id)
    if volunteer is not None and volunteer.person_id is not None:
        work.notify(
            volunteer.person_id,
            "attendance.thanks",
            title=activity.title,
            hours=written(row.half_hours),
            hours_id=row.id,
        )
    if volunteer is not None:
        await recognition.tell_level(work, volunteer)


def written(halves: int) -> str:
    """Half hours as hours: 3 is "1.5"."""
    return f"{halves / 2:g}"


async def dispute(work: Work, by: Actor, hours_id: int) -> None:
    """The volunteer says the hours are not right, within seven days; the leader is asked.

    Raises Refusal: common.not_there, attendance.too_late_to_dispute.
    """
    row = await rows.hours(work.session, hours_id)
    volunteer = await volunteers.of_person(work.session, by.person_id)
    if row is None or volunteer is None or row.volunteer_id != volunteer.id or not row.approved_at:
        raise Refusal("common.not_there")
    if clock.now() - row.approved_at > DISPUTE:
        raise Refusal("attendance.too_late_to_dispute")
    if row.disputed_at is None:
        row.disputed_at = clock.now()
        facts = {"number": volunteer.number or "", "hours": written(row.half_hours)}
        work.notify(row.proposed_by, "attendance.disputed", **facts, hours_id=row.id)
    await work.session.flush()


async def correct(work: Work, by: Actor, hours_id: int, halves: int) -> int:
    """Propose other hours: a new row that another person approves; the id of its activity."""
    row = await rows.hours(work.session, hours_id)
    signup = row and await rows.signup_by_id(work.session, row.signup_id)
    if row is None or not signup:
        raise Refusal("common.not_there")
    activity = await planning.led(work, by, signup.activity_id)
    most = (activity.ends_at - activity.starts_at) // HALF_HOUR
    volunteer = await volunteers.by_id(work.session, row.volunteer_id)
    assert volunteer is not None
    await _add(work, by, signup, volunteer, max(0, min(halves, most)))
    return activity.id


async def total(work: Work, volunteer: Volunteer) -> int:
    """Half hours of a volunteer: approved here, and brought along by the imported roster."""
    return await recognition.total(work, volunteer)


async def proposals(work: Work, activity: Activity) -> Sequence[ServiceHours]:
    """Every row of hours of an activity, the newest last."""
    return await rows.hours_of_activity(work.session, activity.id)
