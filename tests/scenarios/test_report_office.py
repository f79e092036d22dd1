"""What staff find, give out at once, set for the office; and what is told at which hour."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.models.queues import OutboxMessage
from db.models.reports import Report
from db.work import Work
from handlers.chat import Chat
from services import clock, notice_hours
from services.notice_hours import Hours
from services.permissions import Role
from services.reports import desk, reminders
from services.reports.desk import Draft
from tests.scenarios.test_report_handling import TUESDAY, at, cast, the_report, works_for
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Somebody, Town

NIGHT = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
"""Half past ten in the evening by the office's clock."""


@pytest.fixture(autouse=True)
def tuesday_morning() -> None:
    at(TUESDAY)


async def files(town: Town, who: Somebody, words: str, category: str = "garbage") -> None:
    """Somebody reports something at the lake, in one go."""
    draft = Draft(category, words, community_id=await town.community_id("donghu"), place="湖边")

    async def feature(chat: Chat) -> None:
        await desk.file(chat.work, chat.actor, draft)

    await town.turn_of(who, feature)


async def lights(town: Town, who: Somebody, count: int) -> None:
    for _ in range(count):
        await files(town, who, "不亮", "stairwell_light")


async def states(town: Town) -> list[str]:
    async with town.database.read() as session:
        rows = await session.scalars(select(Report).order_by(Report.id))
        return [row.state for row in rows]


async def test_staff_find_by_kind_and_words_and_give_out_several_in_one_press(town: Town) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await lights(town, wang, 2)
    await files(town, wang, "一堆旧沙发")
    await staff.sends("/reports")
    await staff.taps("更多")
    await staff.taps("查找")
    staff.sees("查找:全部", buttons=["0001", "0002", "0003"])
    await staff.taps("类别")
    await staff.taps("楼道灯")
    found = staff.sees("查找:楼道灯", buttons=["0001", "0002"])
    assert not any("0003" in label for label in found.buttons)
    await staff.taps("批量勾选")
    await staff.taps("☐ 东湖-26-0001")
    staff.sees("已勾 1 件", buttons=["☑ 东湖-26-0001"])
    await staff.presses("rdesk:find:tick:1:1-0")
    staff.sees("已勾 1 件")
    await staff.taps("☐ 东湖-26-0002")
    await staff.taps("派给…(2 件)")
    await staff.taps("东湖社区网格员")
    staff.sees_toast("2 件派出去了")
    assert await states(town) == ["assigned", "assigned", "submitted"]
    assert sum("派给您一件" in shown.text for shown in grid.screen) == 2
    await staff.presses(f"rdesk:find:give:{await town.person_id(grid)}")
    staff.sees_toast("已经派过")
    await staff.taps("清空条件")
    await staff.taps("找字")
    await staff.sends("旧沙发")
    assert "0003" in " ".join(staff.sees("“旧沙发”").buttons)
    await staff.taps("状态")
    await staff.taps("待核查")
    staff.sees("没有找到")


async def test_what_a_colleague_moved_on_is_left_where_it_is(town: Town) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    far = await town.person("西峡干部", Role.COMMUNITY_STAFF, community="xixia")
    wang = await town.person("王阿姨", community="donghu")
    await lights(town, wang, 2)
    for number in (1, 2):
        await staff.presses(f"rdesk:find:tick:{number}:1-0")
        await far.presses(f"rdesk:find:tick:{number}:1-0")
        far.sees_toast("没有")
    await staff.presses("rdesk:why:2:no_problem")
    await staff.presses(f"rdesk:find:give:{await town.person_id(grid)}")
    staff.sees_toast("这几件没派")
    assert await states(town) == ["assigned", "rejected"]
    await far.presses("rdesk:find")
    far.sees("没有找到")
    for who in (grid, wang):
        await who.presses("rdesk:find:tick:1:1-0")
        who.sees_toast("需要有权限")


async def test_several_go_to_a_body_at_once(town: Town) -> None:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    plumber = await town.person("物业小张")
    await works_for(town, plumber, "湖滨物业")
    wang = await town.person("王阿姨", community="donghu")
    await lights(town, wang, 2)
    for number in (1, 2):
        await staff.presses(f"rdesk:find:tick:{number}:1-0")
    await staff.taps("派给…(2 件)")
    await staff.taps("派给单位")
    await staff.taps("湖滨物业")
    await plumber.sends("/reports")
    plumber.sees("新派 2")


