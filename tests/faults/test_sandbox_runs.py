"""Real processes on the sandbox: two with one token, and what a run at DEBUG writes down."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from bot.intake import SECRET_HEADER
from bot.sandbox import Sandbox
from tests.databases import Databases, free_port
from tests.faults.runs import KEY, TOKEN, Run

pytestmark = pytest.mark.slow

WANG, CHEN, LIN, ZHAO = 1001, 1002, 1003, 1004
PHONE = "13912345678"
IDENTITY = "110101194903071234"
WORDS = "三栋二单元的老周跟我吵架了"
HUE = "赭石色的旧信箱"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(deterministic=False) as running:
        yield running


async def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.1)


async def test_two_offices_with_one_token_say_so_and_nobody_is_left_without_an_answer(
    sandbox: Sandbox, databases: Databases, sqlite_url: str, tmp_path: Path
) -> None:
    """Each has its own database, as after a copied .env file: no lock of ours keeps them apart."""
    other_url = await asyncio.to_thread(databases.sqlite)
    first = await Run.start(sandbox, sqlite_url, tmp_path / "first")
    second = await Run.start(sandbox, other_url, tmp_path / "second")
    async with asyncio.timeout(90):
        while "another poller uses this token" not in first.said + second.said:
            await asyncio.sleep(0.1)
    for person in (WANG, CHEN, LIN, ZHAO):
        await sandbox.start(person)
    assert first.process.returncode is second.process.returncode is None  # both go on trying
    await asyncio.sleep(1)
    assert await second.ends() == 0
    for person in (WANG, CHEN, LIN, ZHAO):
        await sandbox.said(person, "您住在哪个社区", seconds=90)
    await sandbox.text(WANG, "垃圾怎么分类")
    await until(lambda: len(sandbox.replies(WANG)) > 1)
    await until(lambda: not sandbox.world.updates.count())
    assert await first.ends() == 0
    await asyncio.to_thread(databases.drop, other_url)


async def test_a_wrong_token_ends_the_process_with_a_clear_line(
    sandbox: Sandbox, sqlite_url: str, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError) as ended:
        await Run.start(sandbox, sqlite_url, tmp_path, BOT_TOKEN="not-a-token")
    assert "BOT_TOKEN" in str(ended.value)
    assert "Traceback" not in str(ended.value)


async def test_a_run_at_debug_writes_no_token_no_words_no_phone_no_name(
    sandbox: Sandbox, database_url: str, tmp_path: Path
) -> None:
    run = await Run.start(sandbox, database_url, tmp_path, LOG_LEVEL="DEBUG", ADMIN_IDS=str(ZHAO))
    await sandbox.start(WANG)
    await sandbox.said(WANG, "您住在哪个社区", seconds=60)
    await sandbox.tap(WANG, "东湖社区")
    await sandbox.said(WANG, "您想做什么", seconds=60)
    await sandbox.text(WANG, f"{WORDS},电话{PHONE},身份证{IDENTITY}")
    await sandbox.contact(WANG)
    await sandbox.photo(WANG, caption=HUE)
    await sandbox.voice(WANG)
    await sandbox.tap(WANG, data=f"forged:{PHONE}", forged=True)
    await sandbox.inline_query(WANG, HUE)
    await until(lambda: not sandbox.world.updates.count())
    await until(lambda: len(sandbox.replies(WANG)) >= 6)
    sandbox.fault("sendMessage", code=500, description=WORDS)
    sandbox.fault("sendMessage", code=400, description=f"Bad Request: {WORDS}", allowed=1)
    broken = sandbox.messages(WANG)[-1] | {"date": HUE, "text": WORDS, "from": {"id": WANG}}
    await sandbox.raw({"message": broken | {"chat": {"id": WANG, "type": "private"}}})
    await run.says("update failed")
    await sandbox.text(WANG, WORDS)
    await run.says("Telegram refused a message")
    assert await run.ends() == 0
    secrets = [TOKEN, TOKEN.split(":")[1], KEY, PHONE, IDENTITY, WORDS, WORDS[:8], HUE, "王秀兰"]
    secrets += [sandbox.world.person(WANG).phone.lstrip("+")]
    secrets += [json.dumps(words)[1:-1] for words in (WORDS, HUE, "王秀兰")]
    leaks = [line for line in run.said.splitlines() if any(secret in line for secret in secrets)]
    assert leaks == []


async def test_sigterm_finishes_what_is_under_way(
    sandbox: Sandbox, sqlite_url: str, tmp_path: Path
) -> None:
    """A reply that is just being sent, and updates that have not been looked at."""
    run = await Run.start(sandbox, sqlite_url, tmp_path)
    sandbox.fault("sendMessage", kind="slow", seconds=2)
    await sandbox.start(WANG)
    await until(lambda: any(fault["hits"] for fault in sandbox.world.faults.listed()))
    for person in (CHEN, LIN, ZHAO):
        await sandbox.start(person)
    assert await run.ends() == 0
    assert len(sandbox.replies(WANG)) == 1
    run = await Run.start(sandbox, sqlite_url, tmp_path)
    for person in (CHEN, LIN, ZHAO):
        await sandbox.said(person, "您住在哪个社区", seconds=90)
    assert await run.ends() == 0
    for person in (WANG, CHEN, LIN, ZHAO):
        assert len(sandbox.replies(person)) == 1


async def test_a_wrong_webhook_secret_is_turned_away_and_nothing_is_lost(
    sandbox: Sandbox, sqlite_url: str, tmp_path: Path
) -> None:
    """Somebody who knows the address but not the secret; then Telegram itself."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/hook"
    run = await Run.start(
        sandbox, sqlite_url, tmp_path, WEBHOOK_URL=url, WEBHOOK_PORT=str(port),
        WEBHOOK_SECRET="right",
    )  # fmt: skip
    forged = {"update_id": 1, "message": {"text": "/start", "chat": {"id": WANG}}}
    async with aiohttp.ClientSession() as http:
        for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "right-"}):
            async with http.post(url, json=forged, headers=headers) as answer:
                assert answer.status == 403
    await sandbox.start(WANG)
    await sandbox.said(WANG, "您住在哪个社区", seconds=90)
    assert len(sandbox.replies(WANG)) == 1
    assert await run.ends() == 0
