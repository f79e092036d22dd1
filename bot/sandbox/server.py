"""The sandbox as a running server: started on a loopback port, and a Python API for tests."""

import asyncio
import socket
from typing import Any, Self

from aiohttp import web

from bot.sandbox.api import BotApi
from bot.sandbox.faults import Fault
from bot.sandbox.gestures import Gestures
from bot.sandbox.keeping import load_state, save_state
from bot.sandbox.options import Options
from bot.sandbox.shapes import Json
from bot.sandbox.sim import SimApi, explain_mistakes, guard_page, refuse_strangers
from bot.sandbox.transcripts import content, transcript
from bot.sandbox.webhooks import Webhook
from bot.sandbox.world import World

HOST = "127.0.0.1"
LARGEST_REQUEST = 90 * 1024 * 1024
STOPPING = 0.2  # long polls and open pages are cut off after this


class Sandbox(Gestures):
    """A town of people with a Bot API server; use it as `async with Sandbox() as sandbox`."""

    def __init__(self, options: Options | None = None, **settings: Any):
        """`settings` are the fields of Options, for short."""
        super().__init__(World(options or Options(**settings)))
        self.webhook = Webhook(
            self.world.updates, clock=self.world.clock, options=self.world.options
        )
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start_server(self) -> None:
        """Binds the port (a free one for 0) and serves. Raises OSError when it is taken."""
        if state := self.world.options.state:
            load_state(self.world, state)
        app = web.Application(
            client_max_size=LARGEST_REQUEST, middlewares=[refuse_strangers, explain_mistakes]
        )
        app.on_response_prepare.append(guard_page)
        app.add_routes(BotApi(self.world, self.webhook).routes())
        app.add_routes(SimApi(self, reset=self.reset).routes())
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=STOPPING
        )
        await self._runner.setup()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, self.world.options.port))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener).start()
        await self.webhook.start()

    async def stop_server(self) -> None:
        await self.webhook.stop()
        if self._runner:
            await self._runner.cleanup()
        self.save()

    def save(self) -> None:
        """Keeps the state where Options.state says so."""
        if state := self.world.options.state:
            save_state(self.world, state)

    async def __aenter__(self) -> Self:
        await self.start_server()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop_server()

    @property
    def url(self) -> str:
        """The page's address, and what BOT_API_URL is made of."""
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        """For PTB's `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """For PTB's `base_file_url`."""
        return f"{self.url}/file/bot"

    @property
    def calls(self) -> list[Json]:
        """Every call but getUpdates: method, params, files, status, description."""
        return list(self.world.journal.calls)

    @property
    def violations(self) -> list[Json]:
        """Where requests, replies or updates break api.json; empty without it."""
        return list(self.world.journal.violations)

    @property
    def breaches(self) -> list[Json]:
        """Sends that came faster than Telegram's limits."""
        return list(self.world.floods.breaches)

    def messages(self, chat_id: int) -> list[Json]:
        """A chat's messages as they look now, oldest first."""
        messages = self.world.chats[chat_id].messages
        return [messages[key] for key in sorted(messages)]

    def replies(self, chat_id: int) -> list[Json]:
        """Only what the bot said."""
        bot_id = self.world.bot["id"]
        return [m for m in self.messages(chat_id) if m.get("from", {}).get("id") == bot_id]

    def transcript(self, chat_id: int) -> str:
        return transcript(self.world.chats[chat_id])

    def fault(self, method: str = "*", **switch: Any) -> Fault:
        """Sets a fault; `switch` are the fields of Fault. Raises SimError for an unknown kind."""
        return self.world.faults.add(Fault(method=method, **switch))

    def advance(self, seconds: float) -> None:
        """Moves the sandbox's clock on."""
        self.world.clock.advance(seconds)

    def reset(self) -> None:
        """Starts over; what the bot has set (webhook, commands) stays."""
        self.webhook.cut_off()
        self.world.reset()

    async def said(self, chat_id: int, words: str = "", *, seconds: float = 5.0) -> Json:
        """Waits for a message of the bot that contains `words`, sent or edited; the newest one.

        Raises AssertionError with the transcript when it does not come.
        """

        def found() -> Json | None:
            newest = reversed(self.replies(chat_id))
            return next((message for message in newest if words in content(message)), None)

        if await self._until(found, seconds):
            return found() or {}
        raise AssertionError(f"nobody said {words!r} in {chat_id}:\n{self.transcript(chat_id)}")

    async def settle(self, *, quiet: float = 0.1, seconds: float = 5.0) -> None:
        """Waits until the bot has fetched everything and made no call for `quiet` seconds.

        Raises AssertionError when updates are still waiting after `seconds`.
        """
        loop = asyncio.get_running_loop()
        deadline, seen, since = loop.time() + seconds, -1, loop.time()
        while loop.time() < deadline:
            calls = len(self.world.journal.calls)
            if calls != seen or self.world.updates.count():
                seen, since = calls, loop.time()
            elif loop.time() - since >= quiet:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{self.world.updates.count()} updates are still waiting")

    async def _until(self, found: Any, seconds: float) -> bool:
        """Checks again at each event."""
        happened = asyncio.Event()
        leave = self.world.stream.tap(happened.set)
        try:
            async with asyncio.timeout(seconds):
                while not found():
                    happened.clear()
                    await happened.wait()
            return True
        except TimeoutError:
            return bool(found())
        finally:
            leave()
