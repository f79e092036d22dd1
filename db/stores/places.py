"""Rows of the gazetteer."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.places import Body, Building, Community, Estate, Landmark


async def communities(session: AsyncSession) -> Sequence[Community]:
    """All of them in the order of the menu; read once a transaction."""
    if "communities" not in session.info:
        rows = await session.scalars(select(Community).order_by(Community.position, Community.id))
        session.info["communities"] = rows.all()
    found: Sequence[Community] = session.info["communities"]
    return found


async def community(session: AsyncSession, community_id: int) -> Community | None:
    return await session.get(Community, community_id)


async def estates(session: AsyncSession, community_id: int | None = None) -> Sequence[Estate]:
    statement = select(Estate).order_by(Estate.community_id, Estate.name)
    if community_id is not None:
        statement = statement.where(Estate.community_id == community_id)
    return (await session.scalars(statement)).all()


async def estate(session: AsyncSession, estate_id: int) -> Estate | None:
    return await session.get(Estate, estate_id)


async def buildings(session: AsyncSession, estate_id: int) -> Sequence[Building]:
    rows = await session.scalars(
        select(Building).where(Building.estate_id == estate_id).order_by(Building.id)
    )
    return rows.all()


async def building(session: AsyncSession, building_id: int) -> Building | None:
    return await session.get(Building, building_id)


async def landmarks(session: AsyncSession, community_id: int) -> Sequence[Landmark]:
    rows = await session.scalars(select(Landmark).where(Landmark.community_id == community_id))
    return rows.all()


async def all_landmarks(session: AsyncSession) -> Sequence[Landmark]:
    return (await session.scalars(select(Landmark))).all()


async def body(session: AsyncSession, body_id: int) -> Body | None:
    return await session.get(Body, body_id)


async def bodies(session: AsyncSession) -> Sequence[Body]:
    """Departments, companies and units in use, by name."""
    rows = await session.scalars(select(Body).where(Body.active).order_by(Body.kind, Body.name))
    return rows.all()


async def body_by_name(session: AsyncSession, name: str) -> Body | None:
    return await session.scalar(select(Body).where(Body.name == name))


async def add(session: AsyncSession, row: Body | Estate | Building | Landmark) -> None:
    session.add(row)
    await session.flush()
