"""Every bad workbook gets a clear answer in chat and nothing of it is kept; odd good ones work."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest

from db.stores import surveys
from services.forms.xlsforms.importing import MOST_QUESTIONS
from services.permissions import Role
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import published
from tests.services.forms.workbooks import Rows, xlsx
from tests.telegram import File, Somebody, Town

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = ["type", "name", "label", "relevant"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def form(*rows: list[object], **more: Rows) -> bytes:
    return xlsx(survey=[HEAD, *rows], **more)


def many(count: int) -> bytes:
    rows: list[list[object]] = [["text", f"q{n}", f"Q{n}"] for n in range(count)]
    return form(*rows)


def good() -> bytes:
    return form(["text", "a", "您怎么看?"])


def torn() -> bytes:
    return good()[:-700]


def with_password() -> bytes:
    """As Excel writes it: a compound file that holds an encrypted package."""
    return OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512


def sealed_zip() -> bytes:
    """An archive whose parts say that they have a password."""
    content = bytearray(good())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            [flags] = struct.unpack_from("<H", content, at + offset)
            struct.pack_into("<H", content, at + offset, flags | 1)
            at = content.find(signature, at + 4)
    return bytes(content)


def bomb(declared: int | None = None) -> bytes:
    """200 MB of nothing as the sheet; `declared`: what the archive says of its size."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(good())) as real, zipfile.ZipFile(
        written, "w", zipfile.ZIP_DEFLATED
    ) as parts:  # fmt: skip
        for name in real.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            parts.writestr(name, b" " * 200_000_000 if is_sheet else real.read(name))
    content = bytearray(written.getvalue())
    if declared is not None:
        for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            at = content.find(signature)
            while at >= 0:
                if struct.unpack_from("<I", content, at + offset) == (200_000_000,):
                    struct.pack_into("<I", content, at + offset, declared)
                at = content.find(signature, at + 4)
    return bytes(content)


def with_formula() -> bytes:
    book = openpyxl.load_workbook(BytesIO(good()))
    book["survey"]["C2"] = "=A1&A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "是空的"),
    ("not a workbook", lambda: b"%PDF-1.7", "不是 Excel 表格"),
    ("corrupt", torn, "可能坏了"),
    ("password", with_password, "打开密码"),
    ("password of the archive", sealed_zip, "打开密码"),
    ("bomb", bomb, "没有打开它"),
    ("bomb that lies", lambda: bomb(4000), "可能坏了"),
    ("formula", with_formula, "第 2 行"),
    ("duplicate names", lambda: form(["text", "a", "A"], ["text", "a", "B"]), "“a”用了两次"),
    ("cycle", lambda: form(["text", "a", "A", "${b} = '1'"], ["text", "b", "B", "${a} = '1'"]),
     "成了一个圈"),
    ("600 questions", lambda: many(MOST_QUESTIONS + 1), "要少于 600 题"),
    ("long label", lambda: form(["text", "a", "很长" * 2050]), "一条消息放不下"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "made", "said"), BAD, ids=[name for name, _, _ in BAD])
async def test_a_bad_workbook_is_explained_and_leaves_nothing(
    town: Town, name: str, made: Callable[[], bytes], said: str
) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    async with town.database.read() as session:
        before = {one.id for one in await surveys.all_of(session)}
    await staff.sends(File(made(), f"{name}.xlsx", XLSX))
    staff.sees("还不能用", said, "什么都没有存")
    async with town.database.read() as session:
        assert {one.id for one in await surveys.all_of(session)} == before


def with_merged_cells() -> bytes:
    book = openpyxl.load_workbook(BytesIO(form(["text", "a", "您怎么看?"])))
    book["survey"].merge_cells("C2:D2")
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def with_blank_rows() -> bytes:
    book = openpyxl.load_workbook(BytesIO(good()))
    yellow = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    for row in range(3, 10_003):
        book["survey"].cell(row, 1).fill = yellow
    written = BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (with_merged_cells, "合并的格子"),
        (with_blank_rows, "草稿"),
        (lambda: many(MOST_QUESTIONS), "草稿"),
    ],
)
async def test_an_odd_workbook_is_taken_with_a_warning_where_one_is_due(
    town: Town, made: Callable[[], bytes], said: str
) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends(File(made(), "问卷.xlsx", XLSX))
    staff.sees(said, "已存好,居民还看不到")
    await staff.taps("试填")
    staff.sees("第 1/")


async def answering(town: Town, *questions: dict[str, object]) -> Somebody:
    document = {"name": "odd", "title": "怪问卷", "question": list(questions)}
    survey_id = await published(town, Publication(anonymous=False, once=True), document)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(f"/start svy_{survey_id}")
    await wang.taps("开始答")
    return wang


async def test_two_hundred_choices_are_paged_and_found_by_typing(town: Town) -> None:
    names = [f"{street}{number}号" for street in ("东湖路", "桥头街") for number in range(1, 101)]
    choices = [[f"c{at}", label] for at, label in enumerate(names)]
    wang = await answering(
        town,
        {"name": "where", "kind": "choose_one", "label": "您住哪里?", "required": True,
         "choices": choices},
        {"name": "again", "kind": "choose_several", "label": "常去哪里?", "choices": choices},
    )  # fmt: skip
    shown = wang.sees("您住哪里?", "200", buttons=["东湖路1号", "东湖路6号"])
    assert "东湖路7号" not in shown.buttons
    await wang.taps("下一页")
    wang.sees("您住哪里?", buttons=["东湖路7号", "东湖路12号", "上一页"])
    await wang.sends("桥头街７７号")
    wang.sees_somewhere("桥头街77号")
    wang.sees("常去哪里?")
    for _ in range(33):
        await wang.taps("下一页")
    wang.sees("常去哪里?", buttons=["桥头街100号"])
    await wang.taps("桥头街100号")
    wang.sees("常去哪里?", buttons=["☑ 桥头街100号"])  # still on the last page
    await wang.taps("选好了")
    wang.sees("桥头街77号", "桥头街100号")


async def test_part_of_a_name_narrows_the_choices_down(town: Town) -> None:
    choices = [[f"c{at}", f"{at}号楼"] for at in range(1, 151)] + [["x", "活动中心"]]
    question = {"name": "where", "kind": "choose_one", "label": "在哪里?", "required": True,
                "choices": choices}  # fmt: skip
    wang = await answering(town, question)
    await wang.sends("活动")
    wang.sees("活动中心")


async def test_the_longest_label_with_a_long_hint_reaches_the_person_whole(town: Town) -> None:
    wang = await answering(
        town,
        {"name": "long", "kind": "choose_one", "label": "问" * 3500, "hint": "🙂" * 1500,
         "required": True, "choices": [["y", "是" * 200], ["n", "否"]]},
    )  # fmt: skip
    told = "".join(shown.text for shown in wang.screen)
    assert told.count("问" * 1000) >= 3
    assert told.count("🙂") == 1500
    assert "是" * 200 in told
    await wang.taps("2")
    await wang.taps("交上去")
    wang.sees_somewhere("谢谢您")
