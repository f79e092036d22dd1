"""What somebody reported already is offered before a report is handed in, not after."""

import asyncio

from sqlalchemy import select

from db.models.report_desk import ReportNote
from db.models.reports import Report, ReportFollower, ReportPhoto
from services.permissions import Role
from tests.scenarios.test_report_intake import SAYS, gazetteer, reports_of, shades
from tests.telegram import Photo, Somebody, Town

LATER = "湖滨小区3栋2单元4楼有两盏灯不亮"


async def rows(town: Town, kind: type) -> list:  # type: ignore[type-arg]
    async with town.database.read() as session:
        return list((await session.scalars(select(kind))).all())


async def reported(town: Town) -> tuple[Somebody, Report]:
    """王阿姨 reports a light with a photo."""
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption=SAYS))
    await wang.taps("楼道灯")
    await wang.taps("交上去")
    return wang, (await reports_of(town))[0]


async def test_that_is_the_one_ends_the_filling_and_keeps_words_and_photos(town: Town) -> None:
    _, first = await reported(town)
    zhou = await town.person("周叔", community="donghu")
    for shade in shades(2):
        await zhou.sends(Photo(shade, caption=LATER, album="5"))
    await zhou.taps("楼道灯")
    zhou.sees_somewhere("先前报的照片")
    asked = zhou.sees("已经有人报过", "3栋", "4楼", "已提交", buttons=["就是这个", "不是,继续"])
    await zhou.taps("就是这个")
    told = zhou.sees(
        "不用再填了", first.number, "一共 2 位", "2 张照片", buttons=["把我的照片加上"]
    )
    assert len(await reports_of(town)) == 1
    await zhou.taps("就是这个", on=asked)  # an old press
    assert len(await rows(town, ReportFollower)) == 1
    await zhou.taps("把我的照片加上")
    zhou.sees(first.number, "3 张")
    await zhou.taps("把我的照片加上", on=told)
    zhou.sees_toast("已经在里面")
    assert len(await rows(town, ReportPhoto)) == 3
    [note] = await rows(town, ReportNote)
    assert note.words == LATER
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"rdesk:show:{first.id}")
    staff.sees("还有 1 位居民也碰到了", "也碰到了:", LATER)


