"""Rows that staff send in a workbook: found under their headings, entered all or none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from unicodedata import normalize

HEADING_ROWS = 10
"""Rows from the top in which the headings are looked for; above them stand titles and notes."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong in a row: the code of a sentence and its parameters."""

    number: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Outcome:
    """What an import did; with anything wrong it did nothing."""

    added: int = 0
    changed: int = 0
    wrong: list[Wrong] = field(default_factory=list)


class Numbered(Protocol):
    """A row as it was read: its number as Excel shows it, and its values from the left."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> tuple[Any, ...]: ...


R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True)
class Table(Generic[R]):
    """Where each column stands, and the rows below the headings."""

    columns: Mapping[str, int]
    rows: Sequence[R]

    def cells(self, row: R) -> dict[str, Any]:
        """What a row says, by column; blanks are left out."""
        there = {name: row.cells[at] for name, at in self.columns.items() if at < len(row.cells)}
        return {name: value for name, value in there.items() if value is not None}


def find_table(
    rows: Sequence[R], headings: Mapping[str, str], *needed: frozenset[str]
) -> Table[R] | None:
    """The rows below their headings, whatever the order of the columns; None without such a row.

    `headings` leads from every heading in use to its column; a table has all the columns of one
    of the sets `needed`. Of a heading that stands twice the first counts.
    """
    known = {heading_text(heading): column for heading, column in headings.items()}
    for place, row in enumerate(rows[:HEADING_ROWS]):
        texts = [heading_text(cell) for cell in row.cells]
        columns = {known[t]: at for at, t in reversed(list(enumerate(texts))) if t in known}
        if any(columns.keys() >= one for one in needed):
            return Table(columns, rows[place + 1 :])
    return None


def lines_below(
    sheets: Iterable[Sequence[R]], headings: Mapping[str, str], *needed: frozenset[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The numbers of the rows of all such tables, with what they say by column."""
    for rows in sheets:
        table = find_table(rows, headings, *needed)
        if table is not None:
            yield from ((row.number, table.cells(row)) for row in table.rows)


def heading_text(value: object) -> str:
    """A heading as it is compared: full-width signs and blanks make no other heading."""
    return "" if value is None else "".join(normalize("NFKC", str(value)).split())
