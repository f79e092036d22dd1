"""Rows of the inbox: arrivals, the next one to handle, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.base import table_of
from db.engine import insert_for
from db.models.queues import Arrival, InboxUpdate

#: Written out in the SQL, so that both planners see that the partial indexes fit.
PENDING = literal(int(Arrival.PENDING), literal_execute=True)
INBOX = table_of(InboxUpdate)


@dataclass(frozen=True)
class Incoming:
    """An update as it arrived, with the chat that orders it and the person that sent it."""

    update_id: int
    chat_id: int
    person_key: int
    payload: str


@dataclass(frozen=True)
class Claimed:
    """An update taken from the inbox to be handled now."""

    id: int
    chat_id: int
    person_key: int
    payload: str
    attempts: int
    received_at: datetime


async def add(session: AsyncSession, updates: Sequence[Incoming], *, now: datetime) -> int:
    """Store updates, the known ones skipped; how many were new."""
    rows = [
        {
            "update_id": u.update_id,
            "chat_id": u.chat_id,
            "person_key": u.person_key,
            "payload": u.payload,
            "status": Arrival.PENDING,
            "attempts": 0,
            "crashes": 0,
            "not_before": now,
            "received_at": now,
        }
        for u in updates
    ]
    insert = insert_for(session, InboxUpdate).values(rows)
    statement = insert.on_conflict_do_nothing(index_elements=["update_id"])
    result = await session.execute(statement.returning(InboxUpdate.id))
    return len(result.all())


async def known(session: AsyncSession, update_ids: Sequence[int]) -> set[int]:
    """Which of these updates are stored already."""
    rows = await session.scalars(
        select(InboxUpdate.update_id).where(InboxUpdate.update_id.in_(update_ids))
    )
    return set(rows)


async def pending_by_person(session: AsyncSession, keys: Sequence[int]) -> dict[int, int]:
    """How many updates of each of these people still wait."""
    rows = await session.execute(
        select(InboxUpdate.person_key, func.count())
        .where(InboxUpdate.status == PENDING, InboxUpdate.person_key.in_(keys))
        .group_by(InboxUpdate.person_key)
    )
    return {row[0]: row[1] for row in rows}


def _next(which: ColumnElement[bool]) -> Select[Any]:
    """Of the updates chosen, the oldest whose chat has no earlier one waiting."""
    waiting = INBOX.alias()
    first_of_chat = (  # as a number: a join would be planned once, for the empty table of a start
        select(func.min(waiting.c.id))
        .where(waiting.c.chat_id == INBOX.c.chat_id, waiting.c.status == PENDING)
        .scalar_subquery()
    )
    return (
        select(*(INBOX.c[field.name] for field in fields(Claimed)))
        .where(INBOX.c.status == PENDING, which, INBOX.c.id == first_of_chat)
        .order_by(INBOX.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=INBOX)
    )


#: Made once: these run for every update.
NEXT_DUE = _next(INBOX.c.not_before <= bindparam("now"))
NEXT_OF_ID = _next(INBOX.c.id == bindparam("row"))
DONE = (
    update(INBOX)
    .where(INBOX.c.id == bindparam("row"))
    .values(status=Arrival.DONE, payload="", done_at=bindparam("now"))
)


async def claim(
    session: AsyncSession, *, now: datetime, row_id: int | None = None
) -> Claimed | None:
    """The oldest due update whose chat has no earlier one waiting, or this very one; locked.

    The row lock lasts for the transaction of the handler, so a killed process frees it at once.
    """
    if row_id is None:
        found = await session.execute(NEXT_DUE, {"now": now})
    else:
        found = await session.execute(NEXT_OF_ID, {"row": row_id})
    row = found.first()
    return Claimed(*row) if row else None


async def lock_chat(session: AsyncSession, chat_id: int) -> None:
    """Hold the chat until the end of the transaction (PostgreSQL; SQLite has one writer)."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SELECT pg_advisory_xact_lock(:chat)"), {"chat": chat_id})


