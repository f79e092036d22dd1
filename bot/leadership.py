"""Decides which process sends, polls and keeps the clock: always this one on SQLite."""

import asyncio
import contextlib
import fcntl
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import metrics
from db.engine import Database

log = structlog.get_logger(__name__)

LOCK_KEY = 7_210_043_417
BEAT_SECONDS = 1.0


class AlreadyRunning(Exception):  # noqa: N818 - told to whoever starts the second process
    """Another process uses this SQLite file."""


class Leadership:
    """Held by one process at a time; lost when its database connection is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None
        self._file: IO[str] | None = None
        self.gained = asyncio.Event()
        self.lost = asyncio.Event()
        self.lost.set()

    def claim_file(self) -> None:
        """SQLite serves one process: hold its lock file, or raise AlreadyRunning."""
        path = make_url(self._database.url).database
        if not self._database.is_sqlite or path in (None, "", ":memory:"):
            return
        handle = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held as long as the process
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            raise AlreadyRunning(path) from error
        self._file = handle

    def release_file(self) -> None:
        """Let go of the lock file; a process that ends does so by itself."""
        if self._file is not None:
            self._file.close()
            self._file = None

    async def run(self) -> None:
        """Try to become leader and stay it, until cancelled."""
        if self._database.is_sqlite:
            self._set(True)
            await asyncio.Event().wait()
        try:
            while True:
                self._set(await self._hold())
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            self._set(False)
            await self._drop()

    async def _hold(self) -> bool:
        try:
            if self._connection is None:
                self._connection = await self._database.engine.connect()
                self._connection = await self._connection.execution_options(
                    isolation_level="AUTOCOMMIT"
                )
            if self.gained.is_set():
                await self._connection.execute(text("SELECT 1"))
                return True
            got = await self._connection.execute(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}
            )
            return bool(got.scalar())
        except (SQLAlchemyError, OSError) as error:
            log.warning("leadership not held", error=type(error).__name__)
            await self._drop()
            return False

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, OSError):
                await connection.invalidate()
                await connection.close()

    def _set(self, leading: bool) -> None:
        if leading == self.gained.is_set():
            return
        metrics.LEADER.set(1 if leading else 0)
        log.info("leading" if leading else "following")
        first, second = (self.lost, self.gained) if leading else (self.gained, self.lost)
        first.clear()
        second.set()
