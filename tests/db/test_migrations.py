"""Migrations: up from nothing, equal to the models, and clear refusals of other schemas."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.schema import WrongSchema, check_schema, migrate
from db.base import Base
from db.engine import Database

#: An index over an expression is not read back by SQLite, so it cannot be compared.
EXPRESSIONS = frozenset({"ix_reports_next"})


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
