"""Certificates: asked for in chat, issued by staff, checked by anybody, void, made in batches."""

import re
from datetime import timedelta

import pytest

from db.models.activities import Activity, ServiceHours, Signup
from db.models.volunteers import Volunteer
from db.stores import activities as activity_rows
from db.stores import certificates as rows
from db.stores import jobs, volunteers
from db.stores import people as people_rows
from db.work import Work
from services import clock
from services.activities import planning as activities
from services.people import personal_data
from services.permissions import Actor, HeldRole, Role
from services.recognition import certificate_batches
from tests.papers import pages
from tests.telegram import Shown, Somebody, Town

BOSS = Actor(1, (HeldRole(Role.ADMIN),))


async def enrol(
    town: Town,
    who: Somebody | None,
    *,
    name: str = "林秀英",
    brought: int = 0,
    number: str = "V26-0001",
) -> int:
    """Somebody on the roster of 东湖; the volunteer's id."""
    now = clock.now()
    home = await town.community_id("donghu")
    async with town.database.write() as session:
        person = await people_rows.meet(session, who.id, now=now) if who else None
        row = Volunteer(
            name=name, person_id=person.id if person else None, community_id=home,
            birth_year=1960, free_times=[], state="active", number=number,
            brought_half_hours=brought, created_at=now, changed_at=now,
        )  # fmt: skip
        await volunteers.add(session, row, ("environment",))
        return row.id


async def serve(
    town: Town,
    volunteer_id: int,
    half_hours: int,
    *,
    days_ago: float = 3,
    category: str = "environment",
    title: str = "环境清洁",
) -> tuple[int, int]:
    """An activity that is over, with approved hours; ids of the activity and of the sign-up."""
    start = clock.now() - timedelta(days=days_ago)
    home = await town.community_id("donghu")
    async with town.database.write() as session:
        leader = await people_rows.meet(session, 9000, now=clock.now())
        activity = Activity(
            title=title, category=category, community_id=home, place="东湖广场", starts_at=start,
            ends_at=start + timedelta(hours=half_hours / 2), capacity=9, leave_until=start,
            leader_id=leader.id, state="published", form_token=f"{volunteer_id}{start.timestamp()}",
            created_at=start,
        )  # fmt: skip
        await activity_rows.add(session, activity)
        signup = Signup(activity_id=activity.id, volunteer_id=volunteer_id, state="left",
                        queued=1, at=start)  # fmt: skip
        await activity_rows.add(session, signup)
        await _approved(session, signup.id, volunteer_id, half_hours)
        return activity.id, signup.id


async def _approved(session: object, signup_id: int, volunteer_id: int, halves: int) -> None:
    hours = ServiceHours(signup_id=signup_id, volunteer_id=volunteer_id, half_hours=halves,
                         proposed_by=1, approved_by=2, approved_at=clock.now(),
                         at=clock.now())  # fmt: skip
    await activity_rows.add(session, hours)  # type: ignore[arg-type]


def paper(who: Somebody) -> tuple[Shown, list[str]]:
    """The newest PDF on somebody's screen, and its pages."""
    shown = next(s for s in reversed(who.screen) if s.file_name.endswith(".pdf"))
    assert shown.file is not None
    return shown, pages(shown.file)


def link(page: str) -> str:
    found = re.search(r"start=(cert_[0-9a-f]+)", page)
    assert found is not None
    return found[1]


async def asks(who: Somebody, *, show: tuple[str, ...] = ()) -> None:
    await who.sends("/volunteer")
    await who.taps("我的时长")
    await who.taps("要一份服务证明")
    await who.taps("从登记到现在")
    for label in show:
        await who.taps(label)
    await who.taps("就这样")


