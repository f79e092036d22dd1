"""Reads and removes the rows that are about one person, in whatever table they lie."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.base import Base
from db.models.clubs import ClubWork
from db.models.people import Forgotten, Person
from db.models.volunteers import Volunteer

_NOT_SHOWN = frozenset(
    {"id", "token", "check_token", "form_token", "phone_index", "chat_id", "version"}
)


class Owner(StrEnum):
    """What the owner's column holds."""

    PERSON = "person"
    CHAT = "chat"
    VOLUNTEER = "volunteer"


@dataclass(frozen=True)
class Holding:
    """Rows about people: `column` says whose they are.

    They are deleted, or, with `emptied`, kept for the office with these columns set so. `photos`
    are columns that name files of the photo store. `only` limits the rows by values of columns.
    """

    name: str
    table: type[Base]
    column: str
    owner: Owner = Owner.PERSON
    emptied: Mapping[str, Any] | None = None
    photos: tuple[str, ...] = ()
    only: Mapping[str, Collection[str]] = field(default_factory=dict)


def _whose(holding: Holding, person_id: int, chat_id: int | None) -> ColumnElement[bool]:
    column = getattr(holding.table, holding.column)
    condition: ColumnElement[bool]
    if holding.owner is Owner.VOLUNTEER:
        condition = column.in_(select(Volunteer.id).where(Volunteer.person_id == person_id))
    else:
        condition = column == (person_id if holding.owner is Owner.PERSON else chat_id)
    for column, values in holding.only.items():
        condition &= getattr(holding.table, column).in_(list(values))
    return condition


async def rows(
    session: AsyncSession, holding: Holding, person_id: int, chat_id: int | None
) -> list[dict[str, Any]]:
    """The rows of a holding as plain values."""
    found = await session.scalars(select(holding.table).where(_whose(holding, person_id, chat_id)))
    return [values_of(row, hidden=(holding.column,)) for row in found]


def values_of(row: Base, *, hidden: Collection[str] = ()) -> dict[str, Any]:
    """A row's columns that say something, JSON-like; keys and indexes are left out."""
    columns = [column.key for column in inspect(type(row)).column_attrs]
    shown = {c: getattr(row, c) for c in columns if c not in _NOT_SHOWN and c not in hidden}
    return {c: _plain(v) for c, v in shown.items() if v not in (None, "", [], {})}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


async def photos(
    session: AsyncSession, holding: Holding, person_id: int, chat_id: int | None
) -> set[str]:
    """The names of the photos of these rows."""
    named: set[str] = set()
    for column in holding.photos:
        found = await session.scalars(
            select(getattr(holding.table, column)).where(_whose(holding, person_id, chat_id))
        )
        named |= {name for name in found if name}
    return named


async def unnamed(
    session: AsyncSession, holdings: Sequence[Holding], names: Sequence[str]
) -> list[str]:
    """Those of these photos that no row of any holding names (any more)."""
    left = set(names)
    for holding in holdings:
        for column in holding.photos:
            attribute = getattr(holding.table, column)
            left -= set(await session.scalars(select(attribute).where(attribute.in_(left))))
    return sorted(left)


async def erase(
    session: AsyncSession, holding: Holding, person_id: int, chat_id: int | None
) -> None:
    """Delete or empty the rows, and what the transaction remembers of them."""
    session.info.clear()
    condition = _whose(holding, person_id, chat_id)
    if holding.emptied is None:
        await session.execute(
            delete(holding.table).where(condition).execution_options(synchronize_session="fetch")
        )
    else:
        await session.execute(
            update(holding.table)
            .where(condition)
            .values(**holding.emptied)
            .execution_options(synchronize_session="fetch")
        )


async def unname_works(session: AsyncSession, names: Collection[str]) -> None:
    """Take somebody's name off what they made and others put up for them."""
    for work in await session.scalars(select(ClubWork).where(ClubWork.maker.is_not(None))):
        if any(name in (work.maker or "") for name in names):
            work.maker = None


def empty_person(person: Person, *, at: datetime) -> None:
    """What is left of a person: a row without anything, for what refers to it."""
    person.telegram_id = person.name = person.phone = person.phone_index = None
    person.community_id = person.enterprise = None
    person.blocked_at = person.blocked_reason = None
    person.large_print = person.reachable = False
    person.forgotten_at = person.created_at = at


async def is_noted(session: AsyncSession, person_hash: str, at: datetime) -> bool:
    """Whether this request to be forgotten is known."""
    found = await session.scalar(
        select(Forgotten.id).where(Forgotten.person_hash == person_hash, Forgotten.at == at)
    )
    return found is not None


def later(moment: datetime, seconds: int) -> datetime:
    return moment + timedelta(seconds=seconds)
