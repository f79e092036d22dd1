"""A fresh sandbox for each test, and a real PTB bot on it over HTTP."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.sandbox import Options, Sandbox

TOKEN = "42:sandbox-token"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(Options(webhook_pause=0.02, webhook_pause_cap=0.1)) as running:
        yield running


def make_bot(sandbox: Sandbox, *, read_timeout: float = 5.0) -> Bot:
    # Plain HTTP on loopback: loading the certificates would take most of each test's time.
    plain = {"verify": False}
    return Bot(
        TOKEN,
        base_url=sandbox.base_url,
        base_file_url=sandbox.base_file_url,
        request=HTTPXRequest(read_timeout=read_timeout, httpx_kwargs=plain),
        get_updates_request=HTTPXRequest(read_timeout=read_timeout, httpx_kwargs=plain),
    )


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with make_bot(sandbox) as ready:
        yield ready


@pytest.fixture
async def resident(sandbox: Sandbox, bot: Bot) -> int:
    """Somebody who has pressed start; the update is confirmed already."""
    await sandbox.start(1001)
    updates = await bot.get_updates()
    await bot.get_updates(offset=updates[-1].update_id + 1)
    return 1001
