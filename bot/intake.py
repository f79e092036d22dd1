"""Takes updates in: each is committed to the inbox before Telegram is told "received"."""

import asyncio
import contextlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot import metrics
from bot.signals import Signal
from bot.transport import OfficeBot, retry_seconds
from db.engine import Database
from db.stores import inbox, outbox
from db.stores.inbox import Incoming
from db.stores.outbox import Outgoing
from handlers.texts import say
from services import clock

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "my_chat_member",
]
PENDING_LIMIT = 30
LARGEST_ID = 2**63
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
BODY_LIMIT = 1024 * 1024
POLL_SECONDS = 10  # an unanswered poll must not hold up what comes after an outage
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


def keys_of(raw: dict[str, Any]) -> tuple[int, int]:
    """The chat that orders an update and the person that sent it; 0 where there is none."""
    for value in raw.values():
        if isinstance(value, dict):
            chat = _id_of(value.get("chat")) or _id_of(_part(value.get("message"), "chat"))
            person = _id_of(value.get("from")) or _id_of(value.get("user"))
            return chat or person, person or chat
    return 0, 0


def _part(thing: object, name: str) -> object:
    return thing.get(name) if isinstance(thing, dict) else None


def _id_of(thing: object) -> int:
    number = _part(thing, "id")
    return number if isinstance(number, int) and abs(number) < LARGEST_ID else 0


def read_update(raw: object) -> Incoming | None:
    """An update ready to be stored; None for what is none."""
    number = _part(raw, "update_id")
    if not isinstance(raw, dict) or not isinstance(number, int) or not 0 <= number < LARGEST_ID:
        return None
    return Incoming(number, *keys_of(raw), _storable(raw))


def _storable(raw: dict[str, Any]) -> str:
    """As JSON that any database takes: no half characters and no NUL, in which it would choke."""
    text = json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace").decode()
    return NUL.sub(r"\1", text)


class Intake:
    """Stores arrivals and wakes the workers."""

    def __init__(self, database: Database, arrived: Signal, told: Signal) -> None:
        self._database = database
        self._arrived = arrived
        self._told = told

    async def accept(self, raws: Sequence[dict[str, Any]]) -> None:
        """Commit updates; when this returns they may be acknowledged. Raises SQLAlchemyError."""
        incoming = [update for raw in raws if (update := read_update(raw)) is not None]
        if not incoming:
            return
        async with self._database.write() as session:
            kept, refused = await self._sort(session, incoming)
            if kept:
                new = await inbox.add(session, kept, now=clock.now())
                metrics.ARRIVALS.labels("new").inc(new)
                metrics.ARRIVALS.labels("known").inc(len(kept) - new)
            if refused:
                await self._ask_to_slow_down(session, refused)
        self._arrived.set()

    async def _sort(
        self, session: AsyncSession, incoming: list[Incoming]
    ) -> tuple[list[Incoming], list[Incoming]]:
        """What is stored, and what is over the limit of its person."""
        people = list({update.person_key for update in incoming})
        waiting = await inbox.pending_by_person(session, people)
        kept, refused = _within_limit(incoming, waiting)
        if refused:  # Telegram repeats what it was not thanked for: that does not count again
            known = await inbox.known(session, [update.update_id for update in incoming])
            new = [update for update in incoming if update.update_id not in known]
            kept, refused = _within_limit(new, waiting)
        return kept, refused

    async def _ask_to_slow_down(self, session: AsyncSession, refused: list[Incoming]) -> None:
        metrics.ARRIVALS.labels("over_limit").inc(len(refused))
        minute = int(clock.now().timestamp()) // 60
        messages = [
            Outgoing(
                chat_id,
                "sendMessage",
                {"chat_id": chat_id, "text": str(say("common.slow_down"))},
                dedup=f"slow:{chat_id}:{minute}",
            )
            for chat_id in {update.chat_id for update in refused}
            if chat_id
        ]
        if messages:
            await outbox.add(session, messages, now=clock.now())
            self._told.set()


def _within_limit(
    updates: list[Incoming], waiting: Mapping[int, int]
) -> tuple[list[Incoming], list[Incoming]]:
    counts = Counter(waiting)
    kept: list[Incoming] = []
    refused: list[Incoming] = []
    for update in updates:
        counts[update.person_key] += 1
        over = counts[update.person_key] > PENDING_LIMIT
        (refused if over else kept).append(update)
    return kept, refused


class Polling:
    """Long polling: the next poll confirms a batch, so it is only made after the commit."""

    def __init__(self, bot: OfficeBot, intake: Intake) -> None:
        self._bot = bot
        self._intake = intake
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Poll until stopped; starts without an offset, so nothing unconfirmed is skipped."""
        offset: int | None = None
        pause = 1.0
        polling = False
        while not self._stopping.is_set():
            try:
                if not polling:
                    await self._bot.call("deleteWebhook", {"drop_pending_updates": False})
                    polling = True
                updates = await self._poll(offset)
                if updates:
                    await self._intake.accept(updates)
                    offset = updates[-1]["update_id"] + 1
                pause = 1.0
            except InvalidToken:
                raise
            except (TelegramError, SQLAlchemyError, OSError) as error:
                pause = await self._wait_after(error, pause)

    async def _poll(self, offset: int | None) -> list[dict[str, Any]]:
        wanted: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            wanted["offset"] = offset
        call = asyncio.ensure_future(
            self._bot.call("getUpdates", wanted, read_timeout=POLL_SECONDS + 5)
        )
        stopped = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({call, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not call.done():  # leaving: an unconfirmed batch comes again at the next start
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            return []
        updates: list[dict[str, Any]] = call.result()
        return updates

    async def _wait_after(self, error: Exception, pause: float) -> float:
        if isinstance(error, Conflict):
            log.warning("another poller uses this token; waiting for it to end")
        else:
            log.warning("polling failed", error=type(error).__name__)
        if isinstance(error, RetryAfter):
            pause = retry_seconds(error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause)
        return min(pause * 2, 30.0)


class Webhook:
    """A loopback server for Telegram's deliveries; answers 200 only after the commit."""

    def __init__(self, intake: Intake, *, secret: str, path: str, port: int) -> None:
        self._intake = intake
        self._secret = secret
        self._port = port
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post(path, self._receive)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_port=False).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            metrics.ARRIVALS.labels("wrong_secret").inc()
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if read_update(raw) is None:
            return web.Response(status=400)
        try:
            await self._intake.accept([raw])
        except (SQLAlchemyError, OSError) as error:
            log.warning("update not stored; Telegram will repeat it", error=type(error).__name__)
            return web.Response(status=503)
        return web.Response()
