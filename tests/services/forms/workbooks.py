"""Builds small workbooks for tests, from rows or from the tables that XLSForm is written in."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def xlsx(**sheets: Rows) -> bytes:
    """An .xlsx file; `Workbook` may be told Chinese sheet names through a mapping."""
    return xlsx_of(sheets)


def xlsx_of(sheets: Mapping[str, Rows]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def from_table(lines: Sequence[str]) -> bytes:
    """From lines like "| survey |" and "| | type | name |"."""
    sheets: dict[str, list[list[object]]] = {}
    rows: list[list[object]] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0]:
            rows = sheets.setdefault(cells[0], [])
        else:
            rows.append([cell or None for cell in cells[1:]])
    return xlsx_of(sheets)
