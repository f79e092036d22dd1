"""The clock of one report: when it is due, when it stands still, what an extension adds."""

from datetime import datetime, timedelta

from db.models.reports import Report
from services import clock
from services.deadlines import Calendar
from services.reports import categories
from services.reports.transitions import State

DAY = timedelta(hours=8)
"""One working day of the clock: 8 to 12 and 14 to 18."""
PART_LEFT = 0.2
"""A report is due soon when only this part of its time is left (reference: A6)."""


def promise(row: Report, calendar: Calendar) -> None:
    """Set when the report is due, from now, by its category; the first promise is kept aside."""
    now = clock.now()
    category = categories.find(row.category)
    limit = category.limit if category else categories.DEFAULT_LIMIT
    if row.due_at is not None and row.original_due_at is None:
        row.original_due_at = row.due_at
    _set_due(row, now, calendar.after_days(now, limit), calendar)
    row.paused_at = row.escalated_at = row.escalated_higher_at = None


def extend(row: Report, days: int, calendar: Calendar) -> None:
    """Working days more; what was promised first stays known."""
    assert row.due_at is not None
    row.original_due_at = row.original_due_at or row.due_at
    row.extended_days += days
    due = calendar.add(row.due_at, days * DAY)
    _set_due(row, row.filed_at or clock.now(), due, calendar)
    row.escalated_at = row.escalated_higher_at = None


def _set_due(row: Report, start: datetime, due: datetime, calendar: Calendar) -> None:
    row.due_at = due
    row.soon_at = soon(start, due, calendar)


def soon(start: datetime, due: datetime, calendar: Calendar) -> datetime:
    """From when on only a fifth of the working time is left."""
    return calendar.add(start, calendar.between(start, due) * (1 - PART_LEFT))


def stop_or_go(row: Report, after: State, calendar: Calendar, *, outside: bool) -> None:
    """The clock stands still while the reporter is asked, in a merged report, at the district."""
    now = clock.now()
    if row.paused_at is not None and row.due_at is not None:
        stood = calendar.between(row.paused_at, now)
        row.due_at = calendar.add(row.due_at, stood)
        row.soon_at = calendar.add(row.soon_at, stood) if row.soon_at else None
        row.paused_at = None
    if (after in (State.NEED_INFO, State.MERGED) or outside) and row.due_at is not None:
        row.paused_at = now


def refusable_until(row: Report, calendar: Calendar) -> datetime | None:
    """Until when a job can be given back: one working day, or its whole time if that is shorter.

    None where it was given to nobody, or has been for longer than is known.
    """
    if row.assigned_at is None:
        return None
    ends = calendar.add(row.assigned_at, DAY)
    return min(ends, row.due_at) if row.due_at else ends


def is_refusable(row: Report, calendar: Calendar) -> bool:
    """Whether a job may still be given back."""
    until = refusable_until(row, calendar)
    return until is None or clock.now() <= until
