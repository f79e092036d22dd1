"""The workbook of the gazetteer: its template, and what a filled one says row by row."""

import re
from collections.abc import Sequence
from typing import Any

from handlers.files.workbooks import Cell, Column, Row, Sheet, read_workbook, write_workbook
from handlers.texts import say
from services.gazetteer import Line
from services.imports import Wrong

COLUMNS = (
    "community",
    "estate",
    "estate_aliases",
    "building",
    "building_aliases",
    "entrances",
    "floors",
    "managing",
    "owner",
    "landmark",
    "landmark_aliases",
)
_SEVERAL = ("estate_aliases", "building_aliases", "landmark_aliases")
_NUMBERS = ("entrances", "floors")
_BETWEEN = re.compile(r"[、,,;;/\n]+")
_HEADINGS_WITHIN = 10  # rows from the top in which the headings are looked for


def template(lines: Sequence[Line]) -> bytes:
    """The workbook to fill in, with what is known already."""
    columns = [Column(heading=str(say(f"place_sheet.{name}"))) for name in COLUMNS]
    rows = [tuple(_cell(line, name) for name in COLUMNS) for line in lines]
    sheet = Sheet(
        name=str(say("place_sheet.name")),
        columns=columns,
        rows=rows,
        title=str(say("place_sheet.title")),
        notes=[str(say("place_sheet.note"))],
    )
    return write_workbook([sheet])


def _cell(line: Line, name: str) -> Cell:
    value = getattr(line, name)
    return str(say("place_sheet.between")).join(value) if isinstance(value, tuple) else value


def read(data: bytes) -> tuple[list[Line], list[Wrong]]:
    """The rows of a filled workbook, and what cannot be read. Raises Refusal as read_workbook."""
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for sheet in read_workbook(data):
        found = _headings(sheet.rows[:_HEADINGS_WITHIN])
        if found is None:
            continue
        top, at = found
        for row in sheet.rows:
            if row.number > top:
                _read_row(row, at, lines, wrong)
    if not lines and not wrong:
        wrong.append(Wrong(0, "place_import.no_rows"))
    return lines, wrong


def _headings(rows: Sequence[Row]) -> tuple[int, dict[str, int]] | None:
    """The row with the headings, and where each column stands, in whatever order."""
    wanted = {str(say(f"place_sheet.{name}")): name for name in COLUMNS}
    for row in rows:
        at = {wanted[str(c)]: i for i, c in enumerate(row.cells) if str(c) in wanted}
        if "community" in at and ("estate" in at or "landmark" in at):
            return row.number, at
    return None


def _read_row(row: Row, at: dict[str, int], lines: list[Line], wrong: list[Wrong]) -> None:
    said: dict[str, Any] = {}
    for name, place in at.items():
        value = row.cells[place] if place < len(row.cells) else None
        if value is None:
            continue
        if name in _NUMBERS:
            if not isinstance(value, int) or isinstance(value, bool):
                heading = say(f"place_sheet.{name}")
                params = {"heading": str(heading), "value": str(value)[:40]}
                wrong.append(Wrong(row.number, "place_import.no_number", params))
                continue
            said[name] = value
        else:
            said[name] = _several(value) if name in _SEVERAL else _written(value)
    lines.append(Line(row.number, said.pop("community", ""), **said))


def _written(value: Cell) -> str:
    return " ".join(str(value).split())


def _several(value: Cell) -> tuple[str, ...]:
    parts = (_written(part) for part in _BETWEEN.split(str(value)))
    return tuple(part for part in parts if part)
