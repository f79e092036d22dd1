"""The citizen supervisors (义务监督员): what they look at again, and what came of it.

They are appointed by staff, may file findings and check closings, and give no report out. A check
needs a photo; who mended or closed a report does not check it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from db.models.forms import FormMedia
from db.models.reports import Report
from db.models.supervisors import ReportCheck
from db.stores import people, reports, supervisors
from db.work import Work
from services import clock
from services.errors import Refusal
from services.people import roles
from services.permissions import Actor, Permission, Role
from services.reports import desk, photos
from services.reports.desk import Brought
from services.reports.transitions import State

LOOK_BACK: Final = timedelta(days=30)
"""How long after its closing a report is offered for a check."""


class Waiting(StrEnum):
    """The two lists: said to be mended and still open, or closed by staff already."""

    HANDLED = "handled"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a supervisor saw: mended or not, in words and photos."""

    passed: bool
    words: str = ""
    photos: tuple[FormMedia, ...] = ()
    token: str = ""


@dataclass(frozen=True)
class Record:
    """What somebody did as a supervisor within a time."""

    person_id: int
    findings: int
    checks: int
    passed: int

    @property
    def failed(self) -> int:
        return self.checks - self.passed


# -- what waits ---------------------------------------------------------------------------------


async def waiting(
    work: Work, by: Actor, which: Waiting, *, page: int, size: int
) -> Sequence[Report]:
    """A page of what waits for a look in the actor's reach (one more than `size`)."""
    by.require(Permission.REPORT_CHECK)
    reach = by.communities(Permission.REPORT_CHECK)
    span = {"offset": page * size, "limit": size + 1}
    if which is Waiting.CLOSED:
        return await supervisors.closed(work.session, communities=reach, since=_since(), **span)
    return await reports.listed(
        work.session, (State.HANDLED,), communities=reach, assignee_id=None, **span
    )


async def counts(work: Work, by: Actor) -> dict[Waiting, int]:
    """How many there are of each."""
    reach = by.communities(Permission.REPORT_CHECK)
    found = await reports.counts(work.session, communities=reach, assignee_id=None)
    closed = await supervisors.count_closed(work.session, communities=reach, since=_since())
    return {Waiting.HANDLED: found.get(State.HANDLED, 0), Waiting.CLOSED: closed}


def _since() -> datetime:
    return clock.now() - LOOK_BACK


async def access(work: Work, by: Actor, report_id: int) -> Report:
    """A report in the reach of whoever checks; Refusal("common.not_there") otherwise."""
    row = await reports.by_id(work.session, report_id)
    if row is None or not by.can(Permission.REPORT_CHECK, desk.scope_of(row)):
        raise Refusal("common.not_there")
    return row


async def can_check(work: Work, by: Actor, row: Report) -> bool:
    """Whether they can still look at it: it waits, and is not their own work."""
    if row.state == State.HANDLED:
        return not await _did_it(work, by, row)
    if row.state != State.CLOSED or row.closed_at is None or row.closed_at < _since():
        return False
    return not (await supervisors.is_checked(work.session, row) or await _did_it(work, by, row))


async def _did_it(work: Work, by: Actor, row: Report) -> bool:
    """Whether they mended it, or closed it, the last time."""
    moves = await reports.moves_of(work.session, row.id)
    last = {move.after: move.actor_id for move in moves}
    return by.person_id in (last.get(State.HANDLED), last.get(State.CLOSED))


# -- a check ------------------------------------------------------------------------------------


async def check(work: Work, by: Actor, report_id: int, verdict: Verdict) -> Report:
    """Look at a report again: passed closes it (or keeps it closed), failed opens it again.

    Raises Refusal: common.not_there, supervisors.checked_already, reports.need_photo,
    reports.need_words.
    """
    row = await access(work, by, report_id)
    if not await can_check(work, by, row):
        raise Refusal("supervisors.checked_already")
    if not any(photo.sha256 for photo in verdict.photos):
        raise Refusal("reports.need_photo")
    if not verdict.passed and not verdict.words.strip():
        raise Refusal("reports.need_words")
    brought = Brought(verdict.words, verdict.photos)
    if not verdict.passed:
        await desk.move(work, by, row, State.REOPENED, brought)
    elif row.state == State.HANDLED:
        await desk.move(work, by, row, State.CLOSED, brought)
    else:
        await photos.keep(work, by, row.id, verdict.photos, kind="check")
    await _write(work, by, row, verdict)
    return row


async def _write(work: Work, by: Actor, row: Report, verdict: Verdict) -> None:
    made = ReportCheck(
        report_id=row.id,
        person_id=by.person_id,
        passed=verdict.passed,
        words=verdict.words.strip(),
        form_token=verdict.token,
        at=clock.now(),
    )
    await supervisors.add(work.session, made)


# -- the record ---------------------------------------------------------------------------------


def month_start() -> datetime:
    """The first moment of this month on the office's clock."""
    return clock.local().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


async def record(work: Work, by: Actor, *, since: datetime) -> Record:
    """What whoever asks did as a supervisor since then."""
    by.require(Permission.REPORT_CHECK)
    return (await _records(work, [by.person_id], since))[0]


async def checks(
    work: Work, by: Actor, *, page: int, size: int
) -> Sequence[tuple[ReportCheck, Report]]:
    """One's own checks, the newest first (one more than `size`)."""
    by.require(Permission.REPORT_CHECK)
    return await supervisors.checks_of(
        work.session, by.person_id, offset=page * size, limit=size + 1
    )


async def team(work: Work, by: Actor, *, since: datetime) -> list[Record]:
    """What every supervisor of the actor's scope did: for staff who appoint them."""
    by.require(Permission.ROLE_GRANT)
    holders = await roles.holders(work, by)
    ids = [one.person_id for one in holders if one.held.role is Role.SUPERVISOR]
    return await _records(work, list(dict.fromkeys(ids)), since)


async def _records(work: Work, people_ids: list[int], since: datetime) -> list[Record]:
    checked = await supervisors.sums(work.session, people_ids, since=since)
    found = await supervisors.findings(work.session, people_ids, since=since)
    return [Record(one, found.get(one, 0), *checked.get(one, (0, 0))) for one in people_ids]


async def tell_daily(work: Work) -> None:
    """Clock work: each supervisor hears once a day how much waits for a look, if anything does."""
    for person_id in await people.holders_of(work.session, (Role.SUPERVISOR,)):
        found = await counts(work, await roles.actor_of(work, person_id))
        if any(found.values()):
            told = {str(which): count for which, count in found.items()}
            work.notify(person_id, "supervisors.digest", **told)
