"""The lists that staff and reporters work from, each within the reach of whoever looks."""

import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from db.models.reports import Report
from db.stores import report_lists, reports
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.reports import desk
from services.reports.transitions import State

SOON = timedelta(days=1)
"""How long before its time a report counts as due soon."""
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
        found = await report_lists.due_before(
            work.session,
            clock.now() + SOON,
            communities=by.communities(Permission.REPORT_VIEW),
            limit=(page + 1) * size + 1,
        )
        return found[page * size :]
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
    due = await report_lists.count_due(
        work.session,
        clock.now() + SOON,
        communities=by.communities(Permission.REPORT_VIEW),
    )
    counted = {name: sum(found.get(s, 0) for s in states) for name, states in LISTED.items()}
    return counted | {"due": due}


async def by_number(work: Work, by: Actor, number: str) -> Report:
    """A report by the number people say; Refusal("report_desk.no_such_number")."""
    plain = unicodedata.normalize("NFKC", number).strip()
    row = await report_lists.by_number(work.session, plain)
    if row is None or not desk.in_reach(row, by, Permission.REPORT_VIEW):
        raise Refusal("report_desk.no_such_number")
    return row


async def mine(work: Work, by: Actor, *, page: int, size: int) -> Sequence[Report]:
    return await reports.of_reporter(work.session, by.person_id, limit=size + 1, offset=page * size)
