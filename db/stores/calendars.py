"""Rows of the office's calendar."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.reports import CalendarDay, CalendarYear


async def days(session: AsyncSession) -> dict[date, bool]:
    """The days that are not what their weekday says: whether the office works."""
    rows = await session.execute(select(CalendarDay.day, CalendarDay.working))
    return {row[0]: row[1] for row in rows}


async def years(session: AsyncSession) -> frozenset[int]:
    """The years whose holidays are known."""
    return frozenset((await session.scalars(select(CalendarYear.year))).all())


async def set_day(session: AsyncSession, day: date, *, working: bool) -> None:
    statement = insert_for(session, CalendarDay).values(day=day, working=working)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["day"], set_={"working": working})
    )


async def clear_day(session: AsyncSession, day: date) -> None:
    """The day is what its weekday says."""
    await session.execute(delete(CalendarDay).where(CalendarDay.day == day))


async def remove_year(session: AsyncSession, year: int) -> None:
    """Note that a year is not known; its days stay."""
    await session.execute(delete(CalendarYear).where(CalendarYear.year == year))


async def add_year(
    session: AsyncSession, year: int, days_of_year: Mapping[date, bool], *, source: str
) -> None:
    """Note that a year is known; days that somebody set already stay."""
    statement = insert_for(session, CalendarYear).values(year=year, source=source)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["year"]))
    for day, working in days_of_year.items():
        one = insert_for(session, CalendarDay).values(day=day, working=working)
        await session.execute(one.on_conflict_do_nothing(index_elements=["day"]))
