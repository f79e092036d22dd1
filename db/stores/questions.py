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
    session: AsyncSession, communities: Collection[int] | None, *, limit: int
) -> Sequence[AskedQuestion]:
    """Questions nobody has answered yet in these communities (None: all), the oldest first."""
    statement = _waiting(communities).order_by(AskedQuestion.id).limit(limit)
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


async def still_open(session: AsyncSession, now: datetime) -> Sequence[AskedQuestion]:
    """Open questions of which staff were reminded, and the street office not told yet."""
    rows = await session.scalars(
        select(AskedQuestion).where(
            AskedQuestion.state == "open",
            AskedQuestion.due_at < now,
            AskedQuestion.reminded_at.is_not(None),
            AskedQuestion.escalated_at.is_(None),
        )
    )
    return rows.all()


async def last_alarm(
    session: AsyncSession, person_id: int, since: datetime
) -> AskedQuestion | None:
    """The open cry for help of this person, if there is one since then."""
    return await session.scalar(
        select(AskedQuestion)
        .where(
            AskedQuestion.person_id == person_id,
            AskedQuestion.urgent,
            AskedQuestion.state == "open",
            AskedQuestion.asked_at >= since,
        )
        .order_by(AskedQuestion.id.desc())
        .limit(1)
    )


async def recent_words(session: AsyncSession, since: datetime, limit: int) -> Sequence[str]:
    """What was asked since then, the newest first, each wording once."""
    rows = await session.scalars(
        select(AskedQuestion.words)
        .where(AskedQuestion.asked_at >= since)
        .order_by(AskedQuestion.id.desc())
        .limit(limit)
    )
    return list(dict.fromkeys(words for words in rows if words))


async def words_by_person(session: AsyncSession, since: datetime, limit: int) -> Sequence[str]:
    """What each person asked since then, one text a person, so that people can be counted."""
    rows = await session.execute(
        select(AskedQuestion.person_id, AskedQuestion.words)
        .where(AskedQuestion.asked_at >= since)
        .order_by(AskedQuestion.id.desc())
        .limit(limit)
    )
    said: dict[int, list[str]] = {}
    for person_id, words in rows:
        said.setdefault(person_id, []).append(words)
    return ["\n".join(texts) for texts in said.values()]


async def empty_older_than(session: AsyncSession, moment: datetime) -> None:
    """Drop the words of what was asked before; the counts stay."""
    await session.execute(
        update(AskedQuestion)
        .where(AskedQuestion.asked_at < moment, AskedQuestion.state != "open")
        .values(words="", answer=None)
        .execution_options(synchronize_session=False)
    )
