"""Tables as files: Excel and CSV that cannot run anything, and Excel files read without trust."""

import csv
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from io import BytesIO, StringIO
from typing import Any
from unicodedata import east_asian_width
from xml.parsers import expat

import python_calamine
import xlsxwriter

from services import clock
from services.cells import cell_text
from services.errors import Refusal

Cell = None | bool | int | float | Decimal | str | date | datetime | time

MAX_BYTES = 10 * 1024 * 1024
MAX_MEMBERS = 500
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
"""How much smaller than its content a large workbook may be; real ones are 5 to 30 times."""
MAX_CELLS = 1_000_000
"""Of the smallest rectangles from A1 that hold the values of each sheet, together."""

_DANGEROUS = re.compile(r"[\t\r\n\0]|\s*[=+\-@＝＋－＠]")
_MOST_ROWS = 1_048_576
EXACT_INTEGER = 10**15  # beyond it Excel rounds: an identity number must stay text
_SHEET_NAME_LENGTH = 31
_BODY = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter", "text_wrap": True}
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WIDEST, _NARROWEST = 42, 6  # characters
_OLE, _ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")


# -- writing ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Column:
    """A heading; `width` in characters (by its content when None); an Excel `number_format`."""

    heading: str
    width: float | None = None
    number_format: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table under its headings; above them a title and lines such as period, owner, secrecy."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    notes: Sequence[str] = ()


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx: frozen filtered headings, print-ready; text is text whatever it begins with.

    Moments are shown on the office's clock. Raises ValueError for no sheet or too many rows.
    """
    if not sheets:
        raise ValueError("A workbook needs a sheet.")
    file = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        styles = _Styles(book)
        for name, sheet in zip(_sheet_names(sheets), sheets, strict=True):
            _write_sheet(book.add_worksheet(name), sheet, styles)
    return file.getvalue()


class _Styles:
    """Each look once: a workbook with a format per cell would not open."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._numbers: dict[str | None, Any] = {}

    def __call__(self, **look: Any) -> Any:
        key = tuple(look.items())
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]

    def body(self, **look: Any) -> Any:
        return self(**look, **_BODY)

    @cached_property
    def text(self) -> tuple[Any, Any]:
        """The looks of most cells: of plain text, and of text that begins like a formula."""
        return self.body(quote_prefix=False), self.body(quote_prefix=True)

    @cached_property
    def blank(self) -> Any:
        return self.body()

    def number(self, form: str | None) -> Any:
        if form not in self._numbers:
            self._numbers[form] = self.body(**({"num_format": form} if form else {}))
        return self._numbers[form]


def _write_sheet(page: Any, sheet: Sheet, styles: _Styles) -> None:
    top = _write_caption(page, sheet, styles)
    if top + 1 + len(sheet.rows) > _MOST_ROWS:
        raise ValueError("More rows than a sheet can hold.")
    look = styles(bold=True, bg_color="#E7EEF7", border=1, align="center", valign="vcenter",
                  text_wrap=True)  # fmt: skip
    for at, column in enumerate(sheet.columns):
        page.write_string(top, at, cell_text(column.heading), look)
        page.set_column(at, at, column.width or _width(sheet, at))
    for down, row in enumerate(sheet.rows, start=top + 1):
        for at, value in enumerate(row):
            form = sheet.columns[at].number_format if at < len(sheet.columns) else None
            _write_cell(page, (down, at), value, styles, form)
    _prepare_for_reading(page, top, sheet)


def _write_caption(page: Any, sheet: Sheet, styles: _Styles) -> int:
    """The lines above the headings; how many there are."""
    lines = [*([sheet.title] if sheet.title else []), *sheet.notes]
    for down, line in enumerate(lines):
        is_title = bool(sheet.title) and down == 0
        look = styles(bold=True, font_size=16) if is_title else styles(font_color="#595959")
        page.write_string(down, 0, cell_text(line), look)
    return len(lines)


