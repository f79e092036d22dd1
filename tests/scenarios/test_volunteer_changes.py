"""Volunteers change their own entry; staff check it, search the roster, and export it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models.people import AuditEntry
from db.models.volunteers import Volunteer
from db.stores import people as people_rows
from db.stores import places
from db.stores import volunteers as rows
from handlers.files.workbooks import read_workbook
from services import clock
from services.permissions import Role
from tests.activities import enrol, planned
from tests.scenarios.test_volunteers import registers
from tests.telegram import Somebody, Town


async def on_the_roster(town: Town, who: Somebody, staff: Somebody) -> int:
    await registers(who)
    person = await town.person_id(who)
    async with town.database.read() as session:
        row = await rows.of_person(session, person)
    assert row is not None
    await staff.presses(f"vdesk:yes:{row.id}")
    return row.id


async def enrolled(
    town: Town,
    name: str,
    *,
    community: str = "donghu",
    times: tuple[str, ...] = (),
    categories: tuple[str, ...] = ("legal",),
    skills: str | None = None,
    days: int = 400,
) -> None:
    """Somebody on the roster since so many days, without Telegram."""
    now = clock.now()
    home = await town.community_id(community)
    async with town.database.write() as session:
        row = Volunteer(
            name=name, community_id=home, free_times=list(times), skills=skills, state="active",
            number=f"V-{name}", joined_on=(now - timedelta(days=days)).date(), created_at=now,
            changed_at=now,
        )  # fmt: skip
        await rows.add(session, row, categories)


async def change(who: Somebody, label: str, *given: object) -> None:
    """Open the entry, change one item, hand it in."""
    await who.sends("/volunteer")
    await who.taps("改资料")
    who.sees("您现在的登记", "林秀英")
    await who.taps("改一项")
    if not any(label in one for one in who.screen[-1].buttons):
        await who.taps("下一页")
    await who.taps(label)
    await who.sends(*given)
    await who.taps("交上去")


async def test_a_new_phone_is_kept_with_history_and_checked_by_staff(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    number = await on_the_roster(town, lin, staff)
    await change(lin, "电话", "13900001111")
    lin.sees("改好了", "再核对一下")
    await lin.taps("看我的登记")
    lin.sees("您是志愿者", "还在核对", buttons=["暂停", "改资料", "退出", "回菜单"])
    staff.sees("改了电话或社区", buttons=["看一看"])
    await staff.taps("看一看")
    shown = staff.sees("139****1111", "本人改了电话", buttons=["核对好了", "没有对上", "改动记录"])
    await staff.taps("没有对上")
    lin.sees("没有对上", "再看一眼")
    await staff.presses("vq:home")
    staff.sees("名册里查", buttons=["待核对(1)"])
    await staff.taps("待核对")
    await staff.taps("林*")
    await staff.taps("核对好了")
    staff.sees_toast("核对好了")
    staff.sees("没有")
    await staff.taps("核对好了", on=shown)
    staff.sees_toast("已经处理过")
    await staff.presses(f"vq:hist:{number}:0")
    text = staff.sees(
        "本人 电话:138****5678 → 139****1111",
        "东湖社区工作人员 状态",
        "状态:待审 → 在册",
        "核对好了",
    ).text
    assert "13900001111" not in text
    async with town.database.read() as session:
        found = await rows.by_phone(session, [row.phone_index or "" for row in
                                              await rows.listed(session, state="active",
                                              communities=None, offset=0, limit=9)])  # fmt: skip
        assert [row.phone for row in found] == ["13900001111"]


async def test_other_fields_change_without_a_check_and_nothing_changed_says_so(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    number = await on_the_roster(town, lin, staff)
    before = len(staff.screen)
    await change(lin, "特长", "会拉二胡")
    assert "核对" not in lin.sees("改好了").text
    staff.sees_nothing_new(before)
    await lin.sends("/volunteer")
    await lin.taps("改资料")
    lin.sees("会拉二胡")
    await lin.taps("交上去")
    lin.sees("没有改动")
    async with town.database.read() as session:
        changed = [one.what for one in await rows.changes_of(session, number)]
    assert changed.count("skills") == 1


@pytest.mark.parametrize("first", ["p", "c", "-", "_", "0"])
async def test_pages_of_answers_turn_whatever_a_form_is_called(
    town: Town, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await on_the_roster(town, lin, staff)
    monkeypatch.setattr("services.fillings.secrets.token_urlsafe", lambda _: f"{first}p" * 5)
    await lin.sends("/volunteer")
    await lin.taps("改资料")
    await lin.taps("改一项")
    await lin.taps("下一页")
    lin.sees("您想改哪一项", buttons=["特长", "上一页"])
    await lin.taps("上一页")
    lin.sees("您想改哪一项", buttons=["姓名", "下一页"])


async def test_a_move_to_another_community_is_for_its_staff(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    there = await town.person("西夏小王", Role.COMMUNITY_STAFF, community="xixia")
    number = await on_the_roster(town, lin, staff)
    await lin.sends("/volunteer")
    await lin.taps("改资料")
    await lin.taps("改一项")
    await lin.taps("社区")
    await lin.taps((await town_name(town, "xixia"))[:2])
    await lin.taps("交上去")
    lin.sees("再核对一下")
    there.sees("改了电话或社区")
    await there.taps("看一看")
    there.sees("本人改了社区")
    await staff.presses(f"vq:ok:{number}")
    staff.sees_toast("没有找到")


async def town_name(town: Town, code: str) -> str:
    async with town.database.read() as session:
        found = await places.community(session, await town.community_id(code))
    assert found is not None
    return found.name


async def test_a_phone_given_elsewhere_is_the_volunteers_too(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await on_the_roster(town, lin, staff)
    await lin.presses("me:phone")
    await lin.taps("同意")
    await lin.sends("林阿姨", "13700002222")
    await lin.taps("交上去")
    staff.sees("改了电话或社区")
    async with town.database.read() as session:
        row = await rows.of_person(session, await town.person_id(lin))
        assert row is not None
        assert row.phone == "13700002222"
        assert row.to_check == "phone"


@pytest.mark.parametrize("phone", ["138123456789", "1381234567", "二十"])
async def test_a_phone_that_cannot_be_changes_nothing(town: Town, phone: str) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await on_the_roster(town, lin, staff)
    await lin.sends("/volunteer")
    await lin.taps("改资料")
    await lin.taps("改一项")
    await lin.taps("电话")
    await lin.sends(phone)
    assert "改好了" not in lin.transcript()
    async with town.database.read() as session:
        row = await rows.of_person(session, await town.person_id(lin))
        assert row is not None
        assert row.phone == "13812345678"


async def test_pausing_leaving_and_coming_back_are_one_press_each(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await on_the_roster(town, lin, staff)
    await lin.sends("/volunteer")
    page = lin.sees("您是志愿者", buttons=["暂停一阵"])
    await lin.taps("暂停一阵")
    lin.sees("暂停了", buttons=["我回来了"])
    await lin.presses("vol:pause", page)
    lin.sees("暂停了")
    await lin.taps("我回来了")
    lin.sees("您是志愿者")
    await lin.taps("退出")
    lin.sees("确定要退出", buttons=["退出", "不退出"])
    await lin.taps("不退出")
    await lin.taps("退出")
    await lin.taps("退出")
    lin.sees("您已经退出了", buttons=["我想回来", "重新填一份"])
    await lin.sends("/volunteer")
    lin.sees("您已经退出了")
    await lin.taps("我想回来")
    lin.sees("社区的同志正在看")
    staff.sees("志愿者报名等您看")
    await staff.taps("看一看")
    await staff.taps("通过")
    lin.sees("编号 V")


async def test_who_is_free_on_saturday_morning_and_knows_the_law(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await enrolled(town, "甲一", times=("weekend_morning",), skills="律师证")
    await enrolled(town, "乙二", times=("weekday_morning",), skills="律师证")
    await enrolled(town, "丙三", times=("weekend_morning",), categories=("culture",))
    await enrolled(town, "丁四", times=("weekend_morning",), community="xixia")
    for i in range(6):
        await enrolled(town, f"戊{i}", times=("weekend_morning", "weekday_evening"))
    await staff.sends("/volunteers")
    await staff.taps("查找、核对、导出")
    await staff.taps("谁有空")
    await staff.taps("周末上午")
    await staff.taps("法律援助")
    await staff.taps("跳过")
    staff.sees("7 人:周末上午 法律援助", "甲*", buttons=["下一页"])
    assert "甲一" not in staff.screen[-1].text.replace("V-甲一", "")
    assert "V-乙二" not in staff.transcript()
    assert "V-丁四" not in staff.transcript()
    await staff.taps("下一页")
    staff.sees("7 人", buttons=["上一页", "返回"])
    await staff.presses("vq:found:3.4.律师:0")
    staff.sees("1 人", "V-甲一")
    await staff.taps("V-甲一")
    staff.sees("有空:周末上午")


async def test_one_is_found_by_part_of_the_name_the_number_or_the_phone(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    lin = await town.person("林阿姨", community="donghu")
    await on_the_roster(town, lin, staff)
    await enrolled(town, "王秀兰")
    await enrolled(town, "王秀", community="donghu")
    await enrolled(town, "王远", community="xixia")
    for i in range(6):
        await enrolled(town, f"赵{i}")

    async def asks(words: str) -> None:
        await staff.sends("/volunteers")
        await staff.taps("找一个人")
        await staff.sends(words)

    await asks("王 秀")
    text = staff.sees("找到 2 人", "V-王秀", "V-王秀兰", buttons=["再找一个", "返回"]).text
    assert text.index("V-王秀\n") < text.index("V-王秀兰")
    assert "V-王远" not in staff.transcript()
    await asks("13812345678")
    staff.sees("找到 1 人", "林*")
    await staff.taps("再找一个")
    await staff.sends("<b>没有这个人</b>")
    staff.sees("找到 0 人", "没有", buttons=["再找一个"])
    await asks("赵")
    staff.sees("找到 6 人,这里是前 5 位", buttons=["返回"])
    await staff.taps("V-赵0" if "V-赵0" in staff.screen[-1].text else "赵*")
    staff.sees("在册", "有空:没填", "特长:没填")


async def test_who_has_not_come_for_long_by_the_months_the_office_sets(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    street = await town.person("街道老周", Role.STREET_STAFF)
    await enrolled(town, "甲一", days=400)
    await enrolled(town, "乙二", days=200)
    await enrolled(town, "丙三", days=10)
    await staff.presses("vq:idle:0")
    staff.sees("6 个月", "共 2 人", "V-甲一", "V-乙二")
    assert "改月数" not in staff.screen[-1].buttons
    await staff.presses("vq:months:12")
    assert "有权限" in staff.toasts[-1]
    await street.presses("vq:idle:0")
    await street.taps("改月数")
    await street.taps("12 个月")
    street.sees("12 个月", "共 1 人", "V-甲一")


async def test_residents_and_strangers_ask_the_roster_nothing(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    async with town.database.write() as session:
        await people_rows.meet(session, wang.id, now=clock.now())
    for act in (
        "home",
        "idle:0",
        "check:0",
        "found:3.4.:0",
        "hist:1:0",
        "export",
        "file:0:1",
        "who",
    ):
        before = len(wang.screen)
        await wang.presses(f"vq:{act}")
        assert "有权限" in wang.toasts[-1]
        wang.sees_nothing_new(before)


async def test_the_roster_comes_as_a_workbook_with_counts_and_is_logged(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    street = await town.person("街道老周", Role.STREET_STAFF)
    lin = await town.person("林阿姨", community="donghu")
    await on_the_roster(town, lin, staff)
    await enrolled(town, "=甲一", categories=("legal", "culture"))
    await enrolled(town, "丁四", community="xixia")
    await staff.presses("vq:home")
    await staff.taps("导出花名册")
    staff.sees("要不要带电话")
    await staff.taps("不带电话")
    shown = staff.sees("志愿者花名册,东湖社区,2 人")
    sheets = {one.name: one for one in read_workbook(shown.file or b"")}
    roster = [list(row.cells) for row in sheets["志愿者花名册"].rows]
    heading = next(row for row in roster if "姓名" in row)
    assert heading[:9] == ["序号", "姓名", "性别", "所属社区", "志愿者编号", "服务类别",
                           "服务时长", "联系电话", "加入时间"]  # fmt: skip
    text = str(roster)
    assert "=甲一" in text
    assert "丁四" not in text
    assert "13812345678" not in text
    counted = {row.cells[0]: row.cells[1] for row in sheets["按服务类别"].rows}
    assert counted["群众文化"] == 2

    await street.presses("vq:export")
    street.sees("哪个社区", buttons=["下一页", "全部"])
    await street.taps("全部")
    await street.taps("带电话")
    shown = street.sees("全街道,3 人")
    assert "13812345678" in str([r.cells for r in read_workbook(shown.file or b"")[0].rows])
    assert not list((town.folder / "exports").glob("*"))
    async with town.database.read() as session:
        log = (await session.scalars(select(AuditEntry).where(
            AuditEntry.act == "volunteer:export"))).all()  # fmt: skip
    assert [one.details["phones"] for one in log] == [False, True]


async def test_another_communitys_roster_is_not_to_be_had(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.community_id("xixia")
    await staff.presses(f"vq:file:{other}:1")
    assert "有权限" in staff.toasts[-1]


async def test_who_has_not_come_for_long_is_asked_once_and_answers_with_one_press(
    town: Town,
) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await on_the_roster(town, lin, staff)
    await enrolled(town, "甲一")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(days=250))
    await staff.presses("vq:idle:0")
    staff.sees("共 2 人")
    await staff.taps("问一声还来吗")
    staff.sees_toast("问了 1 人")
    lin.sees("好久没见您", buttons=["还想来", "暂停一阵", "退出"])
    asked = lin.screen[-1]
    await staff.taps("问一声还来吗")
    staff.sees_toast("问了 0 人")
    await lin.taps("还想来")
    lin.sees("有适合您的活动", buttons=["看看活动"])
    await lin.taps("暂停一阵", on=asked)
    lin.sees("暂停了", buttons=["我回来了"])


async def test_staff_change_an_entry_for_somebody_without_telegram(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    elsewhere = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    await enrolled(town, "甲一丁", skills="律师证")
    async with town.database.read() as session:
        [row] = await rows.listed(session, state="active", communities=None, offset=0, limit=9)
    await staff.presses(f"vdesk:show:{row.id}")
    page = staff.sees("甲*", buttons=["改资料", "暂停", "退出", "改动记录"])
    await staff.taps("改资料")
    staff.sees("哪一年出生")
    await staff.sends("1950", "13912345678")
    staff.sees("按本人说的改", "甲一丁", "律师证", "13912345678")
    await staff.taps("交上去")
    staff.sees("改好了")
    await staff.taps("暂停", on=page)
    staff.sees_toast("暂停了")
    await staff.taps("暂停", on=page)
    staff.sees_toast("暂停了")
    await staff.presses(f"vdesk:show:{row.id}")
    await staff.taps("恢复")
    await staff.presses(f"ve:leave:{row.id}")
    await staff.taps("确定退出")
    staff.sees_toast("退出了")
    await staff.presses(f"ve:pause:{row.id}")
    staff.sees_toast("已经处理过")
    await elsewhere.presses(f"ve:resume:{row.id}")
    elsewhere.sees_toast("没有找到")
    async with town.database.read() as session:
        left = await rows.by_id(session, row.id)
        whats = [one.what for one in await rows.changes_of(session, row.id)]
    assert left is not None
    assert (left.state, left.birth_year, left.phone, left.to_check) == (
        "left", 1950, "13912345678", None,
    )  # fmt: skip
    assert whats == ["birth_year", "phone", "state", "state", "state"]


async def test_who_is_paused_by_staff_is_told_and_comes_back(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    number = await on_the_roster(town, lin, staff)
    await staff.presses(f"ve:pause:{number}")
    lin.sees("帮您暂停了")
    await lin.sends("/volunteer")
    await lin.taps("我回来了")
    lin.sees("您是志愿者")


async def test_who_pauses_gives_back_the_places_ahead_and_the_next_is_asked(town: Town) -> None:
    activity = await planned(town)
    first, second = [await town.person(n, community="donghu") for n in ("甲", "乙")]
    await enrol(town, first, second)
    await first.presses(f"act:join:{activity}")
    await second.presses(f"act:join:{activity}")
    await first.sends("/volunteer")
    await first.taps("暂停一阵")
    first.sees_somewhere("暂停了")
    first.sees_somewhere("1 场活动,已经替您退掉")
    second.sees_somewhere("空出一个名额")
    await second.taps("我去")
    second.sees_somewhere("报上名了")


async def test_staff_enter_somebody_who_came_to_the_desk(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    for last in ("进名册了,编号 V", "已经有同名同电话"):
        await staff.presses("vq:home")
        await staff.taps("替人登记")
        staff.sees("替当面来登记的人填", "境外", "怎么称呼您")
        await staff.sends("赵大爷")
        await staff.taps("男")
        await staff.sends("1948")
        assert [one for one in staff.screen[-1].buttons if "社区" in one] == ["东湖社区"]
        await staff.taps("东湖社区")
        await staff.sends("13600003333")
        await staff.taps("环保创卫")
        await staff.taps("选好了")
        await staff.taps("跳过")
        await staff.taps("跳过")
        await staff.taps("交上去")
        assert last in staff.screen[-1].text or last in staff.toasts[-1]
    async with town.database.read() as session:
        found = await rows.listed(session, state="active", communities=None, offset=0, limit=9)
    assert [(one.name, one.source, one.person_id) for one in found] == [("赵大爷", "desk", None)]


async def test_a_search_left_half_way_neither_asks_nor_waits_and_begins_anew(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await enrolled(town, "王秀兰")
    await staff.sends("/volunteers")
    await staff.taps("查找、核对、导出")
    await staff.taps("谁有空")
    assert "先存着" not in staff.sees("什么时候要人", buttons=["不找了"]).buttons
    await staff.taps("周末上午")
    staff.sees("哪一类服务")
    await staff.taps("不找了")
    staff.sees_somewhere("先不找了")
    await staff.sends("/volunteers")
    await staff.taps("查找、核对、导出")
    await staff.taps("谁有空")
    await staff.taps("周末上午")
    await staff.sends("/volunteers")
    await staff.taps("找一个人")
    await staff.sends("王秀兰")
    staff.sees("找到 1 人", buttons=["V-王秀兰"])
    assert "还没填完" not in staff.transcript()
    await staff.sends("/volunteers")
    await staff.taps("查找、核对、导出")
    await staff.taps("谁有空")
    staff.sees("什么时候要人")
