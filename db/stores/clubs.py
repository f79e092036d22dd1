"""Rows of clubs: troupes, classes and teams, their members, dates, news and works."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.base import Base
from db.models.clubs import Club, ClubMeeting, ClubMember, ClubNews, ClubWork


async def add(session: AsyncSession, row: Base) -> None:
    session.add(row)
    await session.flush()


async def remove(session: AsyncSession, row: Base) -> None:
    await session.delete(row)
    await session.flush()


# -- clubs --------------------------------------------------------------------------------------


async def by_id(session: AsyncSession, club_id: int, *, lock: bool = True) -> Club | None:
    """A club, locked for those who may change it: places are given one after the other."""
    return await session.get(Club, club_id, with_for_update=lock or None)


async def all_of_them(session: AsyncSession, *, closed: bool) -> Sequence[Club]:
    """Every club that runs, or that was closed, by name."""
    condition = Club.closed_at.is_not(None) if closed else Club.closed_at.is_(None)
    return (await session.scalars(select(Club).where(condition).order_by(Club.name, Club.id))).all()


async def of_person(session: AsyncSession, person_id: int) -> Sequence[Club]:
    """The running clubs somebody belongs to; those where they only wait are left out."""
    rows = await session.scalars(
        select(Club)
        .join(ClubMember, ClubMember.club_id == Club.id)
        .where(ClubMember.person_id == person_id, ~ClubMember.waiting, Club.closed_at.is_(None))
        .order_by(Club.name, Club.id)
    )
    return rows.all()


# -- members ------------------------------------------------------------------------------------


async def counts(session: AsyncSession) -> dict[int, int]:
    """How many members each club has."""
    rows = await session.execute(
        select(ClubMember.club_id, func.count())
        .where(~ClubMember.waiting)
        .group_by(ClubMember.club_id)
    )
    return {row[0]: row[1] for row in rows}


async def count_members(session: AsyncSession, club_id: int, *, waiting: bool = False) -> int:
    count = await session.scalar(
        select(func.count())
        .select_from(ClubMember)
        .where(ClubMember.club_id == club_id, ClubMember.waiting == waiting)
    )
    return count or 0


async def members(session: AsyncSession, club_id: int) -> Sequence[ClubMember]:
    """Everybody in a club in the order they came, those who wait at the end."""
    rows = await session.scalars(
        select(ClubMember)
        .where(ClubMember.club_id == club_id)
        .order_by(ClubMember.waiting, ClubMember.id)
    )
    return rows.all()


async def member(session: AsyncSession, member_id: int) -> ClubMember | None:
    return await session.get(ClubMember, member_id)


async def member_of_person(
    session: AsyncSession, club_id: int, person_id: int
) -> ClubMember | None:
    return await session.scalar(
        select(ClubMember).where(ClubMember.club_id == club_id, ClubMember.person_id == person_id)
    )


async def member_by_token(session: AsyncSession, token: str) -> ClubMember | None:
    return await session.scalar(select(ClubMember).where(ClubMember.form_token == token))


async def entered_by(session: AsyncSession, club_id: int, person_id: int) -> Sequence[ClubMember]:
    """Whom somebody signed up for their family."""
    rows = await session.scalars(
        select(ClubMember)
        .where(
            ClubMember.club_id == club_id,
            ClubMember.entered_by == person_id,
            ClubMember.by_family,
        )
        .order_by(ClubMember.id)
    )
    return rows.all()


async def with_waiting(session: AsyncSession) -> Sequence[int]:
    """The clubs where somebody waits for a place."""
    rows = await session.scalars(select(ClubMember.club_id).where(ClubMember.waiting).distinct())
    return rows.all()


# -- the calendar -------------------------------------------------------------------------------


async def meeting(session: AsyncSession, meeting_id: int) -> ClubMeeting | None:
    return await session.get(ClubMeeting, meeting_id, with_for_update=True)


async def meetings(
    session: AsyncSession, club_id: int, *, after: datetime
) -> Sequence[ClubMeeting]:
    """What is still to come, the next one first."""
    rows = await session.scalars(
        select(ClubMeeting)
        .where(
            ClubMeeting.club_id == club_id,
            ClubMeeting.starts_at > after,
            ~ClubMeeting.cancelled,
        )
        .order_by(ClubMeeting.starts_at, ClubMeeting.id)
    )
    return rows.all()


async def to_remind(
    session: AsyncSession, *, after: datetime, before: datetime
) -> Sequence[ClubMeeting]:
    """Dates that come up and of which nobody was reminded yet, of running clubs."""
    rows = await session.scalars(
        select(ClubMeeting)
        .join(Club, Club.id == ClubMeeting.club_id)
        .where(
            ClubMeeting.starts_at > after,
            ClubMeeting.starts_at <= before,
            ~ClubMeeting.cancelled,
            ~ClubMeeting.reminded,
            Club.closed_at.is_(None),
        )
        .order_by(ClubMeeting.id)
        .with_for_update(of=ClubMeeting)
    )
    return rows.all()


# -- news and works -----------------------------------------------------------------------------


async def news(
    session: AsyncSession, club_id: int, *, offset: int, limit: int
) -> Sequence[ClubNews]:
    """News, the newest first."""
    rows = await session.scalars(
        select(ClubNews)
        .where(ClubNews.club_id == club_id)
        .order_by(ClubNews.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return rows.all()


async def count_works(session: AsyncSession, club_id: int) -> int:
    count = await session.scalar(
        select(func.count()).select_from(ClubWork).where(ClubWork.club_id == club_id)
    )
    return count or 0


async def work_at(session: AsyncSession, club_id: int, position: int) -> ClubWork | None:
    """A work by its place in the row, the newest first."""
    return await session.scalar(
        select(ClubWork)
        .where(ClubWork.club_id == club_id)
        .order_by(ClubWork.id.desc())
        .offset(position)
        .limit(1)
    )


async def work_by_id(session: AsyncSession, work_id: int) -> ClubWork | None:
    return await session.get(ClubWork, work_id)