def _prepare_for_reading(page: Any, top: int, sheet: Sheet) -> None:
    page.freeze_panes(top + 1, 0)
    if sheet.columns:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _write_cell(
    page: Any, at: tuple[int, int], value: Cell, styles: _Styles, number_format: str | None
) -> None:
    plain = cell_text(value) if type(value) is str else _plain(value)
    if plain is None or plain == "":
        page.write_blank(*at, None, styles.blank)
    elif isinstance(plain, str):
        # quotePrefix keeps it text when somebody edits the cell, without changing the value
        page.write_string(*at, plain, styles.text[is_dangerous(plain)])
    elif isinstance(plain, bool):
        page.write_boolean(*at, plain, styles.blank)
    elif isinstance(plain, int | float):
        page.write_number(*at, plain, styles.number(number_format))
    else:
        form = number_format or _moment_format(plain)
        page.write_datetime(*at, plain, styles.body(num_format=form, align="left"))


def _plain(value: Cell) -> bool | int | float | str | date | datetime | time | None:
    """What Excel can hold exactly: no time zone, no infinity, no number that it would round."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return clock.local(value).replace(tzinfo=None)
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and abs(value) >= EXACT_INTEGER:
        return str(value)
    return cell_text(value) if isinstance(value, str) else value


def _moment_format(value: date | datetime | time) -> str:
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    return "yyyy-mm-dd" if isinstance(value, date) else "hh:mm"


def is_dangerous(text: str) -> bool:
    return _DANGEROUS.match(text) is not None


def _width(sheet: Sheet, at: int) -> float:
    """From the heading and the first rows; the rest is wrapped."""
    cells = [str(row[at]) for row in sheet.rows[:200] if at < len(row) and row[at] is not None]
    texts = [sheet.columns[at].heading, *cells]
    longest = max(_columns(line) for text in texts for line in (text.splitlines() or [""]))
    return min(_WIDEST, max(_NARROWEST, longest + 3))


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text[:_WIDEST])


def _sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """As Excel allows them: 31 characters, none of []:*?/\\, no two alike."""
    taken: set[str] = set()
    names = []
    for place, sheet in enumerate(sheets, start=1):
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", cell_text(sheet.name)).strip(" '")
        base = name = clean[:_SHEET_NAME_LENGTH] or f"Sheet{place}"
        if name.lower() in taken | {"history"}:
            name = f"{base[: _SHEET_NAME_LENGTH - 5]} ({place})"
        taken.add(name.lower())
        names.append(name)
    return names


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """CSV that Excel opens as UTF-8; text that could be a formula gets a quote before it."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    for row in (headings, *rows):
        writer.writerow([_csv_field(value) for value in row])
    return file.getvalue().encode("utf-8-sig")


def _csv_field(value: Cell) -> str | int | float:
    plain = _plain(value)
    if isinstance(plain, datetime):
        return plain.isoformat(" ", "minutes")
    if isinstance(plain, date | time):
        return plain.isoformat()
    if isinstance(plain, str):
        return f"'{plain}" if is_dangerous(plain) else plain.replace("\0", "")
    return "" if plain is None else plain


# -- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """The values of a row that has any, and its number as Excel shows it (from 1)."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ReadSheet:
    """A sheet's name and its rows; empty rows are left out."""

    name: str
    rows: tuple[Row, ...]


def read_workbook(data: bytes) -> tuple[ReadSheet, ...]:
    """The values of every sheet of an .xlsx: text stripped, blanks None, whole numbers int.

    Formulas give their last value, errors such as #N/A None. Nothing but the XML inside is read,
    and only after its size is known. Raises Refusal: files.too_large (limit_mb), files.protected,
    files.not_a_workbook (kind: xls, zip or unknown), files.bomb, files.too_many_cells (limit).
    """
    try:
        book = python_calamine.load_workbook(BytesIO(_repacked(data)))
        return tuple(_read_sheet(book, name) for name in book.sheet_names)
    except python_calamine.PasswordError as error:
        raise Refusal("files.protected") from error
    except (python_calamine.CalamineError, ValueError) as error:
        raise Refusal("files.not_a_workbook", kind="unknown") from error


