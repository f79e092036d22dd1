"""Opens a workbook that a stranger sent: known by its content, bounded in size, never run."""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
import xlrd  # type: ignore[import-untyped]  # xlrd has no types

from services.forms.xlsforms.findings import Finding, Params, UnreadableError

LARGEST_FILE = 10 * 2**20
"""Bytes; real forms have some tens of kilobytes."""
LARGEST_UNPACKED = 80 * 2**20
_MOST_PARTS = 3000
_SEALED = 1  # the flag of a part of an archive that has a password
_BLANK_ROWS, _BLANK_COLUMNS = 60, 20
"""After so many blank ones in a row the sheet is taken to be at its end, as pyxform does."""
_MOST_ROWS = 20_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass
class Sheet:
    """A sheet's first row as headers, and every row below it with its number in Excel."""

    name: str
    headers: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


@dataclass
class Workbook:
    """The sheets in order, and what was noticed while reading."""

    sheets: list[Sheet]
    findings: list[Finding] = field(default_factory=list)


def read(source: Path | bytes, wanted: Callable[[str], bool] = lambda _: True) -> Workbook:
    """The wanted sheets (all, if there is only one) of an .xlsx, .xlsm or .xls file.

    Raises UnreadableError with the reason.
    """
    content = _content(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and the like
        if content.startswith(_ZIP):
            return _read_xlsx(content, wanted)
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UnreadableError("form_check.password")
        return _read_xls(content, wanted)
    raise UnreadableError("form_check.not_a_workbook")


def _content(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        content = source
    else:
        with source.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    if not content:
        raise UnreadableError("form_check.empty_file")
    if len(content) > LARGEST_FILE:
        raise UnreadableError("form_check.file_too_large", limit=LARGEST_FILE // 2**20)
    return content


def _read_xlsx(content: bytes, wanted: Callable[[str], bool]) -> Workbook:
    try:
        with ZipFile(BytesIO(content)) as parts:
            _refuse_bomb(parts)
        opened = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    except UnreadableError:
        raise
    except Exception as broken:  # openpyxl raises whatever the damage leads to
        raise UnreadableError("form_check.corrupt") from broken
    try:
        made = Workbook([])
        for name in _chosen(opened.sheetnames, wanted):
            worksheet = opened[name]
            if hasattr(worksheet, "iter_rows"):
                made.sheets.append(_filled(name, _xlsx_rows(worksheet), made.findings))
                _look_inside(content, worksheet, made.sheets[-1], made.findings)
    except UnreadableError:
        raise
    except Exception as broken:  # as above, in a sheet that is read only now
        raise UnreadableError("form_check.corrupt") from broken
    finally:
        opened.close()
    return made


def _chosen(names: list[str], wanted: Callable[[str], bool]) -> list[str]:
    return names if len(names) == 1 else [name for name in names if wanted(name)]


def _refuse_bomb(parts: ZipFile) -> None:
    """The sizes are those declared; zipfile gives no part more than it declares."""
    listed = parts.infolist()
    unpacked = sum(part.file_size for part in listed)
    if len(listed) > _MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise UnreadableError("form_check.unpacked_too_large", limit=LARGEST_UNPACKED // 2**20)
    if any(part.flag_bits & _SEALED for part in listed):
        raise UnreadableError("form_check.password")


def _xlsx_rows(worksheet: Any) -> Iterator[Sequence[Any]]:
    worksheet.reset_dimensions()
    yield from worksheet.iter_rows(values_only=True)


def _filled(name: str, rows: Iterator[Sequence[Any]], findings: list[Finding]) -> Sheet:
    sheet = Sheet(name)
    sheet.headers = _headers(name, next(rows, ()), findings)
    blank = 0
    for number, cells in enumerate(rows, start=2):
        row = {
            header: written
            for header, cell in zip(sheet.headers, cells, strict=False)
            if header and (written := _written(cell))
        }
        blank = 0 if row else blank + 1
        if blank > _BLANK_ROWS:
            break
        if number > _MOST_ROWS:
            raise UnreadableError("form_check.too_many_rows", sheet=name, limit=_MOST_ROWS)
        if row:
            sheet.rows.append((number, row))
    return sheet


def _headers(name: str, cells: Iterable[Any], findings: list[Finding]) -> list[str]:
    """Headers by column, "" where there is none; a doubled one is reported and left out."""
    headers: list[str] = []
    blank = 0
    for cell in cells:
        written = re.sub(" +", " ", _written(cell))
        blank = 0 if written else blank + 1
        if blank > _BLANK_COLUMNS:
            break
        if written and written in headers:
            findings.append(Finding("form_check.column_twice", name, 1, written, {"name": written}))
            written = ""
        headers.append(written)
    return headers


def _written(value: Any) -> str:
    """A cell as text, as pyxform writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | time):
        return str(value)
    return str(value).replace("\xa0", " ").replace("_x000D_", "").strip()


_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[ >/].*?</c>', re.DOTALL)
_VALUE = re.compile(rb'<v[^/>]*>[^<]|^<c [^>]*t="str"')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+\d+(?::[A-Z]+\d+)?)"')


def _look_inside(content: bytes, worksheet: Any, sheet: Sheet, found: list[Finding]) -> None:
    """Report formulas and merged cells, which the plain values do not show."""
    try:
        with ZipFile(BytesIO(content)) as parts:
            written = parts.read(worksheet._worksheet_path)
    except (KeyError, AttributeError, BadZipFile):
        return
    found += _formulas(sheet.name, written)
    for match in _MERGED.finditer(written):
        cells = match[1].decode()
        row = int(re.findall(r"\d+", cells)[0])
        params: Params = {"cells": cells}
        found.append(Finding("form_check.merged", sheet.name, row, params=params, warning=True))


def _formulas(name: str, written: bytes) -> Iterator[Finding]:
    """An error for each formula without a stored value, one warning for all the others."""
    stored = []
    for match in _FORMULA.finditer(written):
        column, row = match[1].decode(), int(match[2])
        if _VALUE.search(match[0]):
            stored.append((row, column))
        else:
            yield Finding("form_check.formula_blank", name, row, column)
    if stored:
        row, column = stored[0]
        params: Params = {"count": len(stored)}
        yield Finding("form_check.formula", name, row, column, params, warning=True)


def _read_xls(content: bytes, wanted: Callable[[str], bool]) -> Workbook:
    try:
        opened = xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=_Silence())
        made = Workbook([])
        for name in _chosen(opened.sheet_names(), wanted):
            worksheet = opened.sheet_by_name(name)
            rows = _xls_rows(worksheet, opened.datemode)
            made.sheets.append(_filled(worksheet.name, rows, made.findings))
    except UnreadableError:
        raise
    except Exception as broken:  # xlrd raises whatever the damage leads to
        code = "form_check.password" if "ncrypted" in str(broken) else "form_check.corrupt"
        raise UnreadableError(code) from broken
    return made


def _xls_rows(worksheet: Any, datemode: int) -> Iterator[Sequence[Any]]:
    for number in range(worksheet.nrows):
        yield [_xls_cell(cell, datemode) for cell in worksheet.row(number)]


def _xls_cell(cell: Any, datemode: int) -> Any:
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype != xlrd.XL_CELL_DATE:
        return cell.value
    parts = xlrd.xldate_as_tuple(cell.value, datemode)
    return time(*parts[3:]) if parts[:3] == (0, 0, 0) else datetime(*parts)  # noqa: DTZ001


class _Silence:
    """xlrd writes its warnings to a file; nobody reads them."""

    def write(self, _: str) -> None:
        return
