"""Rows of what residents asked."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.questions import AskedQuestion


async def add(session: AsyncSession, row: AskedQuestion) -> AskedQuestion:
    session.add(row)
    await session.flush()
    return row


async def by_id(session: AsyncSession, question_id: int) -> AskedQuestion | None:
    return await session.get(AskedQuestion, question_id, with_for_update=True)


def _waiting(communities: Collection[int] | None) -> Select[AskedQuestion]:
    statement = select(AskedQuestion).where(AskedQuestion.state == "open")
    if communities is None:
        return statement
    return statement.where(AskedQuestion.community_id.in_(communities))


async def waiting(
    session: AsyncSession, communities: Collection[int] | None, *, limit: int, offset: int = 0
) -> Sequence[AskedQuestion]:
    """Questions nobody has answered yet in these communities (None: all), the oldest first."""
    statement = _waiting(communities).order_by(AskedQuestion.id).limit(limit).offset(offset)
    return (await session.scalars(statement)).all()


async def count_waiting(session: AsyncSession, communities: Collection[int] | None) -> int:
    statement = select(func.count()).select_from(_waiting(communities).subquery())
    return await session.scalar(statement) or 0


async def overdue(session: AsyncSession, now: datetime) -> Sequence[AskedQuestion]:
    """Open questions past their time of which nobody was reminded yet."""
    rows = await session.scalars(
        select(AskedQuestion).where(
            AskedQuestion.state == "open",
            AskedQuestion.due_at < now,
            AskedQuestion.reminded_at.is_(None),
        )
    )
    return rows.all()


async def most_asked(
    session: AsyncSession, *, since: datetime, limit: int
) -> Sequence[tuple[str, int]]:
    """The entries that answered most questions since then, with how many."""
    rows = await session.execute(
        select(AskedQuestion.entry_id, func.count())
        .where(AskedQuestion.entry_id.is_not(None), AskedQuestion.asked_at >= since)
        .group_by(AskedQuestion.entry_id)
        .order_by(func.count().desc(), AskedQuestion.entry_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows if row[0]]


async def empty_older_than(session: AsyncSession, moment: datetime) -> None:
    """Drop the words of what was asked before; the counts stay."""
    await session.execute(
        update(AskedQuestion)
        .where(AskedQuestion.asked_at < moment, AskedQuestion.state != "open")
        .values(words="", answer=None)
        .execution_options(synchronize_session=False)
    )
