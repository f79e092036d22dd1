"""What goes wrong with calls of the benchmarks' API server while trouble is on."""

import asyncio
import random
from collections import Counter
from enum import StrEnum
from typing import Any

from aiohttp import web

SILENCE = 60.0  # seconds without an answer; any client gives up sooner
RETRY_AFTER = 1


class Trouble(StrEnum):
    """How a call fails. Only SILENT comes after the call took effect."""

    FLOOD = "429"
    BROKEN = "502"
    SILENT = "no answer"
    RESET = "reset"


class Troubles:
    """A share of all calls fails, each kind as often as the others."""

    def __init__(self, seed: int = 1) -> None:
        self.share = 0.0
        self.hits: Counter[str] = Counter()
        self._chance = random.Random(seed)

    def strikes(self, method: str) -> Trouble | None:
        """What goes wrong this time; counted by kind, sends without an answer on their own."""
        if self._chance.random() >= self.share:
            return None
        trouble = self._chance.choice(list(Trouble))
        self.hits[trouble] += 1
        if trouble is Trouble.SILENT and method in ("sendmessage", "editmessagetext"):
            self.hits["delivered unanswered"] += 1
        return trouble


async def refuse(trouble: Trouble, request: web.Request) -> web.Response:
    """The answer of a server in trouble: Telegram's words for 429, a gateway's page for 502."""
    if trouble is Trouble.FLOOD:
        body: dict[str, Any] = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
        body["parameters"] = {"retry_after": RETRY_AFTER}
        return web.json_response(body, status=429)
    if trouble is Trouble.BROKEN:
        page = "<html><body>Bad Gateway</body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    if trouble is Trouble.SILENT:
        await asyncio.sleep(SILENCE)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
