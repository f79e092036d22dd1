"""Opens the database: one code path for SQLite (one writer) and PostgreSQL (many)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from db.sqlite import connect

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is deleted is overwritten
)
POSTGRESQL_SETTINGS = {
    "idle_in_transaction_session_timeout": "60000",
    "lock_timeout": "10000",
    "tcp_keepalives_idle": "30",
    "application_name": "street-office-bot",
}


def async_url(url: str) -> str:
    """The same address with the asynchronous driver we use."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    drivers["postgres"] = drivers["postgresql"]
    kind = parsed.drivername.split("+")[0]
    return parsed.set(drivername=drivers.get(kind, parsed.drivername)).render_as_string(False)


def _compact_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Database:
    """An engine and the two ways to use it: `write` (one at a time on SQLite) and `read`."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self._turn: asyncio.Lock | nullcontext[None]
        options: dict[str, Any] = {"json_serializer": _compact_json, "hide_parameters": True}
        if self.is_sqlite:
            self._turn = asyncio.Lock()
            options["connect_args"] = {"async_creator_fn": connect}
        else:
            self._turn = nullcontext()
            options |= {
                "pool_size": pool_size,
                "max_overflow": 0,
                "pool_pre_ping": True,
                "connect_args": {"server_settings": POSTGRESQL_SETTINGS, "timeout": 5},
            }
        self.engine: AsyncEngine = create_async_engine(self.url, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in one transaction, committed at the end of the block."""
        new_session = AsyncSession(self.engine, expire_on_commit=False)
        async with self._turn, new_session as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; nothing of it is kept."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.connection(execution_options={"office_read_only": True})
            yield session

    async def scrub(self) -> None:
        """SQLite: write the file anew and empty its log, so that nothing deleted is left in them.

        PostgreSQL does so by itself, with its vacuum.
        """
        if not self.is_sqlite:
            return
        async with self._turn, self.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor = await raw.execute(statement)
                await cursor.close()

    async def close(self) -> None:
        await self.engine.dispose()


def insert_for(session: AsyncSession, table: Any) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of this dialect that knows ON CONFLICT (the same words in both databases)."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """WAL and full durability, and BEGIN IMMEDIATE so that no read turns into a lost write."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("office_read_only")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
        connection.connection.driver_connection.writing = not reading
