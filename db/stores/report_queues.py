"""Reports as somebody works through them: their own jobs, and what a filter at the desk finds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.reports import DONE, OPEN, WORKING, Report
from db.stores.reports import AS_INDEXED

Communities = Collection[int] | None


@dataclass(frozen=True)
class Hands:
    """Whose jobs: a person's own, and those of their bodies that nobody has taken yet."""

    person_id: int
    bodies: Collection[int] = ()


@dataclass(frozen=True)
class Wanted:
    """What a filter asks for; empty values ask for nothing."""

    states: Collection[str] = ()
    communities: Communities = None
    category: str = ""
    overdue_at: datetime | None = None


def _in(hands: Hands) -> ColumnElement[bool]:
    own = Report.assignee_id == hands.person_id
    if not hands.bodies:
        return own
    return or_(own, and_(Report.body_id.in_(hands.bodies), Report.assignee_id.is_(None)))


def _kinds(now: datetime) -> dict[str, ColumnElement[bool]]:
    """The four lists of jobs; what is due is in the first two as well."""
    running = Report.paused_at.is_(None)
    return {
        "new": Report.state == "assigned",
        "doing": Report.state != "assigned",
        "soon": and_(running, Report.soon_at <= now, Report.due_at > now),
        "late": and_(running, Report.due_at <= now),
    }


async def jobs(
    session: AsyncSession, hands: Hands, which: str, *, now: datetime, limit: int, offset: int
) -> Sequence[Report]:
    """A page of somebody's jobs, the most pressing first."""
    rows = await session.scalars(
        select(Report)
        .where(WORKING, _in(hands), _kinds(now)[which])
        .order_by(Report.urgent.desc(), Report.due_at, Report.id)
        .limit(limit)
        .offset(offset)
    )
    return rows.all()


async def count_jobs(session: AsyncSession, hands: Hands, *, now: datetime) -> dict[str, int]:
    """How many jobs stand in each of the four lists."""
    kinds = _kinds(now)
    sums = [func.coalesce(func.sum(case((where, 1), else_=0)), 0) for where in kinds.values()]
    row = (await session.execute(select(*sums).where(WORKING, _in(hands)))).one()
    return dict(zip(kinds, (int(count) for count in row), strict=True))


async def pressing(
    session: AsyncSession, now: datetime, *, communities: Communities, limit: int, offset: int = 0
) -> Sequence[Report]:
    """Open reports with little or no time left, the most urgent first."""
    statement = select(Report).where(*_pressing(now, communities))
    statement = statement.order_by(Report.due_at, Report.id).limit(limit).offset(offset)
    return (await session.scalars(statement)).all()


async def count_pressing(session: AsyncSession, now: datetime, *, communities: Communities) -> int:
    statement = select(func.count()).select_from(Report).where(*_pressing(now, communities))
    return await session.scalar(statement) or 0


def _pressing(now: datetime, communities: Communities) -> list[ColumnElement[bool]]:
    where = [OPEN, Report.soon_at <= now, Report.paused_at.is_(None)]
    if communities is not None:
        where.append(Report.community_id.in_(communities))
    return where  # type: ignore[return-value]  # OPEN is the indexes' own text


async def without_soon(session: AsyncSession, *, limit: int) -> Sequence[Report]:
    """Open reports that are due some day, from before it was kept when that is soon."""
    rows = await session.scalars(
        select(Report)
        .where(OPEN, Report.due_at.is_not(None), Report.soon_at.is_(None))
        .order_by(Report.due_at)
        .limit(limit)
    )
    return rows.all()


async def found(
    session: AsyncSession, wanted: Wanted, *, limit: int, offset: int = 0
) -> Sequence[Report]:
    """What a filter finds: the newest first, of the overdue the longest overdue."""
    statement = select(Report).where(*_wanted(wanted)).order_by(*_order(wanted))
    return (await session.scalars(statement.limit(limit).offset(offset))).all()


async def texts(
    session: AsyncSession, wanted: Wanted, *, limit: int, offset: int
) -> Sequence[tuple[int, str, str, str, str]]:
    """Id, number, category, place and words of what a filter finds, in the same order."""
    columns = (Report.id, Report.number, Report.category, Report.place, Report.words)
    statement = select(*columns).where(*_wanted(wanted)).order_by(*_order(wanted))
    rows = await session.execute(statement.limit(limit).offset(offset))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[Any] = []
    if wanted.states:
        where.append(_in_states(wanted))
    if wanted.communities is not None:
        where.append(Report.community_id.in_(wanted.communities))
    if wanted.category:
        where.append(Report.category == wanted.category)
    if wanted.overdue_at is not None:
        where += [OPEN, Report.due_at <= wanted.overdue_at, Report.paused_at.is_(None)]
    return where


def _in_states(wanted: Wanted) -> Any:
    """By an index of the states, but for the finished ones of the whole street.

    Those are most of all rows: walking from the newest on is faster than sorting them, and the
    joined text keeps planners without statistics from the index.
    """
    indexed = AS_INDEXED.get(frozenset(wanted.states))
    if indexed is None:
        return Report.state.in_(wanted.states)
    if indexed is DONE and wanted.communities is None:
        return Report.state.concat("").in_(wanted.states)
    return indexed


def _order(wanted: Wanted) -> tuple[Any, ...]:
    if wanted.overdue_at is not None:
        return (Report.due_at, Report.id)
    return (Report.id.desc(),)


async def owing_photos(
    session: AsyncSession, before: datetime, *, limit: int = 100
) -> Sequence[Report]:
    """Open reports from before then whose reporter owes a photo and was not asked for it yet."""
    rows = await session.scalars(
        select(Report)
        .where(
            Report.owes_photo,
            Report.asked_for_photo_at.is_(None),
            Report.created_at <= before,
            OPEN,
        )
        .order_by(Report.id)
        .limit(limit)
    )
    return rows.all()


async def count_waiting(
    session: AsyncSession, state: str, since: datetime, communities: Communities
) -> int:
    """How many came into a state (submitted, handled) before then and are still in it."""
    at = Report.handled_at if state == "handled" else Report.created_at
    statement = select(func.count()).select_from(Report).where(Report.state == state, at < since)
    if communities is not None:
        statement = statement.where(Report.community_id.in_(communities))
    return await session.scalar(statement) or 0
