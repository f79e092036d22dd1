"""Troupes and classes: founded, joined in few steps, led by a member, read by old and young."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models.queues import InboxUpdate
from db.stores import clubs as rows
from db.work import Work
from services import clock, notice_hours
from services.clubs import membership as clubs
from services.clubs.membership import Charter, Kind
from services.notice_hours import Hours
from services.permissions import Actor, HeldRole, Role
from tests.telegram import Photo, Somebody, Town, picture

BOSS = (HeldRole(Role.ADMIN),)


async def founded(
    town: Town,
    name: str = "夕阳红合唱团",
    *,
    capacity: int | None = None,
    community: str = "donghu",
) -> int:
    """A troupe of this community."""
    home = await town.community_id(community)
    async with town.database.write() as session:
        charter = Charter(
            kind=Kind.TROUPE, name=name, meets="每周二上午,社区活动室", community_id=home,
            capacity=capacity,
        )  # fmt: skip
        return (await clubs.create(Work(session), Actor(0, BOSS), charter)).id


async def joins(who: Somebody, club: int, name: str = "王秀英") -> None:
    await who.presses(f"club:join:{club}")
    if any("同意" in label for label in who.screen[-1].buttons):
        who.sees("境外", buttons=["同意", "先不参加"])
        await who.taps("同意")
    if "怎么称呼您" in who.screen[-1].text:
        await who.sends(name)
        await who.taps("交上去")


async def lead(town: Town, club: int, who: Somebody) -> None:
    """Staff make a member the leader."""
    async with town.database.write() as session:
        person_id = await town.person_id(who)
        member = await rows.member_of_person(session, club, person_id)
        assert member is not None
        await clubs.name_leader(Work(session), Actor(0, BOSS), club, member.id)


async def test_staff_found_a_troupe_by_a_form_and_an_old_lady_joins_in_a_few_presses(
    town: Town,
) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await staff.sends("/start")
    await staff.taps("人员和地点")
    await staff.taps("艺术团和培训班")
    await staff.taps("新建一个")
    await staff.sends("夕阳红合唱团")
    await staff.taps("艺术团")
    await staff.taps("东湖")
    await staff.sends("每周二上午,社区活动室", "唱歌跳舞,退休的都能来")
    await staff.taps("跳过")
    staff.sees("夕阳红合唱团", "每周二上午")
    await staff.taps("交上去")
    staff.sees("存好了:夕阳红合唱团")

    await wang.sends("/start")
    await wang.taps("更多")
    await wang.taps("艺术团和培训班")
    wang.sees("夕阳红合唱团", "每周二上午")
    await wang.taps("夕阳红合唱团")
    wang.sees("唱歌跳舞", "还没有人参加", buttons=["我要参加", "替家人报名", "返回"])
    await wang.taps("我要参加")
    wang.sees("境外", "好点名")
    await wang.taps("同意")
    wang.sees("怎么称呼您")
    await wang.sends("王秀英")
    await wang.taps("交上去")
    wang.sees("已经参加“夕阳红合唱团”")
    await wang.taps("返回")
    wang.sees("现有 1 人", "您已经参加了", buttons=["退出"])
    await wang.presses("club:list:0")
    wang.sees("夕阳红合唱团(艺术团),您在里面")


async def test_the_known_troupes_are_there_from_the_start(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/clubs")
    wang.sees("百花艺术团", "金手指", buttons=["百花艺术团", "回菜单"])
    await wang.sends("“俏夕阳”老年乐园是什么?")
    await wang.taps("看艺术团和培训班")
    wang.sees("百花艺术团", "金手指")


async def test_declining_leads_back_to_the_page_and_nothing_is_kept(town: Town) -> None:
    club = await founded(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.presses(f"club:join:{club}")
    await wang.taps("先不参加")
    wang.sees("还没有人参加", buttons=["我要参加"])
    async with town.database.read() as session:
        assert await rows.count_members(session, club) == 0


async def test_joining_twice_is_one_place_and_leaving_asks_once(town: Town) -> None:
    club = await founded(town)
    wang = await town.person("王阿姨", community="donghu")
    await joins(wang, club)
    await wang.presses(f"club:join:{club}")
    wang.sees("您已经参加了", "现有 1 人")
    await wang.taps("退出")
    wang.sees("要退出", buttons=["退出", "不退出"])
    await wang.taps("不退出")
    wang.sees("您已经参加了")
    await wang.taps("退出")
    asked = wang.screen[-1]
    await wang.taps("退出")
    wang.sees("想参加", "还没有人参加")
    await wang.taps("我要参加")
    wang.sees("已经参加“夕阳红合唱团”")
    await wang.presses(f"club:out:{club}", asked)
    await wang.presses(f"club:out:{club}", asked)
    async with town.database.read() as session:
        assert await rows.count_members(session, club) == 0


async def test_a_full_class_lets_in_the_first_who_waits(town: Town) -> None:
    club = await founded(town, "编织班", capacity=1)
    first, second, third = [await town.person(n, community="donghu") for n in ("甲", "乙", "丙")]
    for who in (first, second, third):
        await joins(who, club, name=f"{who.name}阿姨")
    second.sees("满了", "排上队")
    await first.presses(f"club:out:{club}")
    second.sees("有空位了", "乙阿姨")
    assert not any("有空位了" in shown.text for shown in third.screen)
    async with town.database.read() as session:
        person = await town.person_id(second)
        assert [row.id for row in await rows.of_person(session, person)] == [club]
        assert not await rows.of_person(session, await town.person_id(third))


async def test_the_leader_writes_and_members_and_families_hear_each_once(town: Town) -> None:
    club = await founded(town)
    boss = await town.person("团长", community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    son = await town.person("小张", community="xixia")
    other = await town.person("路人", community="donghu")
    await joins(boss, club, name="赵团长")
    await lead(town, club, boss)
    await joins(wang, club)
    boss.sees("王秀英参加了")
    await son.presses(f"club:family:{club}")
    son.sees("先问过本人", "境外")
    await son.sends("张奶奶")
    await son.taps("跳过")
    await son.taps("我知道了")
    await son.taps("交上去")
    son.sees("张奶奶已经报名")
    await boss.presses(f"cdesk:enter:{club}")
    await boss.sends("李爷爷", "13812345678")
    await boss.taps("我知道了")
    await boss.taps("交上去")
    boss.sees("李爷爷已经报名")

    await boss.presses(f"club:show:{club}")
    await boss.taps("我来管")
    boss.sees("成员 4 人", buttons=["成员", "发消息", "排日子", "添作品"])
    assert "资料和负责人" not in boss.screen[-1].buttons
    await boss.taps("发消息")
    boss.sees("发给“夕阳红合唱团”的 3 人")
    await boss.sends("周五演出,穿红衣服")
    await boss.taps("先不拍")
    await boss.taps("交上去")
    boss.sees("2 人会收到", "打电话或当面告诉:李爷爷")
    assert "请转告" not in wang.sees("周五演出,穿红衣服").text
    son.sees("周五演出,穿红衣服", "请转告:张奶奶")
    assert not any("演出" in shown.text for shown in other.screen)
    await wang.taps("看一看")
    await wang.taps("看消息")
    wang.sees("周五演出")

    await son.presses(f"club:family:{club}")
    await son.taps("让张奶奶退出")
    son.sees("现有 3 人")


async def test_dates_are_told_reminded_of_once_and_called_off(town: Town) -> None:
    club = await founded(town)
    boss = await town.person("团长", community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await joins(boss, club, name="赵团长")
    await lead(town, club, boss)
    await joins(wang, club)
    await boss.presses(f"cdesk:plan:{club}")
    day = clock.local() + timedelta(days=3)
    await boss.sends("排练", "活动室", f"{day:%Y-%m-%d}", "9:00", "2")
    await boss.taps("交上去")
    boss.sees("排好了,已告诉 1 人")
    wang.sees("定了日子", "上午 9:00", "排练", "一共 2 次")
    await wang.presses(f"club:show:{club}")
    wang.sees("下一次", "排练", buttons=["看日子"])
    await wang.taps("看日子")
    assert wang.sees("排练,活动室").text.count("上午 9:00") == 2
    now = clock.now()
    for later in (0, 60, 65):
        clock.set_source(lambda later=later: now + timedelta(hours=later))  # type: ignore[misc]
        await town.clock_work()
    assert sum("提醒您" in shown.text for shown in wang.screen) == 1
    await boss.presses(f"cdesk:dates:{club}:0")
    await boss.taps("排练")
    await boss.taps("取消这一次")
    wang.sees("这一次不办了", "不用过去")
    boss.sees_toast("取消了")


async def test_news_kept_for_the_morning_is_worded_for_the_morning(town: Town) -> None:
    """Written at eleven at night of a date tomorrow: who reads it tomorrow reads "today"."""
    club = await founded(town)
    boss = await town.person("团长", community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await joins(boss, club, name="赵团长")
    await lead(town, club, boss)
    await joins(wang, club)
    async with town.database.write() as session:
        await notice_hours.put(Work(session), Hours())
    night = clock.local().replace(hour=23, minute=0)
    clock.set_source(lambda: night)
    await boss.presses(f"cdesk:plan:{club}")
    await boss.sends("排练", "活动室", "明天", "下午3点", "1")
    await boss.taps("交上去")
    clock.set_source(lambda: night + timedelta(hours=10))
    await town.work()
    wang.sees("定了日子", "今天下午 3:00", "排练")


async def test_works_are_shown_with_picture_and_can_be_taken_down(town: Town) -> None:
    club = await founded(town, "编织班")
    boss = await town.person("老师", community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await joins(boss, club, name="刘老师")
    await lead(town, club, boss)
    for title in ("虎头鞋", "中国结"):
        await boss.presses(f"cdesk:work:{club}")
        await boss.sends(Photo(picture(80 + len(title), 60)))
        await boss.taps("发好了") if "发好了" in "".join(boss.screen[-1].buttons) else None
        await boss.sends(title)
        await boss.taps("跳过")
        await boss.taps("交上去")
        boss.sees("放上去了")
    await wang.presses(f"club:show:{club}")
    await wang.taps("看作品")
    shown = wang.sees("中国结", "第 1 件,共 2 件", buttons=["下一页", "返回"])
    assert shown.file
    assert not any("不再展示" in label for label in shown.buttons)
    await wang.taps("下一页")
    wang.sees("虎头鞋", "第 2 件")
    await boss.presses(f"club:work:{club}:1")
    await boss.taps("不再展示这件")
    async with town.database.read() as session:
        assert await rows.count_works(session, club) == 1


@pytest.mark.parametrize(
    "act", ["show", "members", "member", "phone", "gone", "news", "plan", "work", "setup", "edit",
            "shut", "leader", "name", "enter"],
)  # fmt: skip
async def test_others_cannot_lead(town: Town, act: str) -> None:
    club = await founded(town)
    wang = await town.person("王阿姨", community="donghu")
    elsewhere = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    await joins(wang, club)
    async with town.database.read() as session:
        [member] = await rows.members(session, club)
    for who in (wang, elsewhere):
        before = len(who.screen)
        await who.presses(f"cdesk:{act}:{club}:{member.id}")
        assert "没有找到" in who.toasts[-1] or "有权限" in who.toasts[-1]
        who.sees_nothing_new(before)


async def test_staff_name_the_leader_edit_close_and_open_again(town: Town) -> None:
    club = await founded(town)
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await staff.presses(f"cdesk:leader:{club}:0")
    staff.sees("还没有用机器人的成员")
    await joins(wang, club)
    await staff.presses(f"cdesk:setup:{club}")
    await staff.taps("定负责人")
    await staff.taps("王秀英")
    wang.sees("请您当“夕阳红合唱团”的负责人", buttons=["看一看"])
    await wang.taps("看一看")
    wang.sees("成员 1 人", buttons=["发消息"])
    staff.sees("负责人:王秀英", f"start=club_{club}")
    await staff.taps("改资料")
    staff.sees("夕阳红合唱团", "每周二上午")
    await staff.taps("改一项")
    await staff.taps("活动时间")
    await staff.sends("每周三下午")
    await staff.taps("交上去")
    staff.sees("存好了")
    await wang.sends(f"/start club_{club}")
    wang.sees("每周三下午", "负责人:王秀英")
    await wang.presses(f"club:out:{club}")
    staff.sees("负责人退出了", buttons=["看一看"])
    await joins(wang, club)
    await staff.presses(f"cdesk:close:{club}")
    await staff.taps("确定停办")
    wang.sees("停办了")
    await wang.presses(f"club:show:{club}")
    wang.sees_toast("没有找到")
    await staff.presses("cdesk:closed")
    await staff.taps("夕阳红合唱团")
    await staff.taps("资料和负责人")
    await staff.taps("重新开")
    await wang.presses(f"club:show:{club}")
    wang.sees("您已经参加了")


async def test_a_phone_is_masked_until_asked_for_and_the_look_is_logged(town: Town) -> None:
    club = await founded(town)
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"cdesk:enter:{club}")
    await staff.sends("李爷爷", "１３８１２３４５６７８")
    await staff.taps("我知道了")
    await staff.taps("交上去")
    await staff.presses(f"cdesk:members:{club}:0")
    staff.sees("李爷爷(不用机器人)")
    await staff.taps("李爷爷")
    assert "13812345678" not in staff.sees("138****5678").text
    await staff.taps("看完整电话")
    staff.sees("13812345678")
    await staff.taps("请他退出")
    await staff.taps("确定")
    staff.sees("还没有人参加")


async def test_leaving_everything_behind_keeps_the_club(town: Town) -> None:
    club = await founded(town, capacity=1)
    wang = await town.person("王阿姨", community="donghu")
    second = await town.person("乙", community="donghu")
    await joins(wang, club)
    await lead(town, club, wang)
    await joins(second, club, name="乙阿姨")
    await wang.sends("/forget")
    await wang.taps("确定")
    await town.clock_work()
    second.sees("有空位了")
    await second.presses(f"club:show:{club}")
    assert "负责人" not in second.sees("现有 1 人").text


async def test_a_poster_comes_as_a_picture_and_to_print(town: Town) -> None:
    club = await founded(town, "名" * 30)
    async with town.database.write() as session:
        row = await rows.by_id(session, club)
        assert row is not None
        row.meets = "每周二上午,社区活动室," * 9
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"cdesk:setup:{club}")
    await staff.taps("要一张海报")
    staff.sees_toast("正在做")
    assert staff.sees_somewhere("的海报").file
    paper = staff.sees("好打印")
    assert (paper.file or b"").startswith(b"%PDF")
    assert not list((town.folder / "exports").glob("*"))


NASTY = "<b>王&\"'</b>😀"


async def test_html_and_emoji_in_what_people_write_are_only_words(town: Town) -> None:
    club = await founded(town, "编织班")
    boss = await town.person("老师", community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await joins(boss, club, name=NASTY[:20])
    await lead(town, club, boss)
    await joins(wang, club)
    await boss.presses(f"cdesk:news:{club}")
    await boss.sends(NASTY)
    await boss.taps("先不拍")
    await boss.taps("交上去")
    wang.sees(NASTY)
    await boss.presses(f"cdesk:members:{club}:0")
    boss.sees(NASTY[:20])


async def test_too_long_too_early_and_what_was_closed_meanwhile_get_an_answer(town: Town) -> None:
    club = await founded(town)
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"cdesk:news:{club}")
    await staff.sends("长" * 900)
    staff.sees("800 个字以内")
    await staff.sends("周五演出")
    await staff.taps("先不拍")
    hand_in = staff.sees("周五演出")
    await staff.presses(f"cdesk:shut:{club}")
    await staff.taps("交上去", on=hand_in)
    staff.sees_toast("已经停办")
    await staff.presses(f"cdesk:open:{club}")
    await staff.taps("交上去", on=hand_in)
    staff.sees("发出去了")
    await staff.taps("交上去", on=hand_in)
    async with town.database.read() as session:
        assert len(await rows.news(session, club, offset=0, limit=9)) == 1
    await staff.presses(f"cdesk:plan:{club}")
    await staff.sends("排练", "活动室", "2020-1-1", "9:00")
    await staff.taps("跳过")
    await staff.taps("交上去")
    staff.sees_toast("已经过了")


@pytest.mark.parametrize(
    "data",
    ["club:show:999999", "club:join:0", "club:show:99999999999999999999", "club:drop:1:1",
     "club:work:1:77", "club:nonsense:1", "club:", "cdesk:", "cdesk:date:5", "cdesk:unwork:5",
     "cdesk:member:1:5", "club:list:999"],
)  # fmt: skip
async def test_forged_buttons_do_no_harm(town: Town, data: str) -> None:
    await founded(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/clubs")
    await wang.presses(data)
    async with town.database.read() as session:
        assert not (
            await session.scalars(select(InboxUpdate).where(InboxUpdate.attempts > 0))
        ).all()
    async with town.database.read() as session:
        assert not await rows.counts(session)
