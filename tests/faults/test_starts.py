"""How the process starts, refuses to start, and ends by Ctrl-C with all that it started."""

import asyncio
import os
import re
import signal
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.sandbox import Sandbox
from db.engine import Database
from tests.databases import free_port
from tests.faults.runs import ROOT, SECONDS, Run

pytestmark = pytest.mark.slow


async def test_a_database_of_another_version_is_refused_with_one_line(
    database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url)
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    async with Sandbox() as sandbox:
        with pytest.raises(AssertionError) as said:
            await Run.start(sandbox, database_url, tmp_path)
    assert "newer version of the bot" in str(said.value)
    assert "Traceback" not in str(said.value)


async def test_a_webhook_that_telegram_refuses_ends_the_process_with_one_line(
    sqlite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": str(port)}
    async with Sandbox() as sandbox:
        with pytest.raises(AssertionError) as said:
            await Run.start(sandbox, sqlite_url, tmp_path, WEBHOOK_SECRET="no spaces", **hook)
    assert "refused WEBHOOK_URL or WEBHOOK_SECRET" in str(said.value)
    assert "Traceback" not in str(said.value)


async def test_telegram_out_of_reach_at_the_start_is_waited_for(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with Sandbox() as sandbox:
        sandbox.fault("getMe", code=502, times=2)
        run = await Run.start(sandbox, sqlite_url, tmp_path)
        assert "not reachable yet" in run.said
        assert await run.ends() == 0


async def test_ctrl_c_ends_the_demo_and_its_sandbox(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group of the terminal; the sandbox is stopped last."""
    own = ("BOT_TOKEN", "BOT_API_URL", "DATABASE_URL", "SECRET_KEY", "ADMIN_IDS", "WEBHOOK_URL")
    environment = {key: value for key, value in os.environ.items() if key not in own}
    environment |= {"DATA_DIR": str(tmp_path), "SANDBOX_PORT": "0", "HEALTH_PORT": "0"}
    file = tmp_path / "said.txt"
    with file.open("wb") as target:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=ROOT,
            env=environment,
            stdout=target,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    run = Run(process, file)
    await run.says("'ready'")
    found = re.search(r"http://127\.0\.0\.1:\d+", run.said)
    assert found is not None
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(page, found[0]).result() == 200
        os.killpg(process.pid, signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), SECONDS) == 0
        with pytest.raises(OSError, match="refused"):
            pool.submit(page, found[0]).result()
    assert "Traceback" not in run.said


def page(address: str) -> int:
    with closing(urllib.request.urlopen(address, timeout=5)) as answer:
        return int(answer.status)
