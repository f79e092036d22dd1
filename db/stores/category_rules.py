"""Rows of the categories that the office keeps itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.reports import CategoryRule

Version = tuple[int, datetime | None]


async def version(session: AsyncSession) -> Version:
    """Changes with every change of the table."""
    row = (
        await session.execute(
            select(func.count(CategoryRule.code), func.max(CategoryRule.changed_at))
        )
    ).one()
    return row[0], row[1]


async def bodies(session: AsyncSession) -> Sequence[dict[str, Any]]:
    rows = await session.scalars(select(CategoryRule).order_by(CategoryRule.code))
    return [row.body for row in rows]


async def put(
    session: AsyncSession, code: str, body: dict[str, Any], *, by: int, now: datetime
) -> None:
    """Keep a category; the newest word holds."""
    said = {"body": body, "changed_by": by, "changed_at": now}
    statement = insert_for(session, CategoryRule).values(code=code, **said)
    await session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=said))


async def drop(session: AsyncSession, code: str) -> None:
    """Go back to the shipped one."""
    await session.execute(delete(CategoryRule).where(CategoryRule.code == code))
