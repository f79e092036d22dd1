"""Handles updates: claims one, runs it in one transaction, commits. The only place that does."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.ext import Application

from bot import metrics
from bot.callbacks import CallbackAnswers
from bot.loops import work_off
from bot.office import RunningOffice
from bot.signals import Signal
from db.engine import Database
from db.stores import inbox
from db.stores.inbox import Claimed
from db.work import Work
from handlers import notices, telegram
from handlers.chat import Chat
from services import alerts, clock
from services.errors import Refusal

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
TURN_SECONDS = 30
IDLE_SECONDS = 0.25
HEAD_START = timedelta(seconds=5)  # for the worker that counted a try, to make it

PtbApplication = Application[Any, Any, Any, Any, Any, Any]
Answer = Callable[[Chat, Update], Awaitable[None]]


class UnreadableError(Exception):
    """What arrived is no update as the Bot API describes it: trying again cannot help."""


def _is_connection_lost(error: Exception) -> bool:
    """Whether the database went away, which is not the update's fault."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


class Worker:
    """Takes updates from the inbox one after the other, each in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        application: PtbApplication,
        office: RunningOffice,
        *,
        arrived: Signal,
        told: Signal,
        answers: CallbackAnswers | None = None,
    ) -> None:
        self._database = database
        self._application = application
        self._office = office
        self._arrived = arrived
        self._told = told
        self._answers = answers
        self._stopping = False
        self._careful_until = 0

    def stop(self) -> None:
        self._stopping = True
        self._arrived.set()

    async def run(self) -> None:
        """Handle updates until stopped; a failing database makes it wait, never end."""
        self._careful_until = await self._newest_id()
        await work_off(
            self.step, self._arrived, idle_seconds=IDLE_SECONDS, until=lambda: self._stopping
        )

    async def _newest_id(self) -> int:
        while not self._stopping:
            try:
                async with self._database.read() as session:
                    return await inbox.newest_id(session)
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(1)
        return 0

    async def step(self) -> bool:
        """Handle the next update, if one is due; whether there was one."""
        row_id = await self._count_the_try() if self._careful_until else None
        started = time.perf_counter()
        claimed: Claimed | None = None
        try:
            async with self._database.write() as session:
                claimed = await inbox.claim(session, now=clock.now(), row_id=row_id)
                if claimed is None:
                    return row_id is not None
                self._arrived.set()  # there may be more, for the next worker
                chat = await self._handle(session, claimed, self._converse)
            self._after_commit(claimed, chat, started)
        except Exception as error:
            if claimed is None or _is_connection_lost(error):
                raise
            await self._undone(claimed, error, started)
        return True

    async def _undone(self, claimed: Claimed, error: Exception, started: float) -> None:
        """Nothing of the turn was kept: tell the person why not, or try again later."""
        if not isinstance(error, Refusal):
            await self._failed(claimed, error)
            return
        try:
            await self._say_no(claimed, error, started)
        except Exception as fault:
            if _is_connection_lost(fault):
                raise
            await self._failed(claimed, fault)

    async def _say_no(self, claimed: Claimed, no: Refusal, started: float) -> None:
        async def refuse(chat: Chat, _update: Update) -> None:
            await notices.refuse(chat, no)

        async with self._database.write() as session:
            if await inbox.claim(session, now=clock.now(), row_id=claimed.id) is None:
                return  # another worker was faster and handles it anew
            chat = await self._handle(session, claimed, refuse)
        self._after_commit(claimed, chat, started)

    async def _count_the_try(self) -> int | None:
        """After a restart: count a try before it is made, lest one update kills us for ever.

        Returns the update to be tried now; None if all that waited at the start is handled.
        """
        now = clock.now()
        async with self._database.write() as session:
            found = await inbox.claim(session, now=now)
            if found is None or found.id > self._careful_until:
                if not await inbox.any_pending(session, up_to=self._careful_until):
                    self._careful_until = 0
                return None
            crashes = await inbox.count_crash(session, found.id, not_before=now + HEAD_START)
        if crashes > MAX_ATTEMPTS:
            await self._failed(found, RuntimeError("the process died on it"), last=True)
        return found.id

    async def _handle(self, session: AsyncSession, claimed: Claimed, answer: Answer) -> Chat | None:
        """One turn, up to its commit; None where the update is ignored on purpose."""
        await inbox.lock_chat(session, claimed.chat_id)
        update = self._read(claimed)
        work = Work(session)
        chat = await telegram.open_chat(work, update, self._office)
        if chat is not None:
            async with asyncio.timeout(TURN_SECONDS):
                await answer(chat, update)
            await notices.deliver(work)
        await inbox.mark_done(session, claimed.id, now=clock.now())
        return chat

    def _read(self, claimed: Claimed) -> Update:
        """The update as an object. Raises UnreadableError, whatever PTB stumbles over."""
        try:
            return Update.de_json(json.loads(claimed.payload), self._application.bot)
        except Exception as error:
            raise UnreadableError(type(error).__name__) from error

    async def _converse(self, chat: Chat, update: Update) -> None:
        token = telegram.current.set(chat)
        try:
            await self._application.process_update(update)
        finally:
            telegram.current.reset(token)
        if chat.failure:  # PTB swallows exceptions; our error handler keeps them
            raise chat.failure

    def _after_commit(self, claimed: Claimed, chat: Chat | None, started: float) -> None:
        metrics.HANDLED.labels("done" if chat else "ignored").inc()
        metrics.LATENCY.observe(time.perf_counter() - started)
        metrics.WAITED.observe((clock.now() - claimed.received_at).total_seconds())
        self._told.set()
        if chat is not None and chat.given.query_id and self._answers is not None:
            self._answers.put(chat)

    async def _failed(self, claimed: Claimed, error: BaseException, last: bool = False) -> None:
        attempts = claimed.attempts + 1
        dead = last or attempts >= MAX_ATTEMPTS or isinstance(error, UnreadableError)
        log.error("update failed", row=claimed.id, attempt=attempts, dead=dead, exc_info=error)
        metrics.HANDLED.labels("dead" if dead else "failed").inc()
        pause = timedelta(seconds=min(60, 2**attempts) * random.uniform(0.75, 1))
        async with self._database.write() as session:
            await inbox.mark_failed(
                session,
                claimed.id,
                attempts=attempts,
                dead=dead,
                retry_at=clock.now() + pause,
                error=f"{type(error).__name__}",
            )
            if dead:
                work = Work(session)
                await alerts.raise_once(work, "dead_letter")
                await notices.deliver(work)
                await notices.apologise(work, claimed.chat_id, claimed.id)
        self._told.set()
