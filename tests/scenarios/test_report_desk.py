"""The desk beyond the straight way: duplicates, the district and the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.models.reports import Report, ReportFollower
from db.work import Work
from services import clock, deadlines, notice_hours
from services.notice_hours import Hours
from services.permissions import Actor, HeldRole, Role
from services.reports import reminders
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Somebody, Town

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def at(moment: datetime) -> None:
    """Make it that moment."""
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def tuesday_morning() -> None:
    at(TUESDAY)


async def everything(town: Town) -> list[Report]:
    async with town.database.read() as session:
        return list((await session.scalars(select(Report).order_by(Report.id))).all())


async def staffed(town: Town) -> tuple[Somebody, Somebody]:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    return staff, await town.person("王阿姨", community="donghu")


async def test_the_same_light_is_offered_counts_once_and_both_hear(town: Town) -> None:
    staff, wang = await staffed(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends("/report")
    for what in ("灯不亮", "楼道灯", "先不拍", "湖滨小区", "3栋", "2单元"):
        await zhou.taps(what)
    await zhou.sends("5")
    for what in ("跳过", "跳过"):
        await zhou.taps(what)
    first = await reports_a_light(wang)  # while 周叔 is still filling in
    assert "是不是" not in wang.screen[-1].text
    zhou.sees("请看一眼")
    await zhou.taps("交上去")
    zhou.sees_somewhere("记下了")
    offered = zhou.sees("是不是已经有人报过", "已提交", buttons=["就是这个"])
    assert offered.file
    await zhou.taps("就是这个")
    zhou.sees("一共 1 位")
    await zhou.taps("就是这个", on=offered)
    one, two = await everything(town)
    assert (two.state, two.master_id) == ("merged", one.id)
    async with town.database.read() as session:
        assert len((await session.scalars(select(ReportFollower))).all()) == 1
    await staff.sends("/reports")
    await staff.taps(first)
    await staff.taps("受理")
    zhou.sees("已经受理", first)
    wang.sees("已经受理", first)
    await staff.presses(f"rdesk:show:{two.id}")
    await staff.taps("拆开重办")
    assert (await everything(town))[1].state == "submitted"


async def test_another_floor_is_not_the_same_light(town: Town) -> None:
    _, wang = await staffed(town)
    zhou = await town.person("周叔", community="donghu")
    await reports_a_light(wang)
    await zhou.sends("/report")
    for what in ("灯不亮", "楼道灯", "先不拍", "湖滨小区", "3栋", "2单元"):
        await zhou.taps(what)
    await zhou.sends("2")
    for what in ("跳过", "跳过", "交上去"):
        await zhou.taps(what)
    zhou.sees("记下了")


async def test_staff_merge_by_number_and_a_wrong_number_is_told(town: Town) -> None:
    staff, wang = await staffed(town)
    zhou = await town.person("周叔", community="donghu")
    first = await reports_a_light(zhou)
    await wang.sends("/report")
    for what in ("垃圾", "垃圾、脏乱", "先不拍", "湖滨小区"):
        await wang.taps(what)
    await wang.sends("3栋旁边")
    await wang.taps("跳过")
    await wang.taps("交上去")
    second = (await everything(town))[1].number
    await staff.sends("/reports")
    await staff.taps(second)
    await staff.taps("更多")
    staff.sees(second, buttons=["并入另一件", "前面的", "返回"])
    await staff.taps("前面的")
    staff.sees(second, buttons=["受理", "派给", "更多"])
    await staff.taps("更多")
    await staff.taps("并入另一件")
    await staff.sends("东湖-26-9999")
    await staff.taps("交上去")
    staff.sees_toast("没有找到这个编号")
    await staff.taps("改一项")
    await staff.taps("并入哪一件")
    await staff.sends(first.replace("-", "－"))
    await staff.taps("交上去")
    staff.sees("已并入", first)
    wang.sees_somewhere("合在一起办")


async def test_the_clock_stands_still_while_asked_and_at_the_district(town: Town) -> None:
    staff, wang = await staffed(town)
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("受理")
    [row] = await everything(town)
    assert row.due_at == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    await staff.taps("更多")
    await staff.taps("报区里")
    await staff.sends("区-2026-77")
    await staff.taps("交上去")
    staff.sees("区-2026-77", "时限暂停")
    [row] = await everything(town)
    assert (row.state, row.outside_number, row.paused_at) == ("assigned", "区-2026-77", TUESDAY)
    at(TUESDAY + timedelta(days=7))
    await staff.presses(f"rdesk:to:{row.id}:in_progress")
    [row] = await everything(town)
    assert row.due_at == datetime(2026, 12, 8, 10, 0, tzinfo=UTC)


async def test_overdue_is_listed_told_to_the_leads_once_and_in_the_digest(town: Town) -> None:
    staff, wang = await staffed(town)
    number = await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("受理")
    at(datetime(2026, 12, 2, 2, 0, tzinfo=UTC))
    await staff.sends("/reports")
    await staff.taps("逾期和快到期")
    staff.sees("逾期和快到期", buttons=[number])
    for _ in range(2):
        async with town.database.write() as session:
            work = Work(session)
            await reminders.escalate(work)
            told = [n.code for n in work.notices]
    assert told == []
    async with town.database.write() as session:
        work = Work(session)
        await reminders.digest(work)
        own = await town.person_id(staff)
        told_staff = [(n.code, n.params["overdue"]) for n in work.notices if n.person_id == own]
        assert told_staff == [("report_desk.digest", 1)]


async def test_nobody_is_reminded_at_night_or_greeted_on_sunday(town: Town) -> None:
    staff, wang = await staffed(town)
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("受理")
    async with town.database.write() as session:
        await notice_hours.put(Work(session), Hours())
    for moment in (datetime(2026, 12, 2, 15, 0, tzinfo=UTC), datetime(2026, 12, 6, 1, tzinfo=UTC)):
        at(moment)
        async with town.database.write() as session:
            work = Work(session)
            await (reminders.escalate if moment.day == 2 else reminders.digest)(work)
            assert not work.notices


async def test_silence_is_asked_once_more_and_ends_after_seven_days(town: Town) -> None:
    staff, wang = await staffed(town)
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("请居民补充")
    await staff.sends("哪个单元?")
    await staff.taps("先不拍")
    await staff.taps("交上去")
    for days, state, code in ((3, "need_info", "reports.asked_again"), (4, "need_info", ""),
                              (8, "rejected", "reports.told.rejected")):  # fmt: skip
        at(TUESDAY + timedelta(days=days))
        async with town.database.write() as session:
            work = Work(session)
            await reminders.unanswered(work)
            assert [n.code for n in work.notices] == ([code] if code else [])
        assert (await everything(town))[0].state == state


async def test_a_promise_into_a_year_without_holidays_is_warned_about_once(town: Town) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    at(datetime(2026, 12, 28, 1, tzinfo=UTC))
    for expected in (1, 0):
        async with town.database.write() as session:
            work = Work(session)
            await reminders.digest(work)
            own = await town.person_id(admin)
            warned = [n for n in work.notices if n.person_id == own]
            assert [n.params.get("year") for n in warned if "calendar" in n.code] == (
                [2027] * expected
            )


async def test_the_office_edits_its_calendar(town: Town) -> None:
    async with town.database.write() as session:
        work = Work(session)
        calendar = await deadlines.calendar(work)
        assert calendar.knows(TUESDAY)
        assert not calendar.knows(datetime(2031, 1, 1, tzinfo=UTC))
        admin_day = clock.day("2026-11-25")
        admin = Actor(1, (HeldRole(Role.ADMIN),))
        await deadlines.set_day(work, admin, admin_day, working=False)
        calendar = await deadlines.calendar(work)
        assert calendar.after_days(TUESDAY, 1).day == 26
