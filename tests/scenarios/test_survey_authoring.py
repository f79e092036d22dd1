"""Staff write a questionnaire in Excel, try it, publish it; bad workbooks leave nothing behind."""

from db.stores import people
from services.forms.xlsforms.templates import template
from services.permissions import Role
from tests.telegram import File, Somebody, Town

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def drafted(town: Town) -> Somebody:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends(File(template(), "问卷.xlsx", XLSX))
    return staff


async def test_a_workbook_becomes_a_draft_that_can_be_tried_and_published(town: Town) -> None:
    staff = await drafted(town)
    staff.sees("草稿", buttons=["试填", "发布", "导出题目", "删掉草稿"])
    draft = staff.screen[-1]
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/survey")
    assert len(wang.screen[-1].buttons) == 3  # the two starters and the way back
    await staff.taps("试填", on=draft)
    staff.sees("第 1/")
    await staff.sends("/cancel")
    await staff.presses(draft.buttons["发布"], draft)
    await answers(staff, "不记名")
    staff.sees_toast("会认出人")  # the template asks for a photo
    await staff.taps("改一项")
    await staff.taps("记名")
    await staff.presses(staff.screen[-1].buttons["记名"])
    await staff.taps("交上去")
    staff.sees_somewhere("发布了", "start=svy_")
    await wang.sends("/survey")
    assert len(wang.screen[-1].buttons) == 4


async def answers(staff: Somebody, named: str) -> None:
    await staff.presses(staff.screen[-1].buttons[named])
    await staff.taps("每人一次")
    for _ in range(8):
        if any("交上去" in b for b in staff.screen[-1].buttons):
            break
        await staff.taps("跳过")
    await staff.taps("交上去")


async def test_bad_workbooks_are_explained_and_leave_nothing(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    for content in (b"", b"PK\x03\x04 torn", b"plain text", template()[:900]):
        await staff.sends(File(content, "问卷.xlsx", XLSX))
        staff.sees_somewhere("还不能用")
    await staff.sends("/surveys")
    assert "草稿" not in staff.screen[-1].text


async def test_residents_workbooks_are_not_imported(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(File(template(), "问卷.xlsx", XLSX))
    assert all("草稿" not in shown.text for shown in wang.screen)


async def test_a_workbook_of_the_same_name_can_become_a_new_version(town: Town) -> None:
    staff = await drafted(town)
    await staff.taps("发布")
    await answers(staff, "记名")
    await staff.sends(File(template(), "问卷.xlsx", XLSX))
    staff.sees("草稿")
    await staff.taps("作为《")
    staff.sees("换成新版本")


async def test_a_closed_questionnaire_opens_again_and_can_be_cloned(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.taps("社区生活")
    await staff.taps("结束")
    staff.sees("已结束")
    await staff.taps("开放")
    staff.sees("开放中")
    await staff.taps("更多")
    await staff.taps("照这份新建")
    staff.sees("草稿")


async def test_whoever_lost_the_right_meanwhile_makes_no_draft(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    town.jobs_run = False
    await staff.sends(File(template(), "问卷.xlsx", XLSX))
    async with town.database.write() as session:
        for row in await people.roles_of(session, await town.person_id(staff)):
            await people.revoke(session, row.id)
    town.jobs_run = True
    await town.work()
    staff.sees("权限")
