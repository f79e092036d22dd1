"""Activities: planned, published, signed up for by many at once, left, offered on, reminded of."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO

import segno
from PIL import Image

from db.stores import activities as rows
from handlers import links
from services import clock
from services.activities import attendance
from services.permissions import Role
from tests.activities import enrol, planned
from tests.telegram import Location, Somebody, Town


async def test_staff_plan_by_a_form_and_volunteers_are_told(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin)
    await staff.sends("/plan")
    await staff.taps("新建活动")
    await staff.sends("环境清洁")
    await staff.taps("环保创卫")
    await staff.taps("东湖")
    await staff.sends("东湖广场")
    day = clock.local() + timedelta(days=3)
    await staff.sends(f"{day:%Y-%m-%d}", "9:00", "11:00", "20")
    await staff.taps("跳过")
    await staff.taps("没有了")
    staff.sees("环境清洁", "东湖广场", "20")
    await staff.taps("交上去")
    staff.sees("草稿")
    await staff.taps("发布")
    staff.sees("通知谁", buttons=["本社区合适的志愿者(1 人)", "先不通知"])
    await staff.taps("本社区合适")
    staff.sees_toast("通知 1 人")
    lin.sees("新活动", "环境清洁", "东湖广场")
    await lin.taps("看一看")
    await lin.taps("我要报名")
    lin.sees("报上名了", "上午 9:00 到 11:00", buttons=["我的活动", "退出"])
    await lin.taps("加进手机日历")
    lin.sees_toast("马上发给您")
    date = lin.sees("环境清洁", "手机日历")
    assert date.file_name == "活动-1.ics"
    assert b"UID:activity-1@office_bot" in (date.file or b"")
    await lin.presses("act:cal:999")
    lin.sees_toast("没有找到")
    await lin.taps("我的活动")
    lin.sees("环境清洁", "已报名")
    await staff.taps("取消活动")
    await staff.taps("确定取消")
    lin.sees("取消了", "不用过去了")


async def test_full_then_waiting_then_offered_then_taken(town: Town) -> None:
    activity = await planned(town)
    first, second, third = [await town.person(n, community="donghu") for n in ("甲", "乙", "丙")]
    await enrol(town, first, second, third)
    for who in (first, second, third):
        await who.presses(f"act:join:{activity}")
    first.sees("报上名了")
    second.sees("候补第 1 位")
    third.sees("候补第 2 位")
    await third.presses(f"act:join:{activity}")
    third.sees("候补第 2 位")
    await first.taps("退出")
    first.sees("已经替您退出", buttons=["看别的活动"])
    second.sees("空出一个名额", buttons=["我去", "不去了"])
    await third.presses(f"act:take:{activity}")
    third.sees_toast("已经过了时间")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=3))
    await town.clock_work()
    await second.taps("我去")
    second.sees_toast("已经过了时间")
    third.sees("空出一个名额")
    await third.taps("我去")
    third.sees("报上名了", buttons=["我的活动", "退出"])


async def test_reminders_come_once_each_and_no_gives_the_place_on(town: Town) -> None:
    activity = await planned(town)
    first, second = [await town.person(n, community="donghu") for n in ("甲", "乙")]
    await enrol(town, first, second)
    await first.presses(f"act:join:{activity}")
    await second.presses(f"act:join:{activity}")
    now = clock.now()
    for later, count in ((26, 1), (27, 1), (46.5, 2), (46.7, 2)):
        clock.set_source(lambda later=later: now + timedelta(hours=later))  # type: ignore[misc]
        await town.clock_work()
        assert sum("您还能来吗" in shown.text for shown in first.screen) == count, later
    await first.presses(f"act:leave:{activity}")
    first.sees_toast("离开始太近")
    await first.taps("来不了")
    second.sees("空出一个名额")


async def test_ones_own_activities_stay_in_view_a_month_and_the_leader_is_reminded(
    town: Town,
) -> None:
    await planned(town)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    lin = await town.person("林阿姨", community="donghu")
    await enrol(town, lin)
    await lin.sends("/activities")
    await lin.taps("我的活动")
    lin.sees("您最近没有报名", buttons=["看别的活动"])
    await lin.taps("看别的活动")
    await lin.taps("环境清洁")
    await lin.taps("我要报名")
    now = clock.now()
    for hours in (25, 26):
        clock.set_source(lambda h=hours: now + timedelta(hours=h))  # type: ignore[misc]
        await town.clock_work()
    assert sum("请您带队" in shown.text for shown in leader.screen) == 1
    leader.sees("现在有 1 人报名", buttons=["我来带队"])
    clock.set_source(lambda: now + timedelta(days=20))
    await lin.sends("/activities")
    lin.sees("眼下没有", buttons=["回菜单"])
    await lin.taps("我的活动")
    lin.sees("环境清洁,已报名")
    await lin.taps("环境清洁")
    lin.sees("环境清洁", buttons=["发活动照片"])
    clock.set_source(lambda: now + timedelta(days=40))
    await lin.sends("/activities")
    await lin.taps("我的活动")
    lin.sees("您最近没有报名")


async def test_only_volunteers_of_the_age_may_sign_up(town: Town) -> None:
    activity = await planned(town, min_age=18)
    nobody, young = [await town.person(n, community="donghu") for n in ("甲", "小乙")]
    await enrol(town, young, year=clock.today().year - 12)
    await nobody.presses(f"act:join:{activity}")
    nobody.sees_toast("登记成志愿者")
    await young.presses(f"act:join:{activity}")
    young.sees_toast("满 18 岁")


async def test_two_hundred_press_at_once_for_twenty_places(town: Town) -> None:
    activity = await planned(town, capacity=20)
    crowd = [await town.person(f"人{i}", community="donghu") for i in range(200)]
    await enrol(town, *crowd)
    updates = []
    for number, who in enumerate(crowd):
        message = who.base() | {"text": "?"}
        query = {"id": str(number), "from": who.user(), "chat_instance": "1",
                 "data": f"act:join:{activity}", "message": message}  # fmt: skip
        updates.append({"update_id": 500_000 + number, "callback_query": query})
    await town.processes[0].intake.accept(updates)
    many = [process.make_worker() for process in town.processes for _ in range(3)]

    async def run(worker: object) -> None:
        while await worker.step():  # type: ignore[attr-defined]
            continue

    await asyncio.gather(*(run(worker) for worker in many))
    await town.work()
    async with town.database.read() as session:
        everybody = await rows.everybody(session, activity)
        waiting = await rows.waiting(session, activity)
    assert len(everybody) == 200
    assert [s.state for s, _ in everybody] == ["confirmed"] * 20 + ["waiting"] * 180
    assert [s.queued for s in waiting] == list(range(21, 201))
    told = sorted(int(w.screen[-1].text.partition("候补第 ")[2].split()[0]) for w in crowd
                  if "候补第" in w.screen[-1].text)  # fmt: skip
    assert told == list(range(1, 181))


def code_on(leader: Somebody) -> str:
    """What the link in the caption of the newest picture carries."""
    shown = next(one for one in reversed(leader.screen) if "start=" in one.text)
    return shown.text.partition("start=")[2].split()[0]


async def test_the_code_is_a_picture_that_renews_itself_in_place(town: Town) -> None:
    activity = await planned(town)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    seconds = -(clock.now() + timedelta(hours=48)).timestamp() % attendance.WINDOW
    now = clock.now() + timedelta(seconds=seconds)  # in two days a window begins
    clock.set_source(lambda: now + timedelta(hours=48))
    await leader.presses(f"att:code:{activity}")
    shown = leader.screen[-1]
    link = f"https://t.me/office_bot?start={code_on(leader)}"
    assert modules(shown.file or b"") == expected(link)
    count = len(leader.screen)
    for minutes, edits in ((1, 1), (2, 1), (7, 2), (12, 3)):
        clock.set_source(lambda m=minutes: now + timedelta(hours=48, minutes=m))  # type: ignore[misc]
        await town.clock_work()
        assert len(leader.screen) == count
        assert leader.screen[-1].edited == edits, minutes
    link = f"https://t.me/office_bot?start={code_on(leader)}"
    assert link not in shown.text
    assert modules(leader.screen[-1].file or b"") == expected(link)
    await leader.taps("看名单")
    leader.sees("的名单")
    clock.set_source(lambda: now + timedelta(hours=53))
    edited = leader.screen[count - 1].edited
    await town.clock_work()
    assert leader.screen[count - 1].edited == edited
    await leader.presses(f"att:code:{activity}")
    leader.sees_toast("还不是签到的时间")


def expected(link: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in segno.make_qr(link, error="m").matrix]


def modules(png: bytes) -> list[list[bool]]:
    """The dark modules of a drawn code, read from the middle of each."""
    picture = Image.open(BytesIO(png)).convert("L")
    width, dots = picture.width, list(picture.tobytes())
    dark = [[dots[y * width + x] < 128 for x in range(width)] for y in range(picture.height)]
    left = next(line.index(True) for line in dark if True in line)
    size = dark[left].index(False, left) - left  # a finder pattern is seven modules wide
    size //= 7
    middle = range(left + size // 2, width - left, size)
    return [[dark[y][x] for x in middle] for y in middle]


def test_no_code_is_taken_for_a_huge_number() -> None:
    """The hash of window 5985730 under the key of the tests begins with twenty figures."""
    for window in (5985730, *range(5985731, 5985900)):
        moment = datetime.fromtimestamp(window * attendance.WINDOW, UTC)
        said = attendance.code(1, moment)
        assert links.plausible(said) == said


async def test_a_location_after_check_in_is_only_a_hint(town: Town) -> None:
    activity = await planned(town)
    leader = next(w for w in town.people.values() if w.name == "负责人")
    async with town.database.write() as session:
        row = await rows.by_id(session, activity)
        assert row is not None
        row.latitude, row.longitude = 30.25, 115.06
    lin, wang = [await town.person(n, community="donghu") for n in ("林阿姨", "王阿姨")]
    await enrol(town, lin, wang)
    await lin.presses(f"act:join:{activity}")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=48, minutes=2))
    await lin.sends(Location(30.25, 115.06))
    lin.sees("位置")
    await leader.presses(f"att:code:{activity}")
    await lin.sends(f"/start {code_on(leader)}")
    await lin.taps("发位置")
    assert lin.sees("参考").keys == ["发我现在的位置", "不发位置"]
    await lin.sends("不发位置")
    lin.sees("已经签到了")
    await lin.sends(Location(30.2510, 115.06, 20))
    lin.sees("只作参考")
    await leader.presses(f"att:list:{activity}")
    leader.sees("已签到", "约 111 米(误差 20 米)")
    await wang.presses(f"att:where:{activity}")
    wang.sees_toast("没有找到")
    await wang.sends(Location(30.25, 115.06))
    assert "参考" not in wang.screen[-1].text


async def test_check_in_by_link_hours_by_two_people_and_a_dispute(town: Town) -> None:
    activity, other = await planned(town), 0
    leader = next(w for w in town.people.values() if w.name == "负责人")
    boss = await town.person("审核人", Role.COMMUNITY_STAFF, community="donghu")
    lin, absent = [await town.person(n, community="donghu") for n in ("林阿姨", "没来")]
    await enrol(town, lin, absent)
    await lin.presses(f"act:join:{activity}")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(hours=48, minutes=2))
    await leader.presses(f"att:code:{activity}")
    code = code_on(leader)
    assert len(code) <= 64
    await absent.sends(f"/start {code}")
    absent.sees("没有报这场活动")
    await lin.sends(f"/start {code[:-1]}x", f"/start in_{other}-1-x", "/start in_９-９-x")
    lin.sees("签到码不对")
    await lin.sends(f"/start {code}")
    lin.sees("签到好了")
    clock.set_source(lambda: now + timedelta(hours=49, minutes=40))
    await lin.sends(f"/start {code}")
    lin.sees("过时了")
    await leader.presses(f"att:propose:{activity}")
    leader.sees_toast("还没结束")
    clock.set_source(lambda: now + timedelta(hours=51))
    await leader.presses(f"att:propose:{activity}")
    leader.sees("1.5 小时", buttons=["审核时长"])
    await leader.taps("审核时长")
    leader.sees_toast("另一位同志")
    await boss.presses(f"att:approve:{activity}")
    lin.sees("记了 1.5 小时")
    await lin.taps("时长不对")
    leader.sees("说时长不对")
    await leader.taps("多半小时")
    await boss.presses(f"att:approve:{activity}")
    lin.sees("记了 2 小时")
    await lin.sends("/volunteer")
    lin.sees("服务时长:2 小时")
    clock.set_source(lambda: now + timedelta(days=30))
    await lin.taps("时长不对")
    lin.sees_toast("过了 7 天")
    for press in ("att:list:{}", "att:code:{}", "att:propose:{}", "att:approve:{}", "att:tick:{}"):
        await lin.presses(press.format(activity))
        lin.sees_toast("没有找到")
