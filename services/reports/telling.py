"""Who hears of a move: the reporter and followers, whoever has the job, whoever acts next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.models.reports import Report
from db.stores import people, reports
from db.work import Work
from services import clock
from services.permissions import Role
from services.reports import following
from services.reports.transitions import FIXED, State

LEADS = (Role.COMMUNITY_STAFF, Role.STREET_STAFF)


@dataclass(frozen=True)
class Made:
    """A move that was made: by whom (0: the clock), from where to where, with which words."""

    by: int
    before: State
    after: State
    words: str = ""


def about(row: Report) -> dict[str, Any]:
    """What every notice about a report carries."""
    return {"report_id": row.id, "number": row.number, "category": row.category}


async def responsible(work: Work, row: Report) -> list[int]:
    """Who has the job: its assignee, or everybody who works for its body."""
    if row.assignee_id is not None:
        return [row.assignee_id]
    if row.body_id is not None:
        return list(await people.of_body(work.session, row.body_id))
    return []


async def of_move(work: Work, row: Report, made: Made, had_it: Iterable[int]) -> None:
    """Tell of a move; `had_it` are those who had the job before it."""
    await _tell_residents(work, row, made)
    have_it = await responsible(work, row)
    if made.after in (State.ASSIGNED, State.REOPENED):
        _tell(work, have_it, made, f"reports.job.{made.after}", row, urgent=row.urgent)
    lost = [one for one in had_it if one not in have_it]
    if made.after in (State.ASSIGNED, State.FILED, State.IN_PROGRESS):
        _tell(work, lost, made, "reports.job.taken_back", row)
    await _tell_staff(work, row, made)


def _tell(work: Work, whom: Iterable[int], made: Made, code: str, row: Report, **more: Any) -> None:
    for person_id in dict.fromkeys(whom):
        if person_id != made.by:
            work.notify(person_id, code, **about(row), **more)


async def _tell_residents(work: Work, row: Report, made: Made) -> None:
    news = _news(row, made)
    if news is None:
        return
    told: dict[str, Any] = {"words": made.words}
    if news == State.FILED:
        told["due"] = clock.local(row.due_at).date() if row.due_at else ""
    if made.after is State.HANDLED and row.result == FIXED:
        photos = await reports.photos_of(work.session, row.id, "after")
        told["photo"] = photos[-1].sha256 if photos else ""
    hearers = await following.hearers(work, row)
    if made.after is State.NEED_INFO:
        hearers = [row.reporter_id] if row.reporter_id else []
    _tell(work, hearers, made, f"reports.told.{news}", row, **told)


def _news(row: Report, made: Made) -> str | None:
    """What residents are told of a move; None for what is only between the staff."""
    moved = (made.before, made.after)
    if made.after in (State.FILED, State.ASSIGNED):
        return State.FILED if made.before is State.SUBMITTED else None
    if made.after is State.VOID or moved == (State.NEED_INFO, State.SUBMITTED):
        return None
    if made.after is State.IN_PROGRESS and made.by == 0:
        return None
    if made.after is State.HANDLED and row.result not in (None, FIXED):
        return row.result
    return made.after


async def _tell_staff(work: Work, row: Report, made: Made) -> None:
    """Whoever has to act next in the community; a refused job goes back to who gave it."""
    if made.after is State.HANDLED:
        whom = await people.holders_of(
            work.session, (Role.COMMUNITY_STAFF,), community_id=row.community_id
        )
        _tell(work, whom, made, "reports.to_check", row)
    elif made.after is State.FILED and made.before is State.ASSIGNED:
        giver = await _last_to(work, row, State.ASSIGNED)
        _tell(work, [giver] if giver else [], made, "report_desk.given_back", row, words=made.words)
    elif made.before is State.NEED_INFO and made.after is State.SUBMITTED:
        asker = await _last_to(work, row, State.NEED_INFO)
        _tell(work, [asker] if asker else [], made, "report_desk.answered", row, words=made.words)
    elif made.after is State.REOPENED and row.reopened > 1:
        whom = await people.holders_of(work.session, (Role.STREET_STAFF,))
        _tell(work, whom, made, "report_desk.reopened_again", row, times=row.reopened)


async def _last_to(work: Work, row: Report, state: State) -> int | None:
    """Who made the last move to a state."""
    move = following.last_to(await reports.moves_of(work.session, row.id), state)
    return move.actor_id if move else None


async def of_extension(work: Work, row: Report) -> None:
    """Those who wait hear of the new day."""
    due = clock.local(row.due_at).date() if row.due_at else ""
    for person_id in await following.hearers(work, row):
        work.notify(person_id, "reports.told.extended", **about(row), due=due)
