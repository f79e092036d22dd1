"""Sheets of many plain rows, written a row at a time: XlsxWriter takes three times as long a cell.

What is around the rows (styles, headings, the other parts of the file) stays XlsxWriter's.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from html import escape
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from handlers.files.workbooks import EXACT_INTEGER, is_dangerous
from services.cells import LONGEST_TEXT, cell_text

Cell = str | int | float | None

_REMEMBERED = 4096  # most cells are one of a few codes, labels or small numbers


class PlainSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is not typed as exported
    """A worksheet of a workbook with `constant_memory` whose rows can be written whole."""

    def write_rows(self, start: int, rows: Iterable[Sequence[Cell]], quoted: Any) -> None:
        """The rows from the row `start` (from 0) on, under what was written before.

        No cell is ever a formula; text that looks like one is written with the style `quoted`,
        so that it stays text when somebody edits it.
        """
        self._write_single_row(start)  # what stands above is written out, in XlsxWriter's way
        content = lru_cache(_REMEMBERED)(partial(_content, f' s="{quoted._get_xf_index()}"'))
        names: list[str] = []
        down = start
        for down, row in enumerate(rows, start + 1):
            while len(names) < len(row):
                names.append(xl_col_to_name(len(names)))
            cells = [
                f'<c r="{name}{down}"{content(cell)}'
                for name, cell in zip(names, row, strict=False)
                if cell is not None and cell != ""
            ]
            self.fh.write(f'<row r="{down}">{"".join(cells)}</row>')
        self.previous_row = down
        if names:
            self._check_dimensions(down, len(names) - 1)


def _content(style: str, cell: str | int | float) -> str:
    """What follows the place of a cell: numbers that Excel would round are text."""
    if isinstance(cell, str):
        return _inline(cell_text(cell), style)
    if not math.isfinite(cell):
        return "/>"
    if abs(cell) >= EXACT_INTEGER and isinstance(cell, int):
        return _inline(str(cell), style)
    return f"><v>{cell:.16G}</v></c>"


def _inline(text: str, style: str) -> str:
    if len(text) > LONGEST_TEXT // 2:  # Excel counts an emoji as two
        text = text.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    safe = escape(Worksheet._escape_control_characters(text), quote=False)
    mark = style if is_dangerous(text) else ""
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'{mark} t="inlineStr"><is><t{space}>{safe}</t></is></c>'
