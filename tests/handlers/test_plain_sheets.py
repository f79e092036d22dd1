"""Rows written whole: every reader gets back what was put in, and nothing of it is markup."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.files import workbooks
from handlers.files.plain_sheets import Cell, PlainSheet
from handlers.files.workbooks import Column, Sheet
from services import cells

MARKUP = (
    '<r><t>1</t></r></is></c><c r="C2"><f>1+1</f><v>2</v></c><c r="D2" t="inlineStr"><is><r></r>'
)
DANGEROUS = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝1", " =1", "－1"]
# \r is another character for XML, and beyond these are the control characters that Excel escapes
WRITABLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
)


def _book(rows: Sequence[Sequence[Cell]]) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        quoted = book.add_format({"quote_prefix": True})
        page = book.add_worksheet("a", PlainSheet)
        page.write_string(0, 0, "heading")
        page.write_rows(1, rows, quoted)
        book.add_worksheet("b").write_string(0, 0, "after")
    return file.getvalue()


def _page(rows: Sequence[Sequence[Cell]]) -> Any:
    return openpyxl.load_workbook(BytesIO(_book(rows)))["a"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(WRITABLE.filter(lambda text: "_x" not in text), max_size=4), max_size=4))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    page = _page(rows)
    assert page["A1"].value == "heading"
    for down, row in enumerate(rows, 2):
        for at, text in enumerate(row, 1):
            known = f" {text}" if text.startswith("<r>") and text.endswith("</r>") else text
            assert (page.cell(down, at).value or "") == known
            assert page.cell(down, at).data_type in "sn"


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_looks_like_a_formula_is_quoted_text(text: str) -> None:
    cell = _page([[1, text, "plain"]])["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert not _page([[1, text, "plain"]])["C2"].quotePrefix


def test_numbers_are_numbers_as_far_as_excel_holds_them() -> None:
    rows: list[list[Cell]] = [[0, 7, -2.5, 0.1, None, "", 10**18, float("nan"), float("inf"), "x"]]
    values = [cell.value for cell in _page(rows)[2]]
    assert values == [0, 7, -2.5, 0.1, None, None, str(10**18), None, None, "x"]


def test_wide_and_many_rows_keep_their_places() -> None:
    rows = [[f"{down}.{at}" for at in range(60)] for down in range(300)]
    page = python_calamine.load_workbook(BytesIO(_book(rows))).get_sheet_by_name("a")
    assert page.to_python()[1:] == rows
    assert _page(rows).dimensions == "A1:BH301"


def test_text_beyond_a_cell_is_cut_as_excel_counts_it() -> None:
    [wide, plain] = [cell.value for cell in _page([["😀" * 20_000, "长" * 40_000]])[2]]
    assert len(wide.encode("utf-16-le")) // 2 <= cells.LONGEST_TEXT
    assert len(plain) == cells.LONGEST_TEXT


def test_no_text_is_taken_for_markup() -> None:
    """XlsxWriter writes a string from <r> to </r> as it is."""
    sheet = Sheet(name="a", columns=[Column(heading=MARKUP)], rows=[[MARKUP]], title=MARKUP)
    for content, place in ((_book([[MARKUP]]), "A2"), (workbooks.write_workbook([sheet]), "A3")):
        page = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
        assert page[place].value == f" {MARKUP}"
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
