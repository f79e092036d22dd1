"""A real bot process that serves the sandbox, and everything it wrote."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "4200000000:" + "T" * 35
KEY = "a-key-of-these-runs-and-long-enough"
SECONDS = 60.0


@dataclass
class Run:
    """One process; `said` is its output and its errors so far."""

    process: asyncio.subprocess.Process
    file: Path

    @classmethod
    async def start(cls, sandbox: Sandbox, url: str, folder: Path, **settings: str) -> "Run":
        """Start `python -m bot run` on this database and wait until it serves."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "said.txt"
        environment = {
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": sandbox.url,
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "SECRET_KEY": KEY,
            "HEALTH_PORT": "0",
            "PYTHONUNBUFFERED": "1",
        }
        with file.open("wb") as target:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=ROOT,
                env=environment | settings,
                stdout=target,
                stderr=asyncio.subprocess.STDOUT,
            )
        run = cls(process, file)
        await run.says("'ready'")
        return run

    @property
    def said(self) -> str:
        return self.file.read_text(encoding="utf-8", errors="replace")

    async def says(self, words: str, seconds: float = SECONDS) -> None:
        """Wait until it has said this. Raises AssertionError with all it said instead."""
        async with asyncio.timeout(seconds):
            while words not in self.said and self.process.returncode is None:
                await asyncio.sleep(0.05)
        assert words in self.said, self.said

    async def ends(self) -> int:
        """Ask it to end; its exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), SECONDS)
