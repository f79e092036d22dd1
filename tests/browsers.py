"""Finds a Chromium for the tests of the page: Debian's, else the one Playwright brings."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = Path(__file__).resolve().parents[1] / "var" / "screenshots"
SIZES = {"desk": (1280, 860), "phone": (390, 844)}


async def launch(driver: Playwright) -> Browser:
    """A headless browser. Without one the test is skipped with one line; in CI it fails."""
    brought = Path(driver.chromium.executable_path)
    found = shutil.which("chromium") or (str(brought) if brought.exists() else None)
    if found is None:
        line = "no Chromium on this machine: install the package chromium to run these tests"
        if os.environ.get("CI"):
            pytest.fail(line)
        pytest.skip(line)
    return await driver.chromium.launch(executable_path=found, args=FLAGS)