async def test_the_office_keeps_its_own_replies(town: Town) -> None:
    await gazetteer(town)
    street = await town.person("街道周", Role.STREET_STAFF)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await reports_a_light(wang)
    await street.sends("/reports")
    for what in ("更多", "设置", "常用语", "请居民补充", "加一条"):
        await street.taps(what)
    await street.sends("请问是几单元几楼? <b>")
    await street.taps("交上去")
    street.sees("请居民补充时的常用语", buttons=["请问是几单元几楼"])
    await staff.presses("rdesk:setup:new:need_info")
    staff.sees_toast("需要有权限")
    await staff.presses("rdesk:show:1")
    await staff.taps("请居民补充")
    await staff.taps("请问是几单元几楼")
    wang.sees("请问是几单元几楼? <b>", buttons=["补充情况"])
    await wang.taps("补充情况")
    await wang.sends("2单元5楼")
    await wang.taps("先不拍")
    await wang.taps("交上去")
    staff.sees("居民补充了情况", "2单元5楼")
    await street.taps("请问是几单元几楼")
    await street.taps("删掉")
    street.sees("还没有常用语")
    await street.presses("rdesk:setup:remove:1:need_info")
    await staff.presses("rdesk:reply:1:1::need_info")
    staff.sees_toast("没有")


async def test_the_office_keeps_its_calendar_in_chat(town: Town) -> None:
    street = await town.person("街道周", Role.STREET_STAFF)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses("rdesk:cal:known:2027")
    staff.sees_toast("需要有权限")
    await street.presses("rdesk:cal")
    street.sees("2026 年", "录好了", "放假 02-15 到 02-23", "上班 02-14", "2027 年")
    await street.taps("2027")
    street.sees("还没有录好")
    for label, first, last in (("加放假", "2月5日", "2月12日"), ("加周末上班", "2月14日", "")):
        await street.taps(label)
        await street.sends(first)
        if last:
            await street.sends(last)
        else:
            await street.taps("跳过")
        await street.taps("交上去")
    street.sees("放假 02-05 到 02-13", "上班 02-14")
    await street.taps("加放假")
    await street.sends("5月5日")
    await street.sends("5月1日")
    await street.taps("交上去")
    street.sees_toast("不能早于开始")
    await street.sends("/cancel")
    await street.taps("不填了")
    await street.presses("rdesk:cal:show:2027")
    await street.taps("这一年录好了")
    street.sees("这一年录好了,时限按它算")
    await street.taps("去掉一段")
    await street.taps("上班 02-14")
    assert "上班" not in street.sees("放假 02-05 到 02-14").text
    await street.presses("rdesk:cal:clear:2027:9999-0000")
    street.sees_toast("没有")


async def test_a_promise_across_spring_festival_into_an_unknown_year_is_warned_not_wrong(
    town: Town,
) -> None:
    await gazetteer(town)
    street = await town.person("街道周", Role.STREET_STAFF)
    wang = await town.person("王阿姨", community="donghu")
    at(datetime(2027, 2, 3, 2, 0, tzinfo=UTC))
    await lights(town, wang, 2)
    await street.presses("rdesk:to:1:filed")
    street.sees_toast("2027 年的放假安排还没有录好")
    guessed = (await the_report(town)).due_at
    assert guessed == datetime(2027, 2, 10, 10, 0, tzinfo=UTC), "by the weekdays alone"
    for label, first, last in (("free", "2月5日", "2月12日"), ("worked", "2月14日", "2月14日")):
        await street.presses(f"rdesk:cal:{label}:2027")
        await street.sends(first, last)
        await street.taps("交上去")
    await street.presses("rdesk:cal:known:2027")
    assert (await the_report(town)).due_at == guessed, "what was promised stays promised"
    await street.presses("rdesk:to:2:filed")
    street.sees_toast("现在是")
    async with town.database.read() as session:
        second = await session.get_one(Report, 2)
    assert second.due_at == datetime(2027, 2, 17, 10, 0, tzinfo=UTC)


# -- hours --------------------------------------------------------------------------------------


async def sleeps_at_night(town: Town) -> None:
    async with town.database.write() as session:
        await notice_hours.put(Work(session), Hours())


async def test_news_waits_for_the_morning_once_and_replies_do_not(town: Town) -> None:
    wang, grid, staff = await cast(town)
    await sleeps_at_night(town)
    at(NIGHT)
    seen = len(wang.screen)
    await grid.presses("rdesk:to:1:in_progress")
    grid.sees("处理中")
    await staff.presses("rdesk:words:1:filed")
    await staff.sends("改派物业")
    await staff.taps("先不拍")
    await staff.taps("交上去")
    staff.sees("已立案")
    await grid.presses("rdesk:to:1:in_progress")
    wang.sees_nothing_new(seen)
    at(NIGHT + timedelta(hours=9, minutes=29))
    await town.work()
    wang.sees_nothing_new(seen)
    at(NIGHT + timedelta(hours=9, minutes=31))
    await town.work()
    assert len(wang.screen) == seen + 1, "two times the same news is one"
    wang.sees("已经有人在处理了")


async def test_danger_is_told_at_any_hour_and_does_not_wait_behind_what_is_held(
    town: Town,
) -> None:
    _, grid, staff = await cast(town)
    await sleeps_at_night(town)
    at(NIGHT)
    wang = town.people[min(town.people)]
    seen = len(staff.screen)
    await files(town, wang, "有点味道")
    staff.sees_nothing_new(seen)
    await files(town, wang, "旁边电线掉下来了,有人触电")
    assert len(staff.screen) == seen + 1
    staff.sees("新上报")
    grid.sees("新上报")
    async with town.database.read() as session:
        held = await session.scalars(select(OutboxMessage).where(OutboxMessage.status == 0))
        assert sum(row.chat_id in (grid.id, staff.id) for row in held) == 2