async def mark_done(session: AsyncSession, row_id: int, *, now: datetime) -> None:
    await session.execute(DONE, {"row": row_id, "now": now})


async def mark_failed(
    session: AsyncSession, row_id: int, *, attempts: int, dead: bool, retry_at: datetime, error: str
) -> None:
    """Remember a failure: to be tried again at `retry_at`, or dead and shown to staff."""
    await session.execute(
        update(InboxUpdate)
        .where(InboxUpdate.id == row_id, InboxUpdate.status == Arrival.PENDING)
        .values(
            attempts=attempts,
            crashes=InboxUpdate.crashes if dead else 0,
            status=Arrival.DEAD if dead else Arrival.PENDING,
            not_before=retry_at,
            error=error[:500],
        )
    )


async def count_crash(session: AsyncSession, row_id: int, *, not_before: datetime) -> int:
    """Note that this update is handled again after a restart, by nobody else until `not_before`.

    Returns how often that was so far.
    """
    result = await session.execute(
        update(InboxUpdate)
        .where(InboxUpdate.id == row_id)
        .values(crashes=InboxUpdate.crashes + 1, not_before=not_before)
        .returning(InboxUpdate.crashes)
    )
    return int(result.scalar_one())


async def newest_id(session: AsyncSession) -> int:
    return await session.scalar(select(func.max(InboxUpdate.id))) or 0


async def dead(session: AsyncSession, limit: int = 20) -> Sequence[InboxUpdate]:
    rows = await session.scalars(
        select(InboxUpdate)
        .where(InboxUpdate.status == Arrival.DEAD)
        .order_by(InboxUpdate.id)
        .limit(limit)
    )
    return rows.all()


async def retry_dead(session: AsyncSession, *, now: datetime, row_id: int | None = None) -> int:
    """Put dead updates (one, or all) back in line; how many."""
    statement = update(InboxUpdate).where(InboxUpdate.status == Arrival.DEAD)
    if row_id is not None:
        statement = statement.where(InboxUpdate.id == row_id)
    result = await session.execute(
        statement.values(status=Arrival.PENDING, attempts=0, crashes=0, not_before=now).returning(
            InboxUpdate.id
        )
    )
    return len(result.all())


async def depth_and_age(session: AsyncSession, *, now: datetime) -> tuple[int, float]:
    """How many updates wait, and for how many seconds the oldest has."""
    row = (
        await session.execute(
            select(func.count(), func.min(InboxUpdate.received_at)).where(
                InboxUpdate.status == PENDING
            )
        )
    ).one()
    return row[0], (now - row[1]).total_seconds() if row[1] else 0.0


async def prune(session: AsyncSession, *, now: datetime, keep: timedelta) -> int:
    """Drop rows done long ago: update ids can start anew at random after a quiet week."""
    result = await session.execute(
        delete(InboxUpdate)
        .where(
            InboxUpdate.status.in_((Arrival.DONE, Arrival.REFUSED)),
            InboxUpdate.done_at < now - keep,
        )
        .returning(InboxUpdate.id)
    )
    return len(result.all())


async def any_pending(session: AsyncSession, *, up_to: int) -> bool:
    """Whether an update up to this row still waits."""
    found = await session.scalar(
        select(InboxUpdate.id)
        .where(InboxUpdate.status == PENDING, InboxUpdate.id <= up_to)
        .limit(1)
    )
    return found is not None


async def forget_person(session: AsyncSession, telegram_id: int) -> None:
    """Drop dead updates of a person, and what done ones still say about who it was.

    The ids of done updates stay, so that none is taken for new. The update under way is pending
    until this transaction ends: `forget_person` is called once more after it.
    """
    theirs = (InboxUpdate.person_key == telegram_id) | (InboxUpdate.chat_id == telegram_id)
    await session.execute(delete(InboxUpdate).where(theirs, InboxUpdate.status == Arrival.DEAD))
    await session.execute(
        update(InboxUpdate)
        .where(theirs, InboxUpdate.status.in_((Arrival.DONE, Arrival.REFUSED)))
        .values(payload="", chat_id=0, person_key=0)
    )