async def test_it_is_another_one_goes_on_and_is_never_asked_again(town: Town) -> None:
    await reported(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends(Photo(shades(1)[0], caption=LATER))
    await zhou.taps("楼道灯")
    await zhou.taps("不是,继续")
    zhou.sees("请看一眼", "3栋", LATER)
    assert "同一件" not in zhou.screen[-1].text
    await zhou.taps("改一项")
    await zhou.taps("下一页")
    await zhou.taps("情况")
    await zhou.sends(SAYS)
    zhou.sees("请看一眼", SAYS)
    await zhou.taps("交上去")
    zhou.sees("记下了")  # and nothing is offered again
    assert len(await reports_of(town)) == 2
    assert not await rows(town, ReportFollower)


async def test_another_kind_is_looked_up_anew(town: Town) -> None:
    await reported(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends("/report")
    for what in ("灯不亮", "楼道灯", "先不拍", "湖滨小区", "3栋", "2单元"):
        await zhou.taps(what)
    await zhou.sends("4")
    zhou.sees("已经有人报过", "4楼", buttons=["就是这个", "上一题"])
    await zhou.taps("上一题")
    zhou.sees("具体是什么")
    await zhou.taps("路灯")
    zhou.sees("什么地方")  # what was like a stairwell's light is no more asked about
    await zhou.sends("花坛东边")
    zhou.sees("坏了几盏")
    while "具体是什么" not in zhou.screen[-1].text:
        await zhou.taps("上一题")
    for what in ("楼道灯", "先不拍", "东湖社区", "湖滨小区"):
        await zhou.taps(what)  # the building is as before
    zhou.sees("已经有人报过", "4楼", buttons=["就是这个"])


async def test_the_guided_way_asks_before_the_photo_is_lost(town: Town) -> None:
    wang, first = await reported(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends("/report")
    for what in ("灯不亮", "楼道灯", "先不拍", "湖滨小区", "3栋", "2单元"):
        await zhou.taps(what)
    await zhou.sends("4")
    zhou.sees("已经有人报过", buttons=["就是这个", "不是,继续", "上一题"])
    await zhou.sends("啊?")
    zhou.sees("同一件", buttons=["就是这个"])
    await zhou.sends("就是这个")
    zhou.sees("不用再填了", first.number)
    await zhou.taps("看看进度")
    zhou.sees(first.number, buttons=["不用再告诉我", "补照片"])
    await zhou.taps("补照片")
    await zhou.sends(Photo(shades(1)[0]))
    await zhou.taps("发好了")
    await zhou.taps("交上去")
    zhou.sees("补上了", first.number, "2 张")
    stranger = await town.person("陌生人", community="donghu")
    await stranger.presses(f"rep:add:{first.id}")
    assert not any("补照片" in shown.text for shown in stranger.screen)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"rdesk:to:{first.id}:filed:{first.version}")
    zhou.sees("已经受理")
    wang.sees("已经受理")


async def test_one_s_own_report_is_not_made_twice(town: Town) -> None:
    wang, first = await reported(town)
    await wang.sends(Photo(shades(1)[0], caption=LATER))
    await wang.taps("楼道灯")
    await wang.taps("就是这个")
    wang.sees("您自己报过", first.number, buttons=["把我的照片加上"])
    assert not await rows(town, ReportFollower)
    assert len(await reports_of(town)) == 1


async def test_the_last_photo_of_an_album_finds_the_joined_report(town: Town) -> None:
    _, first = await reported(town)
    zhou = await town.person("周叔", community="donghu")
    one, late = shades(2)
    await zhou.sends(Photo(one, caption=LATER, album="9"))
    await zhou.taps("楼道灯")
    await zhou.taps("就是这个")
    await zhou.sends(Photo(late, album="9"))
    zhou.sees("补照片", first.number)
    await zhou.taps("交上去")
    zhou.sees("补上了", "2 张")
    await zhou.taps("把我的照片加上")
    zhou.sees("补上了", "3 张")


async def test_what_ended_meanwhile_is_no_dead_end(town: Town) -> None:
    _, first = await reported(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends(Photo(shades(1)[0], caption=LATER))
    await zhou.taps("楼道灯")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"rdesk:say:{first.id}:rejected:{first.version}")
    await staff.taps("现场是好的")
    await zhou.taps("就是这个")
    zhou.sees_toast("接着填")
    zhou.sees("请看一眼", LATER)
    await zhou.taps("交上去")
    assert len(await reports_of(town)) == 2


async def test_who_files_meanwhile_is_still_found_when_handing_in(town: Town) -> None:
    """Both fill in at once: the second lock."""
    await gazetteer(town)
    wang, zhou = [await town.person(name, community="donghu") for name in ("王阿姨", "周叔")]
    for who, words in ((wang, SAYS), (zhou, LATER)):
        await who.sends(Photo(caption=words))
        await who.taps("楼道灯")
        who.sees("请看一眼")
    await wang.taps("交上去")
    await zhou.taps("交上去")
    zhou.sees("是不是已经有人报过", buttons=["就是这个"])


async def test_five_people_at_once_are_five(town: Town) -> None:
    _, first = await reported(town)
    people = [await town.person(f"居民{n}", community="donghu") for n in range(5)]
    for who in people:
        await who.sends(Photo(shades(1)[0], caption=LATER))
        await who.taps("楼道灯")
    await asyncio.gather(*(who.taps("就是这个") for who in people))
    assert len(await rows(town, ReportFollower)) == 5
    assert len(await reports_of(town)) == 1
    assert first.number in people[-1].screen[-1].text
