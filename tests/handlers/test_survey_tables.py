"""Exports are read back by other programs' readers; no cell is ever a formula."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pyreadstat
import python_calamine

from handlers.files.survey_tables import as_csv, as_sav, as_xlsx
from services.forms.documents import Kind
from services.surveys.exports import Table, Variable, row_of

LONG = "很长的话" * 300
VARIABLES = (
    Variable("sat", "您满意吗?", Kind.CHOOSE_ONE, {"good": "满意", "bad": "不满意"}),
    Variable("why", "哪些方面?", Kind.CHOOSE_SEVERAL, {"road": "路", "lamp": "灯"}),
    Variable("why_road", "哪些方面?: 路", Kind.INTEGER, of="why", option="road"),
    Variable("why_lamp", "哪些方面?: 灯", Kind.INTEGER, of="why", option="lamp"),
    Variable("age", "年龄", Kind.INTEGER),
    Variable("words", "想说的话", Kind.TEXT),
)
ANSWERS = (
    {"sat": "good", "why": ["road", "lamp"], "age": 70, "words": "=1+1"},
    {"group/sat": "bad", "why": ["lamp"], "age": None, "words": LONG},
    {"sat": "good", "words": "@cmd"},
)


def _table() -> Table:
    rows = tuple(row_of(VARIABLES, answer) for answer in ANSWERS)
    return Table("问卷", VARIABLES, rows, ("东湖", "", "东湖"), (None,) * 3, (False, True, False))


def test_ticks_are_columns_of_0_and_1_and_blank_where_not_asked() -> None:
    rows = _table().rows
    assert [row[2:4] for row in rows] == [(1, 1), (0, 1), (None, None)]
    assert rows[1][0] == "bad"  # a question in a group is found by its name


def test_the_workbook_reads_back_and_holds_no_formula() -> None:
    content = as_xlsx(_table())
    book = python_calamine.load_workbook(BytesIO(content))
    assert book.sheet_names == ["文字", "代码", "编码表", "统计图"]
    labels = book.get_sheet_by_name("文字").to_python()
    assert labels[1][2] == "满意"
    assert labels[1][-1] == "=1+1"
    assert labels[2][-1] == LONG
    assert book.get_sheet_by_name("代码").to_python()[1][2] == "good"
    with ZipFile(BytesIO(content)) as parts:
        sheets = [parts.read(n) for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        assert all(b"<f>" not in sheet and b"<f " not in sheet for sheet in sheets)
        assert any(name.startswith("xl/charts/chart") for name in parts.namelist())


def test_a_title_of_a_chart_is_no_formula() -> None:
    asked = Variable("q", "=cmd|'/C calc'!A0", Kind.CHOOSE_ONE, {"a": "甲"})
    rows = (row_of((asked,), {"q": "a"}),)
    content = as_xlsx(Table("问卷", (asked,), rows, ("东湖",), (None,), (False,)))
    with ZipFile(BytesIO(content)) as parts:
        chart = parts.read("xl/charts/chart1.xml").decode()
    assert "cmd|" in chart
    assert "<c:f>cmd" not in chart


def test_csv_has_the_mark_and_disarms_formulas() -> None:
    content = as_csv(_table())
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'@cmd" in text


def test_spss_reads_back_with_labels_and_long_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(as_sav(_table()))
    data, meta = pyreadstat.read_sav(str(path), output_format="dict")
    assert list(data["sat"]) == [1.0, 2.0, 1.0]
    assert meta.variable_value_labels["sat"] == {1.0: "满意", 2.0: "不满意"}
    assert meta.column_names_to_labels["words"] == "想说的话"
    assert list(data["words"]) == ["=1+1", LONG, "@cmd"]
    assert data["age"][0] == 70.0
    assert data["why_lamp"][1] == 1.0
    assert list(data["community"]) == ["东湖", "", "东湖"]
