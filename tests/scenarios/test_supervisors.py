"""Citizen supervisors: they look again at what was mended, and write down what they find."""

from datetime import timedelta

from sqlalchemy import select

from db.models.reports import Report, ReportPhoto
from db.models.supervisors import ReportCheck
from services import clock
from services.permissions import Role
from tests.scenarios.test_report_handling import cast, the_report
from tests.telegram import Photo, Somebody, Town, picture


async def mended(town: Town) -> tuple[Somebody, Somebody, Somebody]:
    """A light that the grid worker says is mended; resident, grid worker, staff."""
    wang, grid, staff = await cast(town)
    await grid.taps("我来处理")
    await grid.presses("rdesk:handle:1")
    await grid.sends(Photo(picture(70, 50)))
    await grid.taps("发好了")
    await grid.sends("换了灯泡")
    await grid.taps("交上去")
    assert (await the_report(town)).state == "handled"
    return wang, grid, staff


async def looks(who: Somebody, verdict: str, words: str = "") -> None:
    """Press a verdict on the report shown, send the photo and the words."""
    await who.taps(verdict)
    who.sees("拍一张现在的样子")
    await who.sends(Photo(picture(60, 60)))
    await who.taps("发好了")
    if words:
        await who.sends(words)
    else:
        await who.taps("跳过")
    await who.taps("交上去")


async def test_a_supervisor_passes_what_is_mended_with_a_photo(town: Town) -> None:
    wang, _grid, _staff = await mended(town)
    boss = await town.person("监督员", Role.SUPERVISOR)
    await boss.sends("/start")
    boss.sees("谢谢您帮着看", buttons=["写一件督查发现", "复查和督查 (1)", "我的监督记录"])
    await boss.taps("复查和督查")
    boss.sees("再看一眼", buttons=["等复查的(1)", "结案没看过的(0)"])
    assert not any("监督员做的" in label for label in boss.screen[-1].buttons)
    await boss.taps("等复查的")
    boss.sees("说是办好了")
    await boss.taps("楼道灯")
    boss.sees("换了灯泡", buttons=["修好了", "没修好", "看照片", "返回"])
    shown = boss.screen[-1]
    await looks(boss, "修好了")
    boss.sees("复查通过,记下了", buttons=["接着看"])
    assert (await the_report(town)).state == "closed"
    wang.sees_somewhere("已经核查办结")
    await boss.taps("修好了", on=shown)
    boss.sees_toast("已经有人复查过")
    await boss.taps("接着看")
    boss.sees("再看一眼", buttons=["等复查的(0)", "结案没看过的(0)"])
    await boss.taps("我的监督记录")
    boss.sees("发现 0 件,复查通过 1 件,没通过 0 件", "通过")
    async with town.database.read() as session:
        kinds = [photo.kind for photo in await session.scalars(select(ReportPhoto))]
    assert kinds.count("check") == 1


async def test_what_is_not_mended_goes_back_with_words_and_photo(town: Town) -> None:
    _wang, grid, _staff = await mended(town)
    boss = await town.person("监督员", Role.SUPERVISOR, community="donghu")
    await boss.presses("sup:show:1")
    await boss.taps("没修好")
    boss.sees("没修好", "拍一张")
    await boss.sends(Photo(picture(60, 60)))
    await boss.taps("发好了")
    assert not any("跳过" in label for label in boss.screen[-1].buttons)
    await boss.sends("三楼还是黑的")
    await boss.taps("交上去")
    boss.sees("退回重新处理")
    grid.sees_somewhere("还没好")
    row = await the_report(town)
    assert (row.state, row.reopened) == ("reopened", 1)
    await boss.presses("sup:mine:0")
    boss.sees("没通过 1 件", "三楼还是黑的")


