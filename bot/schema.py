"""Brings the database to the schema of this code, and refuses one that does not fit."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from db.engine import Database, async_url

FOLDER = Path(__file__).resolve().parent.parent / "db" / "migrations"


class WrongSchema(Exception):  # noqa: N818 - told to whoever starts the process
    """The database is older or newer than the code."""

    def __init__(self, found: str | None, wanted: str, *, newer: bool) -> None:
        self.found, self.wanted, self.newer = found, wanted, newer
        hint = (
            "it was written by a newer version of the bot; start that version"
            if newer
            else "run `python -m bot migrate` first"
        )
        super().__init__(f"the database has schema {found or 'none'}, this code {wanted}: {hint}")


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", async_url(url).replace("%", "%%"))
    return config


def migrate(url: str, *, to: str = "head") -> None:
    """Apply every migration that is missing (blocking; no event loop may run in this thread).

    Raises WrongSchema for a database that a newer version wrote.
    """
    config = _config(url)
    try:
        command.upgrade(config, to)
    except CommandError as error:  # it names a revision this code does not know
        wanted = ScriptDirectory.from_config(config).get_current_head() or ""
        raise WrongSchema("of another version", wanted, newer=True) from error


def check_there(url: str) -> None:
    """Raise WrongSchema for a file that is not there, which opening it would make."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        wanted = ScriptDirectory.from_config(_config(url)).get_current_head() or ""
        raise WrongSchema(None, wanted, newer=False)


async def check_schema(database: Database) -> None:
    """Raise WrongSchema unless the database is exactly at this code's version."""
    script = ScriptDirectory.from_config(_config(database.url))
    wanted = script.get_current_head() or ""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.engine.connect() as connection:
        found = await connection.run_sync(current)
    if found == wanted:
        return
    known: set[Any] = {revision.revision for revision in script.walk_revisions()}
    raise WrongSchema(found, wanted, newer=found is not None and found not in known)
