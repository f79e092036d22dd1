"""Runs migrations over the same asynchronous drivers as the bot, and writes new ones."""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import BigInteger, Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from db import models  # noqa: F401 - fills the metadata
from db.base import Base
from db.engine import Database

MIGRATING = 7_210_043_418
"""Key of the advisory lock: processes that start together migrate one after the other."""


def _plain(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Columns of our own types are written as what the database sees: migrations do not age."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        inner = item.impl_instance
        return f"sa.{inner!r}"
    if isinstance(item, BigInteger) and "sqlite" in item._variant_mapping:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_plain,
        compare_type=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _wait_for_turn(connection: AsyncConnection) -> None:
    """The lock lasts as long as the connection; the others then find nothing left to do."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET lock_timeout = 0"))
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATING})
        await connection.execute(text("RESET lock_timeout"))
        await connection.commit()


async def _online() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            await _wait_for_turn(connection)
            await connection.run_sync(_run)
            await connection.commit()
    finally:
        await database.close()


asyncio.run(_online())
