"""Publishing tells the people an activity is for, says before how many, and each at most once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db import seeds
from db.models.clubs import Club, ClubMember
from db.stores import activities as rows
from db.stores import people
from db.work import Work
from services import clock
from services.activities import planning as activities
from services.activities.planning import Plan
from services.permissions import Actor, HeldRole, Role
from tests.activities import enrol
from tests.telegram import Somebody, Town


@pytest.fixture(autouse=True)
def morning() -> None:
    clock.set_source(lambda: datetime(2026, 11, 2, 2, tzinfo=UTC))


async def draft(town: Town, staff: Somebody, **more: Any) -> int:
    """A draft of these staff, in two days."""
    by = Actor(await town.person_id(staff), (HeldRole(Role.ADMIN),))
    start = clock.now() + timedelta(days=2)
    home = await town.community_id("donghu")
    async with town.database.write() as session:
        plan = Plan(
            title="义诊", category="medical", community_id=home, place="东湖广场",
            starts_at=start, ends_at=start + timedelta(hours=2), capacity=9, token="a_b", **more,
        )  # fmt: skip
        made = await activities.create(Work(session), by, plan)
        return made[0].id


def told(*people: Somebody) -> list[bool]:
    return [any("新活动" in shown.text for shown in one.screen) for one in people]


async def test_those_of_the_category_skill_and_age_are_told_and_counted_before(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    fits, other_skill, other_kind, young, unknown, away = [
        await town.person(n, community="donghu")
        for n in ("合适", "技能", "类别", "小", "不详", "远")
    ]
    await enrol(town, fits, category="medical", skills="量血压、50%折扣")
    await enrol(town, other_skill, category="medical", skills="下棋")
    await enrol(town, other_kind, skills="量血压")
    await enrol(town, young, category="medical", skills="量血压", year=2010)
    await enrol(town, away, category="medical", skills="量血压", home="qiaotou")
    activity = await draft(town, staff, skill="会量血压、量血压", min_age=18)
    await staff.presses(f"adesk:publish:{activity}")
    staff.sees("通知谁", buttons=["本社区合适的志愿者(1 人)", "本社区全部志愿者(3 人)"])
    assert not any("全街道" in one for one in staff.screen[-1].buttons)
    await staff.presses(f"adesk:pub:{activity}:street")
    staff.sees_toast("需要有权限")
    await staff.presses(f"adesk:pub:{activity}:club")
    staff.sees_toast("需要有权限")
    await staff.presses(f"adesk:pub:{activity}:fit")
    assert told(fits, other_skill, other_kind, young, unknown, away) == [True, *[False] * 5]


async def test_one_press_tells_them_and_a_second_tells_nobody_again(town: Town) -> None:
    staff = await town.person("街道小赵", Role.STREET_STAFF)
    fits, other_kind, away = [
        await town.person(n, community="donghu") for n in ("合适", "类别", "远")
    ]
    await enrol(town, fits, category="medical")
    await enrol(town, other_kind)
    await enrol(town, away, category="medical", home="qiaotou")
    activity = await draft(town, staff, weeks=3, opens_at=clock.now() + timedelta(days=1))
    await staff.presses(f"adesk:publish:{activity}")
    staff.sees("3 场一起发布", buttons=["全街道合适的志愿者(2 人)"])
    card = staff.screen[-1]
    await staff.taps("全街道")
    staff.sees_toast("通知 2 人")
    assert told(fits, other_kind, away) == [True, False, True]
    fits.sees("一共 3 场", "报名开始:明天上午 10:00", buttons=["看一看"])
    await staff.taps("本社区全部", on=card)
    staff.sees_toast("已经处理过")
    assert told(fits, other_kind, away) == [True, False, True]
    await staff.presses(f"adesk:pub:{activity}:everybody")
    staff.sees_toast("已经不能用了")
    async with town.database.read() as session:
        found = await rows.upcoming(session, now=clock.now(), state="published", offset=0, limit=9)
        assert [(row.starts_at - found[0].starts_at).days for row in found] == [0, 7, 14]
        opens = [row.opens_at for row in found if row.opens_at]
        assert [(one - opens[0]).days for one in opens] == [0, 7, 14]


async def test_a_draft_whose_time_has_come_is_moved_before_it_is_published(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin, category="medical")
    activity = await draft(town, staff)
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=49))
    await staff.presses(f"adesk:pub:{activity}:fit")
    staff.sees_toast("开始时间已经过了")
    await staff.presses(f"adesk:change:{activity}")
    await staff.taps("改一项")
    await staff.taps("日期")
    await staff.sends("2026-11-09")
    await staff.taps("交上去")
    staff.sees("改好了")
    await staff.presses(f"adesk:pub:{activity}:fit")
    lin.sees("新活动", "11 月 9 日")
    await lin.presses(f"act:join:{activity}")
    await staff.presses(f"adesk:off:{activity}")
    await lin.presses("act:mine:0")
    lin.sees("义诊,已取消")


async def test_a_weekly_one_is_called_off_from_one_week_on(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin, category="medical")
    first = await draft(town, staff, weeks=4)
    await staff.presses(f"adesk:pub:{first}:nobody")
    for week in range(4):
        await lin.presses(f"act:join:{first + week}")
    await staff.presses(f"adesk:show:{first + 2}")
    await staff.taps("取消活动")
    await staff.taps("这场和以后每周的都取消(2 场)")
    staff.sees_toast("取消了 2 场")
    assert sum("不用过去了" in shown.text for shown in lin.screen) == 2
    await staff.presses(f"adesk:offall:{first + 2}")
    staff.sees_toast("已经处理过")
    async with town.database.read() as session:
        found = [await rows.by_id(session, first + week) for week in range(4)]
        states = [row.state for row in found if row is not None]
        assert states == ["published", "published", "cancelled", "cancelled"]


async def test_an_activity_of_a_club_is_told_to_its_members_and_stands_in_its_dates(
    town: Town,
) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    member, volunteer = [await town.person(n, community="donghu") for n in ("团员", "志愿者")]
    await enrol(town, volunteer, category="medical")
    async with town.database.write() as session:
        club = Club(kind="troupe", name="百花艺术团", created_at=clock.now())
        session.add(club)
        await session.flush()
        session.add(ClubMember(club_id=club.id, person_id=await town.person_id(member),
                               name="林", joined_at=clock.now()))  # fmt: skip
        number = club.id
    activity = await draft(town, staff, club_id=number)
    await staff.presses(f"adesk:publish:{activity}")
    await staff.taps("只通知团队里的人(1 人)")
    assert told(member, volunteer) == [True, False]
    await member.presses(f"club:show:{number}")
    member.sees("下一次", "义诊")
    await member.presses(f"club:dates:{number}:0")
    member.sees("义诊,东湖广场")
    await staff.presses(f"adesk:change:{activity}")
    staff.sees("团队:百花艺术团")


async def test_the_desk_proposes_an_activity_for_the_next_festival(town: Town) -> None:
    clock.set_source(lambda: datetime(2026, 6, 1, 2, tzinfo=UTC))
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends("/plan")
    staff.sees("下一个是端午,6 月 19 日")
    await staff.taps("办一场端午活动")
    staff.sees("哪个社区")
    await staff.taps("东湖")
    await staff.sends("东湖广场", "9:00", "11:00", "20")
    await staff.taps("跳过")
    await staff.taps("没有了")
    staff.sees("我们的节日·端午", "群众文化", "2026年6月19日")
    await staff.taps("交上去")
    await staff.sends("/plan")
    staff.sees("6 月 19 日(周五)上午 9:00 到 11:00 我们的节日·端午(草稿)")
    for forged in ("20260618", "99999999", "x", ""):
        await staff.presses(f"adesk:festival:{forged}")
        staff.sees_toast("已经不能用了")
    clock.set_source(lambda: datetime(2026, 10, 17, 2, tzinfo=UTC))
    await staff.sends("/plan")
    staff.sees("下一个是春节,2 月 6 日")


async def test_the_demo_has_a_volunteer_and_something_to_sign_up_for(town: Town) -> None:
    async with town.database.write() as session:
        soon = clock.now() + timedelta(days=3)
        for _ in range(2):
            await seeds.load_demo_people(session, now=clock.now())
            await seeds.load_demo_activity(session, starts_at=soon, now=clock.now())
    zhou, staff = Somebody(town, 1101, "周明"), Somebody(town, 1301, "刘敏")
    town.people |= {1101: zhou, 1301: staff}
    await zhou.sends("/activities")
    await zhou.taps("示例:东湖广场")
    zhou.sees("20 人,已有 0 人", buttons=["我要报名", "看地图"])
    await zhou.taps("我要报名")
    zhou.sees("报上名了")
    await staff.sends("/plan")
    await staff.taps("示例:东湖广场")
    staff.sees("周*", "已报名")
    await zhou.sends("/volunteer")
    await zhou.taps("我的时长")
    zhou.sees("98.5 小时", "离 1 星(100 小时)还差 1.5 小时")


async def test_the_colleagues_of_the_demo_have_names(town: Town) -> None:
    async with town.database.write() as session:
        await seeds.load_demo_people(session, now=clock.now())
        grid_worker = await people.meet(session, 1201, now=clock.now())
        assert grid_worker.name == "孙丽"
        grid_worker.name, grid_worker.forgotten_at = None, clock.now()
        await seeds.load_demo_people(session, now=clock.now())
        assert grid_worker.name is None  # who asked to be forgotten stays so
