"""Copies the database while it is in use, and puts a copy back without un-forgetting anybody."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.leadership import Leadership
from bot.settings import Settings
from db.engine import Database


class NeedsTool(Exception):  # noqa: N818 - told to whoever calls
    """PostgreSQL's own pg_dump or pg_restore is not on the PATH."""


def backup(settings: Settings, file: Path) -> None:
    """SQLite: VACUUM INTO, consistent under load. PostgreSQL: pg_dump's custom format.

    Keys are not in it. Raises FileExistsError, NeedsTool, sqlite3.Error.
    """
    if file.exists():
        raise FileExistsError(file)
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "")) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
    else:
        _postgresql("pg_dump", "--format=custom", f"--file={file}", settings=settings)
    os.chmod(file, 0o600)  # noqa: PTH101


def _postgresql(tool: str, *arguments: str, settings: Settings) -> None:
    found = shutil.which(tool)
    if found is None:
        raise NeedsTool(tool)
    url = make_url(settings.database)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([found, *arguments, f"--dbname={plain}"], check=True)  # noqa: S603


def restore(settings: Settings, file: Path) -> int:
    """Put a backup in place and repeat the /forget requests made since; how many.

    The bot must be stopped (SQLite: its lock file is held meanwhile).
    """
    raise NotImplementedError(Database, Leadership, file)
