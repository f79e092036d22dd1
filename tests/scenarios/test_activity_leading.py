"""Leading an activity: people without Telegram on the list, many on it, and one that is void."""

from datetime import UTC, datetime, timedelta

from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import signups, volunteers
from db.work import Work
from handlers import notices
from services import clock
from services.permissions import Role
from services.reports import reminders
from tests.activities import enrol, planned
from tests.telegram import Somebody, Town


async def on_paper(town: Town, *names: str, year: int = 1950) -> None:
    """Volunteers of the roster who have no Telegram."""
    async with town.database.write() as session:
        home = await town.community_id("donghu")
        for place, name in enumerate(names):
            row = Volunteer(
                name=name, community_id=home, birth_year=year, free_times=[], state="active",
                number=f"P-{place}-{year}", created_at=clock.now(), changed_at=clock.now(),
            )  # fmt: skip
            await volunteers.add(session, row, ())


async def enter(leader: Somebody, activity: int, who: str) -> None:
    await leader.presses(f"att:list:{activity}")
    await leader.taps("加一位")
    await leader.sends(who)
    await leader.taps("交上去")


async def test_somebody_without_telegram_is_entered_checked_in_and_gets_hours(town: Town) -> None:
    activity = await planned(town, capacity=2)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    boss = await town.person("审核人", Role.COMMUNITY_STAFF, community="donghu")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin)
    await on_paper(town, "张桂花", "李大爷", "李大爷")
    await enter(leader, activity, "张桂花")
    leader.sees("报上名了", buttons=["加一位志愿者", "看名单"])
    await enter(leader, activity, "李大爷")
    leader.sees_toast("不止一位,请写编号:P-1-1950, P-2-1950")
    await leader.taps("改一项")
    await leader.taps("哪位")
    await leader.sends("没有这个人")
    await leader.taps("交上去")
    leader.sees_toast("名册里没有找到")
    await leader.taps("改一项")
    await leader.taps("哪位")
    await leader.sends(f"V-{lin.id}")
    await leader.taps("交上去")
    lin.sees("替您报了", buttons=["退出"])
    await enter(leader, activity, "p-1-1950")
    leader.sees("候补第 1 位")
    await lin.presses(f"att:add:{activity}")
    lin.sees_toast("没有找到")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=47, minutes=30))
    await leader.presses(f"att:list:{activity}")
    await leader.taps("张")
    leader.sees("已签到")
    clock.set_source(lambda: now + timedelta(hours=50, minutes=1))
    await leader.presses(f"att:propose:{activity}")
    await boss.presses(f"att:approve:{activity}")
    boss.sees_toast("审核了 1 人")
    leader.sees("张", "时长 2 小时")
    await enter(leader, activity, "张桂花")
    leader.sees_toast("已经不能报名")


async def test_a_long_list_has_pages(town: Town) -> None:
    activity = await planned(town, capacity=60)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    await on_paper(town, *(f"人{n}" for n in range(45)))
    home = await town.community_id("donghu")
    async with town.database.write() as session:
        row = await rows.locked(session, activity)
        assert row is not None
        for one in await volunteers.active_in(session, home):
            await signups.give(session, row, one.id, at=clock.now())
    await leader.presses(f"adesk:show:{activity}")
    assert leader.sees("已有 45").text.count("已报名") == 20
    await leader.taps("下一页")
    await leader.taps("下一页")
    assert leader.sees("P-44-1950").text.count("已报名") == 5
    await leader.taps("上一页")
    assert leader.screen[-1].text.count("已报名") == 20
    await leader.taps("签到和时长")
    for _ in range(7):
        await leader.taps("下一页")
    assert [one for one in leader.screen[-1].buttons if "P-" in one][-1].endswith("P-44-1950")
    assert "下一页" not in leader.screen[-1].buttons


async def test_hours_nobody_approves_are_in_the_mornings_list_and_are_settled(town: Town) -> None:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    clock.set_source(lambda: now)
    activity = await planned(town)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    boss = await town.person("审核人", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin)
    await lin.presses(f"act:join:{activity}")
    clock.set_source(lambda: now + timedelta(hours=47, minutes=30))
    await leader.presses(f"att:list:{activity}")
    await leader.taps("林")
    clock.set_source(lambda: now + timedelta(days=20))
    await leader.presses(f"att:propose:{activity}")
    assert "不同意" not in lin.screen[-1].buttons
    told = await hours_in_the_morning(town)
    heard = [await town.person_id(one) in told for one in (boss, leader, other, lin)]
    assert heard == [True, False, False, False]
    await other.presses(f"att:refuse:{activity}")
    other.sees_toast("没有找到")
    await boss.sends("/plan")
    boss.sees("环境清洁(已结束)")
    await boss.taps("审核时长(1 场)")
    boss.sees("环境清洁", "等审核")
    await boss.taps("环境清洁")
    boss.sees("1 人的时长等审核", buttons=["审核时长", "不同意"])
    await boss.taps("不同意")
    await boss.sends("名单 <不对>")
    await boss.taps("交上去")
    boss.sees("1 人的时长没有通过")
    leader.sees("没有通过:名单 <不对>", buttons=["看名单"])
    await boss.taps("还有哪些")
    boss.sees("没有等审核的时长")
    assert await hours_in_the_morning(town) == set()
    for again in ("refuse", "approve"):
        await boss.presses(f"att:{again}:{activity}")
        boss.sees_toast("没有等审核的时长")
    await lin.sends("/volunteer")
    lin.sees("服务时长:0 小时")
    await leader.presses(f"att:propose:{activity}")
    await boss.presses(f"att:approve:{activity}")
    boss.sees_toast("审核了 1 人")
    assert await hours_in_the_morning(town) == set()
    await lin.sends("/volunteer")
    lin.sees("服务时长:2 小时")


async def hours_in_the_morning(town: Town) -> set[int]:
    """Who hears in the morning of a working day that hours wait."""
    async with town.database.write() as session:
        work = Work(session)
        await reminders.digest(work)
        for one in work.notices:
            assert "时长等审核" in notices.screen_of(one).text
        return {one.person_id for one in work.notices if one.params.get("hours")}


async def test_hours_of_an_activity_that_is_void_count_no_more(town: Town) -> None:
    activity = await planned(town)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    boss = await town.person("审核人", Role.COMMUNITY_STAFF, community="donghu")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin)
    await lin.presses(f"act:join:{activity}")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=47, minutes=30))
    await leader.presses(f"att:list:{activity}")
    await leader.taps("林")
    clock.set_source(lambda: now + timedelta(hours=51))
    await leader.presses(f"att:propose:{activity}")
    await boss.presses(f"att:approve:{activity}")
    await lin.sends("/volunteer")
    lin.sees("服务时长:2 小时")
    await boss.presses(f"adesk:show:{activity}")
    await boss.taps("作废")
    boss.sees("时长不再计算")
    await boss.taps("确定作废")
    lin.sees("作废了")
    await lin.sends("/volunteer")
    lin.sees("服务时长:0 小时")
    await leader.presses(f"att:propose:{activity}")
    leader.sees_toast("已经处理过")
    async with town.database.read() as session:
        row = await rows.by_id(session, activity)
        assert row is not None
        assert row.state == "cancelled"