async def test_asked_for_issued_checked_and_void(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    elsewhere = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    passer = await town.person("路人")
    one = await enrol(town, lin, name="林𠮷䶮", brought=20)
    await serve(town, one, 5, title="楼道<清扫>")
    await asks(lin, show=("显示服务时长",))
    lin.sees("收到了", "我把证明发给您")
    await lin.presses("cert:ask:all:000")
    lin.sees_toast("等社区的同志看")
    assert not elsewhere.screen
    staff.sees("要一份服务证明")
    await staff.taps("看一看")
    page = staff.sees("林*", "V26-0001", "12.5 小时", "等社区开", buttons=["出具", "不出具"])
    await staff.taps("出具")
    staff.sees_toast("ZY")
    staff.sees("有效", "编号:ZY", buttons=["要一份打印", "作废"])
    await staff.presses(page.buttons["出具"], page)
    staff.sees_toast("已经处理过")
    shown, [front, services] = paper(lin)
    assert "编号 ZY" in shown.text
    for words in ("林", "𠮷", "䶮", "V26-0001", "12.5 小时", "环保创卫:1 次,2.5 小时", "名册里"):
        assert words in front, words
    assert "楼道<清扫>" in services
    await passer.sends(f"/start {link(front)}")
    passer.sees("是真的", "编号:ZY", "林*", "时长:12.5 小时")
    assert "服务时间" not in passer.screen[-1].text
    assert "𠮷" not in passer.screen[-1].text
    await lin.sends("/volunteer")
    await lin.taps("我的时长")
    await lin.taps("我的证明")
    await lin.taps("ZY")
    await lin.taps("名字显示全名")
    await lin.taps("不显示服务时长")
    await passer.sends(f"/start {link(front)}")
    passer.sees("林𠮷䶮")
    assert "12.5" not in passer.screen[-1].text
    await staff.taps("作废")
    await staff.taps("时长有误")
    staff.sees("已作废", "时长有误")
    lin.sees("作废了", "时长有误")
    await passer.sends(f"/start {link(front)}")
    passer.sees("已经作废", "时长有误")
    await lin.presses("cert:send:1")
    lin.sees_toast("已经处理过")


async def test_a_certificate_keeps_its_hours_and_later_ones_show_corrections(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    one = await enrol(town, lin)
    _, signup = await serve(town, one, 4)
    called_off, _ = await serve(town, one, 6, days_ago=5, title="包饺子", category="culture")
    await asks(lin)
    await staff.taps("看一看")
    await staff.taps("出具")
    assert "累计 5 小时" in paper(lin)[1][0]
    async with town.database.write() as session:
        await _approved(session, signup, one, 3)
        await activities.cancel(Work(session), BOSS, called_off)
    await asks(lin)
    await staff.taps("看一看")
    staff.sees("1.5 小时")
    await staff.taps("出具")
    _, [front, services] = paper(lin)
    assert "累计 1.5 小时" in front
    assert "包饺子" not in services
    await lin.presses("cert:list:0")
    await lin.taps("-00001")
    await lin.taps("把证明发给我")
    _, [front, services] = paper(lin)
    assert "累计 5 小时" in front
    assert "包饺子" in services


async def test_declined_with_a_reason_and_nobody_acts_for_themselves(town: Town) -> None:
    lin = await town.person("林阿姨", Role.COMMUNITY_STAFF, community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    nobody = await town.person("居民", community="donghu")
    one = await enrol(town, lin)
    await lin.presses("cert:ask:all:000")
    lin.sees_toast("没有记上的服务时长")
    await serve(town, one, 4)
    await asks(lin)
    await lin.presses("certd:issue:1")
    lin.sees_toast("另一位同志")
    for act in ("show", "issue", "no", "void", "print", "off"):
        await other.presses(f"certd:{act}:1")
        other.sees_toast("没有找到")
        await nobody.presses(f"certd:{act}:1")
        nobody.sees_toast("有权限")
    for press in ("cert:show:1", "cert:send:1", "cert:see:1:111", "rec:me", "cert:new"):
        await nobody.presses(press)
        nobody.sees_toast("不在志愿者名册")
    await staff.taps("看一看")
    await staff.taps("不出具")
    await staff.taps("时长还要再核对")
    lin.sees("没有开", "时长还要再核对")
    for forged in ("cert_x", "cert_", "cert_' or 1=1", "cert_" + "0" * 24):
        await nobody.sends(f"/start {forged}")
        assert "是真的" not in nobody.screen[-1].text
    nobody.sees("没有查到")


async def test_a_batch_for_a_community_with_progress_and_no_doubles(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    first = await enrol(town, lin)
    await serve(town, first, 4)
    for at in range(24):
        await enrol(town, None, name=f"志愿者{at}", brought=2, number=f"V26-1{at:03d}")
    await enrol(town, None, name="没有时长", number="V26-2000")
    await staff.sends("/volunteers")
    await staff.taps("证明和统计")
    await staff.taps("服务证明")
    await staff.taps("批量出具")
    assert not any("西峡" in label for label in staff.screen[-1].buttons)
    await staff.taps("东湖")
    staff.sees("要出 25 份")
    await staff.taps("今年")
    staff.sees("要出 1 份")
    await staff.taps("从登记到现在")
    await staff.taps("开始做")
    progress = staff.sees_somewhere("做好了 25/25 份")
    assert progress.edited == 1
    _, all_pages = paper(staff)
    fronts = [page for page in all_pages if "兹证明" in page]
    assert len(fronts) == 25
    assert len({link(page) for page in fronts}) == 25
    assert not any("没有时长" in page for page in fronts)
    lin.sees("给您开好了服务证明")
    await lin.taps("我的证明")
    await lin.taps("ZY")
    await lin.taps("把证明发给我")
    assert "林秀英" in paper(lin)[1][0]
    home = await town.community_id("donghu")
    await staff.presses(f"certd:go:{home}:all")
    staff.sees_toast("没有要开的证明")
    async with town.database.read() as session:
        found = await rows.listed(session, state="issued", communities=None, offset=0, limit=99)
    assert len({row.number for row in found}) == 25
    xixia = await town.community_id("xixia")
    await staff.presses(f"certd:go:{xixia}:all")
    staff.sees_toast("有权限")


async def test_on_public_notice_for_seven_days(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await serve(town, await enrol(town, lin), 4)
    await asks(lin)
    await staff.taps("看一看")
    await staff.taps("出具")
    neighbour = await town.person("邻居", community="donghu")
    await lin.presses("rec:me")
    await lin.taps("证明公示")
    lin.sees("近 7 天", "ZY", "林*")
    await neighbour.presses("certn:list:0")
    number = re.search(r"ZY\d+-\d+", neighbour.screen[-1].text)
    assert number is not None
    await neighbour.taps("我有话说")
    await neighbour.sends("ZY-1", "那天他没有来")
    await neighbour.taps("交上去")
    neighbour.sees_toast("公示里没有这个编号")
    await neighbour.sends("/cancel")
    await neighbour.taps("不填了")
    await neighbour.presses("certn:object")
    await neighbour.sends(f" {number[0].lower()} ", "那天<他>没有来")
    await neighbour.taps("交上去")
    neighbour.sees("记下了")
    staff.sees("提了意见", number[0])
    await staff.taps("看一看")
    staff.sees("那天<他>没有来", buttons=["作废"])
    later = clock.now() + timedelta(days=8)
    clock.set_source(lambda: later)
    await neighbour.presses("certn:list:0")
    neighbour.sees("没有开出")


async def test_forgotten_means_forgotten_and_the_number_still_stands(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await serve(town, await enrol(town, lin, name="林稀名"), 4)
    await asks(lin, show=("名字显示全名", "显示服务时长"))
    await staff.taps("看一看")
    await staff.taps("出具")
    token = link(paper(lin)[1][0])
    async with town.database.read() as session:
        copy = await personal_data.copy(Work(session), await town.person_id(lin))
    [held] = copy.held["certificates"]
    assert held["name"] == "林稀名"
    async with town.database.write() as session:
        person = await people_rows.by_telegram_id(session, lin.id)
        assert person is not None
        await personal_data.erase(Work(session), person, at=clock.now())
    await staff.sends(f"/start {token}")
    staff.sees("是真的", "编号:ZY")
    assert "林" not in staff.screen[-1].text
    await staff.presses("certd:show:1")
    staff.sees("已按要求删除")


async def test_a_large_batch_comes_in_several_documents_and_a_repeated_job_issues_none_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate_batches, "A_FILE", 3)
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    for at in range(7):
        await enrol(town, None, name=f"志愿者{at}", brought=2, number=f"V26-1{at:03d}")
    home = await town.community_id("donghu")
    await staff.presses(f"certd:go:{home}:all")
    files = [shown for shown in staff.screen if shown.file_name.endswith(".pdf")]
    assert [len(pages(shown.file or b"")) for shown in files] == [3, 3, 1]
    staff.sees_somewhere("做好了 7/7 份")
    async with town.database.write() as session:
        payload = {"batch_id": 1, "part": 2, "chat_id": staff.id}  # as after a death of the process
        await jobs.add(session, "certificate_batch", payload, now=clock.now())
    await town.work()
    async with town.database.read() as session:
        assert await rows.counts(session, None) == {"issued": 7}


async def test_a_batch_ordered_by_somebody_who_lost_the_right_is_not_made(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await enrol(town, None, brought=2)
    home = await town.community_id("donghu")
    town.jobs_run = False
    await staff.presses(f"certd:go:{home}:all")
    async with town.database.write() as session:
        for held in await people_rows.roles_of(session, await town.person_id(staff)):
            await people_rows.revoke(session, held.id)
    town.jobs_run = True
    await town.work()
    staff.sees("有权限")
    async with town.database.read() as session:
        assert await rows.counts(session, None) == {}


async def test_staff_issue_one_at_the_counter_to_somebody_without_telegram(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    one = await enrol(town, None, name="没有手机", brought=7)
    await staff.sends("/volunteers")
    await staff.taps("在册")
    await staff.taps("没*")
    await staff.taps("开服务证明")
    page = staff.sees("没*", "哪一段", buttons=["从登记到现在:3.5 小时"])
    await staff.taps("从登记到现在")
    staff.sees_toast("ZY")
    staff.sees_somewhere("有效", "3.5 小时")
    assert "没有手机" in paper(staff)[1][0]
    await staff.presses(page.buttons["从登记到现在:3.5 小时"], page)
    staff.sees_toast("一样的证明已经有了")
    for act in ("for", "make"):
        await other.presses(f"certd:{act}:{one}:all")
        other.sees_toast("没有找到")
