"""Lets the process die at every step of every turn, to see that nothing of it stays behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from bot.worker import Worker
from db import models  # noqa: F401 - fills the metadata
from db.base import Base
from db.engine import Database
from db.stores import inbox
from tests.telegram import Town

AT_COMMIT = -1
LAST = 2**62


class Killed(BaseException):
    """The process dies here; no `except Exception` may stop it."""


class FailPoint:
    """Counts the statements of a database, and kills at one of them or at the commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._at = 0
        self.seen = 0

    @contextmanager
    def armed(self, at: int) -> Iterator[None]:
        """Inside, the statement of this number (from 1) is never made; or the commit."""
        self._at, self.seen = at, 0
        event.listen(self._engine, "before_cursor_execute", self._statement)
        event.listen(self._engine, "commit", self._commit)
        try:
            yield
        finally:
            event.remove(self._engine, "before_cursor_execute", self._statement)
            event.remove(self._engine, "commit", self._commit)

    def _statement(self, *_: Any) -> None:
        self.seen += 1
        if self.seen == self._at:
            raise Killed

    def _commit(self, _connection: Any) -> None:
        if self._at == AT_COMMIT:
            raise Killed


class CrashingTown:
    """A town whose workers die at every step of a turn before one of them gets it done."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._work = town.work
        self.crashes = 0
        town.work = self.work  # type: ignore[method-assign]

    async def work(self) -> None:
        """As Town.work does, after the crashes."""
        while await self._crash_everywhere():
            assert await self._next().step()
        await self._work()

    def _next(self) -> Worker:
        workers = self._town.workers
        worker: Worker = workers[next(self._town.turn) % len(workers)]
        return worker

    async def _crash_everywhere(self) -> bool:
        """Die at the commit, then at each statement; whether there was an update to die on."""
        async with self._town.database.read() as session:
            if not await inbox.any_pending(session, up_to=LAST):
                return False
        before = await everything(self._town.database)
        for at in range(1, await self._crash(AT_COMMIT) + 1):
            await self._crash(at)
        after = await everything(self._town.database)
        changed = [name for name in before if before[name] != after[name]]
        assert not changed, f"left behind by a crash: {changed}"
        return True

    async def _crash(self, at: int) -> int:
        """Die once; how many statements it came to."""
        worker = self._next()
        point = FailPoint(worker._database.engine.sync_engine)
        with point.armed(at), pytest.raises(Killed):
            await worker.step()
        self.crashes += 1
        return point.seen


async def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with database.read() as session:
        return {
            table.name: sorted(map(repr, (await session.execute(select(table))).all()))
            for table in Base.metadata.sorted_tables
        }
