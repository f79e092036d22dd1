"""Clock work kept in the database: pruning, watching, reminders, digests, expiry."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.signals import Signal
from db.engine import Database
from db.stores import jobs
from db.work import Work
from handlers import notices
from services import clock

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
AFTER_FAILURE = timedelta(minutes=1)


@dataclass(frozen=True)
class Task:
    """Something done every so often, or every day at a time of the office's clock."""

    name: str
    run: Callable[[Work], Awaitable[None]]
    every: timedelta | None = None
    at: time | None = None

    def next_after(self, moment: datetime) -> datetime:
        """When it is due next, after this moment."""
        if self.every is not None:
            return moment + self.every
        assert self.at is not None
        local = clock.local(moment)
        due = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return due if due > local else due + timedelta(days=1)


class Timetable:
    """Runs what is due, each task in a transaction of its own. Only the leader does."""

    def __init__(self, database: Database, tasks: Sequence[Task], told: Signal) -> None:
        self._database = database
        self._tasks = tasks
        self._told = told
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            await self.run_due()
            try:
                await asyncio.wait_for(self._stopping.wait(), TICK_SECONDS)
            except TimeoutError:
                continue

    async def run_due(self) -> None:
        """Run every task whose time has come; one that fails does not stop the others."""
        try:
            due = await self._due()
        except (SQLAlchemyError, OSError) as error:
            log.warning("database not usable", error=type(error).__name__)
            return
        for task in due:
            try:
                await self._run(task)
            except Exception:  # a fault in one task must not stop the clock
                log.exception("task failed", task=task.name)
                await self._put_off(task)

    async def _due(self) -> list[Task]:
        """What is late. A task new to this office is entered: daily ones wait for their hour."""
        now = clock.now()
        async with self._database.read() as session:
            dues = await jobs.clock_dues(session)
        new = {
            task.name: now if task.at is None else task.next_after(now)
            for task in self._tasks
            if task.name not in dues
        }
        if new:
            async with self._database.write() as session:
                for name, due_at in new.items():
                    await jobs.plan_clock_task(session, name, due_at)
        dues = {**new, **dues}
        return [task for task in self._tasks if dues[task.name] <= now]

    async def _run(self, task: Task) -> None:
        now = clock.now()
        async with self._database.write() as session:
            next_due = task.next_after(now)
            if not await jobs.take_clock_task(session, task.name, now=now, next_due=next_due):
                return
            work = Work(session)
            await task.run(work)
            await notices.deliver(work)
        self._told.set()

    async def _put_off(self, task: Task) -> None:
        """A task that failed is tried again in a while, not every second."""
        now = clock.now()
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with self._database.write() as session:
                again = now + AFTER_FAILURE
                await jobs.take_clock_task(session, task.name, now=now, next_due=again)
