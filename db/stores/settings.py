"""Values that the office and the process remember between starts."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.queues import OfficeSetting


async def value(session: AsyncSession, key: str) -> dict[str, Any] | None:
    return await session.scalar(select(OfficeSetting.value).where(OfficeSetting.key == key))


async def put(session: AsyncSession, key: str, new: dict[str, Any], *, now: datetime) -> None:
    statement = insert_for(session, OfficeSetting).values(key=key, value=new, changed_at=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_={"value": new, "changed_at": now}
        )
    )


async def put_once(session: AsyncSession, key: str, new: dict[str, Any], *, now: datetime) -> bool:
    """Store a value unless there is one; whether it was stored."""
    statement = insert_for(session, OfficeSetting).values(key=key, value=new, changed_at=now)
    result = await session.execute(
        statement.on_conflict_do_nothing(index_elements=["key"]).returning(OfficeSetting.key)
    )
    return result.first() is not None


async def remove(session: AsyncSession, key: str) -> None:
    await session.execute(delete(OfficeSetting).where(OfficeSetting.key == key))


async def lock(session: AsyncSession, key: int) -> None:
    """Hold this key until the end of the transaction, however long others have it (PostgreSQL)."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(text("SET LOCAL lock_timeout = 0"))
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
