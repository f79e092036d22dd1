"""SQLite's cursor: every row once, however it is read."""

from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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


class _Base(DeclarativeBase):
    pass


class _Thing(_Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.mark.parametrize("page", [7, FIRST_ROWS, FIRST_ROWS + 50, 5 * FIRST_ROWS])
async def test_things_streamed_by_pages_all_come_once(tmp_path: Path, page: int) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    wanted = list(range(1, 3 * FIRST_ROWS + 1))
    async with database.write() as session:
        await (await session.connection()).run_sync(_Base.metadata.create_all)
        await session.execute(insert(_Thing), [{"id": number} for number in wanted])
    async with database.read() as session:
        things = select(_Thing).order_by(_Thing.id).execution_options(yield_per=page)
        streamed = await session.stream_scalars(things)
        found = [one.id async for part in streamed.partitions(page) for one in part]
    await database.close()
    assert found == wanted


async def test_a_statement_says_what_it_changed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)"))
        await session.execute(text("INSERT INTO t (a) VALUES (:a)"), [{"a": 1}, {"a": 2}])
        changed = await session.execute(text("UPDATE t SET a = 3 RETURNING id"))
        assert sorted(changed.scalars()) == [1, 2]
    await database.close()
