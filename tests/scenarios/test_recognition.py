"""Hours and star levels, points where switched on, the yearly picture, statistics for staff."""

import io
from datetime import datetime, timedelta

import pytest
from PIL import Image

from db.models.activities import ServiceHours
from db.stores import activities as activity_rows
from db.stores import volunteers
from db.work import Work
from handlers import notices
from handlers.files.workbooks import read_workbook
from services import clock
from services.activities import attendance
from services.permissions import Actor, HeldRole, Role
from services.recognition import standing as recognition
from services.recognition.standing import Standing, standing
from tests.scenarios.test_certificates import enrol, serve
from tests.telegram import Somebody, Town

LEVELS = (100, 300, 600, 1000, 1500)


@pytest.mark.parametrize(
    ("half_hours", "expected"),
    [
        (0, Standing(0, 100, 200)),
        (199, Standing(0, 100, 1)),
        (200, Standing(1, 300, 400)),
        (2999, Standing(4, 1500, 1)),
        (3000, Standing(5, None, 0)),
        (9999, Standing(5, None, 0)),
    ],
)
def test_a_level_is_reached_with_its_last_half_hour(half_hours: int, expected: Standing) -> None:
    assert standing(half_hours, LEVELS) == expected


async def test_a_volunteer_sees_hours_level_and_how_many_to_the_next(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    one = await enrol(town, lin, brought=199)
    await lin.sends("/volunteer")
    await lin.taps("我的时长")
    lin.sees("99.5 小时", "离 1 星(100 小时)还差 0.5 小时")
    assert "已达到" not in lin.screen[-1].text
    assert "积分" not in lin.screen[-1].text
    await serve(town, one, 1)
    await lin.presses("rec:me")
    lin.sees(
        "100 小时", "1 次", "已达到 1 星", "离 2 星(300 小时)还差 200 小时", "由有权的单位评定"
    )


async def test_the_street_sets_levels_and_points_in_chat(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    street = await town.person("街道老王", Role.STREET_STAFF)
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await enrol(town, lin, brought=100)
    await street.sends("/volunteers")
    await street.taps("证明和统计")
    await street.taps("星级、积分")
    street.sees("100、300、600、1000、1500", "不用积分", "留空,手写")
    await street.taps("一小时 2 分")
    street.sees("积分:一小时 2 分")
    await street.taps("改星级门槛")
    await street.sends("30,６0、90")
    await street.taps("交上去")
    street.sees("30、60、90")
    await lin.presses("rec:me")
    lin.sees("已达到 1 星的时长(30 小时)", "离 2 星(60 小时)还差 10 小时", "积分:100 分")
    for bad in ("三十", "90 60 30", "0 5", "1.5 3", "1 " * 11, "99999999"):
        await street.presses("recd:levels")
        await street.sends(bad)
        await street.taps("交上去")
        street.sees_toast("从小到大")
        await street.sends("/cancel")
        await street.taps("不填了")
    await street.presses("recd:points:3")
    street.sees_toast("没有找到")
    for press in ("recd:rules", "recd:points:10", "recd:levels", "recd:issuer"):
        await staff.presses(press)
        staff.sees_toast("有权限")
    await lin.presses("recd:home")
    lin.sees_toast("有权限")


async def test_the_issuer_on_new_certificates(town: Town) -> None:
    street = await town.person("街道老王", Role.STREET_STAFF)
    await street.presses("recd:issuer")
    await street.sends("东湖街道办事处")
    await street.taps("跳过")
    await street.sends("0714-1234567")
    await street.taps("交上去")
    street.sees("东湖街道办事处", "负责人:留空", "0714-1234567")


def picture(who: Somebody) -> Image.Image:
    shown = next(s for s in reversed(who.screen) if s.file_name.endswith(".png"))
    assert shown.file is not None
    return Image.open(io.BytesIO(shown.file))


async def test_the_picture_of_a_year_on_request(town: Town) -> None:
    clock.set_source(lambda: datetime(2026, 11, 24, 4, tzinfo=clock.zone()))
    lin = await town.person("林阿姨", community="donghu")
    one = await enrol(town, lin, brought=500)
    await lin.presses("rec:year:2026")
    lin.sees_toast("2026 年没有记上")
    await lin.presses("rec:me")
    assert not [label for label in lin.screen[-1].buttons if "总结图" in label and "20" in label]
    await serve(town, one, 5)
    await serve(town, one, 8, days_ago=200, category="culture")
    await serve(town, one, 80, days_ago=400)
    await lin.presses("rec:me")
    await lin.taps("2026 年总结图")
    lin.sees("6.5 小时", "2 次活动", "群众文化:4 小时", "环保创卫:2.5 小时")
    assert picture(lin).width == 1080
    await lin.taps("2025 年总结图", on=next(s for s in lin.screen if "2025 年总结图" in s.buttons))
    lin.sees("2025 年", "40 小时")
    for wrong in ("rec:year:1999", "rec:year:2030", "rec:year:99999"):
        await lin.presses(wrong)
        lin.sees_toast("没有找到")


async def test_in_january_it_comes_once_to_those_who_want_it(town: Town) -> None:
    lin, chen, idle = [await town.person(n, community="donghu") for n in ("林", "陈", "闲")]
    start = datetime(2026, 11, 24, 12, tzinfo=clock.zone())
    clock.set_source(lambda: start)
    for at, who in enumerate((lin, chen, idle)):
        one = await enrol(town, who, number=f"V26-000{at}")
        if who is not idle:
            await serve(town, one, 6)
    await town.clock_work()
    for who in (lin, idle):
        await who.presses("rec:me")
        await who.taps("每年一月")
        who.sees_toast("每年一月初发给您")
    for days in (8, 37.5, 38, 39, 40):
        clock.set_source(lambda days=days: start + timedelta(days=days))  # type: ignore[misc]
        await town.clock_work()
    came = {
        who.name: sum("您的 2026 年" in s.text for s in who.screen) for who in (lin, chen, idle)
    }
    assert came == {"林": 1, "陈": 0, "闲": 0}
    lin.sees_somewhere("您的 2026 年志愿服务", "3 小时")
    await lin.presses("rec:wish:off")
    clock.set_source(lambda: start + timedelta(days=38 + 365))
    await town.clock_work()
    assert not any("2027 年志愿服务" in shown.text for shown in lin.screen)


async def test_statistics_of_a_year_in_pictures_words_and_a_workbook(town: Town) -> None:
    clock.set_source(lambda: datetime(2026, 11, 24, 4, tzinfo=clock.zone()))
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    first = await enrol(town, None, number="V26-0001", brought=120)
    second = await enrol(town, None, number="V26-0002")
    await serve(town, first, 5)
    await serve(town, second, 3)
    await serve(town, first, 4, days_ago=100, category="culture")
    await serve(town, first, 80, days_ago=400)
    await other.presses("recd:stats:2026")
    other.sees_somewhere("还没有审核过的服务时长")
    other.sees("在册志愿者 0 人")
    await staff.sends("/volunteers")
    await staff.taps("证明和统计")
    await staff.taps("2026 年统计")
    shots = [shown for shown in staff.screen if shown.file_name.endswith(".png")]
    assert len(shots) == 3
    for shown in shots:
        assert "合计:6 小时,3 人次,3 场活动,2 人" in shown.text
    assert "环保创卫:4 小时,2 人次,2 人" in shots[0].text
    assert "东湖社区:6 小时" in shots[1].text
    assert "西峡" not in shots[1].text
    assert "8 月:2 小时" in shots[2].text
    file = staff.sees("在册志愿者 2 人", "达到 1 星的时长:1 人").file
    assert file is not None
    sheets = read_workbook(file)
    assert [sheet.name for sheet in sheets] == ["按类别", "按社区", "按月", "时长和星级"]
    assert ("11 月", 4, 2, 2, 2) in [row.cells for row in sheets[2].rows]
    assert ("合计", 6, 3, 3, 2) in [row.cells for row in sheets[0].rows]
    rows = [row.cells for row in sheets[3].rows]
    assert ("V26-0001", "林*", "东湖社区", 104.5, 1) in rows
    assert ("V26-0002", "林*", "东湖社区", 1.5, None) in rows


async def test_approving_hours_tells_the_level_they_reach(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    one = await enrol(town, lin, brought=198)
    activity, signup = await serve(town, one, 2)
    async with town.database.write() as session:
        proposed = ServiceHours(signup_id=signup, volunteer_id=one, half_hours=3, proposed_by=9,
                                at=clock.now())  # fmt: skip
        await activity_rows.add(session, proposed)
        work = Work(session)
        await attendance.approve(work, Actor(1, (HeldRole(Role.ADMIN),)), activity)
        await notices.deliver(work)
    await town.work()
    lin.sees_somewhere("记了 1.5 小时")
    lin.sees("已达到 1 星的 100 小时")


async def test_a_level_is_told_once_when_approved_hours_reach_it(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    one = await enrol(town, lin, brought=198)
    await serve(town, one, 1)
    for expected in (0, 1, 1):
        async with town.database.write() as session:
            work = Work(session)
            volunteer = await volunteers.by_id(session, one)
            assert volunteer is not None
            await recognition.tell_level(work, volunteer)
            await notices.deliver(work)
        await town.work()
        assert sum("已达到 1 星的 100 小时" in s.text for s in lin.screen) == expected
        await serve(town, one, 1)
    await lin.taps("看看我的时长")
    lin.sees("已达到 1 星")
