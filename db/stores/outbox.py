"""Rows of the outbox: messages to send, the next ones in order, what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.base import table_of
from db.engine import insert_for
from db.models.queues import CardMessage, Delivery, OutboxMessage

REPLY, NOTICE, BROADCAST = 0, 1, 2
BLOT = "***"
AT_ONCE = 500
"""Rows of one INSERT: both databases limit its parameters to 32,767."""
OUTBOX = table_of(OutboxMessage)
#: Written out in the SQL, so that both planners see that the partial indexes fit.
WAITING = literal(int(Delivery.WAITING), literal_execute=True)
SENT = literal(int(Delivery.SENT), literal_execute=True)


@dataclass(frozen=True)
class Outgoing:
    """A call to make. `slot` names a card that is edited in place; `dedup` makes it unique.

    With `not_before` it is held until then, and later messages of the chat do not wait for it.
    """

    chat_id: int
    method: str
    payload: dict[str, Any]
    priority: int = REPLY
    slot: str | None = None
    dedup: str | None = None
    at_most_once: bool = False
    not_before: datetime | None = None


async def add(session: AsyncSession, messages: Sequence[Outgoing], *, now: datetime) -> None:
    """Store messages; one whose `dedup` is known already is left out."""
    rows = [
        {
            "chat_id": m.chat_id,
            "method": m.method,
            "payload": m.payload,
            "priority": m.priority,
            "slot": m.slot,
            "dedup": m.dedup,
            "at_most_once": m.at_most_once,
            "status": Delivery.WAITING,
            "attempts": 0,
            "not_before": m.not_before or now,
            "created_at": now,
        }
        for m in messages
    ]
    plain = [row for row in rows if row["dedup"] is None]
    unique = [row for row in rows if row["dedup"] is not None]
    if plain:
        await session.execute(insert(OUTBOX), plain)
    for start in range(0, len(unique), AT_ONCE):
        statement = insert_for(session, OutboxMessage).values(unique[start : start + AT_ONCE])
        await session.execute(statement.on_conflict_do_nothing(index_elements=["dedup"]))


def _next() -> Select[Any]:
    """At most one message a chat, in order within the chat; what is held keeps nothing waiting."""
    earlier = OUTBOX.alias()
    of_chat = (earlier.c.chat_id == OUTBOX.c.chat_id, earlier.c.status < SENT)
    blocked = exists().where(
        *of_chat,
        earlier.c.id < OUTBOX.c.id,
        earlier.c.priority <= OUTBOX.c.priority,
        or_(earlier.c.not_before <= bindparam("now"), earlier.c.attempts > 0),
    )
    sending = exists().where(*of_chat, earlier.c.status == Delivery.SENDING)
    return (
        select(OUTBOX.c.id, OUTBOX.c.chat_id)
        .where(
            OUTBOX.c.status == WAITING,
            OUTBOX.c.not_before <= bindparam("now"),
            OUTBOX.c.priority <= bindparam("max_priority"),
            OUTBOX.c.chat_id.not_in(bindparam("skip_chats", expanding=True)),
            ~blocked,
            ~sending,
        )
        .order_by(OUTBOX.c.priority, OUTBOX.c.id)
        .limit(bindparam("room"))
        .with_for_update(skip_locked=True, of=OUTBOX)
    )


#: Made once: these run for every message.
NEXT = _next()
SENT_NOW = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"))
    .values(
        status=Delivery.SENT,
        sent_at=bindparam("now"),
        message_id=bindparam("shown"),
        payload={},
        error=None,
    )
)


async def drop_held(session: AsyncSession, dedup_begins: str, *, now: datetime) -> None:
    """Take back what is held and was not tried: there is newer news in its place."""
    await session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.dedup.startswith(dedup_begins, autoescape=True),
            OutboxMessage.status == Delivery.WAITING,
            OutboxMessage.attempts == 0,
            OutboxMessage.not_before > now,
        )
    )


async def claim(
    session: AsyncSession,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    skip_chats: Sequence[int] = (),
    max_priority: int = BROADCAST,
) -> Sequence[OutboxMessage]:
    """The next messages to send, at most one a chat, in order within the chat; marked as leased.

    A broadcast never holds up a reply: only messages of the same or a better priority that came
    earlier keep a message waiting, and not those that are held until a later hour.
    """
    wanted = {"now": now, "max_priority": max_priority, "skip_chats": skip_chats, "room": limit}
    first_of_chat: dict[int, int] = {}
    for row_id, chat_id in await session.execute(NEXT, wanted):
        first_of_chat.setdefault(chat_id, row_id)
    if not first_of_chat:
        return ()
    rows = await session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(first_of_chat.values()))
        .values(
            status=Delivery.SENDING,
            lease_until=now + lease,
            attempts=OutboxMessage.attempts + 1,
        )
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False)
    )
    return sorted(rows.all(), key=lambda row: (row.priority, row.id))


async def mark_sent(
    session: AsyncSession, row_id: int, *, now: datetime, message_id: int | None
) -> None:
    await session.execute(SENT_NOW, {"row": row_id, "now": now, "shown": message_id})


async def mark(
    session: AsyncSession,
    row_id: int,
    status: Delivery,
    *,
    not_before: datetime,
    error: str,
) -> None:
    """Set a message that was not sent to waiting again, failed or unknown."""
    values: dict[str, Any] = {"status": status, "not_before": not_before, "error": error[:200]}
    if status is not Delivery.WAITING:
        values |= {"payload": {}, "sent_at": not_before}
    await session.execute(update(OutboxMessage).where(OutboxMessage.id == row_id).values(**values))


async def recover(session: AsyncSession, *, now: datetime, everything: bool) -> int:
    """Take back messages whose sender died: replies wait again, broadcasts become unknown."""
    left = OUTBOX.c.status == Delivery.SENDING
    if not everything:
        left &= OUTBOX.c.lease_until < now
    gone = {"status": Delivery.UNKNOWN, "payload": {}, "sent_at": now, "lease_until": None}
    count = 0
    for which, values in (
        (OUTBOX.c.at_most_once, gone),
        (~OUTBOX.c.at_most_once, {"status": Delivery.WAITING, "lease_until": None}),
    ):
        statement = update(OUTBOX).where(left, which).values(**values).returning(OUTBOX.c.id)
        count += len((await session.execute(statement)).all())
    return count


async def card(session: AsyncSession, chat_id: int, slot: str) -> int | None:
    """The message that shows this slot in this chat."""
    return await session.scalar(
        select(CardMessage.message_id).where(
            CardMessage.chat_id == chat_id, CardMessage.slot == slot
        )
    )


async def set_card(session: AsyncSession, chat_id: int, slot: str, message_id: int) -> None:
    statement = insert_for(session, CardMessage).values(
        chat_id=chat_id, slot=slot, message_id=message_id
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["chat_id", "slot"], set_={"message_id": message_id}
        )
    )


async def depth_and_age(session: AsyncSession, *, now: datetime) -> tuple[int, float]:
    """How many messages could be sent now, and for how many seconds the oldest has waited."""
    row = (
        await session.execute(
            select(func.count(), func.min(OutboxMessage.not_before)).where(
                OutboxMessage.status < Delivery.SENT, OutboxMessage.not_before <= now
            )
        )
    ).one()
    return row[0], (now - row[1]).total_seconds() if row[1] else 0.0


async def forget_chat(session: AsyncSession, chat_id: int) -> None:
    """Remove all that waits for, or is remembered of, a chat."""
    await session.execute(delete(OutboxMessage).where(OutboxMessage.chat_id == chat_id))
    await session.execute(delete(CardMessage).where(CardMessage.chat_id == chat_id))


async def move_chat(session: AsyncSession, old: int, new: int) -> None:
    """A group became a supergroup: what waits goes to its new id."""
    for table in (OutboxMessage, CardMessage):
        await session.execute(update(table).where(table.chat_id == old).values(chat_id=new))


async def prune(session: AsyncSession, *, now: datetime, keep: timedelta) -> int:
    """Drop messages sent or given up long ago."""
    result = await session.execute(
        delete(OutboxMessage)
        .where(OutboxMessage.status >= Delivery.SENT, OutboxMessage.sent_at < now - keep)
        .returning(OutboxMessage.id)
    )
    return len(result.all())


async def blot_out(session: AsyncSession, words: Sequence[str]) -> None:
    """Black out words in messages that still wait, whoever they are for."""
    if not words:
        return
    waiting = await session.scalars(
        select(OutboxMessage).where(OutboxMessage.status < Delivery.SENT).with_for_update()
    )
    for row in waiting:
        clean = _without(row.payload, words)
        if clean != row.payload:
            row.payload = clean
    await session.flush()


def _without(value: Any, words: Sequence[str]) -> Any:
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, BLOT)
        return value
    if isinstance(value, dict):
        return {key: _without(one, words) for key, one in value.items()}
    return [_without(one, words) for one in value] if isinstance(value, list) else value


async def forget_sent(session: AsyncSession, chat_id: int) -> None:
    """Remove what was sent to a chat; what still waits stays."""
    await session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.chat_id == chat_id, OutboxMessage.status >= Delivery.SENT
        )
    )
