"""The workbook of the gazetteer: its template, and what a filled one says row by row."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handlers.files.workbooks import Cell, Column, Sheet, read_workbook, write_workbook
from handlers.texts import say
from services.gazetteer import Line
from services.imports import Wrong, lines_below

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
_NEEDED = (frozenset({"community", "estate"}), frozenset({"community", "landmark"}))


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
    headings = {str(say(f"place_sheet.{name}")): name for name in COLUMNS}
    sheets = (sheet.rows for sheet in read_workbook(data))
    for number, cells in lines_below(sheets, headings, *_NEEDED):
        _read_row(number, cells, lines, wrong)
    if not lines and not wrong:
        wrong.append(Wrong(0, "place_import.no_rows"))
    return lines, wrong


def _read_row(
    number: int, cells: Mapping[str, Cell], lines: list[Line], wrong: list[Wrong]
) -> None:
    said: dict[str, Any] = {}
    for name, value in cells.items():
        if name not in _NUMBERS:
            said[name] = _several(value) if name in _SEVERAL else _written(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            said[name] = value
        else:
            params = {"heading": str(say(f"place_sheet.{name}")), "value": str(value)[:40]}
            wrong.append(Wrong(number, "place_import.no_number", params))
    lines.append(Line(number, said.pop("community", ""), **said))


def _written(value: Cell) -> str:
    return " ".join(str(value).split())


def _several(value: Cell) -> tuple[str, ...]:
    parts = (_written(part) for part in _BETWEEN.split(str(value)))
    return tuple(part for part in parts if part)
