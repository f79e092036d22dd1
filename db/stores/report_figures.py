"""Counts of reports for pictures, added up by the database over one covering index.

Rejected, merged and void reports count nowhere: nothing was to be mended there, or it counts once
with the report they were merged into.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from db.models.reports import Report

#: What a picture is broken down by.
BY: Mapping[str, InstrumentedAttribute[str] | InstrumentedAttribute[int | None]] = {
    "category": Report.category,
    "community": Report.community_id,
    "estate": Report.estate_id,
}
ASIDE = ("rejected", "merged", "void")
NOBODYS_TURN = ("handled", "closed", *ASIDE)
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Span:
    """From a moment until before another, in these communities (None: in all)."""

    start: datetime
    end: datetime
    communities: Collection[int] | None


@dataclass(frozen=True)
class Count:
    """How many reports came, how many of them are closed, how many are late and not handled."""

    total: int
    closed: int
    late: int


async def by(session: AsyncSession, what: str, span: Span, *, now: datetime) -> dict[object, Count]:
    """The reports that came in a span, by one of BY."""
    return await _counted(session, BY[what], span, now)


async def by_week(
    session: AsyncSession, starts: Sequence[datetime], span: Span, *, now: datetime
) -> list[Count]:
    """The reports of a span by the week they came in; `starts` are the weeks' first moments."""
    later = [(Report.created_at < next_one, at) for at, next_one in enumerate(starts[1:])]
    week: ColumnElement[int] = case(*later, else_=len(starts) - 1)
    found = await _counted(session, week, span, now)
    return [found.get(at, Count(0, 0, 0)) for at in range(len(starts))]


async def _counted(
    session: AsyncSession,
    key: ColumnElement[Any] | InstrumentedAttribute[Any],
    span: Span,
    now: datetime,
) -> dict[object, Count]:
    is_late = and_(
        Report.state.not_in(NOBODYS_TURN), Report.due_at < now, Report.paused_at.is_(None)
    )
    statement = select(
        key,
        func.count(),
        func.sum(case((Report.state == "closed", 1), else_=0)),
        func.sum(case((is_late, 1), else_=0)),
    )
    statement = _within(statement, Report.created_at, span).where(Report.state.not_in(ASIDE))
    rows = await session.execute(statement.group_by(key))
    return {row[0]: Count(int(row[1]), int(row[2]), int(row[3])) for row in rows}


async def median_days(
    session: AsyncSession, what: str, span: Span
) -> dict[object, tuple[float, int]]:
    """The median days from coming in to closing, and how many, of what was closed in a span.

    The database counts by tenths of a day, which is as exact as the median is shown: sorting all
    of them there took twice as long.
    """
    tenths = func.round(10 * _days_between(session, Report.created_at, Report.closed_at))
    statement = _within(select(BY[what], tenths, func.count()), Report.closed_at, span)
    rows = await session.execute(
        statement.where(Report.state + "" == "closed").group_by(BY[what], tenths)
    )
    counted: dict[object, dict[float, int]] = {}
    for key, tenth, count in rows:
        counted.setdefault(key, {})[float(tenth) / 10] = count
    return {key: (_median(counts), sum(counts.values())) for key, counts in counted.items()}


def _median(counts: Mapping[float, int]) -> float:
    """Of values given by how often each occurs."""
    total, seen, found = sum(counts.values()), 0, list[float]()
    for value in sorted(counts):
        seen += counts[value]
        if not found and 2 * seen >= total:
            found.append(value)
        if 2 * seen > total:
            found.append(value)
            break
    return sum(found) / len(found)


def _within(statement: Select[Any], moment: InstrumentedAttribute[Any], span: Span) -> Select[Any]:
    """Limit to a span. The moment's index is the one to use: "+ 0" (and "+ ''" above) keep a
    planner without statistics from taking one of communities or of states."""
    statement = statement.where(moment >= span.start, moment < span.end)
    if span.communities is None:
        return statement
    return statement.where((Report.community_id + 0).in_(span.communities))


def _days_between(
    session: AsyncSession, start: InstrumentedAttribute[Any], end: InstrumentedAttribute[Any]
) -> ColumnElement[Any]:
    """SQLite keeps moments as text, so that the two databases count days differently."""
    if session.get_bind().dialect.name == "sqlite":
        return func.julianday(end) - func.julianday(start)
    return extract("epoch", end - start) / SECONDS_A_DAY
