"""Where the reports that everybody may see lie: counts by estate and kind, and rounded points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.reports import Report

PUBLIC = ("filed", "assigned", "in_progress", "reopened", "handled", "closed")
"""The office has looked at these; what was only handed in, or turned away, is not shown."""
TENTHS_OF_A_KILOMETRE = 1000
"""Points are rounded to a thousandth of a degree, about 100 m: no door can be told."""


@dataclass(frozen=True)
class Counted:
    """How many reports of a kind came from an estate, and how many of them are closed."""

    community_id: int | None
    estate_id: int | None
    category: str
    total: int
    closed: int


@dataclass(frozen=True)
class Point:
    """A rounded point with the reports around it."""

    counted: Counted
    latitude: float
    longitude: float


_WHAT = (
    Report.community_id,
    Report.estate_id,
    Report.category,
    func.count(),
    func.sum(case((Report.state == "closed", 1), else_=0)),
)


async def by_estate(session: AsyncSession, since: datetime) -> Sequence[Counted]:
    """Of everything that came since then; outside the estates, of what has no location."""
    somewhere = or_(Report.estate_id.is_not(None), Report.latitude.is_(None))
    rows = await session.execute(
        select(*_WHAT)
        .where(Report.created_at >= since, Report.state.in_(PUBLIC), somewhere)
        .group_by(*_WHAT[:3])
    )
    return [Counted(*row) for row in rows]


async def points(session: AsyncSession, since: datetime) -> Sequence[Point]:
    """Of everything that came since then and said where by a location."""
    north = func.round(Report.latitude * TENTHS_OF_A_KILOMETRE)
    east = func.round(Report.longitude * TENTHS_OF_A_KILOMETRE)
    rows = await session.execute(
        select(*_WHAT, north, east)
        .where(
            Report.created_at >= since, Report.state.in_(PUBLIC), Report.latitude.is_not(None),
            Report.longitude.is_not(None),
        )
        .group_by(*_WHAT[:3], north, east)
    )  # fmt: skip
    return [
        Point(
            Counted(*row[:5]),
            float(row[5]) / TENTHS_OF_A_KILOMETRE,
            float(row[6]) / TENTHS_OF_A_KILOMETRE,
        )
        for row in rows
    ]
