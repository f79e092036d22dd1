"""Copies the database while it is in use, and puts a copy back without un-forgetting anybody."""

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from bot import keys
from bot.jobs.personal_data import FORGOTTEN
from bot.leadership import LOCK_KEY, AlreadyRunning, Leadership
from bot.photo_stores import photo_store
from bot.schema import check_there, migrate
from bot.settings import Settings
from db.engine import Database
from db.work import Work
from services.people import personal_data


class NeedsTool(Exception):  # noqa: N818 - told to whoever calls
    """PostgreSQL's own pg_dump or pg_restore is not on the PATH."""


class NotABackup(Exception):  # noqa: N818 - told to whoever calls
    """The file is no whole database of the bot."""


def backup(settings: Settings, file: Path) -> None:
    """SQLite: VACUUM INTO, consistent under load. PostgreSQL: pg_dump's custom format.

    Keys are not in it, and nobody else may read it. Nothing is left of a backup that failed.
    Raises FileExistsError, WrongSchema, NeedsTool, sqlite3.Error, CalledProcessError.
    """
    url = make_url(settings.database)
    check_there(settings.database)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if _is_file(url):
            with closing(sqlite3.connect(url.database or "")) as connection:
                connection.execute("VACUUM INTO ?", (str(file),))
        else:
            _postgresql("pg_dump", "--format=custom", f"--file={file}", settings=settings)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _postgresql(tool: str, *arguments: str, settings: Settings, file: Path | None = None) -> None:
    """Run one of PostgreSQL's tools; the password is not on its command line."""
    found = shutil.which(tool)
    if found is None:
        raise NeedsTool(tool)
    url = make_url(settings.database)
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    open_part = url._replace(drivername="postgresql", password=None)
    target = f"--dbname={open_part.render_as_string(hide_password=False)}"
    command = [found, *arguments, target, *([str(file)] if file else [])]
    subprocess.run(command, check=True, env=os.environ | password)  # noqa: S603


def restore(settings: Settings, file: Path) -> int:
    """Put a backup in place and repeat the /forget requests made since; how many.

    The bot must be stopped: SQLite's lock file is held meanwhile, on PostgreSQL nobody may lead.
    Raises FileNotFoundError, NotABackup, WrongSchema, AlreadyRunning, NeedsTool, KeyMissing.
    """
    if not file.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))
    keys.configure(settings)
    lock = Leadership(Database(settings.database))
    lock.claim_file()
    try:
        _replace(settings, file)
        migrate(settings.database)
        return asyncio.run(repeat_forgotten(settings))
    finally:
        lock.release_file()


def _replace(settings: Settings, file: Path) -> None:
    if _is_file(url := make_url(settings.database)):
        _put_in_place(file, Path(url.database or ""))
    else:
        asyncio.run(_check_nobody_leads(settings))
        _postgresql("pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error",
                    settings=settings, file=file)  # fmt: skip


def _put_in_place(file: Path, target: Path) -> None:
    """The copy is whole and of this version before it takes the place of what is there."""
    draft = target.with_name(f"{target.name}.restoring")
    try:
        shutil.copyfile(file, draft)
        os.chmod(draft, 0o600)  # noqa: PTH101
        _check_whole(draft, file)
        migrate(f"sqlite:///{draft}")
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        draft.replace(target)
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _check_whole(draft: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(draft)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT 1 FROM alembic_version")
    except sqlite3.DatabaseError as error:
        raise NotABackup(file) from error
    if verdict != "ok":
        raise NotABackup(file)


async def _check_nobody_leads(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        async with database.engine.connect() as connection:
            got = await connection.scalar(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}
            )
            await connection.execute(text("SELECT pg_advisory_unlock_all()"))
        if not got:
            raise AlreadyRunning(settings.database)
    finally:
        await database.close()


async def repeat_forgotten(settings: Settings) -> int:
    """Forget again whoever asked for it after the backup was made; how many people."""
    path = settings.data_dir / FORGOTTEN
    lines = path.read_text(encoding="ascii").split("\n") if path.exists() else []
    store = photo_store(settings)
    database, repeated = Database(settings.database), 0
    try:
        for line in filter(None, lines):
            mark, at = line.split(" ")
            async with database.write() as session:
                done = await personal_data.repeat(Work(session), mark, datetime.fromisoformat(at))
            if done is not None:
                repeated += 1
                for sha256 in done:
                    store.delete(sha256)
        await database.scrub()
    finally:
        await database.close()
    return repeated
