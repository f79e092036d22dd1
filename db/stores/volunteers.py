"""Rows of the roster of volunteers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, cast, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.activities import ServiceHours
from db.models.volunteers import Volunteer, VolunteerCategory, VolunteerChange


async def by_id(session: AsyncSession, volunteer_id: int) -> Volunteer | None:
    return await session.get(Volunteer, volunteer_id, with_for_update=True)


async def of_person(session: AsyncSession, person_id: int) -> Volunteer | None:
    return await session.scalar(select(Volunteer).where(Volunteer.person_id == person_id))


async def active_in(session: AsyncSession, community_id: int) -> Sequence[Volunteer]:
    """Active volunteers of a community, with or without Telegram."""
    rows = await session.scalars(
        select(Volunteer).where(Volunteer.state == "active", Volunteer.community_id == community_id)
    )
    return rows.all()


async def by_phone(session: AsyncSession, indexes: Collection[str]) -> Sequence[Volunteer]:
    """Volunteers with this phone: two people may share one."""
    rows = await session.scalars(select(Volunteer).where(Volunteer.phone_index.in_(indexes)))
    return rows.all()


async def by_ids(session: AsyncSession, ids: Collection[int]) -> Sequence[Volunteer]:
    rows = await session.scalars(
        select(Volunteer).where(Volunteer.id.in_(ids)).order_by(Volunteer.number, Volunteer.id)
    )
    return rows.all()


async def add(session: AsyncSession, row: Volunteer, categories: Collection[str]) -> None:
    session.add(row)
    await session.flush()
    await set_categories(session, row.id, categories)


async def set_categories(
    session: AsyncSession, volunteer_id: int, categories: Collection[str]
) -> None:
    await session.execute(
        delete(VolunteerCategory).where(VolunteerCategory.volunteer_id == volunteer_id)
    )
    if categories:
        rows = [{"volunteer_id": volunteer_id, "category": one} for one in categories]
        await session.execute(insert(VolunteerCategory), rows)


async def categories_of(session: AsyncSession, volunteer_id: int) -> Sequence[str]:
    rows = await session.scalars(
        select(VolunteerCategory.category).where(VolunteerCategory.volunteer_id == volunteer_id)
    )
    return rows.all()


def _in_scope(
    statement: Select[Volunteer], communities: Collection[int] | None
) -> Select[Volunteer]:
    if communities is None:
        return statement
    return statement.where(Volunteer.community_id.in_(communities))


async def listed(
    session: AsyncSession,
    *,
    state: str,
    communities: Collection[int] | None,
    offset: int,
    limit: int,
) -> Sequence[Volunteer]:
    """Volunteers in a state in these communities (None: all), the oldest request first."""
    statement = _in_scope(select(Volunteer).where(Volunteer.state == state), communities)
    rows = await session.scalars(statement.order_by(Volunteer.id).offset(offset).limit(limit))
    return rows.all()


async def counts(session: AsyncSession, communities: Collection[int] | None) -> dict[str, int]:
    """How many volunteers are in each state."""
    statement = select(Volunteer.state, func.count()).group_by(Volunteer.state)
    if communities is not None:
        statement = statement.where(Volunteer.community_id.in_(communities))
    return {row[0]: row[1] for row in await session.execute(statement)}


async def to_check(
    session: AsyncSession, *, communities: Collection[int] | None, offset: int, limit: int
) -> Sequence[Volunteer]:
    """Volunteers whose changed phone or community waits for a look, the oldest change first."""
    statement = _in_scope(select(Volunteer).where(Volunteer.to_check.is_not(None)), communities)
    statement = statement.order_by(Volunteer.changed_at, Volunteer.id)
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def count_to_check(session: AsyncSession, communities: Collection[int] | None) -> int:
    statement = select(func.count()).select_from(Volunteer).where(Volunteer.to_check.is_not(None))
    if communities is not None:
        statement = statement.where(Volunteer.community_id.in_(communities))
    return await session.scalar(statement) or 0


def _ready(
    communities: Collection[int] | None, time: str | None, category: str | None, skill: str
) -> Any:
    """Active volunteers who said that they are free then, and can do this."""
    statement = _in_scope(select(Volunteer).where(Volunteer.state == "active"), communities)
    if time:
        written = cast(Volunteer.free_times, String)
        statement = statement.where(written.contains(f'"{time}"', autoescape=True))
    if category:
        chosen = select(VolunteerCategory.volunteer_id).where(
            VolunteerCategory.category == category
        )
        statement = statement.where(Volunteer.id.in_(chosen))
    if skill:
        statement = statement.where(Volunteer.skills.contains(skill, autoescape=True))
    return statement


async def ready(
    session: AsyncSession,
    *,
    communities: Collection[int] | None,
    time: str | None,
    category: str | None,
    skill: str,
    offset: int,
    limit: int,
) -> Sequence[Volunteer]:
    """Active volunteers free at a part of the week, with a category and words in their skills."""
    statement = _ready(communities, time, category, skill).order_by(Volunteer.id)
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def count_ready(
    session: AsyncSession,
    *,
    communities: Collection[int] | None,
    time: str | None,
    category: str | None,
    skill: str,
) -> int:
    inner = _ready(communities, time, category, skill).subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


def _idle(communities: Collection[int] | None, since: datetime) -> Any:
    """Active volunteers on the roster before `since` without an approved hour after it."""
    served = select(ServiceHours.volunteer_id).where(
        ServiceHours.approved_at >= since, ServiceHours.half_hours > 0
    )
    joined = case(
        (Volunteer.joined_on.is_not(None), Volunteer.joined_on < since.date()),
        else_=Volunteer.created_at < since,
    )
    statement = select(Volunteer).where(
        Volunteer.state == "active", joined, Volunteer.id.not_in(served)
    )
    return _in_scope(statement, communities)


async def idle(
    session: AsyncSession,
    *,
    communities: Collection[int] | None,
    since: datetime,
    offset: int,
    limit: int,
) -> Sequence[Volunteer]:
    """Who has served no hour since then, those on the roster longest first."""
    statement = _idle(communities, since).order_by(Volunteer.joined_on, Volunteer.id)
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def idle_to_ask(
    session: AsyncSession,
    *,
    communities: Collection[int] | None,
    since: datetime,
    asked_before: datetime,
) -> Sequence[Volunteer]:
    """Those of them who can be reached here and were not asked lately."""
    unasked = or_(Volunteer.asked_at.is_(None), Volunteer.asked_at < asked_before)
    statement = _idle(communities, since).where(Volunteer.person_id.is_not(None), unasked)
    return (await session.scalars(statement.order_by(Volunteer.id))).all()


async def count_idle(
    session: AsyncSession, *, communities: Collection[int] | None, since: datetime
) -> int:
    inner = _idle(communities, since).subquery()
    return await session.scalar(select(func.count()).select_from(inner)) or 0


async def next_serial(session: AsyncSession) -> int:
    """The number after the highest given out."""
    count = await session.scalar(
        select(func.count()).select_from(Volunteer).where(Volunteer.number.is_not(None))
    )
    return (count or 0) + 1


async def number_taken(session: AsyncSession, number: str) -> bool:
    return (
        await session.scalar(select(Volunteer.id).where(Volunteer.number == number))
    ) is not None


async def note_change(session: AsyncSession, row: VolunteerChange) -> None:
    session.add(row)
    await session.flush()


async def changes_of(session: AsyncSession, volunteer_id: int) -> Sequence[VolunteerChange]:
    rows = await session.scalars(
        select(VolunteerChange)
        .where(VolunteerChange.volunteer_id == volunteer_id)
        .order_by(VolunteerChange.id)
    )
    return rows.all()


async def names_and_phones(session: AsyncSession) -> set[tuple[str, str | None, int | None]]:
    """Name, phone and community of everybody on the roster."""
    rows = await session.execute(select(Volunteer.name, Volunteer.phone, Volunteer.community_id))
    return {(row[0], row[1], row[2]) for row in rows}


async def numbers(session: AsyncSession) -> set[str | None]:
    """Every number given out."""
    rows = await session.scalars(select(Volunteer.number).where(Volunteer.number.is_not(None)))
    return set(rows.all())


async def everybody(
    session: AsyncSession,
    states: Collection[str],
    communities: Collection[int] | None = None,
) -> Sequence[Any]:
    """What the roster's file shows of everybody in these states, by number; plain rows, as a
    file of ten thousand needs no objects that can be changed."""
    shown = (
        Volunteer.id, Volunteer.name, Volunteer.sex, Volunteer.community_id, Volunteer.number,
        Volunteer.brought_half_hours, Volunteer.phone, Volunteer.joined_on, Volunteer.birth_year,
        Volunteer.skills,
    )  # fmt: skip
    statement = select(*shown).where(Volunteer.state.in_(states)).order_by(Volunteer.number)
    if communities is not None:
        statement = statement.where(Volunteer.community_id.in_(communities))
    return (await session.execute(statement)).all()


async def all_categories(session: AsyncSession) -> dict[int, list[str]]:
    """The categories of every volunteer."""
    found: dict[int, list[str]] = {}
    rows = await session.execute(select(VolunteerCategory.volunteer_id, VolunteerCategory.category))
    for volunteer_id, category in rows:
        found.setdefault(volunteer_id, []).append(category)
    return found


async def unclaimed(session: AsyncSession, phone_index: str) -> Sequence[Volunteer]:
    """People on the roster with this phone whom no Telegram account belongs to yet."""
    rows = await session.scalars(
        select(Volunteer).where(
            Volunteer.phone_index == phone_index,
            Volunteer.person_id.is_(None),
            Volunteer.state == "active",
        )
    )
    return rows.all()


async def remove(session: AsyncSession, row: Volunteer) -> None:
    await session.delete(row)
    await session.flush()
