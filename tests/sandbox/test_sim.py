"""The people's side over HTTP, the page's files, and who is let in."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from bot.sandbox import Sandbox, sample_picture


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(sandbox.url) as session:
        yield session


async def post(http: aiohttp.ClientSession, action: str, **body: Any) -> Any:
    async with http.post(f"/sim/{action}", json=body) as reply:
        assert reply.status == 200, await reply.text()
        return await reply.json()


async def read(http: aiohttp.ClientSession, path: str) -> Any:
    async with http.get(f"/sim/{path}") as reply:
        assert reply.status == 200, await reply.text()
        return await reply.json()


async def test_people_act_and_everything_can_be_read(
    sandbox: Sandbox, bot: Bot, http: aiohttp.ClientSession
) -> None:
    await post(http, "start", user_id=1001, payload="x")
    picture = base64.b64encode(sample_picture()).decode()
    await post(http, "photo", user_id=1001, data=picture, caption="灯")
    await post(http, "album", user_id=1001, photos=[picture, None])
    await post(http, "text", user_id=1002, text="您好")
    assert len(await read(http, "pending")) == 5
    await bot.send_message(1001, "收到")
    chat = await read(http, "chat/1001?user_id=1001")
    assert [m.get("text") for m in chat["messages"]] == ["/start x", None, None, None, "收到"]
    photo = chat["messages"][1]["photo"][-1]["file_id"]
    async with http.get(f"/sim/file/{photo}") as reply:
        assert await reply.read() == sample_picture()
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get("/sim/transcript/1001") as reply:
        assert (await reply.text()).endswith("文明创建小助手: 收到")
    assert (await read(http, "calls"))[-1]["method"] == "sendMessage"
    assert (await read(http, "floods"))["sent"] == 1
    assert await read(http, "violations") == []
    town = await read(http, "settings")
    unread = {chat["id"]: chat["unread"] for chat in town["chats"]}
    assert unread[1001] == {"1001": 1}
    await post(http, "read", user_id=1001, chat_id=1001)
    assert sandbox.world.chats[1001].unread == {}


async def test_switches_over_http(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    listed = await post(http, "faults", method="send*", retry_after=3, times=2)
    assert listed[0]["method"] == "send*"
    async with http.delete("/sim/faults") as reply:
        assert await reply.json() == []
    before = sandbox.world.clock.now()
    assert (await post(http, "clock", advance=60))["now"] == before + 60
    await post(http, "text", user_id=1001, text="x")
    await post(http, "reset")
    assert await read(http, "pending") == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("dance", {}),
        ("text", {"user_id": 1001}),
        ("text", {"user_id": 1001, "text": " "}),
        ("text", {"user_id": 1001, "text": "x", "chat_id": -1}),
        ("photo", {"user_id": 1001, "data": "not base64!"}),
        ("tap", {"user_id": 1001, "label": "没有"}),
        ("block", {"user_id": 1001, "hard": True}),
        ("faults", {"kind": "earthquake"}),
        ("faults", {"colour": "red"}),
        ("upgrade", {"chat_id": 5}),
        ("choose", {"user_id": 1001, "query_id": "x"}),
    ],
)
async def test_senseless_actions_are_explained(
    http: aiohttp.ClientSession, action: str, body: dict[str, Any]
) -> None:
    async with http.post(f"/sim/{action}", json=body) as reply:
        assert reply.status == 400
        assert (await reply.json())["error"]


async def test_the_stream_tells_what_happens(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get("/sim/events") as reply:
        assert reply.content_type == "text/event-stream"
        await reply.content.readline()
        await sandbox.text(1001, "您好")
        async for line in reply.content:
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                break
    assert (event["kind"], event["message"]["text"]) == ("message", "您好")


async def test_other_sites_are_kept_out(http: aiohttp.ClientSession) -> None:
    async with http.get("/sim/settings", headers={"Origin": "https://example.org"}) as reply:
        assert reply.status == 403
    async with http.get("/sim/settings", headers={"Host": "example.org"}) as reply:
        assert reply.status == 403


async def test_the_page_and_all_files_it_names(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as reply:
        page = await reply.text()
        assert "default-src 'self'" in reply.headers["Content-Security-Policy"]
    names = ["page.js", "foot.js", "layout.css", "chat.css", "icon.svg"]
    for name in names:
        assert name in page or name == "foot.js"
        async with http.get(f"/static/{name}") as reply:
            assert reply.status == 200
            assert reply.headers["Cache-Control"] == "no-cache"
            assert "http:" not in (await reply.text()).replace("http://www.w3.org", "")
    async with http.get("/static/../server.py") as reply:
        assert reply.status in (403, 404)
