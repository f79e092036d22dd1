"""Rows of stairwell rounds and what was seen on each floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.places import Building, Estate
from db.models.reports import Report, Sweep, SweepFloor


async def add(session: AsyncSession, row: Sweep) -> Sweep:
    session.add(row)
    await session.flush()
    return row


async def by_id(session: AsyncSession, sweep_id: int) -> Sweep | None:
    return await session.get(Sweep, sweep_id)


async def running(session: AsyncSession, today: date) -> Sequence[Sweep]:
    """Rounds that are not over, the newest first."""
    rows = await session.scalars(
        select(Sweep)
        .where(Sweep.closed.is_(False), Sweep.ends_on >= today)
        .order_by(Sweep.id.desc())
    )
    return rows.all()


async def recent(session: AsyncSession, limit: int) -> Sequence[Sweep]:
    """The rounds begun last, whether they are over or not."""
    return (await session.scalars(select(Sweep).order_by(Sweep.id.desc()).limit(limit))).all()


async def buildings(
    session: AsyncSession, community_id: int | None, *, limit: int, offset: int = 0
) -> Sequence[tuple[Building, Estate]]:
    """The buildings a round goes through, in order."""
    statement = select(Building, Estate).join(Estate, Building.estate_id == Estate.id)
    if community_id is not None:
        statement = statement.where(Estate.community_id == community_id)
    statement = statement.order_by(Estate.community_id, Estate.name, Building.id)
    rows = await session.execute(statement.limit(limit).offset(offset))
    return [(row[0], row[1]) for row in rows]


async def count_floors(session: AsyncSession, community_id: int | None) -> tuple[int, int]:
    """How many buildings and how many floors of stairwells there are to walk."""
    statement = select(
        func.count(), func.coalesce(func.sum(Building.entrances * Building.floors), 0)
    ).join(Estate, Building.estate_id == Estate.id)
    if community_id is not None:
        statement = statement.where(Estate.community_id == community_id)
    row = (await session.execute(statement)).one()
    return int(row[0]), int(row[1])


async def mark(
    session: AsyncSession,
    place: tuple[int, int, int, int],
    *,
    broken: int,
    installed: bool,
    seen_by: int,
    now: datetime,
) -> None:
    """Write down a floor (sweep, building, entrance, floor); seen again, the latest holds."""
    sweep_id, building_id, entrance, floor = place
    seen = {"broken": broken, "installed": installed, "seen_by": seen_by, "at": now}
    statement = insert_for(session, SweepFloor).values(
        sweep_id=sweep_id, building_id=building_id, entrance=entrance, floor=floor, **seen
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["sweep_id", "building_id", "entrance", "floor"], set_=seen
        )
    )


async def floors_of(
    session: AsyncSession, sweep_id: int, building_id: int | None = None
) -> Sequence[SweepFloor]:
    """What was seen, in the order of a walk."""
    statement = select(SweepFloor).where(SweepFloor.sweep_id == sweep_id)
    if building_id is not None:
        statement = statement.where(SweepFloor.building_id == building_id)
    order = (SweepFloor.building_id, SweepFloor.entrance, SweepFloor.floor)
    found = await session.scalars(
        statement.order_by(*order).execution_options(populate_existing=True)
    )
    return found.all()


async def last_of(session: AsyncSession, sweep_id: int, person_id: int) -> SweepFloor | None:
    """The floor somebody marked last in a round."""
    return await session.scalar(
        select(SweepFloor)
        .where(SweepFloor.sweep_id == sweep_id, SweepFloor.seen_by == person_id)
        .order_by(SweepFloor.at.desc(), SweepFloor.entrance.desc(), SweepFloor.floor.desc())
        .limit(1)
    )


async def lock(session: AsyncSession, building_id: int) -> None:
    """Until the end of the transaction nobody else makes reports of this building's floors."""
    await session.execute(
        select(Building.id).where(Building.id == building_id).with_for_update(key_share=True)
    )


async def photograph(
    session: AsyncSession, place: tuple[int, int, int, int], media_id: str
) -> None:
    """Keep a photo with a floor."""
    await session.execute(update(SweepFloor).where(*_is(place)).values(media_id=media_id))


def _is(place: tuple[int, int, int, int]) -> list[ColumnElement[bool]]:
    sweep_id, building_id, entrance, floor = place
    return [
        SweepFloor.sweep_id == sweep_id,
        SweepFloor.building_id == building_id,
        SweepFloor.entrance == entrance,
        SweepFloor.floor == floor,
    ]


@dataclass(frozen=True)
class Seen:
    """What was seen in a building: floors, lamps broken, floors with broken ones, without any."""

    floors: int = 0
    broken: int = 0
    dark: int = 0
    without: int = 0
    reported: int = 0


async def totals(session: AsyncSession, sweep_id: int) -> dict[int, Seen]:
    """What a round saw, by building."""

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    statement = (
        select(
            SweepFloor.building_id,
            func.count(),
            func.sum(SweepFloor.broken),
            count(SweepFloor.broken > 0),
            count(SweepFloor.installed.is_(False)),
            count(SweepFloor.report_id.is_not(None)),
        )
        .where(SweepFloor.sweep_id == sweep_id)
        .group_by(SweepFloor.building_id)
    )
    rows = await session.execute(statement)
    return {row[0]: Seen(*(int(number) for number in row[1:])) for row in rows}


async def link(session: AsyncSession, place: tuple[int, int, int, int], report_id: int) -> None:
    """Say which report a broken floor became."""
    await session.execute(update(SweepFloor).where(*_is(place)).values(report_id=report_id))


async def open_light(
    session: AsyncSession, building_id: int, entrance: str, floor: int
) -> Report | None:
    """An open report about the light of this very floor."""
    return await session.scalar(
        select(Report)
        .where(
            Report.building_id == building_id,
            Report.category == "stairwell_light",
            Report.entrance == entrance,
            Report.floor == floor,
            Report.state.not_in(("closed", "void", "rejected", "merged")),
        )
        .order_by(Report.id)
        .limit(1)
    )
