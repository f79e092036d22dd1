"""Migrations: up from nothing, equal to the models, and clear refusals of other schemas."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, text

from bot.schema import WrongSchema, check_schema, migrate
from db.base import Base
from db.engine import Database
from db.models.people import Conversation
from db.models.volunteers import Volunteer
from services import clock
from tests.databases import Databases

#: An index over an expression is not read back by SQLite, so it cannot be compared.
EXPRESSIONS = frozenset({"ix_reports_next"})
HELD = (
    "INSERT INTO volunteers (number, name, free_times, guardian_consent, state, source,"
    " brought_half_hours, created_at, changed_at)"
    " VALUES ('7', '', '[]', false, 'active', 'roster', 0, :now, :now)",
    "INSERT INTO conversations (chat_id, topic, changed_at) VALUES (5, '{}', :now)",
)


def _comparable(_item: object, name: str | None, *_: object) -> bool:
    return name not in EXPRESSIONS


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
async def test_the_migrated_schema_is_that_of_the_models(database: Database) -> None:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "include_object": _comparable}
        )
        return list(compare_metadata(context, Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_a_newer_and_an_older_schema_are_refused(database: Database) -> None:
    await check_schema(database)
    for found, hint in (("9999", "newer version"), (None, "migrate")):
        async with database.write() as session:
            await session.execute(text("DELETE FROM alembic_version"))
            if found:
                await session.execute(text(f"INSERT INTO alembic_version VALUES ('{found}')"))
        with pytest.raises(WrongSchema, match=hint):
            await check_schema(database)


@pytest.fixture(params=["sqlite", "postgresql"])
def first_release(
    request: pytest.FixtureRequest,
    databases: Databases,
    elsewhere: ThreadPoolExecutor,
    tmp_path: Path,
) -> Iterator[str]:
    """A database as the first release left it, without content."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/first.db"
    else:
        url = elsewhere.submit(lambda: databases.postgresql(empty=True)).result()
    elsewhere.submit(migrate, url, to="0001").result()
    yield url
    elsewhere.submit(databases.drop, url).result()


async def test_a_database_of_the_first_release_keeps_what_it_holds(
    first_release: str, elsewhere: ThreadPoolExecutor
) -> None:
    database = Database(first_release)
    with pytest.raises(WrongSchema, match="migrate"):
        await check_schema(database)
    async with database.write() as session:
        for statement in HELD:
            await session.execute(text(statement), {"now": clock.now().replace(tzinfo=None)})
    await database.close()
    elsewhere.submit(migrate, first_release).result()
    database = Database(first_release)
    await check_schema(database)
    async with database.read() as session:
        columns = select(Volunteer.number, Volunteer.wants_year_picture)
        volunteer = (await session.execute(columns)).one()
        conversation = (await session.scalars(select(Conversation))).one()
    await database.close()
    assert tuple(volunteer) == ("7", False)
    assert (conversation.chat_id, conversation.sealed_topic) == (5, None)


def test_migrating_twice_changes_nothing(sqlite_url: str, elsewhere: ThreadPoolExecutor) -> None:
    elsewhere.submit(migrate, sqlite_url).result()


async def test_a_database_of_a_newer_version_is_not_touched(
    sqlite_url: str, elsewhere: ThreadPoolExecutor
) -> None:
    database = Database(sqlite_url)
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongSchema, match="newer version"):
        elsewhere.submit(migrate, sqlite_url).result()
    await database.close()
