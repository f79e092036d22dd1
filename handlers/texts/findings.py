"""What the check of a workbook found, in words: for the command line and for staff in chat."""

from collections import defaultdict
from collections.abc import Mapping

from handlers.texts import catalogue, known


def sentence(code: str, sheet: str, row: int, params: Mapping[str, object]) -> str:
    """A finding as plain text (not escaped), with the sheet and the row it is about."""
    key = code if known(code) else "form_check.pyxform"
    filled = defaultdict(str, {name: str(value) for name, value in params.items()})
    text = catalogue()[key].format_map(filled)
    where = "at_row" if row else "at_sheet" if sheet else "anywhere"
    return catalogue()[f"form_check.{where}"].format(sheet=sheet, row=row, text=text)
