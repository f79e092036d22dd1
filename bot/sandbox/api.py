"""The bot's side over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import asyncio
import inspect
import json
import re
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Fault, Kind
from bot.sandbox.files import Upload
from bot.sandbox.methods import METHODS, Request
from bot.sandbox.parameters import decode
from bot.sandbox.refusals import ApiError, not_found
from bot.sandbox.shapes import Json
from bot.sandbox.webhooks import Webhook
from bot.sandbox.world import World

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class BotApi:
    """Answers the bot's calls on one world."""

    def __init__(self, world: World, webhook: Webhook):
        self._world, self._webhook = world, webhook

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def call(self, http: web.Request) -> web.StreamResponse:
        """One call, with the faults that are switched on before and after its effect."""
        method = http.match_info["method"]
        raw, uploads = await _read(http)
        entry = self._world.journal.call(method, raw, sorted(uploads))
        fault = self._world.faults.for_call(method, _chat_id(raw))
        try:
            _check_token(http.match_info["token"])
            await _before(http, fault)
            result = await self._run(method, raw, uploads, entry)
            answer, status = {"ok": True, "result": result}, 200
        except ApiError as refusal:
            answer, status = refusal.body(), refusal.code
            entry["description"] = refusal.description
        entry["status"] = status
        await _after(http, fault)
        return web.json_response(answer, status=status)

    async def _run(self, name: str, raw: Json, uploads: dict[str, Upload], entry: Json) -> Any:
        method = METHODS.get(name.lower())
        journal = self._world.journal
        if method is None:
            journal.advise(name, "no such method, or not simulated here")
            raise not_found("method not found")
        params = decode(raw, media_is_list=name.lower() == "sendmediagroup")
        entry["params"] = params
        journal.request(name, params, sorted(uploads))
        result = method(Request(self._world, self._webhook, name, params, uploads))
        result = await result if inspect.isawaitable(result) else result
        journal.reply(name, result)
        return result

    async def download(self, http: web.Request) -> web.Response:
        file = self._world.files.at(http.match_info["path"])
        if file is None:
            refusal = not_found("file not found")
            return web.json_response(refusal.body(), status=refusal.code)
        # Telegram always says octet-stream here; the bot must look at the content.
        return web.Response(body=file.upload.data, content_type="application/octet-stream")


def _check_token(token: str) -> None:
    """Any well-formed token is this sandbox's one bot."""
    if not TOKEN.fullmatch(token):
        raise ApiError(401, "Unauthorized")


async def _read(http: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Parameters from the query and the body (JSON, urlencoded or multipart), and the uploads."""
    raw: Json = dict(http.query)
    uploads: dict[str, Upload] = {}
    if http.content_type == "application/json":
        body = await http.text()
        given = json.loads(body) if body else {}
        raw |= given if isinstance(given, dict) else {}
        return raw, uploads
    for name, value in (await http.post()).items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            uploads[name] = Upload(value.filename, data, value.content_type)
        else:
            raw[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    return raw, uploads


def _chat_id(raw: Json) -> object:
    value = str(raw.get("chat_id", ""))
    return int(value) if value.lstrip("-").isdecimal() else value


async def _before(http: web.Request, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind is Kind.ERROR:
        raise fault.error()
    if fault.kind is Kind.SLOW:
        await asyncio.sleep(fault.seconds)
    if fault.kind is Kind.DROP_BEFORE:
        _hang_up(http)
        raise ApiError(500, "connection dropped")


async def _after(http: web.Request, fault: Fault | None) -> None:
    if fault and fault.kind is Kind.TIMEOUT:
        await asyncio.sleep(fault.seconds)
    if fault and fault.kind in (Kind.TIMEOUT, Kind.DROP):
        _hang_up(http)


def _hang_up(http: web.Request) -> None:
    if http.transport:
        http.transport.abort()
