"""Runs background work outside the chat's transaction: photos to fetch, exports to make."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot import metrics
from bot.loops import work_off
from bot.signals import Signal
from db.engine import Database
from db.models.queues import Job
from db.stores import jobs, outbox
from db.work import Work
from handlers import notices
from handlers.chat import Screen, compose
from handlers.texts import say
from services import alerts, clock
from services.errors import Refusal
from services.people import roles
from services.permissions import Actor

log = structlog.get_logger(__name__)

#: What a job leaves to be done in one transaction, together with the mark that it is done.
Effect = Callable[[Work], Awaitable[None]]
#: A job: does the slow part, safe to repeat, and returns its effect.
Run = Callable[[Mapping[str, Any]], Awaitable[Effect]]

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 6
IDLE_SECONDS = 0.5


def sending(chat_id: int, *screens: Screen) -> Effect:
    """The effect that shows something to whoever ordered the job."""
    calls = [call for screen in screens for call in compose(chat_id, screen)]

    async def effect(work: Work) -> None:
        await outbox.add(work.session, calls, now=clock.now())

    return effect


def refusing(chat_id: int, no: Refusal) -> Effect:
    """The effect that says why a job was not done."""
    return sending(chat_id, Screen(say(no.code, **no.params)))


def acting(payload: Mapping[str, Any], act: Callable[[Work, Actor], Awaitable[Screen]]) -> Effect:
    """The effect of a service that acts for whoever ordered the job, and the screen it leads to.

    Their rights are those of now. A Refusal undoes what the service did, and is told.
    """

    async def effect(work: Work) -> None:
        by = await roles.actor_of(work, payload["person_id"])
        try:
            async with work.session.begin_nested():
                screen = await act(work, by)
        except Refusal as no:
            work.notices.clear()
            screen = Screen(say(no.code, **no.params))
        await sending(payload["chat_id"], screen)(work)

    return effect


class JobRunner:
    """Claims jobs one by one and runs them by kind; several run at once."""

    def __init__(
        self, database: Database, kinds: Mapping[str, Run], *, wanted: Signal, told: Signal
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._wanted = wanted
        self._told = told
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._wanted.set()

    async def take_back(self) -> None:
        """A single process takes back at its start what it was running when it died."""
        if self._database.is_sqlite:
            async with self._database.write() as session:
                await jobs.take_back(session)

    async def run(self) -> None:
        await work_off(
            self.step, self._wanted, idle_seconds=IDLE_SECONDS, until=lambda: self._stopping
        )

    async def step(self) -> bool:
        """Run the next job that is due; whether there was one."""
        async with self._database.write() as session:
            job = await jobs.claim(session, now=clock.now(), lease=LEASE)
        if job is None:
            return False
        try:
            effect = await self._kinds[job.kind](job.payload)
            async with self._database.write() as session:
                work = Work(session)
                await effect(work)
                await jobs.mark_done(session, job.id)
                await notices.deliver(work)
            metrics.JOBS.labels(job.kind, "done").inc()
        except Exception as error:  # whatever it is: tried again, then shown to staff
            await self._failed(job, error)
        self._told.set()
        self._wanted.set()
        return True

    async def _failed(self, job: Job, error: Exception) -> None:
        dead = job.attempts >= MAX_ATTEMPTS
        log.error("job failed", kind=job.kind, job=job.id, dead=dead, exc_info=error)
        metrics.JOBS.labels(job.kind, "dead" if dead else "failed").inc()
        async with self._database.write() as session:
            await jobs.mark_failed(
                session,
                job.id,
                dead=dead,
                retry_at=clock.now() + timedelta(seconds=min(120, 2**job.attempts)),
                error=type(error).__name__,
            )
            if dead:
                work = Work(session)
                await alerts.raise_once(work, "dead_job")
                await notices.deliver(work)
