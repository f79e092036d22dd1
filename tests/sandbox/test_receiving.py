"""getUpdates with the real server's rules, and webhooks that are tried until they succeed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict, EndPointNotFound

from bot.sandbox import Sandbox
from tests.sandbox.conftest import make_bot


async def test_get_me_is_a_bot(bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert me.username == "jiedao_demo_bot"


async def test_an_update_stays_until_a_higher_offset_confirms_it(
    sandbox: Sandbox, bot: Bot
) -> None:
    for text in "一二三":
        await sandbox.text(1001, text)
    first = await bot.get_updates()
    assert [u.message.text for u in first if u.message] == ["一", "二", "三"]
    assert await bot.get_updates() == first
    assert await bot.get_updates(limit=1) == first[:1]
    assert await bot.get_updates(offset=first[1].update_id) == first[1:]
    assert await bot.get_updates(offset=-1) == first[2:]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()
    assert [u.update_id for u in first] == [1, 2, 3]


async def test_a_long_poll_wakes_when_somebody_writes(sandbox: Sandbox, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await sandbox.text(1001, "在吗")
    assert len(await asyncio.wait_for(poll, 2)) == 1


async def test_a_second_poller_ends_the_first(sandbox: Sandbox, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    async with make_bot(sandbox) as other:
        second = asyncio.create_task(other.get_updates(timeout=10))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await poll
        await sandbox.text(1001, "x")
        assert len(await second) == 1


async def test_a_poller_that_went_away_disturbs_nobody(sandbox: Sandbox, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await sandbox.text(1001, "x")
    assert len(await bot.get_updates(timeout=5)) == 1


async def test_allowed_updates_are_remembered(sandbox: Sandbox, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["message"])
    await sandbox.start(1001)
    await sandbox.block(1001)
    assert len(await bot.get_updates()) == 1
    await bot.get_updates(allowed_updates=["message", "my_chat_member"])
    await sandbox.unblock(1001)
    assert (await bot.get_updates())[-1].my_chat_member is not None


async def test_a_press_older_than_150_seconds_is_dropped(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    await sandbox.text(resident, "x")
    await sandbox.tap(resident, data="d", forged=True)
    assert len(await bot.get_updates()) == 2
    sandbox.advance(151)
    assert [u.callback_query for u in await bot.get_updates()] == [None]


async def test_an_unknown_method_and_a_token_that_is_none(sandbox: Sandbox, bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendMesage")
    assert sandbox.calls[-1]["description"] == "Not Found: method not found"
    assert sandbox.violations[-1]["what"] == "sendMesage"
    async with aiohttp.ClientSession() as http, http.get(f"{sandbox.url}/botx/getMe") as reply:
        assert reply.status == 401
        assert await reply.json() == {
            "ok": False,
            "error_code": 401,
            "description": "Unauthorized",
        }


Answer = Callable[[web.Request], Awaitable[int]]


@asynccontextmanager
async def hook_server(answer: Answer) -> AsyncIterator[str]:
    """A webhook receiver on a free port, answering with the status that `answer` gives."""

    async def receive(request: web.Request) -> web.Response:
        return web.Response(status=await answer(request))

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        await runner.cleanup()


async def _drained(sandbox: Sandbox) -> None:
    async with asyncio.timeout(5):
        while sandbox.world.updates.count():
            await asyncio.sleep(0.01)


async def test_a_webhook_gets_the_secret_and_each_chat_in_order(sandbox: Sandbox, bot: Bot) -> None:
    got: list[tuple[int, str]] = []
    secrets: set[str | None] = set()

    async def answer(request: web.Request) -> int:
        message: Any = (await request.json())["message"]
        secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        await asyncio.sleep(0.01 if message["text"] == "0" else 0)
        got.append((message["chat"]["id"], message["text"]))
        return 200

    async with hook_server(answer) as url:
        await bot.set_webhook(url, secret_token="s3cret", max_connections=2)
        for number in range(5):
            for person in (1001, 1002):
                await sandbox.text(person, str(number))
        await _drained(sandbox)
    assert secrets == {"s3cret"}
    for person in (1001, 1002):
        assert [text for chat, text in got if chat == person] == ["0", "1", "2", "3", "4"]


async def test_a_webhook_that_fails_is_tried_again_while_other_chats_go_on(
    sandbox: Sandbox, bot: Bot
) -> None:
    got: list[tuple[int, str]] = []
    failures = 3

    async def answer(request: web.Request) -> int:
        nonlocal failures
        message: Any = (await request.json())["message"]
        if message["chat"]["id"] == 1001 and failures:
            failures -= 1
            return 500
        got.append((message["chat"]["id"], message["text"]))
        return 200

    async with hook_server(answer) as url:
        await bot.set_webhook(url)
        await sandbox.text(1001, "一")
        await sandbox.text(1001, "二")
        await sandbox.text(1002, "三")
        await _drained(sandbox)
        info = await bot.get_webhook_info()
    assert got[0] == (1002, "三")
    assert got[1:] == [(1001, "一"), (1001, "二")]
    assert sandbox.webhook.attempts == 6
    assert info.pending_update_count == 0
    assert "500" in (info.last_error_message or "")


async def test_the_pauses_between_retries_grow_to_a_cap(sandbox: Sandbox) -> None:
    pauses = [sandbox.webhook._pause(failures) for failures in range(5)]
    assert pauses == [0.01, 0.02, 0.04, 0.08, 0.1]


async def test_polling_beside_a_webhook_is_a_conflict(sandbox: Sandbox, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    await bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(Conflict):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await sandbox.text(1001, "x")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_reset_stops_a_delivery_under_way(sandbox: Sandbox, bot: Bot) -> None:
    got: list[str] = []

    async def answer(request: web.Request) -> int:
        got.append((await request.json())["message"]["text"])
        return 200 if got[-1] == "新" else 500

    async with hook_server(answer) as url:
        await bot.set_webhook(url)
        await sandbox.text(1001, "旧")
        await asyncio.sleep(0.05)
        sandbox.reset()
        seen = len(got)
        await sandbox.text(1001, "新")
        await _drained(sandbox)
        await asyncio.sleep(0.15)
    assert got[seen:] == ["新"]


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("ftp://127.0.0.1/x", None, "An HTTPS URL must be provided"),
        ("https://example.org/x", None, "Failed to resolve host"),
        ("http://127.0.0.1/x", "a b", "unallowed characters"),
    ],
)
async def test_a_webhook_that_is_refused(
    bot: Bot, url: str, secret: str | None, reason: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_webhook(url, secret_token=secret)
