"""Activities: who may plan, publish and call one off, and who leads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from db.models.activities import Activity
from db.models.volunteers import Volunteer
from db.stores import activities, volunteers
from db.work import Work
from services import clock
from services.clock import Span
from services.errors import Refusal
from services.permissions import Actor, Permission, community

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


COUNTED: Final = (Place.ARRIVED, Place.LEFT)
IN: Final = (Place.CONFIRMED, Place.WAITING, Place.OFFERED, Place.ARRIVED, Place.LEFT)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is written down; `weeks` repeats it weekly, `leave_hours` is the cut-off.

    `leader` is the number or the name of a volunteer, None for whoever writes; `point` is latitude
    and longitude in degrees.
    """

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
    leader: str | None = None
    point: tuple[float, float] | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    club_id: int | None = None


async def create(work: Work, by: Actor, plan: Plan) -> list[Activity]:
    """Write an activity down as a draft, one for each week.

    Raises Refusal: activities.in_the_past, and those of `check` and `leader_of`.
    """
    by.require(Permission.ACTIVITY_CREATE, community(plan.community_id))
    if plan.starts_at <= clock.now():
        raise Refusal("activities.in_the_past")
    check(plan)
    leader_id = await leader_of(work, by, plan)
    made = []
    for week in range(max(1, min(plan.weeks, MOST_WEEKS))):
        row = _row(plan, leader_id, week)
        await activities.add(work.session, row)
        made.append(row)
    return made


def check(plan: Plan) -> None:
    """Whether a plan holds together.

    Raises Refusal: activities.ends_too_early, activities.window_wrong, activities.not_insured.
    """
    if plan.ends_at <= plan.starts_at:
        raise Refusal("activities.ends_too_early")
    closes_at = plan.closes_at or plan.starts_at
    if closes_at > plan.starts_at or (plan.opens_at and plan.opens_at >= closes_at):
        raise Refusal("activities.window_wrong")
    if plan.risk_note and not plan.insured:  # Regulations on Voluntary Service, Art. 17
        raise Refusal("activities.not_insured")


async def leader_of(work: Work, by: Actor, plan: Plan) -> int:
    """The person a plan names as its leader; only who has Telegram can show a code.

    Raises Refusal: activities.no_such_leader, activities.several_people.
    """
    if not plan.leader:
        return by.person_id
    found = await on_roster(work, plan.community_id, plan.leader)
    able = [one.person_id for one in found if one.person_id is not None]
    if not able:
        raise Refusal("activities.no_such_leader", said=plan.leader)
    if len(able) > 1:
        raise several(plan.leader, found)
    return able[0]


async def on_roster(work: Work, community_id: int, said: str) -> list[Volunteer]:
    """Active volunteers of a community with this number, or else with this name."""
    said = said.strip()
    known = await volunteers.active_in(work.session, community_id)
    numbered = [one for one in known if (one.number or "").upper() == said.upper()]
    return numbered or [one for one in known if one.name == said]


def several(said: str, found: list[Volunteer]) -> Refusal:
    """The refusal that asks for the number where a name is not enough."""
    numbers = ", ".join(one.number or "" for one in found)
    return Refusal("activities.several_people", said=said, numbers=numbers)


def _row(plan: Plan, leader_id: int, week: int) -> Activity:
    row = Activity(
        community_id=plan.community_id,
        state=State.DRAFT,
        form_token=f"{plan.token}.{week}" if week else plan.token,
        created_at=clock.now(),
        **particulars(plan, timedelta(weeks=week)),
    )
    row.leader_id = leader_id
    return row


def particulars(plan: Plan, later: timedelta = timedelta(0)) -> dict[str, Any]:
    """The columns of an activity that a plan fills in, some weeks later where it repeats."""
    starts_at = plan.starts_at + later
    latitude, longitude = plan.point or (None, None)
    return {
        "title": plan.title,
        "category": plan.category,
        "place": plan.place,
        "starts_at": starts_at,
        "ends_at": plan.ends_at + later,
        "capacity": plan.capacity,
        "min_age": plan.min_age,
        "skill": plan.skill,
        "risk_note": plan.risk_note,
        "insured": plan.insured,
        "leave_until": starts_at - timedelta(hours=plan.leave_hours),
        "latitude": latitude,
        "longitude": longitude,
        "opens_at": plan.opens_at and plan.opens_at + later,
        "closes_at": plan.closes_at and plan.closes_at + later,
        "club_id": plan.club_id,
    }


async def access(work: Work, by: Actor, activity_id: int) -> Activity:
    """An activity of the actor's own desk, locked; Refusal("common.not_there") otherwise."""
    row = await activities.locked(work.session, activity_id)
    if row is None or not by.can(Permission.ACTIVITY_CREATE, community(row.community_id)):
        raise Refusal("common.not_there")
    return row


async def led(work: Work, by: Actor, activity_id: int) -> Activity:
    """An activity that the actor leads, or of their own desk; Refusal("common.not_there")."""
    row = await activities.locked(work.session, activity_id)
    if row is not None and row.leader_id == by.person_id and row.state != State.DRAFT:
        return row
    return await access(work, by, activity_id)


async def publish(work: Work, by: Actor, activity_id: int) -> list[Activity]:
    """Open the sign-up, of a weekly one for all later drafts too; what was opened, first first.

    Raises Refusal: common.not_there, activities.moved_on, activities.in_the_past.
    """
    row = await access(work, by, activity_id)
    if row.state != State.DRAFT:
        raise Refusal("activities.moved_on")
    if row.starts_at <= clock.now():
        raise Refusal("activities.in_the_past")
    opened = [row, *await series(work, row)]
    for one in opened:
        one.state = State.PUBLISHED
    await work.session.flush()
    return opened


async def series(work: Work, row: Activity) -> list[Activity]:
    """The later weeks that were written down together with this one and stand as it does."""
    token = row.form_token.partition(".")[0]
    found = await activities.of_form(work.session, token)
    return [one for one in found if one.starts_at > row.starts_at and one.state == row.state]


async def cancel_series(work: Work, by: Actor, activity_id: int) -> int:
    """Call off this one and every later week of it; how many that were."""
    row = await access(work, by, activity_id)
    later = await series(work, row)
    for one in (row, *later):
        await cancel(work, by, one.id)
    return 1 + len(later)


async def cancel(work: Work, by: Actor, activity_id: int) -> Activity:
    """Call it off; everybody who has a place or waits for one hears of it at once.

    One that is over becomes void: its hours count no more, and who has some is told.
    """
    row = await access(work, by, activity_id)
    if row.state == State.CANCELLED:
        raise Refusal("activities.moved_on")
    is_over = row.ends_at <= clock.now()
    code = "activities.voided" if is_over else "activities.called_off"
    row.state = State.CANCELLED
    for signup, volunteer in await activities.everybody(work.session, row.id):
        concerned = signup.state in (COUNTED if is_over else IN)
        if concerned and volunteer.person_id is not None:
            work.notify(volunteer.person_id, code, **told(row))
    await work.session.flush()
    return row


def stage(activity: Activity) -> str:
    """Where an activity stands for whoever looks at it: its state, or "over" after its end."""
    is_over = activity.state == State.PUBLISHED and activity.ends_at <= clock.now()
    return "over" if is_over else activity.state


def told(activity: Activity) -> dict[str, Any]:
    """An activity as the parameters of a notice; its time is put in words when it is read."""
    return {
        "activity_id": activity.id,
        "title": activity.title,
        "when": Span(activity.starts_at, activity.ends_at),
        "place": activity.place,
    }