async def test_the_morning_s_list_comes_once_at_the_hour_the_office_sets(town: Town) -> None:
    street = await town.person("街道周", Role.STREET_STAFF)
    _, _, staff = await cast(town)
    for what in ("rdesk:setup", "rdesk:setup:hours"):
        await street.presses(what)
    await street.taps("别的时间")
    await street.sends("23:10")
    await street.taps("交上去")
    street.sees_toast("6:00 到 12:00")
    await street.taps("改一项")
    await street.taps("早上几点")
    await street.sends("7:10")
    await street.taps("交上去")
    street.sees("早上提醒:07:10")
    await street.taps("21:00 到 7:00")
    street.sees("21:00 到 7:00")
    async with town.database.write() as session:
        await reminders.morning(Work(session))  # the first day: no list yet
    told = []
    for hour, minute in ((7, 5), (7, 12), (7, 20), (9, 0)):
        moment = datetime(2026, 12, 2, hour, minute, tzinfo=clock.zone())
        at(moment.astimezone(UTC))
        async with town.database.write() as session:
            work = Work(session)
            await reminders.morning(work)
            own = await town.person_id(staff)
            told.append(sum(n.person_id == own for n in work.notices))
    assert told == [0, 1, 0, 0]


async def test_the_community_hears_of_delay_first_and_the_street_two_days_later(
    town: Town,
) -> None:
    street = await town.person("街道周", Role.STREET_STAFF)
    _, grid, staff = await cast(town)
    heard = []
    for day in (2, 3, 4, 7):
        at(datetime(2026, 12, day, 3, 0, tzinfo=UTC))
        async with town.database.write() as session:
            work = Work(session)
            await reminders.escalate(work)
            told = {n.person_id for n in work.notices}
        heard.append([await town.person_id(who) in told for who in (grid, staff, street)])
    assert heard == [
        [True, True, False],
        [False, False, False],
        [False, False, True],
        [False, False, False],
    ]


async def test_a_hundred_told_already_do_not_hide_the_next(town: Town) -> None:
    _, _, staff = await cast(town)
    async with town.database.write() as session:
        for number in range(101):
            session.add(
                Report(
                    number=f"x-{number}", source="resident", category="stairwell_light",
                    state="filed", due_at=TUESDAY - timedelta(days=9), soon_at=TUESDAY,
                    escalated_at=TUESDAY, escalated_higher_at=TUESDAY, created_at=TUESDAY,
                )
            )  # fmt: skip
    at(datetime(2026, 12, 2, 3, 0, tzinfo=UTC))
    async with town.database.write() as session:
        work = Work(session)
        await reminders.escalate(work)
        own = await town.person_id(staff)
        assert [n.params["report_id"] for n in work.notices if n.person_id == own] == [1]


@pytest.mark.parametrize(
    ("hours", "hour", "quiet", "until"),
    [
        (Hours(), 7, True, 8),
        (Hours(), 8, False, 8),
        (Hours(), 20, True, 8),
        (Hours(quiet_from=0, quiet_until=0), 3, False, 3),
        (Hours(quiet_from=1, quiet_until=6), 0, False, 0),
        (Hours(quiet_from=1, quiet_until=6), 5, True, 6),
    ],
)
def test_hours_of_quiet(hours: Hours, hour: int, quiet: bool, until: int) -> None:
    moment = datetime(2026, 11, 24, hour, tzinfo=clock.zone())
    assert hours.is_quiet(moment) == quiet
    assert clock.local(hours.end_of_quiet(moment)).hour == until
    assert hours.end_of_quiet(moment) >= moment


async def test_a_merged_report_waits_and_is_taken_apart_with_its_time_left(town: Town) -> None:
    wang, _, staff = await cast(town)
    zhou = await town.person("周叔", community="donghu")
    await files(town, zhou, "同一盏灯", "stairwell_light")
    await staff.presses("rdesk:to:2:filed")
    async with town.database.read() as session:
        promised = (await session.get_one(Report, 2)).due_at
    await staff.presses("rdesk:merge:2")
    await staff.sends((await the_report(town)).number)
    await staff.taps("交上去")
    zhou.sees("合在一起办")
    at(TUESDAY + timedelta(days=2))
    seen = len(wang.screen)
    await staff.presses("rdesk:show:2")
    await staff.taps("拆开重办")
    zhou.sees("改为单独办理")
    wang.sees_nothing_new(seen)
    async with town.database.read() as session:
        row = await session.get_one(Report, 2)
    assert promised is not None
    assert row.due_at is not None
    assert (row.state, row.master_id, row.paused_at) == ("submitted", None, None)
    assert row.due_at - promised == timedelta(days=2), "two working days stood still"
    await staff.presses("rdesk:to:1:in_progress")
    assert "已经有人在处理" not in zhou.screen[-1].text
