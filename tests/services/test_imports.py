"""Rows of a workbook are found under their headings, whatever stands around them."""

from dataclasses import dataclass
from typing import Any

from services.imports import HEADING_ROWS, find_table, lines_below

HEADINGS = {"社区": "community", "小区": "estate", "单元数(个)": "entrances"}
BOTH = frozenset({"community", "estate"})


@dataclass(frozen=True)
class Row:
    number: int
    cells: tuple[Any, ...]


def rows(*lines: tuple[Any, ...]) -> list[Row]:
    return [Row(number, cells) for number, cells in enumerate(lines, start=1)]


def test_columns_stand_in_any_order_below_a_title() -> None:
    table = find_table(
        rows(("一览表",), ("小区", "谁", "社区"), ("湖滨", 1, "东湖")), HEADINGS, BOTH
    )
    assert table is not None
    assert table.columns == {"estate": 0, "community": 2}
    assert [table.cells(row) for row in table.rows] == [{"estate": "湖滨", "community": "东湖"}]


def test_a_blank_or_a_full_width_bracket_makes_no_other_heading() -> None:
    table = find_table(rows((" 社 区", "小区\n", "单元数（个）")), HEADINGS, BOTH)
    assert table is not None
    assert table.columns.keys() == {"community", "estate", "entrances"}


def test_of_a_heading_that_stands_twice_the_first_counts() -> None:
    table = find_table(rows(("社区", "小区", "社区"), ("东湖", "湖滨", "西峡")), HEADINGS, BOTH)
    assert table is not None
    assert table.cells(table.rows[0])["community"] == "东湖"


def test_blanks_and_short_rows_say_nothing() -> None:
    found = list(lines_below([rows(("社区", "小区"), ("东湖",), (None, "湖滨"))], HEADINGS, BOTH))
    assert found == [(2, {"community": "东湖"}), (3, {"estate": "湖滨"})]


def test_without_the_headings_near_the_top_there_is_no_table() -> None:
    far = [("注",)] * HEADING_ROWS + [("社区", "小区")]
    assert find_table(rows(*far), HEADINGS, BOTH) is None
    assert find_table(rows(("社区", None, 3)), HEADINGS, BOTH) is None
    assert list(lines_below([rows(*far), []], HEADINGS, BOTH)) == []
