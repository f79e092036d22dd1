"""Clock work kept in the database: pruning, watching, reminders, digests, expiry."""

import asyncio
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
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)


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
        self._resting: dict[str, tuple[datetime, timedelta]] = {}

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
        """Run every task whose time has come; one that fails rests, the others go on."""
        for task in self._tasks:
            rests_until, pause = self._resting.get(task.name, (None, FIRST_PAUSE))
            if rests_until is not None and clock.now() < rests_until:
                continue
            try:
                await self._run_if_due(task)
                self._resting.pop(task.name, None)
            except (SQLAlchemyError, OSError) as error:
                log.warning("task put off", task=task.name, error=type(error).__name__)
            except Exception:  # a fault in one task must not stop the clock
                log.exception("task failed", task=task.name)
                self._resting[task.name] = clock.now() + pause, min(pause * 2, LONGEST_PAUSE)

    async def _run_if_due(self, task: Task) -> None:
        now = clock.now()
        async with self._database.read() as session:
            due = await jobs.clock_due(session, task.name)
        if due is not None and due > now:
            return
        async with self._database.write() as session:
            then = task.next_after(now)
            if not await jobs.take_clock(session, task.name, due_at=due, then=then):
                return  # a former leader that does not know it yet was faster
            if due is None and task.at is not None:
                return  # first start: a daily task waits for its hour
            work = Work(session)
            await task.run(work)
            await notices.deliver(work)
        self._told.set()
