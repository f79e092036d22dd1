"""A published activity changes: who signed up hears what is new, and says whether they come."""

from datetime import UTC, datetime, timedelta

import pytest

from services import clock
from services.permissions import Role
from tests.activities import enrol, planned
from tests.telegram import Location, Somebody, Town


@pytest.fixture(autouse=True)
def morning() -> None:
    """Ten in the morning, so that no activity runs into the next day."""
    clock.set_source(lambda: datetime(2026, 11, 2, 2, tzinfo=UTC))


async def crowd(town: Town, activity: int, *names: str) -> list[Somebody]:
    """People on the roster who sign up in this order."""
    people = [await town.person(name, community="donghu") for name in names]
    await enrol(town, *people)
    for one in people:
        await one.presses(f"act:join:{activity}")
    return people


async def change(staff: Somebody, activity: int, *steps: tuple[str, object]) -> None:
    """Open the form, change these answers, hand it in."""
    await staff.presses(f"adesk:show:{activity}")
    await staff.taps("改")
    await correct(staff, *steps)


async def correct(staff: Somebody, *steps: tuple[str, object]) -> None:
    """On the review page: change these answers, hand in."""
    for label, answer in steps:
        await staff.taps("改一项")
        while not any(label in one for one in staff.screen[-1].buttons):
            await staff.taps("下一页")
        await staff.taps(label)
        await staff.sends(answer)
    await staff.taps("交上去")


async def test_time_place_and_risk_change_and_everybody_is_asked_anew(town: Town) -> None:
    activity = await planned(town, capacity=2)
    first, second, third = await crowd(town, activity, "甲", "乙", "丙")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    day = clock.local() + timedelta(days=4)
    await change(
        staff, activity, ("日期", f"{day:%Y-%m-%d}"), ("开始", "9:00"), ("结束", "11:30"),
        ("集合地点", "<南门> & 凉亭"), ("技能", "会用剪刀"),
    )  # fmt: skip
    staff.sees("改好了", "已经告诉")
    for who in (first, second, third):
        shown = who.sees("有变动", "东湖广场 → <南门> & 凉亭", "技能:无 → 会用剪刀", "您还去吗")
        assert f"({day.month} 月 {day.day} 日)上午 9:00 到 11:30\n" in shown.text
        assert "时间:后天上午 10:00 到中午 12:00 → 周" in shown.text
        assert list(shown.buttons) == ["去", "去不了", "看一看"]
    await first.taps("去")
    first.sees("到时候见")
    await third.taps("去")
    third.sees("还排着候补")
    await second.taps("去不了")
    second.sees("已经替您退出")
    third.sees("空出一个名额", buttons=["我去"])
    await second.taps("去", on=second.sees_somewhere("有变动"))
    second.sees_toast("已经处理过")
    await staff.taps("看这场活动")
    staff.sees("说来")


async def test_more_places_move_the_waitlist_and_fewer_than_taken_are_refused(town: Town) -> None:
    activity = await planned(town, capacity=2)
    first, _second, third = await crowd(town, activity, "甲", "乙", "丙")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await change(staff, activity, ("人数", "1"))
    staff.sees_toast("已经有 2 人有名额")
    await correct(staff, ("人数", "3"))
    first.sees("名额:2 → 3")
    third.sees("空出一个名额")
    await third.taps("我去")
    third.sees("报上名了")


async def test_two_editors_do_not_overwrite_each_other(town: Town) -> None:
    activity = await planned(town)
    [lin] = await crowd(town, activity, "林阿姨")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("社区小王", Role.COMMUNITY_STAFF, community="donghu")
    await other.presses(f"adesk:change:{activity}")
    await change(staff, activity, ("集合地点", "西门"))
    lin.sees("东湖广场 → 西门")
    seen = len(lin.screen)
    await other.taps("交上去")
    other.sees_toast("别的同志改过")
    await change(staff, activity)
    staff.sees("没有变动")
    lin.sees_nothing_new(seen)
    await lin.presses(f"adesk:change:{activity}")
    lin.sees_toast("需要有权限")


async def test_a_leader_from_the_roster_a_window_and_a_point_on_the_map(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    lin, wang = [await town.person(n, community="donghu") for n in ("林阿姨", "王阿姨")]
    await enrol(town, lin, wang)
    activity = await planned(town, capacity=5)
    await change(staff, activity, ("带队的人", "没有这个人"))
    staff.sees_toast("名册里没有找到")
    await correct(staff, ("带队的人", "林秀英"))
    staff.sees_toast("不止一位")
    opens = clock.local() + timedelta(days=1)
    await correct(
        staff, ("带队的人", f"v-{lin.id}"), ("集合点", Location(30.25, 115.06)),
        ("开始报名", f"{opens:%Y-%m-%d %H:%M}"),
    )  # fmt: skip
    lin.sees("请您来带队", buttons=["我来带队"])
    await wang.presses(f"act:join:{activity}")
    wang.sees_toast("开始报名")
    await wang.presses(f"act:show:{activity}")
    wang.sees("报名开始", buttons=["看地图"])
    await wang.taps("看地图")
    assert ("sendLocation", 30.25) in [(name, call.get("latitude")) for name, call in town.calls]
    now = clock.now()
    clock.set_source(lambda: now + timedelta(days=1, hours=1))
    await wang.presses(f"act:join:{activity}")
    wang.sees("报上名了")
    await lin.presses(f"act:show:{activity}")
    await lin.taps("我来带队")
    lin.sees("名单", buttons=["返回"])
    await wang.presses(f"att:list:{activity}")
    wang.sees_toast("没有找到")
    await lin.taps("返回")
    lin.sees("环境清洁")
