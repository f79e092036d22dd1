"""SQLite's driver with one trip to its thread a statement, where aiosqlite makes four.

The statement and its rows stay off the event loop, however long they take; making and closing a
cursor touches no file and needs no trip.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

FIRST_ROWS = 200


class OneTripCursor:
    """The part of a cursor that SQLAlchemy uses; the first rows come back with the statement."""

    def __init__(self, connection: "OneTripConnection") -> None:
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
        """The next rows of a streamed result; none are left out, few are held."""
        size = size or self._cursor.arraysize
        if not self._rows and self._more:
            self._rows = await self._connection.run(self._cursor.fetchmany, size)
            self._more = len(self._rows) == size
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


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection that makes such cursors."""

    def cursor(self) -> Any:
        return OneTripCursor(self)

    def new_cursor(self) -> sqlite3.Cursor:
        return self._conn.cursor()

    async def run(self, function: Any, *arguments: Any) -> Any:
        """Run a function in the connection's thread."""
        return await self._execute(function, *arguments)  # type: ignore[no-untyped-call]


def connect(database: str, **options: Any) -> OneTripConnection:
    """A connection to be awaited; its thread ends with the process."""
    options["check_same_thread"] = False  # cursors are made here, statements run over there
    connection = OneTripConnection(partial(sqlite3.connect, database, **options), 64)
    connection._thread.daemon = True
    return connection
