"""Workbooks that staff send: good ones in Chinese, and every kind of bad one."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from services.forms.checks import Report, check
from services.forms.documents import Kind
from services.forms.fillings import current
from services.forms.handwritten import from_mapping
from services.forms.xlsforms.aliases import WORDS
from services.forms.xlsforms.exporting import export, write_workbook
from services.forms.xlsforms.importing import MOST_QUESTIONS
from services.forms.xlsforms.templates import template
from tests.services.forms.forms import press, start
from tests.services.forms.workbooks import Rows, xlsx, xlsx_of

HEAD = ["type", "name", "label"]
LIST: Rows = [["list_name", "name", "label"], ["l", "a", "A"], ["l", "b", "B"]]


def survey(*rows: list[object], head: list[str] | None = None, **more: Rows) -> Report:
    return check(xlsx(survey=[head or HEAD, *rows], **more))


def found(report: Report) -> list[tuple[str, int]]:
    return [(one.code.removeprefix("form_check."), one.row) for one in report.errors]


def test_chinese_sheets_columns_and_types_work() -> None:
    report = check(
        xlsx_of(
            {
                "问卷": [
                    ["类型", "名称", "标签", "必填", "显示条件", "参数", "标签::英文"],
                    ["单选 满意度 或其他", "卫生", "卫生怎么样?", "是", None, "随机=是", "Clean?"],
                    ["多选 满意度", "哪些", "哪些?", "否", "${卫生} = '1'", None, None],
                    ["评分", "打分", "几分?", None, None, "从=1 到=10 步长=1", None],
                    ["开始组", "家", "您家", None, None, None, None],
                    ["整数", "人数", "几口人?", None, None, None, None],
                    ["结束组", None, None, None, None, None, None],
                ],
                "选项": [
                    ["列表", "名称", "标签"],
                    ["满意度", "1", "满意"],
                    ["满意度", "2", "一般"],
                ],
                "设置": [["问卷标题", "问卷编号"], ["小问卷", "q1"]],
            }
        )
    )
    assert report.errors == ()
    document = report.document
    assert document is not None
    assert (document.name, document.title.said()) == ("q1", "小问卷")
    kinds = [(question.name, question.kind) for question in document.questions()]
    assert kinds == [
        ("卫生", Kind.CHOOSE_ONE), ("卫生_other", Kind.TEXT), ("哪些", Kind.CHOOSE_SEVERAL),
        ("打分", Kind.SCALE), ("人数", Kind.INTEGER),
    ]  # fmt: skip
    other = document.lists["满意度"][-1]
    assert (other.name, other.label.said()) == ("other", WORDS["or_other"]["choice"])
    first = next(document.questions())
    assert (first.required, first.parameters["randomize"]) == ("true()", True)
    assert first.label.said("英文") == "Clean?"


def test_the_template_passes_and_comes_back_from_its_export() -> None:
    report = check(template())
    assert (report.errors, report.warnings) == ((), ())
    assert report.document is not None
    for chinese in (True, False):
        assert check(export(report.document, chinese=chinese)).document == report.document


def test_an_export_has_no_formula_and_keeps_what_looks_like_one() -> None:
    evil = {"name": "x", "kind": "text", "label": '=HYPERLINK("http://x","y")', "hint": "@SUM(1)"}
    content = export(from_mapping({"name": "=1+1", "question": [evil]}))
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(cell.value == evil["label"] for cell in cells)


def test_feature_forms_export_too() -> None:
    several = {"name": "s", "kind": "choose_several", "label": "?", "at_most": 2,
               "choices": [["a", "A"], ["b", "B"], ["c", "C"]]}  # fmt: skip
    place = {"name": "p", "kind": "place", "label": "?"}
    document = check(export(from_mapping({"name": "f", "question": [several, place]}))).document
    assert document is not None
    first, second = document.questions()
    assert first.constraint == "count-selected(.) <= 2"
    assert second.kind is Kind.TEXT


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["text", None, "A"], "no_name"),
        ([None, "a", "A"], "no_type"),
        (["text", "a b", "A"], "bad_name"),
        (["text", "1a", "A"], "bad_name"),
        (["nonsense", "a", "A"], "unknown_type"),
        (["select_one nope", "a", "A"], "unknown_list"),
        (["geotrace", "a", "A"], "refused_type"),
        (["geoshape", "a", "A"], "refused_type"),
        (["select_one_from_file a.csv", "a", "A"], "external"),
        (["csv-external", "a", "A"], "external"),
        (["calculate", "a", None], "no_calculation"),
        (["begin_group", "g", "G"], "group_open"),
        (["end_group", None, None], "group_end"),
        (["text", "a", "A ${nope}"], "reference"),
        (["text", "a", "x" * 3600], "label_too_long"),
        (["range", "a", "A ${"], "bad_reference"),
    ],
)
def test_a_wrong_row_is_named(row: list[object], code: str) -> None:
    report = survey(["text", "ok", "OK"], row, choices=LIST)
    assert (code, 3) in found(report), report.errors
    assert report.document is None


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("relevant", "${ok} > > 3", "unexpected"),
        ("relevant", "foo(${ok})", "unknown_function"),
        ("relevant", "ok > 3", "path"),
        ("constraint", ". ＞ 3", "sign_instead"),
        ("constraint", "if(. > 3， true(), false())", "sign_instead"),
        ("constraint", ". == 3", "sign_instead"),
        ("constraint", "(. > 3", "unfinished"),
        ("constraint", "regex(., '[a-')", "regex"),
        ("constraint", "(" * 200 + ".", "too_deep"),
        ("calculation", "pulldata('f', 'a', 'b', ${ok})", "refused_function"),
        ("calculation", "substr(${ok})", "arguments"),
        ("calculation", "instance('nope')/root/item/label", "unknown_list"),
        ("calculation", "format-date(${ok}, '%Q')", "date_format"),
        ("calculation", "date('2026-02-31')", "date"),
        ("relevant", "${a} = ''", "cycle"),
        ("choice_filter", "k = = 1", "unexpected"),
        ("required", "${ok} >", "unfinished"),
        ("relevant", "jr:choice-name(${ok}, '${ok}') = 'x'", "no_choices"),
        ("relevant", "count(3) > 1", "needs_nodes"),
    ],
)
def test_a_wrong_expression_is_named_with_its_row(column: str, written: str, code: str) -> None:
    head = [*HEAD, column]
    report = survey(["text", "ok", "OK"], ["select_one l", "a", "A", written], head=head,
                    choices=LIST)  # fmt: skip
    assert found(report) == [(f"expression.{code}", 3)], report.errors


def test_every_wrong_expression_is_named_at_once() -> None:
    head = [*HEAD, "relevant"]
    rows: list[list[object]] = [["text", f"q{i}", "?", f"1 + ({i}"] for i in range(5)]
    assert len(survey(["text", "ok", "OK"], *rows, head=head).errors) == 5


def test_duplicates() -> None:
    twice = survey(["text", "a", "A"], ["text", "a", "B"])
    assert found(twice) == [("name_twice", 3)]
    choices = [*LIST, ["l", "a", "again"]]
    same = survey(["select_one l", "a", "A"], choices=choices)
    assert found(same) == [("choice_twice", 4)]
    columns = survey(["text", "a", "A", "B"], head=[*HEAD, "label"])
    assert found(columns) == [("column_twice", 1)]
    groups = survey(
        ["begin_group", "g", "G"], ["text", "a", "A"], ["end_group"],
        ["begin_group", "h", "H"], ["text", "a", "A ${a}"], ["end_group"],
    )  # fmt: skip
    assert found(groups) == [("reference_twice", 6)]


def test_entities_and_external_sheets_are_refused() -> None:
    more = survey(["text", "a", "A"], entities=[["dataset", "label"], ["x", "y"]])
    assert ("entities", 1) in found(more)
    outside = survey(["text", "a", "A"], external_choices=[["list_name", "name"], ["x", "y"]])
    assert ("external", 1) in found(outside)


def test_no_survey_no_header_no_question() -> None:
    assert found(check(xlsx(a=[["x"]], b=[["y"]]))) == [("no_survey", 0)]
    assert "missing_column" in dict(found(check(xlsx(survey=[["a", "b"], ["text", "x"]]))))
    assert found(survey(["calculate", "a", None, "1 + 1"], head=[*HEAD, "calculation"])) == [
        ("no_questions", 0)
    ]
    assert check(xlsx(survey=[])).errors


def test_ten_thousand_blank_styled_rows_are_passed_over() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        styled = book.add_format({"bg_color": "yellow"})
        sheet = book.add_worksheet("survey")
        for at, cell in enumerate(HEAD):
            sheet.write_string(0, at, cell)
        for at, cell in enumerate(["text", "a", "A"]):
            sheet.write_string(1, at, cell)
        for row in range(2, 10_002):
            for column in range(10):
                sheet.write_blank(row, column, None, styled)
    report = check(written.getvalue())
    assert report.ok


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet("survey")
        for at, cell in enumerate(HEAD):
            sheet.write_string(0, at, cell)
        sheet.write_string(1, 0, "text")
        sheet.write_string(1, 1, "a")
        sheet.write_string(1, 2, "A")
        sheet.write_string(1_048_575, 16_383, "x")
    assert check(written.getvalue()).ok


def test_merged_cells_and_formulas_are_mentioned() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in (HEAD, ["text", "a", "A"], ["text", "b", "=1+1"]):
        sheet.append(row)
    sheet.merge_cells("C2:D2")
    written = io.BytesIO()
    book.save(written)
    report = check(written.getvalue())
    assert ("formula_blank", 3) in found(report)
    assert [one.code for one in report.warnings] == ["form_check.merged"]


def test_too_many_questions_and_two_hundred_choices() -> None:
    rows: list[list[object]] = [["text", f"q{i}", f"Q{i}"] for i in range(MOST_QUESTIONS + 1)]
    assert found(survey(*rows)) == [("too_many_questions", 0)]
    choices = [["list_name", "name", "label"], *[["l", f"c{i}", f"C {i}"] for i in range(200)]]
    report = survey(["select_one l", "a", "A"], choices=choices)
    assert report.document is not None
    assert len(report.document.lists["l"]) == 200


def _bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("xl/workbook.xml", b"\0" * 200_000_000)
    return written.getvalue()


def _cut() -> bytes:
    return xlsx(survey=[HEAD, ["text", "a", "A"]])[:-900]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: b"", "empty_file"),
        (lambda: b"%PDF-1.7 hello", "not_a_workbook"),
        (lambda: b"type,name,label\ntext,a,A\n", "not_a_workbook"),
        (_cut, "corrupt"),
        (_bomb, "unpacked_too_large"),
        (lambda: b"PK\x03\x04" + b"x" * 5000, "corrupt"),
        (lambda: b"PK\x03\x04" + b"x" * 11_000_000, "file_too_large"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000, "corrupt"),
        (
            lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
    ],
)
def test_a_file_that_is_no_workbook_gets_a_clear_answer(
    made: Callable[[], bytes], code: str, tmp_path: Path
) -> None:
    content = made()
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    assert found(check(content)) == found(check(path)) == [(code, 0)]


def test_warnings_do_not_stand_in_the_way() -> None:
    head = [*HEAD, "relevant", "media::image"]
    report = survey(
        ["date", "d", "D"], ["text", "a", "A", "${d} > '2026-11-01'", "x.png"], head=head
    )
    assert report.ok
    assert {one.code for one in report.warnings} == {"form_check.text_date", "form_check.media"}


def test_a_report_is_json() -> None:
    told = json.loads(json.dumps(survey(["text", "a b", "A"]).to_json()))
    assert told["ok"] is False
    assert told["errors"][0]["row"] == 2
    assert told["errors"][0]["sheet"] == "survey"


def test_choices_without_a_label_show_their_name() -> None:
    only = {"name": "x", "kind": "choose_one", "label": "?", "choices": [["red", ""]]}
    step = current(start(only))
    assert step is not None
    assert [option.label for option in step.options] == ["red"]
    assert current(press(start(only), "0")) is None


def test_a_label_that_looks_like_markup_of_a_cell_is_exported_as_text() -> None:
    """XlsxWriter takes <r>…</r> for its own XML: a live formula would come out of it."""
    label = "<r><t>x</t></r></si></sst><f>1+1</f><r></r>"
    written = write_workbook(
        {"survey": [{"type": "note", "name": "a", "label": label}]}, chinese=False
    )
    book = openpyxl.load_workbook(io.BytesIO(written))
    cell = book["survey"]["C2"]
    assert (cell.data_type, str(cell.value).strip()) == ("s", label)
