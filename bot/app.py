"""Puts the parts together, starts them, and stops them in order. The only module that knows all."""

import asyncio
import contextlib
import hmac
import signal
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

import structlog
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot import keys, menus, schedule, starter
from bot.attachments import Attachments
from bot.callbacks import CallbackAnswers
from bot.health import Health
from bot.intake import ALLOWED_UPDATES, Intake, Polling, Webhook
from bot.jobs.runner import JobRunner
from bot.leadership import Leadership
from bot.office import RunningOffice
from bot.pacing import Pace
from bot.photo_stores import photo_store
from bot.photos import Photographer
from bot.schema import check_schema
from bot.sender import Sender
from bot.settings import Settings
from bot.signals import Signal
from bot.timetable import Timetable
from bot.transport import OfficeBot, make_bot
from bot.worker import PtbApplication, Worker
from db.engine import Database
from handlers import telegram
from services import clock

log = structlog.get_logger(__name__)

STOP_SECONDS = 9


def build_application(bot: OfficeBot) -> PtbApplication:
    """PTB's Application: it parses and routes; no updater, no job queue, no state in memory."""
    builder: Any = ApplicationBuilder().bot(bot).updater(None).job_queue(None)
    application: PtbApplication = builder.concurrent_updates(False).build()
    telegram.register(application)
    return application


@dataclass
class Signals:
    """What wakes the loops of this process."""

    def __post_init__(self) -> None:
        self.arrived, self.told, self.wanted = Signal(), Signal(), Signal()


