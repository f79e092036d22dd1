"""Sends the outbox: in order a chat, paced for the bot and the chat, through 429s and outages."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot import metrics
from bot.attachments import Attachments
from bot.pacing import Pace
from bot.signals import Signal
from bot.transport import NotConnected, OfficeBot, retry_seconds
from db.engine import Database
from db.models.queues import Delivery, OutboxMessage
from db.stores import outbox, people
from db.work import Work
from services import clock, groups

log = structlog.get_logger(__name__)

IN_FLIGHT = 8
LEASE = timedelta(seconds=60)
KEEP_TRYING = timedelta(days=1)  # an outage must not cost a reply; a day-old one helps nobody
IDLE_SECONDS = 0.2
LAST_SECONDS = 5
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
ANEW = {"editMessageText": "sendMessage", "editMessageMedia": "sendPhoto"}
UNCHANGED = "message is not modified"


class Sender:
    """One a bot: the leader's. Claims, sends, and writes down what became of it.

    What became of messages is written in the transaction that claims the next ones: half as many
    commits, and a chat whose message is done can have its next one at once.
    """

    def __init__(
        self,
        database: Database,
        bot: OfficeBot,
        attachments: Attachments,
        told: Signal,
        pace: Pace | None = None,
    ) -> None:
        self._database = database
        self._bot = bot
        self._attachments = attachments
        self._told = told
        self._pace = pace or Pace()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._finished: list[tuple[OutboxMessage, Any]] = []
        self._paused_until = 0.0
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._told.set()

    async def run(self) -> None:
        """Send until stopped, then wait for what is under way."""
        await self._recover(everything=True)  # only a leader sends: what is claimed is a dead one's
        last_recovery = time.monotonic()
        while not self._stopping:
            self._told.clear()
            try:
                if time.monotonic() - last_recovery > LEASE.total_seconds() / 2:
                    await self._recover(everything=False)
                    last_recovery = time.monotonic()
                started = await self.step()
            except (SQLAlchemyError, OSError) as error:
                log.warning("database not usable", error=type(error).__name__)
                await asyncio.sleep(1)
                continue
            rest = self._rest()
            if rest or not started:  # what comes back meanwhile is written down at once
                await self._told.wait(rest or IDLE_SECONDS)
        await self._let_end()

    def _rest(self) -> float:
        """Seconds until one more may go out: a 429 is over, the pace leaves room."""
        return max(self._paused_until - time.monotonic(), self._pace.overall.wait())

    def _room(self) -> int:
        """How many more may be started now."""
        if self._paused_until > time.monotonic():
            return 0
        busy = len(self._under_way) - len(self._finished)
        return min(IN_FLIGHT - busy, int(self._pace.overall.level()))

    async def step(self, *, start: bool = True) -> int:
        """Write down what came back and start what may be sent now; how many that was."""
        room, finished = self._room() if start else 0, list(self._finished)
        if room < 1 and not finished:
            return 0
        async with self._database.write() as session:
            for message, outcome in finished:
                await self._write_down(session, message, outcome)
            done = {message.chat_id for message, _ in finished}
            claimed = await self._claim(session, room, set(self._under_way) - done)
        del self._finished[: len(finished)]
        for message, _ in finished:
            self._under_way.pop(message.chat_id, None)
        for message in claimed:
            self._pace.take(message)
            task = asyncio.get_running_loop().create_task(self._deliver(message))
            self._under_way[message.chat_id] = task
        await self._discard(finished)
        return len(claimed)

    async def _claim(
        self, session: AsyncSession, room: int, busy: set[int]
    ) -> Sequence[OutboxMessage]:
        if room < 1:
            return ()
        bulk = self._pace.broadcast.level() >= 1
        return await outbox.claim(
            session,
            now=clock.now(),
            lease=LEASE,
            limit=room,
            skip_chats=[*self._pace.resting(), *busy],
            max_priority=outbox.BROADCAST if bulk else outbox.NOTICE,
        )

    async def flush(self) -> None:
        """Send all that can be sent now, as fast as the pace allows."""
        while True:
            started = await self.step()
            flying = [task for task in self._under_way.values() if not task.done()]
            if flying and not self._finished:
                await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            elif pause := self._pace.overall.wait():
                await asyncio.sleep(pause)
            elif not started and not self._under_way:
                return

    async def finish(self, seconds: float) -> None:
        """Send the last words within so many seconds; what is left goes out at the next start."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.flush()
        await self._let_end()

    async def _let_end(self) -> None:
        """Wait for the calls under way and write down their ends, so that none is made twice."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=LAST_SECONDS)
        with contextlib.suppress(SQLAlchemyError, OSError):
            await self.step(start=False)

    async def _recover(self, *, everything: bool) -> None:
        try:
            async with self._database.write() as session:
                await outbox.recover(session, now=clock.now(), everything=everything)
        except (SQLAlchemyError, OSError) as error:
            log.warning("recovery put off", error=type(error).__name__)

    async def _deliver(self, message: OutboxMessage) -> None:
        outcome = await self._attempt(message)
        if isinstance(outcome, RetryAfter):  # nobody sends until the time Telegram named
            until = time.monotonic() + retry_seconds(outcome)
            self._paused_until = max(self._paused_until, until)
        self._finished.append((message, outcome))
        self._told.set()

    async def _discard(self, finished: list[tuple[OutboxMessage, Any]]) -> None:
        for message, outcome in finished:
            if not isinstance(outcome, TelegramError):
                with contextlib.suppress(OSError):
                    await self._attachments.discard(message.payload)

    async def _attempt(self, message: OutboxMessage) -> Any:
        """The result of the call, or the error it ended in."""
        try:
            method, payload = await self._prepare(message)
            try:
                return await self._bot.call(method, payload)
            except BadRequest as error:
                return await self._mend(message, payload, error)
        except TelegramError as error:
            return error
        except SQLAlchemyError as error:  # the card to edit could not be looked up
            return NotConnected(type(error).__name__)
        except Exception as error:  # a stored file is gone, or the call cannot be written
            log.exception("message cannot be sent", row=message.id, method=message.method)
            return BadRequest(f"not sendable: {type(error).__name__}")

    async def _prepare(self, message: OutboxMessage) -> tuple[str, dict[str, Any]]:
        """The call to make: files attached, and the message to edit looked up by its slot."""
        method, payload = message.method, message.payload
        shown = None
        if method.startswith("edit") and "message_id" not in payload:
            async with self._database.read() as session:
                shown = await outbox.card(session, message.chat_id, message.slot or "")
            if shown is None:
                method, payload = _anew(method, payload)
        payload = await self._attachments.fill(payload)
        if "chat_id" in payload:  # a group may have moved since this was written
            payload = {**payload, "chat_id": message.chat_id}
        return method, {**payload, "message_id": shown} if shown is not None else payload

    async def _mend(
        self, message: OutboxMessage, payload: dict[str, Any], error: BadRequest
    ) -> Any:
        """An edit that changes nothing is done; one whose message is gone is sent anew."""
        reason = str(error).lower()
        if UNCHANGED in reason:
            return {"message_id": payload.get("message_id")}
        if message.method in ANEW and any(words in reason for words in GONE):
            method, fresh = _anew(message.method, message.payload)
            fresh = await self._attachments.fill({**fresh, "chat_id": message.chat_id})
            return await self._bot.call(method, fresh)
        raise error

    async def _write_down(
        self, session: AsyncSession, message: OutboxMessage, outcome: Any
    ) -> None:
        now = clock.now()
        if not isinstance(outcome, TelegramError):
            await self._sent(session, message, outcome, now)
        elif isinstance(outcome, RetryAfter):
            await self._slow_down(session, message, outcome, now)
        elif isinstance(outcome, ChatMigrated):
            await self._move(session, message, outcome, now)
        elif isinstance(outcome, Forbidden | BadRequest):
            await self._give_up(session, message, outcome, now)
        else:
            await self._try_later(session, message, outcome, now)

    async def _sent(
        self, session: AsyncSession, message: OutboxMessage, outcome: Any, now: datetime
    ) -> None:
        metrics.SENDS.labels("sent").inc()
        shown = outcome[-1] if isinstance(outcome, list) and outcome else outcome
        message_id = shown.get("message_id") if isinstance(shown, dict) else None
        await outbox.mark_sent(session, message.id, now=now, message_id=message_id)
        if message.slot and message_id:
            await outbox.set_card(session, message.chat_id, message.slot, message_id)

    async def _slow_down(
        self, session: AsyncSession, message: OutboxMessage, error: RetryAfter, now: datetime
    ) -> None:
        metrics.SENDS.labels("flood").inc()
        seconds = retry_seconds(error)
        log.warning("asked to slow down", seconds=seconds)
        await outbox.mark(
            session,
            message.id,
            Delivery.WAITING,
            not_before=now + timedelta(seconds=seconds),
            error="flood",
        )

    async def _move(
        self, session: AsyncSession, message: OutboxMessage, error: ChatMigrated, now: datetime
    ) -> None:
        await outbox.mark(
            session, message.id, Delivery.WAITING, not_before=now, error="chat migrated"
        )
        await groups.move(Work(session), message.chat_id, error.new_chat_id)

    async def _give_up(
        self, session: AsyncSession, message: OutboxMessage, error: TelegramError, now: datetime
    ) -> None:
        blocked = isinstance(error, Forbidden)
        metrics.SENDS.labels("blocked" if blocked else "refused").inc()
        if not blocked:
            log.error("Telegram refused a message", row=message.id, method=message.method)
        await outbox.mark(session, message.id, Delivery.FAILED, not_before=now, error=str(error))
        if blocked:
            await people.set_reachable(session, message.chat_id, reachable=False)

    async def _try_later(
        self, session: AsyncSession, message: OutboxMessage, error: TelegramError, now: datetime
    ) -> None:
        """It may or may not have arrived: a reply is repeated, a broadcast is not."""
        metrics.SENDS.labels("timeout" if isinstance(error, TimedOut) else "network").inc()
        status = Delivery.WAITING
        if message.at_most_once and _may_have_arrived(error):
            status = Delivery.UNKNOWN
        elif now - message.created_at > KEEP_TRYING:
            status = Delivery.FAILED
        pause = timedelta(seconds=min(30, 2 ** min(message.attempts, 5)) / 2)
        await outbox.mark(
            session, message.id, status, not_before=now + pause, error=type(error).__name__
        )


def _anew(method: str, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The call that sends what an edit would have shown."""
    fresh = {key: value for key, value in payload.items() if key not in ("message_id", "media")}
    media = payload.get("media")
    if isinstance(media, dict):
        words = {key: value for key, value in media.items() if key not in ("type", "media")}
        fresh |= {"photo": media["media"], **words}
    return ANEW.get(method, "sendMessage"), fresh


def _may_have_arrived(error: TelegramError) -> bool:
    return isinstance(error, NetworkError) and not isinstance(error, NotConnected)
