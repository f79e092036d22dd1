"""A roster in Excel: every wrong cell is told by sheet and row, nothing is entered by halves."""

import pytest

from db.stores import volunteers
from db.work import Work
from handlers.files import rosters as files
from handlers.files.workbooks import Column, Sheet, write_workbook
from handlers.volunteers.desk import everybody
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Role
from services.volunteers import roster_files as rosters

HEADINGS = (
    "姓名",
    "性别",
    "所属社区",
    "志愿者编号",
    "服务类别",
    "服务时长",
    "联系电话",
    "加入时间",
    "出生年月",
)
GOOD = (
    "林秀英",
    "女",
    "东湖社区",
    "V24-0001",
    "环保创卫、群众文化",
    12.5,
    "１３８ 1234 5678",
    "2024-3-5",
    "1956-04",
)
BY = Actor(0, (HeldRole(Role.ADMIN),))


def book(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    columns = [Column(heading=one) for one in headings]
    return write_workbook([Sheet(name="花名册", columns=columns, rows=rows, title="2024 年")])  # type: ignore[arg-type]


async def read(work: Work, *rows: tuple[object, ...]) -> rosters.Reading:
    return rosters.read(files.lines_of(book(*rows)), await rosters.names_of_communities(work))


def changed(at: int, value: object) -> tuple[object, ...]:
    return (*GOOD[:at], value, *GOOD[at + 1 :])


@pytest.mark.parametrize(
    ("at", "value", "code"),
    [
        (0, "林", "bad_name"),
        (1, "不详", "bad_sex"),
        (2, "月球社区", "no_such_community"),
        (4, "环保创卫、做饭", "no_such_category"),
        (5, "很多", "bad_hours"),
        (6, "138123456789", "bad_phone"),
        (7, "去年", "bad_day"),
        (8, "1850", "bad_birth_year"),
    ],
)
async def test_a_wrong_cell_is_told_with_sheet_and_row(
    work: Work, at: int, value: object, code: str
) -> None:
    reading = await read(work, GOOD, changed(at, value))
    [problem] = [p for p in reading.problems if p.code == code]
    assert (problem.sheet, problem.row, problem.column) == ("花名册", 4, HEADINGS[at])
    words = files.sentence(problem)
    assert "第 4 行" in words
    assert "138123456789" not in words


async def test_nobody_is_entered_where_anything_is_wrong(work: Work) -> None:
    reading = await read(work, GOOD, changed(6, "12"))
    with pytest.raises(Refusal, match="has_problems"):
        await rosters.take_in(work, BY, reading)
    assert not await volunteers.numbers(work.session)


async def test_everybody_is_entered_once_and_comes_out_again(work: Work) -> None:
    other = ("=cmd|calc", "男", "西峡", None, "科普", None, None, None, None)
    reading = await read(work, GOOD, other)
    assert reading.ok
    assert await rosters.take_in(work, BY, reading) == 2
    assert await rosters.take_in(work, BY, reading) == 0
    again = rosters.read(
        files.lines_of(files.written(await everybody(work))),
        await rosters.names_of_communities(work),
    )
    first = next(e for e in again.entries if e.name == "林秀英")
    assert first.phone == "13812345678"
    assert first.half_hours == 25
    assert {e.name for e in again.entries} == {"林秀英", "=cmd|calc"}


async def test_doubles_are_told(work: Work) -> None:
    reading = await read(work, GOOD, GOOD)
    assert {p.code for p in reading.problems} == {"twice", "number_twice"}


async def test_a_sheet_without_headings_and_an_empty_one(work: Work) -> None:
    known = await rosters.names_of_communities(work)
    wrong = rosters.read(files.lines_of(book(("a",), headings=("x",))), known)
    assert [p.code for p in wrong.problems] == ["no_headings"]
    assert [p.code for p in rosters.read([], known).problems] == ["nobody"]
