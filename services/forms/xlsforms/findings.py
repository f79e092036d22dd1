"""What is wrong with a workbook, or may be: a code, and the sheet, row and column it is in."""

from dataclasses import dataclass, field

Params = dict[str, str | int]


@dataclass(frozen=True)
class Finding:
    """`row` counts as in Excel, from 1; 0 and "" where there is no such place."""

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    params: Params = field(default_factory=dict, hash=False)
    warning: bool = False
    """Whether the form can be used all the same."""


class UnreadableError(Exception):
    """A file that cannot be read as a workbook at all."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.finding = Finding(code, params=params)
