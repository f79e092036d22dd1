"""Staff leave: what is open in their hands goes to a colleague, then their roles end.

A feature whose things belong to one member of staff adds a line to MOVES.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from db.models.people import Person
from db.models.reports import ReportMove
from db.stores import handovers, people, reports
from db.work import Work
from services import clock
from services.errors import Refusal
from services.people import roles
from services.permissions import Actor, Permission, Role


@dataclass(frozen=True)
class Move:
    """How one kind of open thing is counted and moved: move(work, by, leaver, successor)."""

    name: str
    count: Callable[[Work, int], Awaitable[int]]
    move: Callable[[Work, Actor, int, int], Awaitable[int]]


async def _open_reports(work: Work, person_id: int) -> int:
    return await handovers.open_reports(work.session, person_id)


async def _move_reports(work: Work, by: Actor, leaver_id: int, successor_id: int) -> int:
    """Reports keep their state; the change of hands is a row of their history like any move."""
    rows = await handovers.reports_of(work.session, leaver_id)
    for row in rows:
        row.assignee_id, row.version = successor_id, row.version + 1
        move = ReportMove(
            report_id=row.id,
            actor_id=by.person_id,
            actor_role=str(by.role),
            before=row.state,
            after=row.state,
            words="",
            details={"handed_over_from": leaver_id, "to": successor_id},
            at=clock.now(),
        )
        await reports.add_move(work.session, move)
    return len(rows)


MOVES: tuple[Move, ...] = (Move("reports", _open_reports, _move_reports),)
NOT_STAFF = frozenset({Role.RESIDENT, Role.VOLUNTEER})


async def open_items(work: Work, person_id: int) -> dict[str, int]:
    """How many open things somebody has in hand, by kind; kinds without any are left out."""
    counted = {move.name: await move.count(work, person_id) for move in MOVES}
    return {name: count for name, count in counted.items() if count}


async def successors(work: Work, by: Actor, leaver_id: int) -> Sequence[Person]:
    """Colleagues who may handle what the leaver handles: a scope of theirs covers his."""
    await _check_may(work, by, leaver_id)
    leaver = await roles.actor_of(work, leaver_id)
    found: dict[int, Person] = {}
    for row, person in await people.grants(work.session, set(Role) - NOT_STAFF):
        where = roles.held(row).scope
        if person.id != leaver_id and any(where.covers(one.scope) for one in leaver.roles):
            found[person.id] = person
    return tuple(found.values())


async def hand_over(
    work: Work,
    by: Actor,
    leaver_id: int,
    successor_id: int | None,
    *,
    named_in_settings: frozenset[int] = frozenset(),
) -> int:
    """Move the open things and end the leaver's staff roles; how many things moved.

    Raises Refusal: common.not_there, roles.successor_needed, roles.last_admin,
    roles.named_in_settings.
    """
    await _check_may(work, by, leaver_id)
    waiting = await open_items(work, leaver_id)
    moved = 0
    if waiting:
        if successor_id is None:
            raise Refusal("roles.successor_needed", count=sum(waiting.values()))
        if successor_id not in {p.id for p in await successors(work, by, leaver_id)}:
            raise Refusal("common.not_there")
        for move in MOVES:
            moved += await move.move(work, by, leaver_id, successor_id)
        work.notify(successor_id, "roles.handed_to_you", count=moved)
    await _end_roles(work, by, leaver_id, named_in_settings)
    await people.note(
        work.session,
        by.person_id,
        "person:hand_over",
        "person",
        leaver_id,
        now=clock.now(),
        successor=successor_id,
        moved=moved,
    )
    return moved


async def _end_roles(
    work: Work, by: Actor, leaver_id: int, named_in_settings: frozenset[int]
) -> None:
    person = await people.by_id(work.session, leaver_id)
    for row in await people.roles_of(work.session, leaver_id):
        if row.role == Role.ADMIN and person and person.telegram_id in named_in_settings:
            raise Refusal("roles.named_in_settings")
        if row.role not in NOT_STAFF:
            await roles.remove(work, by, row)


async def _check_may(work: Work, by: Actor, leaver_id: int) -> None:
    """One's own leaving, or that of somebody all of whose roles one could take back."""
    leaver = await roles.actor_of(work, leaver_id)
    held = [one for one in leaver.roles if one.role not in NOT_STAFF]
    if not held:
        raise Refusal("common.not_there")
    if by.person_id == leaver_id:
        return
    by.require(Permission.PERSON_HAND_OVER)
    if not all(by.may_grant(one.role, one.scope) for one in held):
        raise Refusal("common.not_there")
