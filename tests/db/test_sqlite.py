"""SQLite's cursor: every row once, however it is read."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database
from db.sqlite import FIRST_ROWS

NUMBERS = text(
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
    " SELECT i FROM n"
)


@pytest.mark.parametrize("last", [1, FIRST_ROWS - 1, FIRST_ROWS, FIRST_ROWS + 1, 5 * FIRST_ROWS])
async def test_all_rows_come_once_and_in_order(tmp_path: Path, last: int) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    wanted = list(range(1, last + 1))
    async with database.read() as session:
        whole = (await session.execute(NUMBERS, {"last": last})).scalars().all()
        streamed = await session.stream(NUMBERS, {"last": last})
        by_row = [row.i async for row in streamed]
        pages = await session.stream_scalars(NUMBERS, {"last": last})
        by_page = [i async for page in pages.partitions(7) for i in page]
        first = await session.scalar(NUMBERS, {"last": last})
    await database.close()
    assert list(whole) == by_row == by_page == wanted
    assert first == 1


async def test_a_statement_says_what_it_changed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)"))
        await session.execute(text("INSERT INTO t (a) VALUES (:a)"), [{"a": 1}, {"a": 2}])
        changed = await session.execute(text("UPDATE t SET a = 3 RETURNING id"))
        assert sorted(changed.scalars()) == [1, 2]
    await database.close()