class Process:
    """One running bot process."""

    def __init__(
        self, settings: Settings, *, token: str, request: BaseRequest | None = None
    ) -> None:
        self.settings = settings
        clock.set_zone(settings.tz)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        keys.configure(settings)
        self.database = Database(settings.database)
        self.bot = make_bot(token, settings.api_root, request)
        self.application = build_application(self.bot)
        self.office = RunningOffice(admin_ids=settings.admin_ids, engine=settings.knowledge_engine)
        self.leadership = Leadership(self.database)
        self.signals = Signals()
        self.store = photo_store(settings)
        self.intake = Intake(self.database, self.signals.arrived, self.signals.told)
        self.photographer = Photographer(self.database, self.bot, self.store, self.office)
        self.answers = CallbackAnswers(self.bot)
        self.stopping = asyncio.Event()
        self.failed = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._started_by_leader: list[Any] = []

    def make_worker(self) -> Worker:
        return Worker(
            self.database,
            self.application,
            self.office,
            arrived=self.signals.arrived,
            told=self.signals.told,
            answers=self.answers,
        )

    def make_sender(self, pace: Pace | None = None) -> Sender:
        attachments = Attachments(self.store, self.settings.data_dir)
        return Sender(self.database, self.bot, attachments, self.signals.told, pace)

    def make_job_runner(self) -> JobRunner:
        kinds = schedule.job_kinds(self)
        return JobRunner(self.database, kinds, wanted=self.signals.wanted, told=self.signals.told)

    def make_timetable(self) -> Timetable:
        return Timetable(self.database, schedule.tasks(self), self.signals.told)

    async def prepare(self) -> None:
        """Take the file, check the schema, load what is new, meet Telegram."""
        self.leadership.claim_file()
        await check_schema(self.database)
        await starter.load(self.database, self.settings)
        await self.office.refresh(self.database)
        await _patiently(self.application.initialize)
        self.office.bot_username = self.bot.username
        self.office.bot_id = self.bot.id

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then finish what is under way."""
        try:
            await self.prepare()
            webhook = await self._listen()
        except BaseException:
            await self.close()
            raise
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        health = Health(self.database, self.settings.health_port, tiles=self.settings.map_tiles_url)
        if self.settings.health_port:
            await health.start()
        workers = [self.make_worker() for _ in range(self._worker_count())]
        runner = self.make_job_runner()
        await runner.take_back()
        everyday: list[Any] = [*workers, runner]
        for part in everyday:
            self._start(part.run())
        leading = self._start(self._lead())
        refreshing = self._start(self.office.keep_fresh(self.database))
        log.info("ready", username=self.office.bot_username)
        await self.stopping.wait()
        log.info("stopping")
        refreshing.cancel()
        await self._stop([webhook] if webhook else [], everyday, leading)
        await health.stop()
        await self.close()
        if self.failed:
            raise SystemExit(1)

    def _worker_count(self) -> int:
        return 1 if self.database.is_sqlite else self.settings.workers

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a part ended", exc_info=task.exception())
            self.failed = True
            self.stopping.set()

    async def _lead(self) -> None:
        """While this process leads it polls, sends and keeps the clock; no longer."""
        holding = asyncio.ensure_future(self.leadership.run())
        try:
            while not self.stopping.is_set():
                await self._first(self.leadership.gained.wait(), self.stopping.wait())
                if self.stopping.is_set():
                    break
                await self._serve_as_leader()
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)

    async def _serve_as_leader(self) -> None:
        sender = self.make_sender()
        parts: list[Any] = [sender, self.make_timetable()]
        if not self.settings.webhook_url:
            parts.append(Polling(self.bot, self.intake))
        running = [asyncio.ensure_future(part.run()) for part in parts]
        running.append(asyncio.ensure_future(menus.introduce(self.bot, self.database)))
        lost = asyncio.ensure_future(self.leadership.lost.wait())
        stopped = asyncio.ensure_future(self.stopping.wait())
        try:
            await self._watch([*running[:-1], lost, stopped], {lost, stopped})
        finally:
            for part in reversed(parts):
                part.stop()
            for waiting in (lost, stopped, running[-1]):
                waiting.cancel()
            if self.stopping.is_set():  # the workers' last words still go out
                await self._drain(sender, running[0])
            await asyncio.wait(running[:-1], timeout=STOP_SECONDS)

    async def _watch(self, tasks: list[Any], endings: set[Any]) -> None:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done - endings:
            task.result()  # a part that ends by itself is a fault: raise it

    async def _drain(self, sender: Sender, running: asyncio.Future[Any]) -> None:
        await asyncio.wait([running], timeout=STOP_SECONDS)
        await sender.finish(3)

    async def _first(self, *waits: Coroutine[Any, Any, Any]) -> None:
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()

    async def _listen(self) -> Webhook | None:
        url = self.settings.webhook_url
        if not url:
            return None
        given = self.settings.webhook_secret
        secret = given.get_secret_value() if given else _shared_secret(self.bot.token)
        path = urlparse(url).path or "/"
        webhook = Webhook(self.intake, secret=secret, path=path, port=self.settings.webhook_port)
        await webhook.start()
        wanted = {"url": url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES}
        try:
            await _patiently(lambda: self.bot.call("setWebhook", wanted))
        except BaseException:
            await webhook.stop()
            raise
        return webhook

    async def _stop(
        self, intakes: list[Webhook], parts: list[Any], leading: asyncio.Task[None]
    ) -> None:
        """First take nothing new in, then let the work under way end, then send the last words."""
        ends = asyncio.get_running_loop().time() + STOP_SECONDS
        for intake in intakes:
            await intake.stop()
        for part in parts:
            part.stop()
        for last in ([task for task in self._tasks if task is not leading], [leading]):
            if last:
                left = ends - asyncio.get_running_loop().time()
                await asyncio.wait(last, timeout=max(0.1, left))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ends + 1):
                await self.answers.drain()

    async def close(self) -> None:
        self.photographer.close()
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.application.shutdown()
        await self.database.close()


def _shared_secret(token: str) -> str:
    """The same in every process of this bot, so that none turns away what another asked for."""
    return hmac.new(token.encode(), b"webhook", "sha256").hexdigest()


async def _patiently(call: Any, *, tries: int = 8) -> None:
    """Repeat a first call while Telegram is out of reach; a wrong setting ends at once."""
    pause = 0.5
    for left in range(tries, 0, -1):
        try:
            await call()
            return
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as error:
            if left == 1:
                raise
            log.warning("Telegram not reachable yet", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 15)
