"""Sends the outbox: in order a chat, paced for the bot and the chat, through 429s and outages."""

import asyncio
import time
from collections import defaultdict
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
from bot.signals import Signal
from bot.transport import OfficeBot
from db.engine import Database
from db.models.queues import Delivery, OutboxMessage
from db.stores import outbox, people
from db.work import Work
from services import clock, groups

log = structlog.get_logger(__name__)

OVERALL_RATE = 28.0  # messages a second; Telegram allows about 30
BROADCAST_RATE = 25.0
CHAT_BURST, CHAT_RATE = 3.0, 1.0
GROUP_BURST, GROUP_RATE = 5.0, 20 / 60
IN_FLIGHT = 8
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
IDLE_SECONDS = 0.2
NOT_MESSAGES = ("setMyCommands", "deleteMyCommands")
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
UNCHANGED = "message is not modified"


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self._level, self._at = burst, time.monotonic()

    def level(self) -> float:
        now = time.monotonic()
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        return self._level

    def take(self) -> None:
        self._level = self.level() - 1


class Pace:
    """How fast we may send: overall, to each chat and to each group; `times` faster in tests."""

    def __init__(self, times: float = 1) -> None:
        self.overall = Bucket(OVERALL_RATE * times, 5 * times)
        self.broadcast = Bucket(BROADCAST_RATE * times, 1 * times)
        self._chats: dict[int, Bucket] = defaultdict(
            lambda: Bucket(CHAT_RATE * times, CHAT_BURST * times)
        )
        self._groups: dict[int, Bucket] = defaultdict(
            lambda: Bucket(GROUP_RATE * times, GROUP_BURST * times)
        )

    def _bucket(self, chat_id: int) -> Bucket:
        return self._chats[chat_id] if chat_id > 0 else self._groups[chat_id]

    def resting(self) -> list[int]:
        """Chats that have had as much as they may for now; forgets the quiet ones."""
        resting = []
        for buckets in (self._chats, self._groups):
            for chat_id, bucket in list(buckets.items()):
                level = bucket.level()
                if level < 1:
                    resting.append(chat_id)
                elif level >= bucket.burst:
                    del buckets[chat_id]
        return resting

    def take(self, message: OutboxMessage) -> None:
        if message.method in NOT_MESSAGES:
            return
        self.overall.take()
        if message.priority == outbox.BROADCAST:
            self.broadcast.take()
        if not message.method.startswith("edit"):
            self._bucket(message.chat_id).take()


class Sender:
    """One a bot: the leader's. Claims, sends, and writes down what became of it."""

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
            if not started:
                await self._told.wait(IDLE_SECONDS)
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=15)

    async def step(self) -> int:
        """Start what may be sent now; how many messages that was."""
        wait = self._paused_until - time.monotonic()
        if wait > 0:
            await asyncio.sleep(min(wait, 0.5))
            return 0
        room = min(IN_FLIGHT - len(self._under_way), int(self._pace.overall.level()))
        if room < 1:
            await asyncio.sleep(0.02)
            return 0
        bulk = self._pace.broadcast.level() >= 1
        async with self._database.write() as session:
            claimed = await outbox.claim(
                session,
                now=clock.now(),
                lease=LEASE,
                limit=1 if bulk and room == 1 else room,
                skip_chats=[*self._pace.resting(), *self._under_way],
                max_priority=outbox.BROADCAST if bulk else outbox.NOTICE,
            )
        for message in claimed:
            self._pace.take(message)
            task = asyncio.get_running_loop().create_task(self._deliver(message))
            self._under_way[message.chat_id] = task
        return len(claimed)

    async def flush(self) -> None:
        """Send all that can be sent now (tests)."""
        while await self.step() or self._under_way:
            if self._under_way:
                await asyncio.wait(self._under_way.values())

    async def _recover(self, *, everything: bool) -> None:
        try:
            async with self._database.write() as session:
                await outbox.recover(session, now=clock.now(), everything=everything)
        except (SQLAlchemyError, OSError) as error:
            log.warning("recovery put off", error=type(error).__name__)

    async def _deliver(self, message: OutboxMessage) -> None:
        try:
            outcome = await self._attempt(message)
            await self._write_down(message, outcome)
            if not isinstance(outcome, TelegramError):
                await self._attachments.discard(message.payload)
        except (SQLAlchemyError, OSError) as error:
            log.warning("outcome not stored", row=message.id, error=type(error).__name__)
        finally:
            self._under_way.pop(message.chat_id, None)
            self._told.set()

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
        except (OSError, LookupError) as error:  # a stored file is gone
            return BadRequest(f"file not readable: {type(error).__name__}")

    async def _prepare(self, message: OutboxMessage) -> tuple[str, dict[str, Any]]:
        """The call to make: files attached, and the message to edit looked up by its slot."""
        payload = await self._attachments.fill(message.payload)
        if "chat_id" in payload:  # a group may have moved since this was written
            payload = {**payload, "chat_id": message.chat_id}
        if not message.method.startswith("edit") or "message_id" in payload:
            return message.method, payload
        async with self._database.read() as session:
            shown = await outbox.card(session, message.chat_id, message.slot or "")
        if shown is None:
            return "sendMessage", payload
        return message.method, {**payload, "message_id": shown}

    async def _mend(
        self, message: OutboxMessage, payload: dict[str, Any], error: BadRequest
    ) -> Any:
        """An edit that changes nothing is done; one whose message is gone is sent anew."""
        reason = str(error).lower()
        if UNCHANGED in reason:
            return {"message_id": payload.get("message_id")}
        if message.method == "editMessageText" and any(words in reason for words in GONE):
            fresh = {k: v for k, v in payload.items() if k != "message_id"}
            return await self._bot.call("sendMessage", fresh)
        raise error

    async def _write_down(self, message: OutboxMessage, outcome: Any) -> None:
        now = clock.now()
        async with self._database.write() as session:
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
        """429: nobody sends until the time Telegram named."""
        metrics.SENDS.labels("flood").inc()
        seconds = _seconds(error)
        self._paused_until = time.monotonic() + seconds
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
        elif message.attempts >= MAX_ATTEMPTS and not isinstance(error, NetworkError):
            status = Delivery.FAILED
        pause = timedelta(seconds=min(30, 2 ** min(message.attempts, 5)) / 2)
        await outbox.mark(
            session, message.id, status, not_before=now + pause, error=type(error).__name__
        )


def _may_have_arrived(error: TelegramError) -> bool:
    return isinstance(error, NetworkError)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait.total_seconds() if isinstance(wait, timedelta) else wait)
