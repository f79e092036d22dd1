"""SQLite's driver with few trips to its thread, where aiosqlite makes four a statement.

Whoever reads (lists, exports) makes one trip a statement: it stays off the event loop, however long
it takes. Within a write only its begin and its end make a trip, because they wait for locks and for
the disk; its statements are short, nobody else may write meanwhile, and a trip costs more than most
of them.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

FIRST_ROWS = 200


class FewTripsCursor:
    """The part of a cursor that SQLAlchemy uses; the first rows come back with the statement."""

    def __init__(self, connection: "FewTripsConnection") -> None:
        self._connection = connection
        self._cursor = connection.new_cursor()
        self._rows: list[Any] = []
        self._more = False

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._rows = await self._connection.run(self._run, statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        await self._connection.run(self._cursor.executemany, statement, parameters)

    def _run(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        rows = self._cursor.execute(statement, parameters).fetchmany(FIRST_ROWS)
        self._more = len(rows) == FIRST_ROWS
        return rows

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return [*rows, *await self._connection.run(self._cursor.fetchall)] if self._more else rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows of a streamed result, as many as asked for until there are no more:
        SQLAlchemy takes fewer for a page of their own and drops what it then has too much."""
        size = size or self._cursor.arraysize
        missing = size - len(self._rows)
        if missing > 0 and self._more:
            found = await self._connection.run(self._cursor.fetchmany, missing)
            self._more = len(found) == missing
            self._rows = [*self._rows, *found]
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        self._cursor.close()

    def __getattr__(self, name: str) -> Any:
        """`description`, `rowcount`, `lastrowid`: what sqlite3 says."""
        return getattr(self._cursor, name)


class FewTripsConnection(aiosqlite.Connection):
    """An aiosqlite connection that makes such cursors; `writing` from begin to end of a write."""

    writing = False

    def cursor(self) -> Any:
        return FewTripsCursor(self)

    def new_cursor(self) -> sqlite3.Cursor:
        return self._conn.cursor()

    async def run(self, function: Any, *arguments: Any) -> Any:
        """Run a function here within a write, else in the connection's thread."""
        if self.writing:
            return function(*arguments)
        return await self._execute(function, *arguments)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        self.writing = False
        await super().commit()

    async def rollback(self) -> None:
        self.writing = False
        await super().rollback()


def connect(database: str, **options: Any) -> FewTripsConnection:
    """A connection to be awaited; its thread ends with the process."""
    options["check_same_thread"] = False  # cursors are made here, statements run there, too
    connection = FewTripsConnection(partial(sqlite3.connect, database, **options), 64)
    connection._thread.daemon = True
    return connection