def _read_sheet(book: python_calamine.CalamineWorkbook, name: str) -> ReadSheet:
    grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    rows = (
        Row(number, tuple(_read_cell(value) for value in values))
        for number, values in enumerate(grid, start=1)
    )
    return ReadSheet(name, tuple(row for row in rows if any(c is not None for c in row.cells)))


def _read_cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool | int | float | date | datetime | time):
        return value
    return None if value is None else str(value)


def _repacked(data: bytes) -> bytes:
    """The workbook's XML in a container of our own making: no header in it can be a lie."""
    _check_container(data)
    file = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(file, "w") as target:
            cells = 0
            for part in _checked_parts(source.infolist(), len(data)):
                with source.open(part) as member:
                    xml = member.read(part.file_size + 1)  # bounded even where that is a lie
                cells += _cells(xml, MAX_CELLS - cells)
                target.writestr(part.filename, xml)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Refusal("files.not_a_workbook", kind="unknown") from error
    except RuntimeError as error:  # what zipfile says to a member with a password
        raise Refusal("files.protected") from error
    return file.getvalue()


def _check_container(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Refusal("files.too_large", limit_mb=MAX_BYTES // 1024 // 1024)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise Refusal("files.protected")
        raise Refusal("files.not_a_workbook", kind="xls")
    if not data.startswith(b"PK\x03\x04"):
        raise Refusal("files.not_a_workbook", kind="unknown")


def _checked_parts(members: list[zipfile.ZipInfo], packed: int) -> list[zipfile.ZipInfo]:
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names:
        raise Refusal("files.not_a_workbook", kind="zip")
    unpacked = sum(member.file_size for member in members)
    is_dense = unpacked > MAX_BYTES and unpacked > packed * MAX_RATIO
    if len(members) > MAX_MEMBERS or len(set(names)) < len(names):
        raise Refusal("files.bomb")
    if any(member.compress_type not in _PACKINGS for member in members):
        raise Refusal("files.not_a_workbook", kind="unknown")
    if unpacked > MAX_UNPACKED or is_dense:
        raise Refusal("files.bomb")
    read = ("xl/", "_rels/", "[Content_Types]")
    return [
        member
        for member in members
        if member.filename.startswith(read) and member.filename.endswith((".xml", ".rels"))
    ]


def _cells(xml: bytes, limit: int) -> int:
    """How many cells the reader will make room for: a value in a far corner makes them many."""
    corner = _Corner(limit)
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = corner.element
    parser.EntityDeclHandler = corner.entity
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise Refusal("files.not_a_workbook", kind="unknown") from error
    return corner.cells


class _Corner:
    """Follows the cells of a sheet and remembers how far right and down a value stands."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._at = self._far = (0, 0)

    @property
    def cells(self) -> int:
        return self._far[0] * self._far[1]

    def entity(self, *_: object) -> None:
        raise Refusal("files.bomb")

    def element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self._at = (int(attributes.get("r", self._at[0] + 1)), 0)
        elif kind == "c":
            self._at = self._place(attributes.get("r"))
        elif kind in {"v", "is", "f"}:
            self._far = max(self._far[0], self._at[0]), max(self._far[1], self._at[1])
            if self.cells > self._limit:
                raise Refusal("files.too_many_cells", limit=MAX_CELLS)

    def _place(self, reference: str | None) -> tuple[int, int]:
        if reference is None:
            return self._at[0], self._at[1] + 1
        letters = reference.rstrip("0123456789")
        column = 0
        for letter in letters.upper():
            column = column * 26 + ord(letter) - 64
        return int(reference[len(letters) :]), column
