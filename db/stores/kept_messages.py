"""Rows of messages that the bot cannot read itself: those that wait for staff, and one of them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.people import KeptMessage, Person

#: A message and whose it is.
Row = tuple[KeptMessage, Person]


async def add(session: AsyncSession, kept: KeptMessage) -> int:
    """Its id."""
    session.add(kept)
    await session.flush()
    return kept.id


def _open(communities: frozenset[int] | None) -> list[ColumnElement[bool]]:
    """Not handled yet, sent by people of these communities; None: by anybody."""
    conditions: list[ColumnElement[bool]] = [KeptMessage.handled_at.is_(None)]
    if communities is not None:
        conditions.append(Person.community_id.in_(communities))
    return conditions


async def waiting(
    session: AsyncSession, communities: frozenset[int] | None, *, limit: int, offset: int = 0
) -> Sequence[Row]:
    """The oldest first."""
    rows = await session.execute(
        select(KeptMessage, Person)
        .join(Person, Person.id == KeptMessage.person_id)
        .where(*_open(communities))
        .order_by(KeptMessage.id)
        .limit(limit)
        .offset(offset)
    )
    return [(kept, person) for kept, person in rows]


async def count_waiting(session: AsyncSession, communities: frozenset[int] | None) -> int:
    found = await session.scalar(
        select(func.count(KeptMessage.id))
        .join(Person, Person.id == KeptMessage.person_id)
        .where(*_open(communities))
    )
    return found or 0


async def one(session: AsyncSession, kept_id: int) -> Row | None:
    """Locked, so that two do not handle it at once."""
    found = await session.execute(
        select(KeptMessage, Person)
        .join(Person, Person.id == KeptMessage.person_id)
        .where(KeptMessage.id == kept_id)
        .with_for_update(of=KeptMessage)
    )
    row = found.first()
    return (row[0], row[1]) if row else None
