"""Fixtures of the whole suite: databases, the town, the clock, the shared reference data."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import logs
from db import encryption
from db.engine import Database
from db.work import Work
from services import clock, privacy
from tests.databases import Databases
from tests.telegram import TEST_KEY, Town

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session", autouse=True)
def keys() -> None:
    logs.configure("WARNING")
    privacy.configure(TEST_KEY)
    encryption.install(privacy.encrypt, privacy.decrypt)


@pytest.fixture(scope="session")
def databases(keys: None) -> Iterator[Databases]:
    """In a folder of their own: PostgreSQL runs as another user, and other test runs that end
    meanwhile would clean up below pytest's folder."""
    with tempfile.TemporaryDirectory(prefix="bot-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        made = Databases(Path(folder))
        yield made
        made.close()


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """A thread without an event loop, where databases are made."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, databases: Databases, elsewhere: ThreadPoolExecutor
) -> Iterator[str]:
    """A fresh database with the starter content, on each kind of server."""
    make = databases.sqlite if request.param == "sqlite" else databases.postgresql
    url = elsewhere.submit(make).result()
    yield url
    elsewhere.submit(databases.drop, url).result()


@pytest.fixture
def sqlite_url(databases: Databases, elsewhere: ThreadPoolExecutor) -> Iterator[str]:
    url = elsewhere.submit(databases.sqlite).result()
    yield url
    databases.drop(url)


@pytest.fixture
def postgresql_url(databases: Databases, elsewhere: ThreadPoolExecutor) -> Iterator[str]:
    url = elsewhere.submit(databases.postgresql).result()
    yield url
    elsewhere.submit(databases.drop, url).result()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def work(database: Database) -> AsyncIterator[Work]:
    """A unit of work for tests of services; committed at the end."""
    async with database.write() as session:
        yield Work(session)


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """People, two workers that take turns, one database."""
    built = await Town.build(database_url, tmp_path)
    yield built
    await built.close()


@pytest.fixture(autouse=True)
def office_clock() -> Iterator[None]:
    """Whatever a test did to the clock, the next one has the real one."""
    yield
    clock.reset()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference data beside the repository; tests that need it skip where it is not."""
    if not SHARED.is_dir():
        pytest.skip("no reference data beside the repository (../shared or SHARED_DIR)")
    return SHARED
