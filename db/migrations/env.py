"""Runs migrations over the same asynchronous drivers as the bot."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from db.base import Base
from db.engine import Database
from db.models import queues  # noqa: F401 - fills the metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url
    database = Database(url)
    async with database.engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await database.close()


asyncio.run(_online())
