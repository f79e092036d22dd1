"""Seals every personal value anew with the first key, so that older keys can be taken away.

Columns are found through the metadata: a feature that seals a column needs to do nothing here.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, Text, and_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import models  # noqa: F401 - fills the metadata
from db.base import Base
from db.encryption import EncryptedJSON, EncryptedText
from db.engine import Database
from services import privacy

BATCH = 200


@dataclass
class Rotated:
    """How many values were sealed anew, and how many indexes renewed."""

    sealed: int = 0
    indexes: int = 0


async def rotate(url: str) -> Rotated:
    """Go through all tables in small transactions. Raises privacy.UnreadableError."""
    database, done = Database(url), Rotated()
    try:
        for table in Base.metadata.sorted_tables:
            sealed = [c for c in table.columns if isinstance(c.type, EncryptedText | EncryptedJSON)]
            if sealed:
                await _rotate_table(database, table, sealed, done)
        await database.scrub()
    finally:
        await database.close()
    return done


async def _rotate_table(
    database: Database, table: Table, sealed: list[Column[Any]], done: Rotated
) -> None:
    """Walk along the primary key: an interrupted run is simply started again."""
    keys = list(table.primary_key.columns)
    raw = [type_coerce(column, Text).label(column.name) for column in sealed]
    last: Any = None
    while True:
        async with database.write() as session:
            statement = select(keys[0], *keys[1:], *raw).order_by(*keys).limit(BATCH)
            if last is not None:
                statement = statement.where(_after(keys, last))
            rows = (await session.execute(statement)).all()
            for row in rows:
                await _rotate_row(session, table, row[: len(keys)], row._mapping, sealed, done)
        if len(rows) < BATCH:
            return
        last = rows[-1][: len(keys)]


def _after(keys: list[Column[Any]], last: Any) -> Any:
    """Rows behind this one in the order of the (possibly compound) key."""
    first, value = keys[0], last[0]
    if len(keys) == 1:
        return first > value
    return (first > value) | ((first == value) & _after(keys[1:], last[1:]))


async def _rotate_row(
    session: AsyncSession,
    table: Table,
    key: Any,
    row: Any,
    sealed: list[Column[Any]],
    done: Rotated,
) -> None:
    """One row; it stays as it is where somebody changed it meanwhile (they used the first key)."""
    fresh: dict[str, Any] = {}
    unchanged = [column == value for column, value in zip(table.primary_key, key, strict=True)]
    for column in sealed:
        token = row[column.name]
        if token is None:
            continue
        fresh[column.name] = type_coerce(privacy.rotate(token), Text)
        unchanged.append(type_coerce(column, Text) == token)
    indexes = _indexes(table, row)
    if not fresh:
        return
    statement = update(table).where(and_(*unchanged)).values({**fresh, **indexes})
    changed = await session.execute(statement.returning(*table.primary_key))
    if changed.first() is not None:
        done.sealed += len(fresh)
        done.indexes += len(indexes)


def _indexes(table: Table, row: Any) -> dict[str, str]:
    """The blind indexes of this row, under the first key."""
    renewed: dict[str, str] = {}
    for column in table.columns:
        source = column.info.get("blind_index_of")
        if source is not None and row[source] is not None:
            plain = privacy.decrypt(row[source])
            renewed[column.name] = privacy.blind_index(plain, column.info["purpose"]).hex()
    return renewed
