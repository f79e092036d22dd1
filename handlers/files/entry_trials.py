"""Tries many questions on the base at once: a column of questions in, a table of results out."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.files.entry_sheets import heading
from handlers.files.workbooks import Cell, Column, ReadSheet, Sheet
from handlers.texts import say
from knowledge.index import Index
from knowledge.replies import Outcome
from services.errors import Refusal
from services.imports import Table, find_table

MOST = 5000
COLUMNS = ("asked", "outcome", "id", "question", "expected", "right", "second")


@dataclass(frozen=True)
class Tried:
    """A question, what the base says to it, and whether that is what was expected."""

    question: str
    outcome: Outcome
    entry_ids: tuple[str, ...]
    expected: str

    @property
    def right(self) -> bool | None:
        """Whether the expected entry comes first; None where nothing was expected."""
        return None if not self.expected else self.entry_ids[:1] == (self.expected,)


def questions(book: Sequence[ReadSheet]) -> list[tuple[str, str]]:
    """Questions and expected ids of the first sheet that has any; the heading may be missing."""
    for sheet in book:
        found = _of_sheet(sheet)
        if len(found) > MOST:
            raise Refusal("entry_files.too_many_questions", limit=MOST)
        if found:
            return found
    raise Refusal("entry_files.no_questions")


def _of_sheet(sheet: ReadSheet) -> list[tuple[str, str]]:
    headings = {heading(name): name for name in ("question", "id")}
    table = find_table(sheet.rows, headings, frozenset({"question"}))
    if table is None:
        table = Table({"question": 0}, sheet.rows)
    read = (table.cells(row) for row in table.rows)
    found = ((_text(cells.get("question")), _text(cells.get("id"))) for cells in read)
    return [(asked, expected) for asked, expected in found if asked]


def _text(value: Cell) -> str:
    return "" if value is None else str(value).strip()


def tried(index: Index, asked: Sequence[tuple[str, str]]) -> list[Tried]:
    """What the base says to each question."""
    found = []
    for question, expected in asked:
        reply = index.ask(question)
        ids = tuple(hit.entry_id for hit in reply.hits[:2])
        found.append(Tried(question, reply.outcome, ids, expected))
    return found


def results(index: Index, found: Sequence[Tried]) -> Sheet:
    """The table of results, one row a question."""
    return Sheet(
        name=str(say("entry_sheets.sheet.results")),
        columns=[Column(heading=str(say(f"entry_files.column.{c}"))) for c in COLUMNS],
        rows=[_row(index, one) for one in found],
    )


def _row(index: Index, one: Tried) -> list[Cell]:
    first, second = (*one.entry_ids, "", "")[:2]
    right = (
        "" if one.right is None else str(say("entry_files.yes" if one.right else "entry_files.no"))
    )
    return [
        one.question,
        str(say(f"entry_tuning.outcome.{one.outcome}")),
        first,
        index.entry(first).question if first else "",
        one.expected,
        right,
        index.entry(second).question if second else "",
    ]
