"""SQLite's driver with one trip to its thread a statement, where aiosqlite makes four.

The statement and its rows stay off the event loop, however long they take; making and closing a
cursor touches no file and needs no trip.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class OneTripCursor:
    """The part of a cursor that SQLAlchemy uses; the rows come back with the statement."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._cursor = connection.new_cursor()
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._rows = await self._connection.run(self._run, statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        await self._connection.run(self._cursor.executemany, statement, parameters)

    def _run(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        return self._cursor.execute(statement, parameters).fetchall()

    async def fetchall(self) -> list[Any]:
        return self._rows

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
