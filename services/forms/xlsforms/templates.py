"""The workbook in Chinese that staff start from when they write a questionnaire."""

import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from services.forms.xlsforms.aliases import WORDS
from services.forms.xlsforms.exporting import write_workbook

_CONTENT = Path(__file__).parent / "template.toml"
_LISTS = ("select_one", "select_multiple", "rank")


def template() -> bytes:
    """An .xlsx file: a short questionnaire that passes the check, and a page of help."""
    content: dict[str, Any] = tomllib.loads(_CONTENT.read_text("utf-8"))
    sheets = {name: content[name] for name in ("survey", "choices", "settings")}
    book = load_workbook(BytesIO(write_workbook(sheets, chinese=True)))
    survey = book.worksheets[0]
    _offer_types(survey)
    _help(book.create_sheet(content["help"]["sheet"]), content["help"]["lines"])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _offer_types(survey: Any) -> None:
    """A drop-down of the types; others may be typed, as those with a list's name are."""
    names = [names[0] for key, names in WORDS["types"].items() if key not in _LISTS]
    listed = ",".join(names)[:255].rpartition(",")[0]
    offer = DataValidation(type="list", formula1=f'"{listed}"', showErrorMessage=False)
    survey.add_data_validation(offer)
    offer.add("A2:A500")


def _help(sheet: Any, lines: list[list[str]]) -> None:
    for line in lines:
        sheet.append(line)
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 90
    for row in sheet.iter_rows():
        row[0].font = Font(bold=True)
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
