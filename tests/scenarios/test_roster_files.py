"""The roster comes in by a workbook in the chat: checked first, entered on a press, never half."""

import pytest
from sqlalchemy import select

from db.models.people import AuditEntry
from db.stores import volunteers as rows
from handlers.files.workbooks import Column, Sheet, write_workbook
from services.permissions import Role
from tests.telegram import File, Somebody, Town

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("序号", "姓名", "性别", "所属社区", "志愿者编号", "服务类别", "服务时长", "联系电话")


def workbook(*people: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> File:
    columns = [Column(heading=one) for one in headings]
    content = write_workbook([Sheet(name="花名册", columns=columns, rows=list(people))])  # type: ignore[arg-type]  # tuples of cells
    return File(content, "志愿者.xlsx", XLSX)


LIN = (1, "林秀英", "女", "东湖社区", "V24-0007", "法律援助、科普", 12.5, "138 1234 5678")
WANG = (2, "王建国", "男", "东湖社区", None, "环保创卫", 0, None)


async def counted(town: Town) -> int:
    async with town.database.read() as session:
        return (await rows.counts(session, None)).get("active", 0)


async def opens(town: Town) -> Somebody:
    street = await town.person("街道老周", Role.STREET_STAFF)
    await street.presses("vq:home")
    await street.taps("导入花名册")
    street.sees("请把花名册", buttons=["要一份模板", "返回"])
    return street


async def test_a_roster_is_checked_then_entered_once(town: Town) -> None:
    street = await opens(town)
    await street.sends(workbook(LIN, WANG))
    shown = street.sees("2 人", "2 人是新的", buttons=["导入", "不导入"])
    assert await counted(town) == 0
    await street.taps("导入")
    street.sees("新加 2 人")
    assert await counted(town) == 2
    await street.taps("导入", on=shown)
    assert "不能用了" in street.toasts[-1]
    assert await counted(town) == 2
    await street.presses("roster:ask")
    await street.sends(workbook(LIN, WANG))
    street.sees("0 人是新的,2 人名册里已有")
    async with town.database.read() as session:
        log = (await session.scalars(select(AuditEntry))).all()
    assert [one.details for one in log if one.act == "volunteer:import"] == [{"count": 2}]


async def test_wrong_rows_are_told_and_nobody_is_entered(town: Town) -> None:
    street = await opens(town)
    wrong = (3, "<b>张</b>三", "女", "没有的社区", None, "跳舞", "很多", "12345")
    await street.sends(workbook(LIN, wrong))
    street.sees("4 处要改,一个人也没有导入", "第 3 行", "没有的社区", buttons=["改好再发"])
    assert "12345" not in street.screen[-1].text
    await street.presses("roster:enter")
    street.sees("处不对,一个人也没有导入")
    assert await counted(town) == 0


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a workbook", b"", b"<html></html>"])
async def test_a_file_that_is_no_workbook_gets_an_answer(town: Town, content: bytes) -> None:
    street = await opens(town)
    await street.sends(File(content or b" ", "志愿者.xlsx", XLSX))
    assert street.screen[-1].text
    assert "正在逐行检查" not in street.screen[-1].text
    assert await counted(town) == 0


async def test_the_template_comes_and_what_was_exported_can_come_back(town: Town) -> None:
    street = await opens(town)
    await street.taps("要一份模板")
    template = street.sees("空的花名册").file
    assert template
    await street.sends(workbook(LIN))
    await street.taps("导入")
    await street.presses("vq:file:0:1")
    exported = street.sees("志愿者花名册").file
    assert exported
    await street.presses("roster:ask")
    await street.sends(File(exported, "花名册.xlsx", XLSX))
    street.sees("1 人,都没有问题", "0 人是新的")


async def test_a_file_is_only_taken_when_asked_for_and_by_whom_it_concerns(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    street = await town.person("街道老周", Role.STREET_STAFF)
    await staff.presses("roster:ask")
    assert "有权限" in staff.toasts[-1]
    await street.sends(workbook(LIN))
    assert "表里" not in street.transcript()
    await street.presses("roster:ask")
    await street.presses("roster:drop")
    street.sees("没有导入")
    await street.sends(workbook(LIN))
    assert "表里" not in street.transcript()
