"""The knowledge base as a workbook: out, in with an error for each wrong cell, and tried on it."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from handlers.entries import words as entry_words
from handlers.files.workbooks import Cell, Column, ReadSheet, Row, Sheet
from handlers.questions.asking import ACTIONS
from handlers.texts import say
from knowledge.entries import Entry
from services.entries import drafts as entries
from services.errors import Refusal
from services.imports import Table, find_table
from services.reports import categories

CELL = "entry_sheets.cell"
COLUMNS = (
    "id",
    "topic",
    "question",
    "answer",
    "aliases",
    "keywords",
    "sources",
    "valid_from",
    "valid_to",
    "related",
    "action",
)
WIDTHS = {"question": 28, "answer": 60, "aliases": 36, "keywords": 20, "sources": 30}
COUNTED = ("hit", "shown", "tap", "open", "up", "down")
VARIANT_COLUMNS = ("id", "community", "answer")
_ID = re.compile(r"[A-Za-z0-9_\-]{1,40}")


@dataclass(frozen=True)
class Names:
    """What stands for what in a workbook: topics and communities by their code."""

    topics: Mapping[str, str]
    communities: Mapping[str, str]

    def topic(self, label: str) -> str | None:
        return next((code for code, name in self.topics.items() if label in (name, code)), None)

    def community(self, label: str) -> str | None:
        return next(
            (code for code, name in self.communities.items() if label in (name, code)), None
        )


@dataclass(frozen=True)
class Wrong:
    """A row that cannot be taken over: where it stands, why, and what was in it."""

    sheet: str
    row: int
    why: Markup
    cells: tuple[Cell, ...] = ()


@dataclass
class Reading:
    """What a workbook holds: good entries with the rows they stand in, and what is wrong."""

    entries: dict[str, Entry] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    questions: dict[str, int] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)


# -- out ----------------------------------------------------------------------------------------


def sheets(found: Iterable[Entry], names: Names) -> list[Sheet]:
    """Entries and what communities say otherwise, as they are read in again."""
    known = list(found)
    varied = [
        [one.id, names.communities.get(code, code), entry_words.spelled(words)]
        for one in known
        for code, words in one.variants.items()
    ]
    return [
        Sheet(
            name=_words("entry_sheets.sheet.entries"),
            columns=[Column(heading=heading(c), width=WIDTHS.get(c)) for c in COLUMNS],
            rows=[_row(one, names) for one in known],
        ),
        Sheet(
            name=_words("entry_sheets.sheet.variants"),
            columns=[Column(heading=heading(c), width=WIDTHS.get(c)) for c in VARIANT_COLUMNS],
            rows=varied,
        ),
    ]


def use(found: Iterable[Entry], counted: Mapping[str, Mapping[str, int]]) -> Sheet:
    """How often each entry answered, was offered, chosen, opened, and what people thought of it."""
    columns = [heading("id"), heading("question")]
    columns += [_words(f"entry_sheets.count.{what}") for what in COUNTED]
    rows: list[list[Cell]] = [
        [one.id, one.question, *(counted.get(one.id, {}).get(what, 0) for what in COUNTED)]
        for one in found
    ]
    return Sheet(
        name=_words("entry_sheets.sheet.counts"),
        columns=[Column(heading=column) for column in columns],
        rows=rows,
    )


def template(names: Names, example: Entry) -> list[Sheet]:
    """An empty workbook with one example, and a sheet that says what goes where."""
    told = [[heading(c), _words(f"entry_sheets.help.{c}")] for c in (*COLUMNS, "community")]
    topics = [[name, ""] for name in names.topics.values()]
    guide = Sheet(
        name=_words("entry_sheets.sheet.help"),
        columns=[
            Column(heading=_words("entry_sheets.what"), width=14),
            Column(heading=_words("entry_sheets.how"), width=70),
        ],
        rows=[*told, *topics],
    )
    return [*sheets([example], names), guide]


def _row(one: Entry, names: Names) -> list[Cell]:
    return [
        one.id,
        names.topics.get(one.topic, one.topic),
        one.question,
        entry_words.spelled(one.answer),
        "\n".join(one.aliases),
        "\n".join(one.keywords),
        "\n".join(one.sources),
        one.valid_from,
        one.valid_to,
        "\n".join(one.related),
        _action_label(one.action),
    ]


def heading(column: str) -> str:
    return _words(f"entry_sheets.column.{column}")


def _words(key: str) -> str:
    return str(say(key))


def _action_label(action: str) -> str:
    kind, _, code = action.partition(":")
    if not kind:
        return ""
    category = categories.find(code)
    label = _words(f"entry_sheets.action.{kind}")
    return f"{label}:{category.label}" if category else label


def _action(label: str) -> str | None:
    """The code of a button by its label; None where it means nothing."""
    kinds = {_words(f"entry_sheets.action.{kind}"): kind for kind in ACTIONS}
    name, _, detail = label.replace("\uff1a", ":").partition(":")
    kind = kinds.get(name.strip())
    if kind is None or not detail:
        return kind
    found = next((c.code for c in categories.table() if detail.strip() in (c.label, c.code)), None)
    return f"{kind}:{found}" if found else None


# -- in -----------------------------------------------------------------------------------------


def read(book: Sequence[ReadSheet], base: Mapping[str, Entry], names: Names) -> Reading:
    """The entries of a workbook, on top of those of the base; raises Refusal for no such sheet."""
    reading = Reading()
    found = _find(book, "question", "answer")
    if found is None:
        raise Refusal("entry_sheets.no_sheet")
    sheet, table = found
    reader = _Reader(base, names, {one.question: one.id for one in base.values()})
    for cells, row in _filled(table):
        _take(reading, sheet, cells, row, reader)
    _check_related(reading, sheet, base)
    variants = _find([one for one in book if one.name != sheet], "community", "answer")
    if variants is not None:
        _read_variants(reading, *variants, base, names)
    return reading


def _find(book: Sequence[ReadSheet], *columns: str) -> tuple[str, Table[Row]] | None:
    """The first sheet with these columns; columns that nobody knows are passed over."""
    known = {heading(column): column for column in (*COLUMNS, "community")}
    for sheet in book:
        table = find_table(sheet.rows, known, frozenset(columns))
        if table is not None:
            return sheet.name, table
    return None


def _filled(table: Table[Row]) -> list[tuple[dict[str, Cell], Row]]:
    """The rows that say anything, with every column of the table; blanks are None."""
    blank = dict.fromkeys(table.columns)
    read = ((table.cells(row), row) for row in table.rows)
    return [({**blank, **cells}, row) for cells, row in read if cells]


def _read_topic(names: Names, text: str, _value: Cell) -> dict[str, Any]:
    code = names.topic(text) if text else ""
    if code is None:
        raise Refusal("entry_sheets.wrong_topic", topic=text[:40])
    return {"topic": code}


def _read_action(_names: Names, text: str, _value: Cell) -> dict[str, Any]:
    code = _action(text) if text else ""
    if code is None:
        raise Refusal("entry_sheets.wrong_action", action=text[:40])
    return {"action": code}


def _lines_of(column: str) -> Callable[[Names, str, Cell], dict[str, Any]]:
    return lambda _names, text, _value: {column: entry_words.lines(text)}


def _day_of(column: str) -> Callable[[Names, str, Cell], dict[str, Any]]:
    return lambda _names, text, value: {column: _day(text, value)}


#: What a cell becomes, by its column; they raise Refusal with what is wrong in it.
CELLS: dict[str, Callable[[Names, str, Cell], dict[str, Any]]] = {
    "topic": _read_topic,
    "action": _read_action,
    "question": lambda _names, text, _value: {"question": text},
    "answer": lambda _names, text, _value: {"answer": entry_words.read_answer(text)},
    "aliases": _lines_of("aliases"),
    "keywords": _lines_of("keywords"),
    "sources": lambda _names, text, _value: {"sources": tuple(filter(None, text.split("\n")))},
    "related": _lines_of("related"),
    "valid_from": _day_of("valid_from"),
    "valid_to": _day_of("valid_to"),
}


@dataclass(frozen=True)
class _Reader:
    """Reads rows on top of a base."""

    base: Mapping[str, Entry]
    names: Names
    ids: Mapping[str, str]

    def entry(self, cells: Mapping[str, Cell], reading: Reading) -> Entry:
        """The entry of a row. Raises Refusal with what is wrong in it."""
        question = _text(cells.get("question"))
        if not question:
            raise Refusal("entries.no_question")
        entry_id = _text(cells.get("id")) or self.ids.get(question) or _own_id(question)
        if not _ID.fullmatch(entry_id):
            raise Refusal("entry_sheets.wrong_id", id=entry_id[:60])
        for seen, row in ((entry_id, reading.rows), (question, reading.questions)):
            if seen in row:
                raise Refusal("entry_sheets.twice", row=row[seen])
        changes: dict[str, Any] = {}
        for column, value in cells.items():
            if column in CELLS:
                changes |= CELLS[column](self.names, _text(value), value)
        known = self.base.get(entry_id, Entry(entry_id, question))
        return entries.checked(replace(known, **changes))


def _text(value: Cell) -> str:
    return "" if value is None else str(value).strip()


def _own_id(question: str) -> str:
    """The same new question gets the same id: sending a file twice makes nothing double."""
    return f"own_{hashlib.sha256(question.encode()).hexdigest()[:10]}"


def _day(text: str, value: Cell) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not text:
        return None
    start, _ = entry_words.days(text)
    return start


def _take(
    reading: Reading, sheet: str, cells: Mapping[str, Cell], row: Row, reader: _Reader
) -> None:
    try:
        entry = reader.entry(cells, reading)
    except Refusal as no:
        reading.wrong.append(Wrong(sheet, row.number, say(no.code, **no.params), row.cells))
        return
    reading.entries[entry.id], reading.rows[entry.id] = entry, row.number
    reading.questions[entry.question] = row.number


def _check_related(reading: Reading, sheet: str, base: Mapping[str, Entry]) -> None:
    """Related entries must be in the base or in the file."""
    for entry in list(reading.entries.values()):
        lost = [one for one in entry.related if one not in base and one not in reading.entries]
        if lost:
            row = reading.rows[entry.id]
            why = say("entry_sheets.wrong_related", ids=" ".join(lost)[:80])
            reading.wrong.append(Wrong(sheet, row, why, tuple(_row(entry, Names({}, {})))))
            del reading.entries[entry.id]


def _read_variants(
    reading: Reading, sheet: str, table: Table[Row], base: Mapping[str, Entry], names: Names
) -> None:
    for cells, row in _filled(table):
        entry_id = _text(cells.get("id"))
        entry = reading.entries.get(entry_id) or base.get(entry_id)
        code = names.community(_text(cells.get("community")))
        words = entry_words.read_answer(_text(cells.get("answer")))
        if entry is None or code is None or not words:
            key = "no_entry" if entry is None else "no_community" if code is None else "no_words"
            why = say(f"entry_sheets.variant.{key}")
            reading.wrong.append(Wrong(sheet, row.number, why, row.cells))
            continue
        reading.rows.setdefault(entry_id, row.number)
        reading.entries[entry_id] = replace(entry, variants={**entry.variants, code: words})


def rejected(wrong: Sequence[Wrong]) -> Sheet:
    """The rows that were not taken over, to be mended and sent again."""
    widest = max((len(one.cells) for one in wrong), default=0)
    columns = [
        Column(heading=_words("entry_sheets.place"), width=18),
        Column(heading=_words("entry_sheets.why"), width=50),
    ]
    columns += [Column(heading=f"{_words(CELL)} {n + 1}") for n in range(widest)]
    rows = [[str(where(one)), str(one.why.unescape()), *one.cells] for one in wrong]
    return Sheet(name=_words("entry_sheets.sheet.rejected"), columns=columns, rows=rows)


def where(one: Wrong) -> str:
    return str(say("entry_sheets.where", sheet=one.sheet, row=one.row).unescape())
