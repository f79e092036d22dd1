"""The whole demo as `make run` starts it, and a browser to walk it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests import browsers
from tests.browser.phones import Phone

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        running = await browsers.launch(driver)
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A real process in demo mode; its page's address."""
    folder = tmp_path_factory.mktemp("demo")
    own = ("BOT_TOKEN", "BOT_API_URL", "DATABASE_URL", "SECRET_KEY", "ADMIN_IDS", "WEBHOOK_URL")
    environment = {key: value for key, value in os.environ.items() if key not in own}
    environment |= {"DATA_DIR": str(folder), "SANDBOX_PORT": "0", "HEALTH_PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    address = await asyncio.wait_for(_address(process), START_SECONDS)
    draining = asyncio.ensure_future(_drain(process))
    yield address
    process.send_signal(signal.SIGTERM)
    try:
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        draining.cancel()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    said = ""
    address = ""
    while line := (await process.stdout.readline()).decode():
        said += line
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            address = found[0]
        if "'ready'" in line:
            return address
    raise AssertionError(f"the demo did not start:\n{said}")


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.readline():
        continue


@pytest_asyncio.fixture(params=sorted(browsers.SIZES), loop_scope="module")
async def phone(
    request: pytest.FixtureRequest, demo: str, browser: Browser
) -> AsyncIterator[Phone]:
    """The page at desk and at phone width; errors of its scripts fail the test."""
    width, height = browsers.SIZES[request.param]
    page = await browser.new_page(viewport={"width": width, "height": height})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield Phone(page, demo, request.param)
    await page.close()
    assert troubles == []
