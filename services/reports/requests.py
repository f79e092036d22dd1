"""What whoever handles a report asks of a leader: more days, or to end it unmended."""

from enum import StrEnum

from db.models.report_desk import ReportRequest
from db.models.reports import Report
from db.stores import people, report_desk
from db.work import Work
from services import clock, deadlines
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.reports import desk, limits, telling
from services.reports.desk import Brought
from services.reports.transitions import State

MOST_DAYS = 15
"""Working days one extension can add; general matters of 12345 end within 15 (reference: A2)."""
IN_HAND = (State.ASSIGNED, State.IN_PROGRESS, State.REOPENED, State.FILED)


class Kind(StrEnum):
    """What is asked for; the last two are results of handling (transitions.RESULTS)."""

    EXTENSION = "extension"
    NO_ACTION = "no_action"
    OUTSIDE = "outside"


async def pending(work: Work, row: Report) -> ReportRequest | None:
    """What is asked about a report now; None where nothing is, or the report moved on."""
    if State(row.state) not in IN_HAND:
        return None
    asked = await report_desk.open_requests(work.session, row.id)
    return asked[0] if asked else None


def check_asking(row: Report, by: Actor, kind: Kind) -> None:
    """Before anything is asked. Raises Refusal: common.not_there, report_requests.not_in_hand,
    report_requests.not_yours, report_requests.no_limit, report_requests.too_late."""
    if not desk.in_reach(row, by, Permission.REPORT_HANDLE):
        raise Refusal("common.not_there")
    if State(row.state) not in IN_HAND:
        raise Refusal("report_requests.not_in_hand")
    free = row.assignee_id is None and row.body_id is None
    if not free and not desk.has_job(row, by):
        raise Refusal("report_requests.not_yours")
    if kind is Kind.EXTENSION and (row.due_at is None or row.paused_at is not None):
        raise Refusal("report_requests.no_limit")
    if kind is Kind.EXTENSION and row.due_at is not None and clock.now() > row.due_at:
        raise Refusal("report_requests.too_late")


async def ask(
    work: Work, by: Actor, row: Report, kind: Kind, *, words: str, days: int | None = None
) -> ReportRequest:
    """Ask for it; the leaders of the place are told. A new request takes the place of an old one.

    Raises Refusal: as check_asking, reports.need_words, report_requests.wrong_days.
    """
    check_asking(row, by, kind)
    if not words.strip():
        raise Refusal("reports.need_words")
    if kind is Kind.EXTENSION and not 1 <= (days or 0) <= MOST_DAYS:
        raise Refusal("report_requests.wrong_days", most=MOST_DAYS)
    for old in await report_desk.open_requests(work.session, row.id):
        old.decided_at, old.approved = clock.now(), False
    made = ReportRequest(
        report_id=row.id,
        kind=kind,
        words=words.strip(),
        days=days if kind is Kind.EXTENSION else None,
        asked_by=by.person_id,
        asked_at=clock.now(),
    )
    await report_desk.add_request(work.session, made)
    await _tell_leaders(work, row, made)
    return made


async def _tell_leaders(work: Work, row: Report, asked: ReportRequest) -> None:
    leaders = await people.holders_of(work.session, telling.LEADS, community_id=row.community_id)
    for person_id in leaders:
        if person_id != asked.asked_by:
            work.notify(
                person_id,
                f"report_requests.asked.{asked.kind}",
                **telling.about(row),
                request_id=asked.id,
                words=asked.words,
                days=asked.days or 0,
            )


async def access(work: Work, by: Actor, request_id: int) -> tuple[Report, ReportRequest]:
    """A request and its report, for whoever may decide; Refusal("common.not_there") for others."""
    asked = await report_desk.request(work.session, request_id)
    if asked is None:
        raise Refusal("common.not_there")
    row = await desk.access(work, by, asked.report_id)
    if not by.can(Permission.REPORT_CLOSE, desk.scope_of(row)):
        raise Refusal("common.not_there")
    return row, asked


async def decide(work: Work, by: Actor, request_id: int, *, approve: bool) -> Report:
    """Say yes or no to what another person asked for; whoever asked is told.

    Raises Refusal: common.not_there, report_requests.decided, report_requests.moved_on,
    report_requests.own.
    """
    row, asked = await access(work, by, request_id)
    if asked.decided_at is not None:
        raise Refusal("report_requests.decided")
    if asked.asked_by == by.person_id:
        raise Refusal("report_requests.own")
    if State(row.state) not in IN_HAND:
        raise Refusal("report_requests.moved_on")
    if approve:
        await _grant(work, by, row, asked)
    asked.decided_by, asked.decided_at, asked.approved = by.person_id, clock.now(), approve
    answer = "yes" if approve else "no"
    due = clock.local(row.due_at).date() if row.due_at else ""
    work.notify(
        asked.asked_by,
        f"report_requests.answer.{asked.kind}.{answer}",
        **telling.about(row),
        due=due,
    )
    await work.session.flush()
    return row


async def _grant(work: Work, by: Actor, row: Report, asked: ReportRequest) -> None:
    kind = Kind(asked.kind)
    if kind is Kind.EXTENSION:
        if row.due_at is None or row.paused_at is not None:
            raise Refusal("report_requests.no_limit")
        limits.extend(row, asked.days or 0, await deadlines.calendar(work))
        row.version += 1
        await telling.of_extension(work, row)
        return
    brought = Brought(
        asked.words,
        request_id=asked.id,
        result=str(kind),
        details={"asked_by": asked.asked_by, "result": str(kind)},
    )
    await desk.move(work, by, row, State.HANDLED, brought)
