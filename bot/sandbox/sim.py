"""The people's side over HTTP: /sim/<action>, what happened, switches, and the page's stream."""

import asyncio
import base64
import binascii
import inspect
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Fault
from bot.sandbox.gestures import Gestures
from bot.sandbox.methods.profile import commands_for
from bot.sandbox.refusals import SimError
from bot.sandbox.shapes import Json
from bot.sandbox.transcripts import transcript

STATIC = Path(__file__).with_name("static")
ACTIONS = frozenset(
    (
        "text",
        "start",
        "photo",
        "album",
        "document",
        "voice",
        "sticker",
        "video",
        "location",
        "move",
        "contact",
        "poll",
        "forward",
        "edit",
        "tap",
        "press",
        "block",
        "unblock",
        "add_bot",
        "remove_bot",
        "join",
        "upgrade",
        "channel_post",
        "inline_query",
        "choose",
        "raw",
        "read",
    )
)
FILES_OF = {
    "photo": "data",
    "document": "data",
    "voice": "data",
    "video": "data",
    "album": "photos",
}
PAGE_POLICY = "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'"
HEARTBEAT = 15.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only this machine's own pages and programs: no other site's page may reach in."""
    address = request.headers.get("Host", "")
    host = address.rsplit(":", 1)[0]
    own = request.headers.get("Origin", "") in ("", f"http://{address}")
    if host not in ("127.0.0.1", "localhost", "[::1]") or not own:
        raise web.HTTPForbidden(text="loopback only")
    return await handler(request)


async def guard_page(request: web.Request, response: web.StreamResponse) -> None:
    """The page runs only its own files, and a newer version is never hidden by an old copy."""
    if request.path == "/" or request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Content-Security-Policy"] = PAGE_POLICY


@web.middleware
async def explain_mistakes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A senseless action is a 400 with its reason."""
    try:
        return await handler(request)
    except (SimError, ValueError) as error:
        return web.json_response({"error": str(error)}, status=400)


class SimApi:
    """HTTP in front of the people and the switches."""

    def __init__(self, people: Gestures, *, reset: Callable[[], None]):
        self._people, self._world, self._reset = people, people.world, reset

    def routes(self) -> list[web.AbstractRouteDef]:
        get: dict[str, Callable[[], Any]] = {
            "settings": self._world.settings,
            "calls": lambda: list(self._world.journal.calls),
            "violations": lambda: list(self._world.journal.violations),
            "floods": lambda: self._world.floods.report(),  # noqa: PLW0108 - reset brings another meter
            "faults": self._world.faults.listed,
            "pending": lambda: [e.update for e in self._world.updates.pending()],
        }
        return [
            web.get("/", self.page),
            web.static("/static", STATIC),
            web.get("/sim/events", self.events),
            web.get("/sim/chat/{id}", self.chat),
            web.get("/sim/transcript/{id}", self.transcript),
            web.get("/sim/file/{id}", self.file),
            *(web.get(f"/sim/{name}", _json(read)) for name, read in get.items()),
            web.post("/sim/faults", self.add_fault),
            web.delete("/sim/faults", self.clear_faults),
            web.post("/sim/clock", self.clock),
            web.post("/sim/reset", self.reset),
            web.post("/sim/{action}", self.act),
        ]

    async def page(self, http: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def act(self, http: web.Request) -> web.Response:
        """One person's action, its JSON body the arguments; files are base64 in `data`."""
        action = http.match_info["action"]
        if action not in ACTIONS:
            raise SimError(f"no such action: {action}")
        arguments = _with_bytes(action, await _body(http))
        do = getattr(self._people, action)
        try:
            inspect.signature(do).bind(**arguments)
        except TypeError as error:
            raise SimError(f"{action}: {error}") from None
        return web.json_response(await do(**arguments))

    async def chat(self, http: web.Request) -> web.Response:
        """Messages, keyboard and menu as the person `user_id` sees them."""
        chat = self._world.chats.get(int(http.match_info["id"]))
        if chat is None:
            raise SimError("no such chat")
        user_id = int(http.query.get("user_id", chat.id))
        answer = {
            "chat": chat.face() | {"bot_status": chat.bot_status, "opened": chat.opened},
            "messages": [chat.messages[key] for key in sorted(chat.messages)],
            "keyboard": chat.keyboards.get(user_id),
            "commands": commands_for(self._world, chat, user_id),
        }
        return web.json_response(answer)

    async def transcript(self, http: web.Request) -> web.Response:
        chat = self._world.chats.get(int(http.match_info["id"]))
        if chat is None:
            raise SimError("no such chat")
        return web.Response(text=transcript(chat))

    async def file(self, http: web.Request) -> web.Response:
        file = self._world.files.find(http.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        # Shown as a picture or saved, never run as a page.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        mime = file.upload.mime if file.kind != "document" else "application/octet-stream"
        return web.Response(body=file.upload.data, content_type=mime, headers=headers)

    async def add_fault(self, http: web.Request) -> web.Response:
        body = await _body(http)
        try:
            self._world.faults.add(Fault(**body))
        except TypeError as error:
            raise SimError(f"fault: {error}") from None
        return web.json_response(self._world.faults.listed())

    async def clear_faults(self, http: web.Request) -> web.Response:
        self._world.faults.clear()
        return web.json_response([])

    async def clock(self, http: web.Request) -> web.Response:
        self._world.clock.advance(float((await _body(http)).get("advance", 0)))
        return web.json_response({"now": self._world.clock.now()})

    async def reset(self, http: web.Request) -> web.Response:
        self._reset()
        return web.json_response({})

    async def events(self, http: web.Request) -> web.StreamResponse:
        """Server-sent events: everything that happens, as it happens."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        response = web.StreamResponse(headers=headers)
        queue = self._world.stream.listen()
        try:
            await response.prepare(http)
            await response.write(b"retry: 1000\n\n")
            while True:
                await response.write(await _next(queue))
        except ConnectionError:
            return response
        finally:
            self._world.stream.leave(queue)


async def _next(queue: "asyncio.Queue[Json]") -> bytes:
    try:
        async with asyncio.timeout(HEARTBEAT):
            event = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def _json(read: Callable[[], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(http: web.Request) -> web.Response:
        return web.json_response(read())

    return answer


async def _body(http: web.Request) -> Json:
    body = await http.json() if http.can_read_body else {}
    if not isinstance(body, dict):
        raise SimError("a JSON object is expected")
    return body


def _with_bytes(action: str, body: Json) -> Json:
    """The files of an action come as base64 texts."""
    names = FILES_OF.get(action)
    if names is None or names not in body:
        return body
    try:
        if names == "photos":
            return body | {"photos": [one and _bytes(one) for one in body["photos"]]}
        return body | {"data": body["data"] and _bytes(body["data"])}
    except (binascii.Error, TypeError):
        raise SimError("a file is expected in base64") from None


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
