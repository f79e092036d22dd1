"""Who hears of a report: its reporter, those who met the same thing, those merged into it."""

from collections.abc import Sequence
from datetime import timedelta

from db.models.reports import Report, ReportMove
from db.stores import report_lists, reports
from db.work import Work
from services import clock
from services.reports.transitions import State

SILENCE = timedelta(days=7)
NO_MASTER = (State.MERGED, State.VOID, State.REJECTED)


async def fits_as_master(work: Work, row: Report, master_id: int | None) -> bool:
    """Whether a report can be merged into that one: another one, of the place, still counting."""
    if master_id is None or master_id == row.id:
        return False
    master = await reports.by_id(work.session, master_id)
    return (
        master is not None
        and master.community_id == row.community_id
        and State(master.state) not in NO_MASTER
    )


def last_to(moves: Sequence[ReportMove], state: State) -> ReportMove | None:
    """The last move that led to a state. Photos added there, or a desk handed over, led nowhere."""
    for move in reversed(moves):
        given_on = state is State.ASSIGNED and not move.details
        if move.after == state and (move.before != move.after or given_on):
            return move
    return None


async def has_been_silent(work: Work, row: Report) -> bool:
    """Whether the reporter left a question unanswered for seven days."""
    moves = await reports.moves_of(work.session, row.id)
    asked = last_to(moves, State.NEED_INFO)
    return asked is not None and clock.now() - asked.at >= SILENCE


async def follow_merge(work: Work, row: Report, old_master: int | None) -> None:
    """A merged report's reporter follows the master; taken apart, they no longer do."""
    if row.reporter_id is None or row.master_id == old_master:
        return
    if old_master is not None:
        await report_lists.unfollow(work.session, old_master, row.reporter_id)
    if row.master_id is not None:
        await add(work, row.master_id, row.reporter_id)


async def add(work: Work, report_id: int, person_id: int, *, same: bool = True) -> None:
    """Follow a report; doing it twice counts once."""
    await report_lists.follow(work.session, report_id, person_id, same=same, now=clock.now())


async def hearers(work: Work, row: Report) -> list[int]:
    """The reporter and all who follow."""
    followers = await report_lists.followers(work.session, row.id)
    own = [row.reporter_id] if row.reporter_id else []
    return list(dict.fromkeys([*own, *followers]))