async def test_a_closing_is_looked_at_once_and_only_within_the_month(town: Town) -> None:
    _wang, grid, staff = await mended(town)
    first = await town.person("监督员甲", Role.SUPERVISOR)
    second = await town.person("监督员乙", Role.SUPERVISOR)
    await staff.presses("rdesk:to:1:closed")
    assert (await the_report(town)).state == "closed"
    await first.sends("/checks")
    await first.taps("结案没看过的(1)")
    await first.taps("楼道灯")
    await second.presses("sup:show:1")
    await first.taps("修好了")
    await first.sends(Photo(picture(60, 60)))
    await first.taps("发好了")
    await first.taps("跳过")
    await looks(second, "没修好", "还是不亮")
    second.sees("退回重新处理")
    await first.taps("交上去")
    first.sees_toast("已经有人复查过")
    async with town.database.read() as session:
        assert [c.passed for c in await session.scalars(select(ReportCheck))] == [False]
    assert (await the_report(town)).state == "reopened"
    for who in (grid, staff):
        await who.presses("sup:yes:1")
        assert "有权限" in who.toasts[-1]


async def test_late_closings_and_other_communities_are_not_offered(town: Town) -> None:
    _wang, _grid, staff = await mended(town)
    elsewhere = await town.person("西夏监督员", Role.SUPERVISOR, community="xixia")
    boss = await town.person("监督员", Role.SUPERVISOR)
    await elsewhere.sends("/checks")
    elsewhere.sees("再看一眼", buttons=["等复查的(0)"])
    await elsewhere.presses("sup:show:1")
    elsewhere.sees_toast("没有找到")
    await staff.presses("rdesk:to:1:closed")
    now = clock.now()
    clock.set_source(lambda: now + timedelta(days=31))
    await boss.sends("/checks")
    boss.sees("再看一眼", buttons=["结案没看过的(0)"])
    await boss.presses("sup:yes:1")
    boss.sees_toast("不用复查")


async def test_a_finding_is_a_report_with_photo_and_source(town: Town) -> None:
    _wang, _grid, staff = await cast(town)
    boss = await town.person("监督员", Role.SUPERVISOR, community="donghu")
    await boss.sends("/start")
    await boss.taps("写一件督查发现")
    boss.sees("督查发现要拍一张照片")
    await boss.taps("垃圾、卫生")
    await boss.taps(next(iter(boss.screen[-1].buttons)))
    boss.sees("请拍张照片")
    assert not any("先不拍" in label for label in boss.screen[-1].buttons)
    await boss.sends(Photo(picture(90, 60)))
    await boss.taps("发好了")
    while not any("交上去" in label for label in boss.screen[-1].buttons):
        if any("不在上面" in label for label in boss.screen[-1].buttons):
            await boss.taps("不在上面")
        elif "在什么地方" in boss.screen[-1].text:
            await boss.sends("东门口第二个垃圾桶旁边")
        else:
            await boss.sends("堆了好几天了")
    await boss.taps("交上去")
    boss.sees_somewhere("记下了")
    staff.sees_somewhere("新")
    async with town.database.read() as session:
        found = (await session.scalars(select(Report).order_by(Report.id.desc()))).first()
        assert found is not None
        photos = (await session.scalars(select(ReportPhoto.report_id))).all()
    assert found.source == "supervisor"
    assert found.id in photos
    await boss.presses("sup:mine:0")
    boss.sees("发现 1 件")


async def test_staff_see_what_the_supervisors_did(town: Town) -> None:
    _wang, _grid, _staff = await mended(town)
    boss = await town.person("监督员", Role.SUPERVISOR)
    street = await town.person("街道老周", Role.STREET_STAFF)
    await boss.presses("sup:show:1")
    await looks(boss, "修好了")
    await street.sends("/checks")
    await street.taps("监督员做的")
    street.sees("通过 1,没通过 0")


async def test_a_digest_comes_once_a_day_while_something_waits(town: Town) -> None:
    await mended(town)
    boss = await town.person("监督员", Role.SUPERVISOR)
    elsewhere = await town.person("西夏监督员", Role.SUPERVISOR, community="xixia")
    await town.clock_work()
    now = clock.now()
    for hours in (23, 24):
        clock.set_source(lambda hours=hours: now + timedelta(hours=hours))  # type: ignore[misc]
        await town.clock_work()
    assert sum("1 件办完了等复查" in shown.text for shown in boss.screen) == 1
    assert not any("等复查" in shown.text for shown in elsewhere.screen)
    await boss.taps("看一看")
    boss.sees("再看一眼", buttons=["等复查的(1)"])
