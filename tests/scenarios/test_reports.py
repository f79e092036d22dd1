"""A problem from the photo in the chat to the checked repair, both sides."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models.places import Building, Estate
from db.models.reports import Report, ReportMove
from services import clock
from services.permissions import Role
from tests.telegram import Photo, Somebody, Town


async def gazetteer(town: Town) -> None:
    """One estate with one building in 东湖."""
    community = await town.community_id("donghu")
    async with town.database.write() as session:
        estate = Estate(community_id=community, name="湖滨小区", aliases=[])
        session.add(estate)
        await session.flush()
        session.add(Building(estate_id=estate.id, name="3栋", aliases=[], entrances=3, floors=7))


async def reports_a_light(who: Somebody) -> str:
    """The guided form, with a photo; the number."""
    await who.sends("/report")
    who.sees("哪方面", "先打 110")
    await who.taps("灯不亮")
    await who.taps("楼道灯")
    await who.sends(Photo())
    await who.taps("发好了")
    who.sees("哪个小区", buttons=["湖滨小区", "不在上面"])
    await who.taps("湖滨小区")
    await who.taps("3栋")
    who.sees("几单元", buttons=["1单元", "2单元", "3单元"])
    await who.taps("2单元")
    await who.sends("五楼")
    await who.taps("跳过")
    await who.sends("不亮三天了 <b>&")
    who.sees("请看一眼", "楼道灯", "东湖社区", "湖滨小区", "3栋", "2单元", "不亮三天了 <b>&")
    await who.taps("交上去")
    return who.sees("记下了", "编号 东湖-").text.split("编号 ")[1].split("。")[0]


async def test_from_the_photo_to_the_checked_repair(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("西峡网格员", Role.GRID_WORKER, community="xixia")
    number = await reports_a_light(wang)
    assert not other.screen
    staff.sees("新上报", number)
    await staff.taps("看一看")
    staff.sees("湖滨小区 3栋 2单元 5楼", buttons=["受理", "派给", "请居民补充", "不受理"])
    await staff.taps("看照片")
    assert staff.screen[-1].file
    await staff.taps("派给")
    await staff.taps("东湖社区网格员")
    staff.sees_toast("已派出")
    wang.sees("已经受理", number)
    grid.sees("派给您一件", number)
    await grid.taps("看一看")
    await grid.taps("处理好了")
    await grid.sends(Photo())
    await grid.taps("发好了")
    await grid.sends("换了一个灯泡")
    await grid.taps("交上去")
    told = wang.sees("处理好了", "换了一个灯泡", buttons=["好了", "还没好"])
    assert told.file
    await grid.sends("/reports")
    await grid.taps("社区上报")
    await grid.taps("待核查")
    await grid.taps(number)
    assert "核查通过" not in " ".join(grid.screen[-1].buttons)
    staff.sees("等您核查")
    await staff.taps("看一看")
    await staff.taps("核查通过")
    wang.sees("核查办结", buttons=["打个分", "还没好", "看看进度"])
    await wang.sends("/myreports")
    await wang.taps(number)
    wang.sees("已办结", "待核查", buttons=["打个分"])
    await wang.taps("打个分")
    wang.sees("打几分", buttons=["1", "5"])
    await wang.taps("4")
    wang.sees_toast("谢谢")
    await wang.sends("/myreports")
    await wang.taps(number)
    assert "打个分" not in wang.screen[-1].buttons
    async with town.database.read() as session:
        report_id = (await session.scalars(select(Report.id))).one()
    await staff.presses(f"rep:stars:{report_id}")
    await staff.presses(f"rep:rate:{report_id}:5")
    async with town.database.read() as session:
        assert (await session.get_one(Report, report_id)).rating == 4


async def test_the_reporter_says_it_is_not_mended_and_it_is_reopened(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("受理")
    await grid.sends("/reports")
    await grid.taps("社区上报")
    await grid.taps("在办")
    await grid.taps("楼道灯")
    await grid.taps("处理好了")
    await grid.sends(Photo())
    await grid.taps("发好了")
    await grid.sends("修好了")
    await grid.taps("交上去")
    await wang.taps("还没好")
    await wang.sends("还是不亮")
    await wang.taps("先不拍")
    await wang.taps("交上去")
    wang.sees("转给处理的同志", buttons=["看看进度"])
    async with town.database.read() as session:
        [row] = (await session.scalars(select(Report))).all()
    assert (row.state, row.reopened) == ("reopened", 1)


async def test_after_seven_days_it_cannot_be_reopened(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await reports_a_light(wang)
    async with town.database.write() as session:
        [row] = (await session.scalars(select(Report))).all()
        row.state, row.closed_at = "closed", clock.now()
    later = clock.now() + timedelta(days=8)
    clock.set_source(lambda: later)
    await wang.presses(f"rep:no:{row.id}")
    wang.sees_toast("超过 7 天")


async def test_foreign_buttons_and_forged_moves_do_nothing(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    far = await town.person("西峡干部", Role.COMMUNITY_STAFF, community="xixia")
    await reports_a_light(wang)
    acts = ("show", "to", "handle", "reject", "assign", "photo", "words")
    for who in (zhou, far):
        for act in acts:
            await who.presses(f"rdesk:{act}:1:closed")
            await who.presses(f"rep:{act}:1")
        assert not any("湖滨" in s.text for s in who.screen)
    await wang.presses("rdesk:to:1:closed")
    await wang.presses("rep:ok:1")
    async with town.database.read() as session:
        [row] = (await session.scalars(select(Report))).all()
        moves = (await session.scalars(select(ReportMove))).all()
    assert row.state == "submitted"
    assert len(moves) == 1


async def test_words_that_are_a_report_are_offered_and_filled_in(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("我家3栋2单元的楼道灯坏了两盏")
    wang.sees("报修", buttons=["帮我登记", "我只是问问"])
    await wang.taps("帮我登记")
    wang.sees("照片")
    await wang.taps("先不拍")
    await wang.taps("不在上面")
    await wang.sends("湖滨路老楼")
    wang.sees("请看一眼", "楼道灯", "我家3栋2单元的楼道灯坏了两盏", "2")
    await wang.taps("交上去")
    wang.sees("记下了")


async def test_asked_back_and_answered(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("请居民补充")
    await staff.sends("是声控灯吗?")
    await staff.taps("先不拍")
    await staff.taps("交上去")
    wang.sees("是声控灯吗", buttons=["补充情况"])
    await wang.taps("补充情况")
    await wang.sends("是声控的")
    await wang.taps("先不拍")
    await wang.taps("交上去")
    async with town.database.read() as session:
        [row] = (await session.scalars(select(Report))).all()
    assert row.state == "submitted"


@pytest.mark.parametrize("reason", ["不归我们管", "没有找到"])
async def test_not_accepted_with_a_way_on(town: Town, reason: str) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("不受理")
    await staff.taps(reason)
    wang.sees("没有受理")
