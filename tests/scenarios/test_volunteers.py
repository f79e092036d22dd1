"""Residents become volunteers; staff of the community take them on or decline."""

import pytest

from db.stores import volunteers as rows
from db.work import Work
from services.permissions import Actor, HeldRole, Role
from services.volunteers import roster_files as rosters
from tests.telegram import SharedContact, Somebody, Town


async def registers(who: Somebody, *, year: str = "1956", phone: object = "13812345678") -> None:
    await who.sends("/volunteer")
    await who.taps("我要报名")
    if any("同意" in label for label in who.screen[-1].buttons):
        who.sees("境外")
        await who.taps("同意")
    who.sees("怎么称呼您")
    await who.sends("林秀英")
    await who.taps("女")
    await who.sends(year)
    if "家长" in who.screen[-1].text:
        await who.taps("我知道了")
    await who.taps("东湖社区")
    await who.sends(phone)
    await who.taps("环保创卫")
    await who.taps("下一页")
    await who.taps("群众文化")
    await who.taps("选好了")
    await who.taps("跳过")
    await who.taps("平时上午")
    await who.taps("选好了")
    who.sees("请看一眼", "林秀英", "1956" if year == "1956" else year, "环保创卫、群众文化")
    await who.taps("交上去")


async def test_a_resident_registers_staff_approve_and_the_volunteer_is_told(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    elsewhere = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    await registers(lin)
    lin.sees("收到了", "环保创卫、群众文化")
    staff.sees("志愿者报名等您看", buttons=["看一看"])
    assert not elsewhere.screen
    await staff.taps("看一看")
    page = staff.sees("林*", "138****5678", "待审", buttons=["通过", "不通过", "看完整信息"])
    assert "林秀英" not in page.text
    await staff.taps("看完整信息")
    staff.sees("林秀英", "13812345678")
    await staff.taps("通过")
    lin.sees("您已经是志愿者了", "编号 V")
    await staff.taps("通过", on=page)
    staff.sees_toast("已经处理过")
    await lin.sends("/volunteer")
    lin.sees("您是志愿者", buttons=["暂停", "退出"])


async def test_a_declined_applicant_hears_why_and_may_try_again(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await registers(lin)
    await staff.taps("看一看")
    await staff.taps("不通过")
    await staff.taps("没有联系上")
    lin.sees("没有联系上")
    await registers(lin, phone=SharedContact("+86 138 1234 5678"))
    lin.sees("收到了")


async def test_staff_of_another_community_and_residents_see_nothing(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    await registers(lin)
    async with town.database.read() as session:
        [row] = await rows.listed(session, state="pending", communities=None, offset=0, limit=9)
    for who in (other, lin):
        for act in ("show", "yes", "full", "no"):
            await who.presses(f"vdesk:{act}:{row.id}")
            assert who.toasts
            assert "没有找到" in who.toasts[-1] or "有权限" in who.toasts[-1]
    assert not other.screen


@pytest.mark.parametrize(
    ("year", "words"),
    [("1850", "年份好像不对"), ("２０３０", "年份好像不对"), ("去年", "没看懂")],
)
async def test_birth_years_that_cannot_be(town: Town, year: str, words: str) -> None:
    lin = await town.person("林阿姨", community="donghu")
    with pytest.raises(AssertionError):
        await registers(lin, year=year)
    lin.sees_somewhere(words)


async def test_under_eighteen_needs_a_guardian(town: Town) -> None:
    lin = await town.person("小林", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await registers(lin, year="2012")
    lin.sees("收到了")
    await staff.taps("看一看")
    staff.sees("\n\n未满 18 岁,家长已同意。")


async def test_registering_twice_shows_the_entry(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    await registers(lin)
    await lin.sends("/volunteer")
    lin.sees("正在看")
    await lin.presses("vol:new")
    lin.sees("正在看")


async def test_two_people_may_share_a_phone(town: Town) -> None:
    for name in ("林阿姨", "林叔叔"):
        who = await town.person(name, community="donghu")
        await registers(who)
        who.sees("收到了")


async def test_somebody_imported_claims_the_entry_by_phone_and_staff_confirm(town: Town) -> None:
    async with town.database.write() as session:
        work = Work(session)
        entry = rosters.Entry("表", 2, "林秀英", "female", "东湖社区", "V24-0007", ("legal",), 25,
                              "13812345678", None, 1956, None)  # fmt: skip
        by = Actor(0, (HeldRole(Role.ADMIN),))
        assert await rosters.take_in(work, by, rosters.Reading([entry])) == 1
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await registers(lin)
    await staff.taps("看一看")
    staff.sees("\n\n名册里已有", "V24-0007")
    await staff.taps("通过")
    lin.sees("编号 V24-0007")
    async with town.database.read() as session:
        [row] = await rows.listed(session, state="active", communities=None, offset=0, limit=9)
        assert row.brought_half_hours == 25
        assert set(await rows.categories_of(session, row.id)) == {"legal", "environment", "culture"}
