"""The menu, invitations, roles, blocking and handing over, as people meet them in chat."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.models.people import AuditEntry, Grant, Invitation, Person
from db.models.reports import Report, ReportMove
from db.stores import people as rows
from db.work import Work
from services import clock
from services.people import consents, roles
from services.people import identities as people
from services.people.consents import Purpose
from services.permissions import Actor, Role
from tests.telegram import Somebody, Town


async def audit(town: Town, act: str) -> list[AuditEntry]:
    async with town.database.read() as session:
        found = await session.scalars(select(AuditEntry).where(AuditEntry.act == act))
        return list(found)


def commands_of(town: Town, who: Somebody) -> list[str] | None:
    """The command menu set last for somebody's chat; None after it was taken away."""
    for name, params in reversed(town.calls):
        if name.endswith("MyCommands") and params["scope"].get("chat_id") == who.id:
            return [c["command"] for c in params.get("commands", [])] or None
    return None


async def invite(town: Town, by: Somebody, role: str, where: str) -> str:
    """The payload of a fresh invitation."""
    await by.sends("/people")
    await by.taps("请人进来")
    await by.taps(role)
    await by.taps(where)
    text = by.sees("只能用一次", "?start=inv_").text
    return text.partition("?start=")[2].split()[0]


async def test_the_menu_fits_the_role(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends("/start")
    menu = wang.sees("您想做什么", buttons=["问一问", "报修", "问卷", "志愿者", "我的"])
    assert len(menu.buttons) <= 6
    await staff.sends("/start")
    menu = staff.sees("先看哪一样", buttons=["上报", "问卷", "人员和地点", "居民菜单"])
    assert len(menu.buttons) <= 6
    await staff.taps("居民菜单")
    staff.sees("您想做什么", buttons=["报修"])
    await wang.presses("menu:staff:0")
    assert not any("上报" in label for label in wang.screen[-1].buttons)


async def test_outside_all_communities_the_enterprise_is_asked(town: Town) -> None:
    wang = await town.person("王阿姨")
    await wang.sends("/start")
    await wang.taps("不在社区管理范围")
    wang.sees("哪个企业或单位")
    await wang.sends("某某电厂")
    await wang.taps("交上去")
    wang.sees("您想做什么")
    async with town.database.read() as session:
        person = await rows.by_telegram_id(session, wang.id)
    assert person is not None
    assert person.enterprise == "某某电厂"


async def test_an_invitation_makes_a_grid_worker_once(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    sun, zhou = await town.person("网格员孙"), await town.person("周叔")
    payload = await invite(town, staff, "网格员", "东湖社区")
    assert payload.removeprefix("inv_") not in str(await everything(town))
    await sun.sends(f"/start {payload}")
    sun.sees("境外", buttons=["接受", "不接受"])
    await sun.taps("接受")
    sun.sees("您现在是网格员", "东湖社区")
    staff.sees("接受了您的邀请")
    assert "reports" in (commands_of(town, sun) or [])
    await zhou.sends(f"/start {payload}")
    zhou.sees("已经有人用过")
    await sun.sends(f"/start {payload}")
    sun.sees("已经接受过")
    await sun.taps("去看工作菜单")
    sun.sees("先看哪一样")


async def everything(town: Town) -> list[Any]:
    async with town.database.read() as session:
        found = await session.scalars(select(Invitation))
        return [(row.token_hash, row.role, row.scope_id) for row in found]


async def test_declining_expiry_and_wrong_links_change_nothing(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    sun = await town.person("网格员孙", community="donghu")
    payload = await invite(town, staff, "网格员", "东湖社区")
    await sun.sends(f"/start {payload}")
    await sun.taps("不接受")
    sun.sees("您想做什么")
    await sun.presses(f"role:yes:{payload.removeprefix('inv_')}")
    sun.sees_toast("先问您")
    later = clock.now() + roles.VALID_FOR
    clock.set_source(lambda: later)
    await sun.sends(f"/start {payload}")
    sun.sees("过期")
    await sun.sends("/start inv_nonsense")
    sun.sees("链接不对")
    async with town.database.read() as session:
        assert not await rows.roles_of(session, await town.person_id(sun))


async def test_nobody_grants_more_than_they_hold(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    xixia = await town.community_id("xixia")
    donghu = await town.community_id("donghu")
    await staff.sends("/people")
    await staff.taps("请人进来")
    assert set(staff.screen[-1].buttons) == {"网格员", "社区干部", "回菜单"}
    for data in (
        "role:make:admin:street:0",
        "role:make:street_staff:street:0",
        f"role:make:community_staff:community:{xixia}",
        "role:make:grid_worker:community:99999999",
        "role:make:resident:street:0",
        "role:make:nonsense:x:y",
    ):
        await staff.presses(data)
    await grid.presses(f"role:make:grid_worker:community:{donghu}")
    assert await everything(town) == []


async def test_an_invitation_dies_with_the_right_of_the_inviter(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    sun = await town.person("网格员孙")
    payload = await invite(town, staff, "网格员", "东湖社区")
    async with town.database.write() as session:
        for row in await rows.roles_of(session, await town.person_id(staff)):
            await rows.revoke(session, row.id)
    await sun.sends(f"/start {payload}")
    await sun.taps("接受")
    sun.sees_toast("链接不对")


async def test_roles_are_taken_back_and_the_last_administrator_stays(town: Town) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    await admin.sends("/people")
    await admin.taps("工作人员名单")
    await admin.taps("东湖社区网格员")
    await admin.taps("收回这个角色")
    await admin.taps("确定")
    grid.sees("收回了")
    assert commands_of(town, grid) is None
    await grid.sends("/reports")
    grid.sees("需要有权限的同志")
    await admin.taps("街道管理员")
    await admin.taps("收回这个角色")
    await admin.taps("确定")
    admin.sees_toast("最后一位管理员")
    async with town.database.read() as session:
        admins = await session.scalars(select(Grant.person_id).where(Grant.role == "admin"))
        assert list(admins) == [await town.person_id(admin)]
        assert not await rows.roles_of(session, await town.person_id(grid))


async def test_leaving_hands_open_reports_to_a_colleague(town: Town) -> None:
    sun = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    li = await town.person("网格员李", Role.GRID_WORKER, community="donghu")
    far = await town.person("西峡网格员", Role.GRID_WORKER, community="xixia")
    sun_id, li_id, far_id = [await town.person_id(p) for p in (sun, li, far)]
    async with town.database.write() as session:
        session.add(
            Report(
                number="东湖-26-0001",
                source="resident",
                category="stairwell_light",
                community_id=await town.community_id("donghu"),
                assignee_id=sun_id,
                state="assigned",
                created_at=clock.now(),
            )
        )
    await sun.presses(f"role:gone:{sun_id}:0")
    sun.sees_toast("没办完")
    await sun.presses(f"role:gone:{sun_id}:{far_id}")
    await sun.presses(f"role:leave:{li_id}")
    sun.sees_toast("权限")
    await sun.presses("role:leave")
    sun.sees("上报:1 件", "交给谁", buttons=["东湖社区网格员"])
    assert not any(str(far_id) in data for data in sun.screen[-1].buttons.values())
    await sun.taps("东湖社区网格员")
    sun.sees("转出 1 件")
    li.sees("1 件没办完的事转到您手上")
    async with town.database.read() as session:
        [report] = (await session.scalars(select(Report))).all()
        [move] = (await session.scalars(select(ReportMove))).all()
        assert not await rows.roles_of(session, sun_id)
    assert (report.assignee_id, report.state) == (li_id, "assigned")
    assert move.details == {"handed_over_from": sun_id, "to": li_id}


async def with_contact(town: Town, who: Somebody, name: str, phone: str) -> int:
    """Somebody who agreed and left a name and a phone."""
    person_id = await town.person_id(who)
    async with town.database.write() as session:
        work, actor = Work(session), Actor(person_id)
        await consents.give(work, actor, Purpose.CONTACT, words="…")
        await people.set_contact(work, actor, purpose=Purpose.CONTACT, name=name, phone=phone)
    return person_id


async def test_two_share_a_phone_masked_until_somebody_looks_and_that_is_logged(
    town: Town,
) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    away = await town.person("西峡人", community="xixia")
    for who, name in ((wang, "王秀英"), (zhou, "周大明"), (away, "西小明")):
        await with_contact(town, who, name, "138 0013 8000")
    await staff.sends("/people 1380013 8000")
    staff.sees_somewhere("王*", "138****8000")
    staff.sees_somewhere("周*", "138****8000")
    assert "西*" not in staff.transcript()
    assert "13800138000" not in staff.transcript()
    assert "王秀英" not in staff.transcript()
    assert not await audit(town, "person:view_full")
    card = next(s for s in staff.screen if "王*" in s.text)
    await staff.taps("看完整", on=card)
    staff.sees_somewhere("王秀英", "13800138000")
    [look] = await audit(town, "person:view_full")
    assert (look.actor_id, look.thing_id) == (
        await town.person_id(staff),
        str(await town.person_id(wang)),
    )
    await staff.presses(f"ppl:full:{await town.person_id(away)}")
    staff.sees_toast("没有找到")
    assert len(await audit(town, "person:view_full")) == 1


@pytest.mark.parametrize("typed", ["abc", "123", "<b>1</b>", "１３８", "👋", "1" * 300])
async def test_a_wrong_number_is_refused_kindly(town: Town, typed: str) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends(f"/people {typed}")
    staff.sees("号码好像不对")


async def test_a_blocked_sender_is_told_once_a_day_and_can_be_let_in_again(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    bad = await town.person("刷屏的人", community="donghu")
    bad_id = await town.person_id(bad)
    await staff.presses(f"ppl:card:{bad_id}")
    await staff.taps("屏蔽")
    await staff.taps("广告刷屏")
    staff.sees("已屏蔽", "广告刷屏")
    for text in ("楼道灯坏了", "/start", "再来一条"):
        await bad.sends(text)
    assert len([s for s in bad.screen if "暂时不收" in s.text]) == 1
    assert len(bad.screen) == 1
    tomorrow = clock.now() + timedelta(days=1)
    clock.set_source(lambda: tomorrow)
    await bad.sends("还在吗")
    assert len(bad.screen) == 2
    await bad.sends("/mydata")
    assert any(s.file for s in bad.screen)
    await staff.presses("ppl:blocked:0")
    await staff.taps(f"#{bad_id}")
    await staff.taps("解除屏蔽")
    bad.sees("又可以发消息")
    await bad.sends("/start")
    bad.sees("您想做什么")
    assert [e.details["reason"] for e in await audit(town, "person:block")] == ["spam"]


async def test_staff_cannot_be_blocked_and_residents_block_nobody(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await staff.presses(f"ppl:block:{await town.person_id(grid)}:abuse")
    staff.sees_toast("不能屏蔽")
    await wang.presses(f"ppl:block:{await town.person_id(grid)}:abuse")
    wang.sees_toast("权限")
    async with town.database.read() as session:
        assert not (
            await session.scalars(select(Person).where(Person.blocked_at.is_not(None)))
        ).all()


async def test_moving_and_large_print(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/me")
    await wang.taps("我搬家了")
    await wang.taps("西峡社区")
    await wang.sends("/me")
    await wang.taps("大字")
    await wang.taps("换成大字")
    wang.sees("现在是大字")
    await wang.taps("换回普通")
    await wang.presses("me:print:on")
    async with town.database.read() as session:
        person = await rows.by_telegram_id(session, wang.id)
    assert person is not None
    assert person.community_id == await town.community_id("xixia")
    assert person.large_print


async def test_the_desks_show_what_waits(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    away = await town.person("西峡干部", Role.COMMUNITY_STAFF, community="xixia")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("量子计算机怎么修啊")
    if "都不是" in wang.screen[-1].buttons:
        await wang.taps("都不是")
    await staff.sends("/start")
    assert "没答上的问题 (1)" in staff.screen[-1].buttons
    await away.sends("/start")
    assert "没答上的问题" in away.screen[-1].buttons


async def test_a_manager_hands_over_for_somebody_who_has_gone(town: Town) -> None:
    street = await town.person("街道", Role.STREET_STAFF)
    sun = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    sun_id = await town.person_id(sun)
    await street.sends("/people")
    await street.taps("工作人员名单")
    await street.taps("东湖社区网格员")
    await street.taps("交接离岗")
    street.sees("没有没办完的事")
    await street.taps("确定")
    street.sees("转出 0 件")
    async with town.database.read() as session:
        assert not await rows.roles_of(session, sun_id)
    admin = await town.person("管理员", Role.ADMIN)
    await street.presses(f"role:gone:{await town.person_id(admin)}:0")
    street.sees_toast("没有找到")


async def test_a_phone_is_left_after_consent_and_changed_later(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/me")
    await wang.taps("我的电话")
    wang.sees("境外", buttons=["同意", "不留电话"])
    await wang.taps("不留电话")
    wang.sees("您自己的东西")
    await wang.taps("我的电话")
    await wang.taps("同意")
    for phone in ("13800138000", "１３９ ００１３ ９０００"):
        wang.sees("怎么称呼您")
        await wang.sends("王秀英")
        await wang.sends(phone)
        await wang.taps("交上去")
        wang.sees("记下了")
        await wang.presses("me:phone")
    async with town.database.read() as session:
        person = await rows.by_telegram_id(session, wang.id)
    assert person is not None
    assert (person.name, person.phone) == ("王秀英", "13900139000")
