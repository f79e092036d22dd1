"""What became of messages that were sent: those of broadcasts of which nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.queues import Delivery, OutboxMessage


@dataclass(frozen=True)
class Unknown:
    """One message of a broadcast (`what` names it) to a person, and when it was sent or written."""

    what: str
    person_id: int
    at: datetime


async def unknown(session: AsyncSession, limit: int = 50) -> Sequence[Unknown]:
    """The newest first; as long as the outbox keeps them."""
    rows = await session.execute(
        select(OutboxMessage.dedup, OutboxMessage.sent_at, OutboxMessage.created_at)
        .where(OutboxMessage.status == Delivery.UNKNOWN, OutboxMessage.dedup.is_not(None))
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    )
    return [_unknown(key, sent or written) for key, sent, written in rows if key]


def _unknown(key: str, at: datetime) -> Unknown:
    """The key of a notice that is sent once: '<what>:<person>:<position>'."""
    what, person, _ = key.rsplit(":", 2)
    return Unknown(what, int(person), at)
