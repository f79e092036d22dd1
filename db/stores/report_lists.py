"""Reports by time and place, and who follows them: queues, candidates, ledgers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.reports import OPEN, Report, ReportFollower, ReportMove

Communities = Collection[int] | None
_LED_THERE = or_(
    ReportMove.before.is_(None),
    ReportMove.before != ReportMove.after,
    ReportMove.actor_role.in_(("community_staff", "street_staff", "admin")),
)
"""A move that led to its state, or gave a job on; not photos that a resident added there."""


async def follow(
    session: AsyncSession, report_id: int, person_id: int, *, same: bool, now: datetime
) -> None:
    statement = insert_for(session, ReportFollower).values(
        report_id=report_id, person_id=person_id, same=same, at=now
    )
    await session.execute(
        statement.on_conflict_do_nothing(index_elements=["report_id", "person_id"])
    )


async def unfollow(session: AsyncSession, report_id: int, person_id: int) -> None:
    await session.execute(
        delete(ReportFollower).where(
            ReportFollower.report_id == report_id, ReportFollower.person_id == person_id
        )
    )


async def followers(session: AsyncSession, report_id: int) -> Sequence[int]:
    rows = await session.scalars(
        select(ReportFollower.person_id)
        .where(ReportFollower.report_id == report_id)
        .order_by(ReportFollower.person_id)
    )
    return rows.all()


async def followed_by(
    session: AsyncSession, person_id: int, *, first: int, limit: int
) -> Sequence[Report]:
    """Reports that somebody follows, the newest first."""
    rows = await session.scalars(
        select(Report)
        .join(ReportFollower, ReportFollower.report_id == Report.id)
        .where(ReportFollower.person_id == person_id)
        .order_by(Report.id.desc())
        .offset(first)
        .limit(limit)
    )
    return rows.all()


async def count_same(session: AsyncSession, report_id: int) -> int:
    count = await session.scalar(
        select(func.count())
        .select_from(ReportFollower)
        .where(ReportFollower.report_id == report_id, ReportFollower.same)
    )
    return count or 0


async def counts_same(
    session: AsyncSession, start: datetime, end: datetime, *, communities: Communities
) -> dict[int, int]:
    """How many people met the same, by report, for the reports of a period."""
    rows = await session.execute(
        select(ReportFollower.report_id, func.count())
        .join(Report, Report.id == ReportFollower.report_id)
        .where(ReportFollower.same, *_came(start, end, communities))
        .group_by(ReportFollower.report_id)
    )
    return {row[0]: row[1] for row in rows}


async def by_number(session: AsyncSession, number: str) -> Report | None:
    return await session.scalar(select(Report).where(Report.number == number))


async def due_before(
    session: AsyncSession,
    moment: datetime,
    *,
    communities: Communities,
    untold: int = 0,
    limit: int = 100,
) -> Sequence[Report]:
    """Open reports whose clock runs and whose time is up by then, the most urgent first.

    With `untold` only those of which the community (1) or the street (2) was not told.
    """
    statement = select(Report).where(OPEN, Report.due_at <= moment, Report.paused_at.is_(None))
    if untold:
        told = Report.escalated_at if untold == 1 else Report.escalated_higher_at
        statement = statement.where(told.is_(None))
    if communities is not None:
        statement = statement.where(Report.community_id.in_(communities))
    rows = await session.scalars(statement.order_by(Report.due_at, Report.id).limit(limit))
    return rows.all()


async def count_due(
    session: AsyncSession,
    moment: datetime,
    *,
    communities: Communities,
    assignee_id: int | None = None,
) -> int:
    """How many of `due_before` there are, all or those of one assignee."""
    statement = (
        select(func.count())
        .select_from(Report)
        .where(OPEN, Report.due_at <= moment, Report.paused_at.is_(None))
    )
    if communities is not None:
        statement = statement.where(Report.community_id.in_(communities))
    if assignee_id is not None:
        statement = statement.where(Report.assignee_id == assignee_id)
    return await session.scalar(statement) or 0


async def waiting_for_answer(session: AsyncSession) -> Sequence[Report]:
    """Reports whose reporter was asked something."""
    rows = await session.scalars(select(Report).where(Report.state == "need_info"))
    return rows.all()


async def in_building(
    session: AsyncSession, building_id: int, *, since: datetime, limit: int
) -> Sequence[Report]:
    return await _recent(session, Report.building_id == building_id, since=since, limit=limit)


async def in_box(
    session: AsyncSession,
    community_id: int,
    box: tuple[float, float, float, float],
    *,
    since: datetime,
    limit: int,
) -> Sequence[Report]:
    """Reports inside a box of degrees: south, west, north, east.

    A box holds a few of thousands: "+ 0" keeps the planner from the index of the community.
    """
    south, west, north, east = box
    inside = (
        (Report.community_id + 0 == community_id)
        & Report.latitude.between(south, north)
        & Report.longitude.between(west, east)
    )
    return await _recent(session, inside, since=since, limit=limit)


async def around(
    session: AsyncSession,
    here: tuple[float, float],
    degrees: float,
    *,
    estates: Collection[int],
    states: Collection[str],
    limit: int,
) -> Sequence[Report]:
    """Reports in these states with a point in a square around here, or in one of the estates."""
    latitude, longitude = here
    inside = and_(
        Report.latitude.between(latitude - degrees, latitude + degrees),
        Report.longitude.between(longitude - degrees, longitude + degrees),
    )
    somewhere = Report.estate_id.in_(estates) & Report.latitude.is_(None)
    rows = await session.scalars(
        select(Report)
        .where(Report.state.in_(states), or_(inside, somewhere))
        .order_by(Report.id.desc())
        .limit(limit)
    )
    return rows.all()


async def of_estate(
    session: AsyncSession, estate_id: int, *, states: Collection[str], limit: int
) -> Sequence[Report]:
    """Reports of an estate in these states, the newest first."""
    rows = await session.scalars(
        select(Report)
        .where(Report.estate_id == estate_id, Report.state.in_(states))
        .order_by(Report.id.desc())
        .limit(limit)
    )
    return rows.all()


async def in_community(
    session: AsyncSession, community_id: int, *, since: datetime, limit: int
) -> Sequence[Report]:
    return await _recent(session, Report.community_id == community_id, since=since, limit=limit)


async def _recent(
    session: AsyncSession, where: object, *, since: datetime, limit: int
) -> Sequence[Report]:
    rows = await session.scalars(
        select(Report)
        .where(where, Report.created_at >= since)  # type: ignore[arg-type]  # an SQL expression
        .order_by(Report.created_at.desc())
        .limit(limit)
    )
    return rows.all()


async def filed_between(
    session: AsyncSession,
    start: datetime,
    end: datetime,
    *,
    communities: Communities,
    limit: int,
) -> Sequence[Report]:
    """Reports that came from `start` until before `end`, in the order they came."""
    statement = select(Report).where(*_came(start, end, communities))
    return (await session.scalars(statement.order_by(Report.id).limit(limit))).all()


async def count_between(
    session: AsyncSession, start: datetime, end: datetime, *, communities: Communities
) -> int:
    """How many of `filed_between` there are."""
    statement = select(func.count()).select_from(Report)
    return await session.scalar(statement.where(*_came(start, end, communities))) or 0


def _came(start: datetime, end: datetime, communities: Communities) -> list[ColumnElement[bool]]:
    came = [Report.created_at >= start, Report.created_at < end]
    return came if communities is None else [*came, Report.community_id.in_(communities)]


async def open_of(session: AsyncSession, assignee_id: int) -> Sequence[Report]:
    """What somebody has in hand."""
    rows = await session.scalars(
        select(Report)
        .where(OPEN, Report.assignee_id == assignee_id)
        .order_by(Report.id)
        .with_for_update()
    )
    return rows.all()


async def by_ids(session: AsyncSession, ids: Collection[int]) -> Sequence[Report]:
    rows = await session.scalars(select(Report).where(Report.id.in_(ids)))
    return rows.all()


async def last_words(
    session: AsyncSession, start: datetime, end: datetime, *, after: str, communities: Communities
) -> dict[int, str]:
    """What was said at the last move to a state, by report, for the reports of a period."""
    rows = await session.execute(
        select(ReportMove.report_id, ReportMove.words)
        .join(Report, Report.id == ReportMove.report_id)
        .where(ReportMove.after == after, _LED_THERE, *_came(start, end, communities))
        .order_by(ReportMove.id)
    )
    return {row[0]: row[1] for row in rows}


async def last_moments(
    session: AsyncSession, start: datetime, end: datetime, *, after: str, communities: Communities
) -> dict[int, datetime]:
    """When the last move to a state was made, by report, for the reports of a period."""
    rows = await session.execute(
        select(ReportMove.report_id, ReportMove.at)
        .join(Report, Report.id == ReportMove.report_id)
        .where(ReportMove.after == after, _LED_THERE, *_came(start, end, communities))
        .order_by(ReportMove.id)
    )
    return {row[0]: row[1] for row in rows}
