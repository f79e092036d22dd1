"""Delivers updates to the bot's webhook: in order per chat, again and again until it says 2xx."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.clocks import Clock
from bot.sandbox.options import Options
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import Json
from bot.sandbox.updates import Pending, Updates

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


@dataclass
class Target:
    """Where the bot wants its updates."""

    url: str
    secret: str = ""
    connections: int = 40
    errors: Json = field(default_factory=dict)


class Webhook:
    """One target at a time. `start` and `stop` frame its life."""

    def __init__(self, updates: Updates, *, clock: Clock, options: Options):
        self._updates, self._clock, self._options = updates, clock, options
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._http: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(40)
        self.target: Target | None = None
        self.attempts = 0
        updates.on_push = self._kick

    async def start(self) -> None:
        seconds = aiohttp.ClientTimeout(total=self._options.webhook_timeout)
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._http = aiohttp.ClientSession(timeout=seconds, connector=connector)

    async def stop(self) -> None:
        await self.unset()
        if self._http:
            await self._http.close()

    async def set(self, target: Target) -> None:
        await self.unset()
        self.target = target
        self._slots = asyncio.Semaphore(target.connections)
        self._updates.webhook_active = True
        self._updates.interrupt()
        self._kick()

    async def unset(self) -> None:
        """Cancels what is under way, so that no old update arrives after it."""
        self.target = None
        self._updates.webhook_active = False
        lanes = list(self._lanes.values())
        self.cut_off()
        await asyncio.gather(*lanes, return_exceptions=True)

    def cut_off(self) -> None:
        """Cancels deliveries under way, so that nothing old arrives after a reset."""
        for lane in self._lanes.values():
            lane.cancel()
        self._lanes.clear()

    def _kick(self) -> None:
        if self.target is None:
            return
        for lane in {entry.lane for entry in self._updates.pending()} - self._lanes.keys():
            self._lanes[lane] = asyncio.create_task(self._deliver(lane, self.target))

    async def _deliver(self, lane: int, target: Target) -> None:
        """Empties one chat's lane, one update after another."""
        try:
            failures = 0
            while entry := self._next(lane):
                if await self._post(entry, target):
                    self._updates.done(entry)
                    failures = 0
                else:
                    await asyncio.sleep(self._pause(failures))
                    failures += 1
        finally:
            if self._lanes.get(lane) is asyncio.current_task():
                del self._lanes[lane]

    def _next(self, lane: int) -> Pending | None:
        return next((e for e in self._updates.pending() if e.lane == lane), None)

    def _pause(self, failures: int) -> float:
        """The first retry comes at once, then the pauses double."""
        if failures == 0:
            return 0.01
        longest = self._options.webhook_pause_cap
        return float(min(longest, self._options.webhook_pause * 2 ** (failures - 1)))

    async def _post(self, entry: Pending, target: Target) -> bool:
        assert self._http is not None
        headers = {SECRET: target.secret} if target.secret else {}
        self.attempts += 1
        try:
            async with (
                self._slots,
                self._http.post(
                    target.url, json=entry.update, headers=headers, allow_redirects=False
                ) as reply,
            ):
                if reply.ok:
                    return True
                problem = f"Wrong response from the webhook: {reply.status} {reply.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError):
            problem = "Connection refused or timed out"
        target.errors = {"last_error_date": self._clock.now(), "last_error_message": problem}
        return False

    def info(self) -> Json:
        """WebhookInfo."""
        target = self.target
        shape: Json = {"url": target.url if target else "", "has_custom_certificate": False}
        shape["pending_update_count"] = self._updates.count()
        if self._updates.allowed:
            shape["allowed_updates"] = self._updates.allowed
        if target:
            shape |= {"max_connections": target.connections, "ip_address": "127.0.0.1"}
            shape |= target.errors
        return shape


def check_url(url: str) -> None:
    """Telegram wants HTTPS; the sandbox reaches only this machine, where plain HTTP will do."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: Failed to resolve host: only loopback is reached from here")
