"""Reads the hours that count: approved, the newest correction of each, of activities that stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.models.activities import Activity, ServiceHours, Signup
from db.models.volunteers import Volunteer

Ts = TypeVarTuple("Ts")


@dataclass(frozen=True)
class Served:
    """What one volunteer did in one activity."""

    volunteer_id: int
    half_hours: int
    activity_id: int
    title: str
    category: str
    community_id: int
    starts_at: datetime


def _counted(statement: Select[*Ts]) -> Select[*Ts]:
    """Of each sign-up the newest approved row counts, and none where the activity is called off.

    Asked as "no later row is approved": one look into an index a row, whatever the planner thinks.
    """
    later = aliased(ServiceHours)
    corrected = exists().where(
        later.signup_id == ServiceHours.signup_id,
        later.approved_at.is_not(None),
        later.id > ServiceHours.id,
    )
    return (
        statement.select_from(ServiceHours)
        .join(Signup, Signup.id == ServiceHours.signup_id)
        .join(Activity, Activity.id == Signup.activity_id)
        .where(ServiceHours.approved_at.is_not(None), ~corrected, Activity.state != "cancelled")
    )


async def served(
    session: AsyncSession,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    volunteer_id: int | None = None,
    home: int | None = None,
    communities: Collection[int] | None = None,
) -> list[Served]:
    """Who did what, the earliest first: within a time, of one volunteer, of the volunteers of
    one `home` community, in activities of `communities`; None leaves a limit out.
    """
    columns = (
        ServiceHours.volunteer_id, ServiceHours.half_hours, Activity.id, Activity.title,
        Activity.category, Activity.community_id, Activity.starts_at,
    )  # fmt: skip
    statement = _counted(select(*columns)).where(ServiceHours.half_hours > 0)
    if volunteer_id is not None:
        statement = statement.where(ServiceHours.volunteer_id == volunteer_id)
    if since is not None:
        statement = statement.where(Activity.starts_at >= since)
    if before is not None:
        statement = statement.where(Activity.starts_at < before)
    if home is not None:
        mine = select(Volunteer.id).where(Volunteer.community_id == home)
        statement = statement.where(ServiceHours.volunteer_id.in_(mine))
    if communities is not None:
        statement = statement.where(Activity.community_id.in_(communities))
    rows = await session.execute(statement.order_by(Activity.starts_at, ServiceHours.id))
    return [Served(*row) for row in rows]


async def half_hours_of(session: AsyncSession, volunteer_id: int) -> int:
    """The half hours of one volunteer that count."""
    sums = _counted(select(func.sum(ServiceHours.half_hours)))
    found = await session.scalar(sums.where(ServiceHours.volunteer_id == volunteer_id))
    return int(found or 0)


async def half_hours(session: AsyncSession) -> dict[int, int]:
    """The half hours that count, of every volunteer who has any."""
    sums = select(ServiceHours.volunteer_id, func.sum(ServiceHours.half_hours))
    rows = await session.execute(_counted(sums).group_by(ServiceHours.volunteer_id))
    return {row[0]: int(row[1]) for row in rows}


async def holders(
    session: AsyncSession, community_id: int, states: Collection[str]
) -> Sequence[Volunteer]:
    """Volunteers of a community in these states, by number."""
    rows = await session.scalars(
        select(Volunteer)
        .where(Volunteer.community_id == community_id, Volunteer.state.in_(states))
        .order_by(Volunteer.number, Volunteer.id)
    )
    return rows.all()


async def roster(session: AsyncSession, communities: Collection[int] | None) -> Sequence[Any]:
    """Id, number, name, community and brought half hours of active volunteers, as plain rows."""
    statement = select(
        Volunteer.id,
        Volunteer.number,
        Volunteer.name,
        Volunteer.community_id,
        Volunteer.brought_half_hours,
    ).where(Volunteer.state == "active")
    if communities is not None:
        statement = statement.where(Volunteer.community_id.in_(communities))
    return (await session.execute(statement)).all()


async def to_greet(session: AsyncSession, year: int, limit: int) -> Sequence[Volunteer]:
    """Who wants their yearly picture and has not had that of `year` yet."""
    rows = await session.scalars(
        select(Volunteer)
        .where(
            Volunteer.wants_year_picture.is_(True),
            func.coalesce(Volunteer.year_pictured, 0) < year,
            Volunteer.person_id.is_not(None),
        )
        .order_by(Volunteer.id)
        .limit(limit)
    )
    return rows.all()


async def note_pictured(session: AsyncSession, volunteer_id: int, year: int) -> None:
    """Remember that this year's picture was ordered for a volunteer."""
    await session.execute(
        update(Volunteer).where(Volunteer.id == volunteer_id).values(year_pictured=year)
    )
