"""The lists that staff and reporters work from, each within the reach of whoever looks."""

import unicodedata
from collections.abc import Sequence

from db.models.reports import Report
from db.stores import report_lists, report_queues, reports
from db.stores.report_queues import Hands
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.reports import desk
from services.reports.transitions import State

JOBS = ("new", "doing", "soon", "late")
"""The lists of somebody's own jobs: not accepted yet, in hand, due soon, overdue."""
LISTED: dict[str, tuple[State, ...]] = {
    "new": (State.SUBMITTED, State.NEED_INFO),
    "open": (State.FILED, State.ASSIGNED, State.IN_PROGRESS, State.REOPENED),
    "handled": (State.HANDLED,),
    "done": (State.CLOSED, State.REJECTED, State.MERGED, State.VOID),
}


async def listed(work: Work, by: Actor, which: str, *, page: int, size: int) -> Sequence[Report]:
    """A page of reports in the actor's reach (one more than `size` where there are more)."""
    by.require(Permission.REPORT_VIEW)
    if which == "due":
        return await report_queues.pressing(
            work.session,
            clock.now(),
            communities=by.communities(Permission.REPORT_VIEW),
            limit=size + 1,
            offset=page * size,
        )
    return await reports.listed(
        work.session,
        LISTED[which],
        communities=by.communities(Permission.REPORT_VIEW),
        assignee_id=by.person_id,
        limit=size + 1,
        offset=page * size,
    )


async def counts(work: Work, by: Actor) -> dict[str, int]:
    """How many reports stand in each list, in the actor's reach."""
    found = await reports.counts(
        work.session,
        communities=by.communities(Permission.REPORT_VIEW),
        assignee_id=by.person_id,
    )
    due = await report_queues.count_pressing(
        work.session, clock.now(), communities=by.communities(Permission.REPORT_VIEW)
    )
    counted = {name: sum(found.get(s, 0) for s in states) for name, states in LISTED.items()}
    return counted | {"due": due}


def gives_out(by: Actor) -> bool:
    """Whether somebody gives out the reports of a place; who works for a body does its jobs."""
    communities = by.communities(Permission.REPORT_ASSIGN)
    return communities is None or bool(communities)


def hands(by: Actor) -> Hands:
    """Whose jobs are this person's: their own and those of the bodies they work for."""
    return Hands(by.person_id, by.bodies(Permission.REPORT_HANDLE))


async def jobs(work: Work, by: Actor, which: str, *, page: int, size: int) -> Sequence[Report]:
    """A page of somebody's own jobs (one more than `size` where there are more)."""
    by.require(Permission.REPORT_HANDLE)
    return await report_queues.jobs(
        work.session, hands(by), which, now=clock.now(), limit=size + 1, offset=page * size
    )


async def count_jobs(work: Work, by: Actor) -> dict[str, int]:
    """How many jobs somebody has in each of JOBS."""
    return await report_queues.count_jobs(work.session, hands(by), now=clock.now())


async def by_number(work: Work, by: Actor, number: str) -> Report:
    """A report by the number people say; Refusal("report_desk.no_such_number")."""
    plain = unicodedata.normalize("NFKC", number).strip()
    row = await report_lists.by_number(work.session, plain)
    if row is None or not desk.in_reach(row, by, Permission.REPORT_VIEW):
        raise Refusal("report_desk.no_such_number")
    return row


async def mine(work: Work, by: Actor, *, page: int, size: int) -> Sequence[Report]:
    return await reports.of_reporter(work.session, by.person_id, limit=size + 1, offset=page * size)
