"""Changing an activity: what differs, whom to tell, and what the waitlist gains by it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from db.models.activities import Activity
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import volunteers
from db.work import Work
from services import clock
from services.activities import planning, signups
from services.activities.planning import IN, Plan, State
from services.clock import Span
from services.errors import Refusal
from services.permissions import Actor


@dataclass(frozen=True)
class Change:
    """One thing that differs: its code, and both values (words or moments, None for none)."""

    what: str
    before: Any
    after: Any


def _point(row: Activity) -> str | None:
    if row.latitude is None or row.longitude is None:
        return None
    return f"{row.latitude:.5f},{row.longitude:.5f}"


#: What can differ, in the order in which it is told.
COMPARED: Final[dict[str, Callable[[Activity], Any]]] = {
    "title": lambda row: row.title,
    "when": lambda row: Span(row.starts_at, row.ends_at),
    "place": lambda row: row.place,
    "point": _point,
    "capacity": lambda row: str(row.capacity),
    "min_age": lambda row: row.min_age,
    "skill": lambda row: row.skill or None,
    "risk": lambda row: row.risk_note or None,
    "leave": lambda row: row.leave_until,
    "opens": lambda row: row.opens_at,
    "closes": lambda row: row.closes_at,
    "leader": lambda row: str(row.leader_id),
    "category": lambda row: row.category,
    "club": lambda row: row.club_id,
    "insured": lambda row: str(row.insured),
}
SILENT: Final = frozenset({"leader", "category", "club", "insured"})
"""What the people who signed up need not hear of."""


def mark(row: Activity) -> str:
    """Short and different after every change: two editors do not overwrite each other."""
    said = "|".join(str(said(row)) for said in COMPARED.values())
    return hashlib.sha256(said.encode()).hexdigest()[:16]


async def leader(work: Work, activity: Activity) -> Volunteer | None:
    """The leader's entry on the roster, if they are on it."""
    return await volunteers.of_person(work.session, activity.leader_id)


async def change(work: Work, by: Actor, activity_id: int, plan: Plan) -> list[Change]:
    """Write down what is new; who signed up is told at once and asked anew whether they come.

    Raises Refusal: common.not_there, activities.moved_on (called off or over),
    activities.in_the_past, activities.below_confirmed, and those of `activities.check` and
    `activities.leader_of`.
    """
    row = await planning.access(work, by, activity_id)
    await _check(work, row, plan)
    leader_id = await _leader_id(work, by, row, plan)
    before = {what: said(row) for what, said in COMPARED.items()}
    moved = row.starts_at != plan.starts_at
    for column, value in planning.particulars(plan).items():
        setattr(row, column, value)
    if moved or row.leader_id != leader_id:
        row.leader_reminded = False
    row.leader_id = leader_id
    await work.session.flush()
    after = {what: said(row) for what, said in COMPARED.items()}
    changes = [
        Change(what, before[what], after[what]) for what in COMPARED if before[what] != after[what]
    ]
    if changes and row.state == State.PUBLISHED:
        await _tell(work, row, changes, moved=moved)
        await signups.offer_free_places(work, row)
    return changes


async def _check(work: Work, row: Activity, plan: Plan) -> None:
    now = clock.now()
    if row.state == State.CANCELLED or row.ends_at <= now:
        raise Refusal("activities.moved_on")
    has_begun = row.state == State.PUBLISHED and row.starts_at <= now
    if plan.starts_at != row.starts_at and (has_begun or plan.starts_at <= now):
        raise Refusal("activities.in_the_past")
    planning.check(plan)
    taken = await rows.places_taken(work.session, row.id)
    if plan.capacity < taken:
        raise Refusal("activities.below_confirmed", taken=taken)


async def _leader_id(work: Work, by: Actor, row: Activity, plan: Plan) -> int:
    """Who leads from now on: a leader who is not on the roster stays unless one is named."""
    if not plan.leader and await leader(work, row) is None:
        return row.leader_id
    return await planning.leader_of(work, by, plan)


async def _tell(work: Work, row: Activity, changes: list[Change], *, moved: bool) -> None:
    """Everybody who has a place or waits for one, and the leader where it is a new one."""
    if any(one.what == "leader" for one in changes):
        work.notify(row.leader_id, "activities.you_lead", **planning.told(row))
    said = [[one.what, one.before, one.after] for one in changes if one.what not in SILENT]
    if not said:
        return
    for signup, volunteer in await rows.everybody(work.session, row.id):
        if signup.state not in IN:
            continue
        signup.coming_at = None
        if moved:
            signup.reminded_day = signup.reminded_hours = False
        if volunteer.person_id is not None:
            facts = planning.told(row)
            work.notify(volunteer.person_id, "activities.changed", **facts, changes=said)
    await work.session.flush()


def are_told(changes: list[Change]) -> bool:
    """Whether the people who signed up hear of any of these."""
    return any(one.what not in SILENT for one in changes)
