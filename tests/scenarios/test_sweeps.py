"""A round through the stairwells, walked with one hand, by two, with a fall in between."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.models.places import Building, Estate
from db.models.reports import Report, ReportPhoto, SweepFloor
from db.work import Work
from handlers.files.workbooks import read_workbook
from services import clock
from services.permissions import Actor, HeldRole, Role
from services.permissions import community as scope_of
from services.reports import sweeps, walks
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Photo, Shown, Somebody, Town

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TITLE = "楼道灯排查 2026-11"


@pytest.fixture(autouse=True)
def ticking_tuesday() -> None:
    """Every look at the clock is a moment later, as in life."""
    moments = (TUESDAY + timedelta(milliseconds=n) for n in range(10**9))
    clock.set_source(lambda: next(moments))


async def begun(town: Town) -> tuple[Somebody, Somebody]:
    """A round in one community: its staff and a grid worker who sees it."""
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    await staff.sends("/reports")
    await staff.taps("楼道灯排查")
    await staff.taps("新开一轮")
    staff.sees("从哪天开始")  # theirs is the only community in reach
    await staff.sends("今天")
    await staff.sends("12月20日")
    await staff.taps("交上去")
    await opens(grid)
    return staff, grid


async def opens(who: Somebody) -> None:
    await who.sends("/reports")
    await who.taps("楼道灯排查")
    await who.taps(TITLE)


async def second_building(town: Town, name: str = "4栋") -> None:
    async with town.database.write() as session:
        estate = await session.scalar(select(Estate).where(Estate.name == "湖滨小区"))
        assert estate is not None
        session.add(Building(estate_id=estate.id, name=name, aliases=[], entrances=1, floors=2))


async def everything(town: Town) -> list[Report]:
    async with town.database.read() as session:
        return list((await session.scalars(select(Report).order_by(Report.id))).all())


async def noted(town: Town) -> dict[tuple[int, int], int | None]:
    """What stands in the book: lamps broken by entrance and floor, None where none is installed."""
    async with town.database.read() as session:
        rows = (await session.scalars(select(SweepFloor))).all()
    return {(row.entrance, row.floor): row.broken if row.installed else None for row in rows}


def fits_one_hand(shown: Shown) -> None:
    """At most six choices besides the ways back and on; labels short enough for a narrow phone."""
    ways = ("上一层", "看各层", "返回", "拍照", "接着走", "上一页", "更多", "单元")
    choices = [label for label in shown.buttons if not any(way in label for way in ways)]
    assert len(choices) <= 6, choices
    assert all(len(label) <= 16 for label in shown.buttons), list(shown.buttons)


async def test_a_round_makes_reports_without_doubles(town: Town) -> None:
    staff, grid = await begun(town)
    await reports_a_light(await town.person("王阿姨", community="donghu"))
    await opens(grid)
    grid.sees("0/1 栋", "0/21 层")
    cards = len(grid.screen)
    await grid.taps("湖滨小区 3栋")
    for floor in range(1, 8):
        fits_one_hand(grid.sees("1单元", f"{floor}楼"))
        await grid.taps("坏 2 盏" if floor == 3 else "都亮")
    for floor in range(1, 8):
        grid.sees("2单元", f"{floor}楼")
        await grid.taps({5: "坏 1 盏", 6: "没装灯"}.get(floor, "都亮"))
    grid.sees("3单元", "1楼", "坏灯 3 盏")
    for _ in range(7):
        await grid.taps("都亮")
    walked = grid.sees("走完了", "21/21", "坏灯 3 盏", "没装灯 1 层", buttons=["坏的一起报修"])
    before = len(staff.screen)
    await grid.taps("一起报修")
    grid.sees_toast("新报修 1 件,原来就报过的 1 件")
    await grid.taps("一起报修", on=walked)
    grid.sees_toast("新报修 0 件")
    found = await everything(town)
    assert [(r.entrance, r.floor, r.quantity) for r in found] == [("2", 5, None), ("1", 3, 2)]
    assert [s.text for s in staff.screen[before:]] == [
        "楼道灯排查:湖滨小区 3栋 新报修 1 件,请受理。"
    ]
    assert len(grid.screen) == cards


async def test_more_than_three_is_picked_or_typed(town: Town) -> None:
    _, grid = await begun(town)
    await grid.taps("湖滨小区 3栋")
    await grid.taps("坏得更多")
    fits_one_hand(grid.sees("1单元 1楼", "坏了几盏", buttons=["坏 4 盏", "坏 8 盏"]))
    await grid.taps("坏 7 盏")
    grid.sees("2楼", "刚记下:1单元 1楼 坏 7 盏")
    await grid.taps("坏得更多")
    await grid.taps("直接打数字")
    await grid.sends("四十")
    grid.sees_somewhere("最多记 20 盏")
    await grid.sends("12盏")
    await grid.taps("交上去")
    grid.sees("3楼", "刚记下:1单元 2楼 坏 12 盏")
    assert await noted(town) == {(1, 1): 7, (1, 2): 12}


async def test_an_earlier_floor_is_corrected(town: Town) -> None:
    _, grid = await begun(town)
    await grid.taps("湖滨小区 3栋")
    first = grid.screen[-1]
    for label in ("都亮", "坏 3 盏", "都亮"):
        await grid.taps(label)
    await grid.taps("上一层")
    grid.sees("1单元 3楼", "原来记的:都亮")
    await grid.taps("没装灯")
    grid.sees("1单元 4楼")
    await grid.taps("看各层")
    grid.sees("1单元", buttons=["2楼 坏 3 盏", "3楼 没装灯", "4楼 还没看", "更多"])
    await grid.taps("2楼")
    await grid.taps("坏 1 盏")
    grid.sees("1单元 4楼", "刚记下:1单元 2楼 坏 1 盏")
    await grid.taps("看各层")
    await grid.taps("返回")
    grid.sees("看哪个单元", buttons=["1单元 3/7,坏 1", "2单元 0/7"])
    await grid.taps("接着走")
    grid.sees("1单元 4楼")
    await grid.taps(
        "都亮", on=first
    )  # the first card again: it names its floor, nothing else moves
    assert await noted(town) == {(1, 1): 0, (1, 2): 1, (1, 3): None}


async def test_after_a_fall_the_walk_goes_on_where_it_stopped(town: Town) -> None:
    _, grid = await begun(town)
    await second_building(town)
    await grid.taps("返回")
    await opens(grid)
    await grid.taps("湖滨小区 3栋")
    for _ in range(9):
        await grid.taps("都亮")
    await town.start_process()
    town.workers[:] = [town.workers[-1]]
    await grid.sends("/reports")
    await grid.taps("楼道灯排查")
    await grid.taps(TITLE)
    grid.sees("0/2 栋", "9/23 层", buttons=["接着走:3栋 2单元 3楼"])
    await grid.taps("接着走")
    grid.sees("2单元 3楼", "已走 9/21 层")


async def test_two_walkers_share_a_building_and_report_once(town: Town) -> None:
    _, grid = await begun(town)
    other = await town.person("网格员李", Role.GRID_WORKER, community="donghu")
    await opens(other)
    await grid.taps("湖滨小区 3栋")
    await other.taps("湖滨小区 3栋")
    await grid.taps("坏 1 盏")
    await other.taps("坏 2 盏")  # the same first floor: the latest holds
    other.sees("1单元 2楼")
    await other.taps("都亮")
    await grid.taps("都亮")
    grid.sees("1单元 3楼")
    for who in (grid, other):
        await who.taps("看各层")
        await who.taps("一起报修")
    assert [(r.floor, r.quantity) for r in await everything(town)] == [(1, 2)]


async def test_a_photo_goes_with_the_report(town: Town) -> None:
    _, grid = await begun(town)
    await grid.taps("湖滨小区 3栋")
    await grid.taps("坏 1 盏")
    await grid.taps("给 1楼 拍照")
    await grid.sends(Photo())
    await grid.taps("交上去")
    grid.sees("1单元 2楼", "已走 1/21 层")
    await grid.taps("看各层")
    await grid.taps("一起报修")
    async with town.database.read() as session:
        [photo] = (await session.scalars(select(ReportPhoto))).all()
    [row] = await everything(town)
    assert (photo.report_id, photo.kind) == (row.id, "before")


async def test_seen_broken_again_after_the_repair_makes_a_new_report(town: Town) -> None:
    _, grid = await begun(town)
    await grid.taps("湖滨小区 3栋")
    await grid.taps("坏 1 盏")
    await grid.taps("看各层")
    await grid.taps("一起报修")
    async with town.database.write() as session:
        row = await session.scalar(select(Report))
        assert row is not None
        row.state, row.closed_at = "closed", clock.now()
    await grid.taps("看各层")
    await grid.taps("一起报修")
    assert len(await everything(town)) == 1
    await grid.taps("看各层")
    await grid.taps("1楼")
    await grid.taps("坏 1 盏")
    await grid.taps("看各层")
    await grid.taps("一起报修")
    grid.sees_toast("新报修 1 件")
    assert [r.state for r in await everything(town)] == ["closed", "submitted"]


async def test_the_street_sees_every_community_and_the_district_gets_its_table(town: Town) -> None:
    await gazetteer(town)
    where = await town.community_id("xixia")
    async with town.database.write() as session:
        for name in ("甲小区", "乙小区"):
            estate = Estate(community_id=where, name=name, aliases=[])
            session.add(estate)
            await session.flush()
            session.add(
                Building(estate_id=estate.id, name="1栋", aliases=[], entrances=1, floors=2)
            )
    street = await town.person("街道陈", Role.STREET_STAFF)
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="xixia")
    await street.presses("rdesk:sw:new")
    await street.taps("下一页")
    await street.taps("全街道")
    await street.sends("今天")
    await street.sends("12月20日")
    await street.taps("交上去")
    await opens(grid)
    grid.sees("西峡社区", "0/2 栋")
    await grid.taps("甲小区")
    await grid.taps("甲小区 1栋")
    for label in ("坏 2 盏", "没装灯"):
        await grid.taps(label)
    grid.sees("走完了")
    await opens(street)
    street.sees("全街道", "走完 1/3 栋", "2/25 层", "坏灯 2 盏", "0% 是好的",
                buttons=["东湖社区 0/1 栋,坏 0", "西峡社区 1/2 栋,坏 2", "结束这一轮"])  # fmt: skip
    await street.taps("西峡社区")
    await street.taps("坏的全部报修")
    street.sees_toast("新报修 1 件")
    await street.taps("返回")
    street.sees("已报修 1 层")
    await street.taps("汇总表")
    await street.taps("全部")
    book = read_workbook(street.screen[-1].file or b"")
    faults, communities, buildings = ([row.cells for row in sheet.rows] for sheet in book)
    assert [list(row[4:9]) for row in faults if row[3] == "1栋"] == [
        [1, 1, None, 2, "不亮"],
        [1, 2, None, 0, "未安装"],
    ]
    assert [list(row[1:11]) for row in communities[-3:]] == [
        ["西峡社区", 2, 1, 4, 2, 2, 1, 1, 1, "0%"],
        ["东湖社区", 1, 0, 21, 0, 0, 0, 0, 0, None],
        ["合计", 3, 1, 25, 2, 2, 1, 1, 1, "0%"],
    ]
    assert len([row for row in buildings if row[3] in ("1栋", "3栋")]) == 3
    await opens(street)
    await street.taps("结束这一轮")
    street.sees("还有 23 层没看")
    await street.taps("结束")
    street.sees_somewhere("(已结束)")
    await grid.taps("一起报修")
    grid.sees_toast("已经结束")


async def test_nobody_walks_where_they_do_not_work(town: Town) -> None:
    _, grid = await begun(town)
    await grid.taps("湖滨小区 3栋")
    other = await town.person("峡口网格员", Role.GRID_WORKER, community="xixia")
    wang = await town.person("王阿姨", community="donghu")
    mark = next(data for label, data in grid.screen[-1].buttons.items() if label == "都亮")
    for who in (other, wang):
        await who.presses(mark)
    for forged in (mark[:-2] + ":99", mark.replace(":1:1:", ":9:1:"), mark + "x", "rdesk:sw:mark"):
        await grid.presses(forged)
    assert await noted(town) == {}


async def test_two_presses_at_the_same_moment_make_one_report(town: Town) -> None:
    """Two transactions at once, as two processes on PostgreSQL run them."""
    _, grid = await begun(town)
    await grid.taps("湖滨小区 3栋")
    await grid.taps("坏 1 盏")
    community = await town.community_id("donghu")
    by = Actor(
        await town.person_id(grid), (HeldRole(Role.GRID_WORKER, scope_of(community)),), community
    )

    async def press() -> tuple[int, int]:
        async with town.database.write() as session:
            work = Work(session)
            [sweep] = await sweeps.running(work, by)
            building = (await session.scalars(select(Building.id))).one()
            return await walks.report_broken(work, by, sweep, building, "坏了")

    results = await asyncio.gather(*(press() for _ in range(4)))
    assert sum(new for new, _ in results) == 1
    assert len(await everything(town)) == 1
