"""Answers as files: a workbook of codes, labels, codebook and charts; CSV; SPSS. No formulas."""

import itertools
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from handlers.files.plain_sheets import PlainSheet
from handlers.files.spss import SpssVariable, write_sav
from handlers.files.workbooks import write_csv
from handlers.texts import say
from services.cells import cell_text
from services.surveys.exports import (
    NUMBERS,
    Cell,
    Table,
    Told,
    Variable,
    counted,
    counts,
    labelled,
    tell_nobody,
)

_CHART_ROWS = 16


def _t(key: str) -> str:
    return str(say(f"survey_desk.sheet.{key}"))


def headings(table: Table, *, words: bool) -> list[str]:
    """The columns beside the answers, then the answers'."""
    named = any(person is not None for person in table.people)
    beside = [_t("community"), _t("for_another"), *([_t("person")] if named else [])]
    return beside + [one.label if words else one.name for one in table.variables]


def rows(table: Table, *, words: bool) -> Iterator[list[Cell]]:
    """What stands under the headings."""
    named = any(person is not None for person in table.people)
    for at, row in enumerate(table.rows):
        beside: list[Cell] = [table.communities[at], int(table.for_another[at])]
        if named:
            beside.append(table.people[at])
        if words:
            row = tuple(map(labelled, table.variables, row))
        yield [*beside, *row]


def as_csv(table: Table, told: Told = tell_nobody) -> bytes:
    """Codes, UTF-8 with the mark that Excel wants."""
    body = counted(rows(table, words=False), told, of=len(table.rows))
    return write_csv(headings(table, words=False), body)


def as_sav(table: Table, told: Told = tell_nobody) -> bytes:
    """SPSS: choices numbered in their order and labelled, the rest as it is."""
    numbers = [_numbered(one) for one in table.variables]
    variables = [SpssVariable("community", _t("community"), numeric=False)]
    variables += [_spss(one) for one in table.variables]
    body = [
        [community, *(_coded(known, cell) for known, cell in zip(numbers, row, strict=True))]
        for community, row in counted(
            zip(table.communities, table.rows, strict=True), told, of=2 * len(table.rows)
        )
    ]
    return write_sav(variables, body)


def _is_single(variable: Variable) -> bool:
    return bool(variable.labels) and variable.kind.value == "choose_one"


def _numbered(variable: Variable) -> dict[str, int]:
    return {code: n for n, code in enumerate(variable.labels, 1)} if _is_single(variable) else {}


def _spss(variable: Variable) -> SpssVariable:
    if _is_single(variable):
        labels = dict(enumerate(variable.labels.values(), 1))
        return SpssVariable(variable.name, variable.label, numeric=True, labels=labels)
    return SpssVariable(variable.name, variable.label, numeric=variable.kind in NUMBERS)


def _coded(known: dict[str, int], cell: Cell) -> Cell:
    return known.get(cell) if known and isinstance(cell, str) else cell


def as_xlsx(table: Table, told: Told = tell_nobody) -> bytes:
    """Sheets: labels, codes, codebook, and counts with charts of Excel's own."""
    file = BytesIO()
    options = {
        "constant_memory": True,
        "in_memory": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#E7EEF7"})
        quoted = book.add_format({"quote_prefix": True})
        written = _both(table, told)
        for key, words in (("labels", True), ("codes", False)):
            body = itertools.islice(written, len(table.rows))
            page = book.add_worksheet(_t(key), PlainSheet)
            _fill(page, headings(table, words=words), body, head, quoted)
        columns = [_t("name"), _t("question"), _t("kind"), _t("code"), _t("label")]
        page = book.add_worksheet(_t("codebook"), PlainSheet)
        _fill(page, columns, _codebook(table), head, quoted)
        _charts(book, table, head)
    return file.getvalue()


def _both(table: Table, told: Told) -> Iterator[list[Cell]]:
    """The rows of both sheets one after the other, counted as one piece of work."""
    every = itertools.chain(rows(table, words=True), rows(table, words=False))
    return counted(every, told, of=2 * len(table.rows))


def _fill(
    page: PlainSheet, columns: Sequence[str], body: Iterator[list[Cell]], head: Any, quoted: Any
) -> None:
    page.freeze_panes(1, 0)
    for at, heading in enumerate(columns):
        page.write_string(0, at, cell_text(heading), head)
    page.write_rows(1, body, quoted)


def _codebook(table: Table) -> Iterator[list[Cell]]:
    for one in table.variables:
        for code, label in one.labels.items() or [("", "")]:
            yield [one.name, one.label, one.kind.value, code, label]


def _charts(book: Any, table: Table, head: Any) -> None:
    """A block of counts a question, its chart beside it."""
    page = book.add_worksheet(_t("charts"))
    name, down = _t("charts"), 0
    for at, one in enumerate(table.variables):
        if not one.labels:
            continue
        found = counts(one, [row[at] for row in table.rows])
        page.write_string(down, 0, cell_text(one.label), head)
        for line, (label, count) in enumerate(found, down + 1):
            page.write_string(line, 0, cell_text(label))
            page.write_number(line, 1, count)
        chart = book.add_chart({"type": "bar"})
        first, last = down + 1, down + len(found)
        chart.add_series(
            {
                "categories": [name, first, 0, last, 0],
                "values": [name, first, 1, last, 1],
                "data_labels": {"value": True},
            }
        )
        title = one.label[:80].replace("!", "\uff01")  # Sheet!A1 in it would be a formula
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        page.insert_chart(down, 3, chart)
        down += max(_CHART_ROWS, len(found) + 2)
    page.set_column(0, 0, 40)
