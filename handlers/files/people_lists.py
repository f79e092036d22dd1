"""Reads a list of people from a file without trust: an Excel workbook, or text with one a line."""

import csv
from io import StringIO

from handlers.files.workbooks import read_workbook
from services.errors import Refusal
from services.surveys.invitees import Row

_ENCODINGS = ("utf-8-sig", "gb18030")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_CELLS = 30  # of a line: a list needs two or three


def rows_of(data: bytes) -> list[Row]:
    """The rows that hold anything, with their numbers. Raises Refusal as read_workbook does,
    and survey_desk.list_unreadable."""
    if data.startswith((_ZIP, _OLE)):
        return [
            Row(row.number, tuple("" if c is None else str(c) for c in row.cells[:_MOST_CELLS]))
            for sheet in read_workbook(data)
            for row in sheet.rows
        ]
    lines = csv.reader(StringIO(_text(data)))
    try:
        return [Row(lines.line_num, tuple(cells[:_MOST_CELLS])) for cells in lines if any(cells)]
    except csv.Error as error:
        raise Refusal("survey_desk.list_unreadable") from error


def _text(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\t", ",").replace(";", ",")
    raise Refusal("survey_desk.list_unreadable")
