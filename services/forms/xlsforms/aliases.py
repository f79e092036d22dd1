"""Chinese names of sheets, columns, types and values, turned into those of XLSForm."""

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from services.forms.xlsforms.workbooks import Sheet, Workbook

WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


def _turned(part: str) -> dict[str, str]:
    return {name: key for key, names in WORDS[part].items() for name in names}


_SHEETS = _turned("sheets")
_COLUMNS = {sheet: _turned(sheet) for sheet in ("survey", "choices", "settings")}
_TYPES = _turned("types")
_LISTED = ("select_one", "select_multiple", "rank")
_PARAMETERS = _turned("parameters")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_BOOLEAN = {
    **dict.fromkeys(WORDS["values"]["yes"], "yes"),
    **dict.fromkeys(WORDS["values"]["no"], "no"),
}
_BOOLEAN_COLUMNS = ("required", "readonly", "allow_choice_duplicates")
KNOWN_SHEETS = frozenset({"survey", "choices", "settings", "external_choices", "entities", "osm"})


def sheet_name(written: str) -> str:
    """The XLSForm name of a sheet; one that is not known stays as it is, in small letters."""
    plain = written.strip()
    return _SHEETS.get(plain, plain.lower())


def is_known(written: str) -> bool:
    """Whether a sheet of that name belongs to a form."""
    return sheet_name(written) in KNOWN_SHEETS


def is_chinese(workbook: Workbook) -> bool:
    """Whether the workbook uses the Chinese names, or Chinese in its texts."""
    headers = {header for sheet in workbook.sheets for header in sheet.headers}
    texts = (cell for sheet in workbook.sheets for _, row in sheet.rows for cell in row.values())
    return any(map(_CHINESE.search, (*headers, *texts)))


def in_english(workbook: Workbook) -> dict[str, Sheet]:
    """The sheets by their XLSForm names, with the columns, types and values of XLSForm."""
    found = {sheet_name(sheet.name): sheet for sheet in workbook.sheets}
    known = {name: sheet for name, sheet in found.items() if name in KNOWN_SHEETS}
    if not known and len(workbook.sheets) == 1:
        known = {"survey": workbook.sheets[0]}
    return {name: _translated(name, sheet) for name, sheet in known.items()}


def _translated(name: str, sheet: Sheet) -> Sheet:
    names = {header: _column(name, header) for header in sheet.headers if header}
    made = Sheet(sheet.name, [names.get(header, "") for header in sheet.headers])
    for number, row in sheet.rows:
        cells = {names[header]: cell for header, cell in row.items()}
        made.rows.append((number, _values(name, cells)))
    return made


def _column(sheet: str, header: str) -> str:
    """label::English stays; a Chinese name before :: is turned; anything else is left alone."""
    plain = unicodedata.normalize("NFKC", header).strip()
    base, mark, language = plain.partition("::")
    known = _COLUMNS.get(sheet, {}).get(base.strip())
    if known is None:
        return header
    return f"{known}{mark}{language.strip()}" if mark else known


def _values(sheet: str, cells: dict[str, str]) -> dict[str, str]:
    for column in _BOOLEAN_COLUMNS:
        if cells.get(column) in _BOOLEAN:
            cells[column] = _BOOLEAN[cells[column]]
    if sheet != "survey":
        return cells
    if "type" in cells:
        cells["type"] = _type(cells["type"])
    if "parameters" in cells:
        cells["parameters"] = _parameters(cells["parameters"])
    return cells


def _type(written: str) -> str:
    """A select or rank may end in "or other": it becomes or_other."""
    words = written.split()
    if not words or words[0] not in _TYPES:
        return written
    known = _TYPES[words[0]]
    rest = words[1:]
    if known in _LISTED and rest and rest[-1] in WORDS["or_other"]["words"] and len(rest) > 1:
        rest[-1] = "or_other"
    return " ".join([known, *rest])


def _parameters(written: str) -> str:
    pairs = re.sub(r"\s*=\s*", "=", unicodedata.normalize("NFKC", written))
    made = []
    for pair in pairs.replace(",", " ").replace(";", " ").split():
        key, mark, value = pair.partition("=")
        value = {"yes": "true", "no": "false"}.get(_BOOLEAN.get(value, ""), value)
        made.append(f"{_PARAMETERS.get(key, key)}{mark}{value}")
    return " ".join(made)
