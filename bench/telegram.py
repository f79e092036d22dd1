"""A Bot API server for benchmarks: makes updates at a rate and delivers them by Telegram's rules.

Polling: an offset confirms what lies below it. Webhook: one update of a chat in flight, repeated
until it is answered 200, to the listed addresses in turn. It counts every message that is sent.
"""

import argparse
import asyncio
import contextlib
import json
import time
from collections import defaultdict
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bench.troubles import Trouble, Troubles, refuse

QUESTIONS = (
    "垃圾怎么分类",
    "楼道灯坏了找谁",
    "有害垃圾扔哪里",
    "小区里能不能遛狗",
    "电动车在哪充电",
)


LATENCY = 0.02  # seconds a send takes; Telegram's are three to five times that


class Server:
    """Holds what was made, what is confirmed, and what came back."""

    def __init__(self) -> None:
        self.next_id = 1000
        self.queue: dict[int, dict[str, Any]] = {}
        self.made: dict[int, list[tuple[int, float]]] = defaultdict(list)
        self.replies: dict[int, list[float]] = defaultdict(list)
        self.answers: dict[int, float] = {}
        self.troubles = Troubles()
        self.message_ids = 10**6
        self.changed = asyncio.Event()
        self.hooks: list[str] = []
        self.secret = ""
        self.lanes: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self.turn = 0
        self.session: ClientSession | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    def make(self, chat: int, press: bool) -> None:
        """One update of a person in their private chat."""
        seq = len(self.made[chat])
        number, self.next_id = self.next_id, self.next_id + 1
        person = {"id": chat, "is_bot": False, "first_name": "b"}
        place = {"id": chat, "type": "private", "first_name": "b"}
        message = {"message_id": number, "date": int(time.time()), "chat": place, "from": person}
        if press:
            shown = message | {"text": "x"}
            query = {"id": str(number), "from": person, "chat_instance": "1", "data": "ask:topics"}
            update = {"update_id": number, "callback_query": query | {"message": shown}}
        else:
            text = f"{QUESTIONS[seq % len(QUESTIONS)]} {seq}"
            update = {"update_id": number, "message": message | {"text": text}}
        self.made[chat].append((seq, time.time()))
        if self.hooks:
            self.lane(chat).put_nowait(update)
        else:
            self.queue[number] = update
            self.changed.set()

    def lane(self, chat: int) -> "asyncio.Queue[dict[str, Any]]":
        if chat not in self.lanes:
            self.lanes[chat] = asyncio.Queue()
            self.start(self.deliver(self.lanes[chat]))
        return self.lanes[chat]

    def start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def deliver(self, lane: "asyncio.Queue[dict[str, Any]]") -> None:
        """In order, each until it is taken."""
        assert self.session is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        while True:
            update, pause = await lane.get(), 0.05
            while True:
                self.turn += 1
                url = self.hooks[self.turn % len(self.hooks)]
                with contextlib.suppress(ClientError, TimeoutError, OSError):
                    async with self.session.post(url, json=update, headers=headers) as response:
                        if response.status == 200:
                            break
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1)

    async def produce(self, rate: float, total: int, chats: int, press: bool) -> None:
        started = time.perf_counter()
        for i in range(total):
            await asyncio.sleep(max(0.0, started + i / rate - time.perf_counter()))
            self.make(100_000 + (i * 7919) % chats, press)

    # -- the Bot API ------------------------------------------------------------------------

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        given = await _parameters(request)
        trouble = self.troubles.strikes(method)
        if trouble is not None and trouble is not Trouble.SILENT:
            return await refuse(trouble, request)
        handler = getattr(self, f"on_{method}", None)
        result = await handler(given) if handler else True
        if trouble is not None:
            return await refuse(trouble, request)
        return web.json_response({"ok": True, "result": result})

    async def on_getme(self, _given: dict[str, Any]) -> Any:
        return {"id": 42, "is_bot": True, "first_name": "bot", "username": "bench_bot"}

    async def on_getupdates(self, given: dict[str, Any]) -> Any:
        offset = int(given.get("offset") or 0)
        for number in [n for n in self.queue if n < offset]:
            del self.queue[number]
        deadline = time.monotonic() + float(given.get("timeout") or 0)
        while not self.queue and (left := deadline - time.monotonic()) > 0:
            self.changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), left)
        return [self.queue[n] for n in sorted(self.queue)[:100]]

    async def on_sendmessage(self, given: dict[str, Any]) -> Any:
        chat = int(given["chat_id"])
        await asyncio.sleep(LATENCY)
        self.replies[chat].append(time.time())
        self.message_ids += 1
        place = {"id": chat, "type": "private", "first_name": "b"}
        return {"message_id": self.message_ids, "date": int(time.time()), "chat": place}

    on_editmessagetext = on_sendmessage

    async def on_answercallbackquery(self, given: dict[str, Any]) -> Any:
        self.answers.setdefault(int(given["callback_query_id"]), time.time())
        return True

    # -- control ----------------------------------------------------------------------------

    async def begin(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.hooks, self.secret = given["hooks"], given["secret"]
        press = bool(given.get("press"))
        self.start(self.produce(given["rate"], given["total"], given["chats"], press))
        return web.json_response({})

    async def trouble(self, request: web.Request) -> web.Response:
        self.troubles.share = float((await request.json())["share"])
        return web.json_response({})

    async def report(self, _request: web.Request) -> web.Response:
        body = {
            "made": {str(k): v for k, v in self.made.items()},
            "replies": {str(k): v for k, v in self.replies.items()},
            "answers": list(self.answers.values()),
            "troubles": dict(self.troubles.hits),
            "waiting": len(self.queue) + sum(lane.qsize() for lane in self.lanes.values()),
        }
        return web.json_response(body)


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    found = dict((await request.post()).items())
    for name, value in found.items():
        if isinstance(value, str) and value[:1] in "[{":
            found[name] = json.loads(value)
    return dict(found)


async def serve(port: int) -> None:
    server = Server()
    server.session = ClientSession(timeout=ClientTimeout(total=10))
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", server.call)
    app.router.add_post("/begin", server.begin)
    app.router.add_post("/trouble", server.trouble)
    app.router.add_get("/report", server.report)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(serve(parser.parse_args().port))
