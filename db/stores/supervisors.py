"""Rows of the supervisors' checks, and the closings that nobody has checked yet."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.reports import Report
from db.models.supervisors import ReportCheck


async def add(session: AsyncSession, row: ReportCheck) -> None:
    session.add(row)
    await session.flush()


async def by_token(session: AsyncSession, token: str) -> ReportCheck | None:
    return await session.scalar(select(ReportCheck).where(ReportCheck.form_token == token))


async def is_checked(session: AsyncSession, report: Report) -> bool:
    """Whether somebody looked at it since it was closed."""
    found = await session.scalar(
        select(ReportCheck.id)
        .where(ReportCheck.report_id == report.id, ReportCheck.at >= report.closed_at)
        .limit(1)
    )
    return found is not None


def _closed(communities: Collection[int] | None, since: datetime) -> Any:
    """Reports closed since then at which nobody looked since."""
    looked = (
        select(ReportCheck.id)
        .where(ReportCheck.report_id == Report.id, ReportCheck.at >= Report.closed_at)
        .exists()
    )
    statement = select(Report).where(Report.state == "closed", Report.closed_at >= since, ~looked)
    if communities is not None:
        statement = statement.where(Report.community_id.in_(communities))
    return statement


async def closed(
    session: AsyncSession,
    *,
    communities: Collection[int] | None,
    since: datetime,
    offset: int,
    limit: int,
) -> Sequence[Report]:
    """Closings to look at, the oldest first."""
    statement = _closed(communities, since).order_by(Report.closed_at, Report.id)
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def count_closed(
    session: AsyncSession, *, communities: Collection[int] | None, since: datetime
) -> int:
    inner = _closed(communities, since).subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


async def checks_of(
    session: AsyncSession, person_id: int, *, offset: int, limit: int
) -> Sequence[tuple[ReportCheck, Report]]:
    """Somebody's checks with their reports, the newest first."""
    rows = await session.execute(
        select(ReportCheck, Report)
        .join(Report, Report.id == ReportCheck.report_id)
        .where(ReportCheck.person_id == person_id)
        .order_by(ReportCheck.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(check, report) for check, report in rows]


async def sums(
    session: AsyncSession, people: Collection[int], *, since: datetime
) -> dict[int, tuple[int, int]]:
    """How many checks each of these people made since then, and how many passed."""
    rows = await session.execute(
        select(ReportCheck.person_id, func.count(), func.sum(cast(ReportCheck.passed, Integer)))
        .where(ReportCheck.person_id.in_(people), ReportCheck.at >= since)
        .group_by(ReportCheck.person_id)
    )
    return {row[0]: (row[1], int(row[2] or 0)) for row in rows if row[0] is not None}


async def findings(
    session: AsyncSession, people: Collection[int], *, since: datetime
) -> dict[int, int]:
    """How many reports each of these people filed as a supervisor since then."""
    rows = await session.execute(
        select(Report.reporter_id, func.count())
        .where(
            Report.reporter_id.in_(people),
            Report.source == "supervisor",
            Report.created_at >= since,
        )
        .group_by(Report.reporter_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
