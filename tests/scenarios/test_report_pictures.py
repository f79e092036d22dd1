"""What the office and residents see of all reports together: counts, charts, the map."""

import socket
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from aiohttp import ClientSession
from PIL import Image
from sqlalchemy import select

from bot.health import Health
from db.models.places import Estate
from db.models.reports import Report
from db.work import Work
from services import clock
from services.permissions import Role
from services.reports import maps
from tests.scenarios.test_reports import gazetteer
from tests.telegram import Location, Somebody, Town

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday_morning() -> None:
    clock.set_source(lambda: TUESDAY)


async def reported(
    town: Town, community: str, category: str, *, days: int, state: str = "closed",
    took: float = 1, due: float = 5, estate: str = "",
) -> None:  # fmt: skip
    """A report that came in so many days ago."""
    came = TUESDAY - timedelta(days=days)
    where = await town.community_id(community)
    async with town.database.write() as session:
        place = await session.scalar(select(Estate).where(Estate.name == estate))
        count = len((await session.scalars(select(Report.id))).all())
        session.add(
            Report(
                number=f"T-{count}", source="resident", category=category, community_id=where,
                estate_id=place.id if place else None, words="secret words", state=state,
                created_at=came, filed_at=came, due_at=came + timedelta(days=due),
                closed_at=came + timedelta(days=took) if state == "closed" else None,
            )
        )  # fmt: skip


async def busy(town: Town) -> Somebody:
    """Some weeks of reports in two communities; the staff of one of them."""
    await gazetteer(town)
    for took in (1, 2, 9):
        await reported(town, "donghu", "stairwell_light", days=20, took=took, estate="湖滨小区")
    await reported(town, "donghu", "stairwell_light", days=20, state="assigned")
    await reported(town, "donghu", "sewer", days=2, state="filed")
    await reported(town, "donghu", "sewer", days=2, state="rejected")
    await reported(town, "xixia", "noise", days=3, took=0.5)
    return await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")


def is_picture(who: Somebody) -> bool:
    """Whether the last message is a picture Telegram would take."""
    image = Image.open(BytesIO(who.screen[-1].file or b""))
    return image.format == "PNG" and image.width + image.height <= 10_000


async def test_staff_see_the_figures_of_their_community_and_have_them_drawn(town: Town) -> None:
    staff = await busy(town)
    await staff.sends("/reports")
    await staff.taps("更多")
    await staff.taps("图表")
    staff.sees("各类事情", "东湖社区", "收到 5 件:办好 3,在办 1,逾期 1。办好的占 60%",
               "楼道灯 4 件:办好 3,在办 0,逾期 1")  # fmt: skip
    assert "噪" not in staff.screen[-1].text
    await staff.taps("办好要几天")
    staff.sees("一半的事", "楼道灯:2.0 天(3 件)")
    await staff.taps("按地方")
    staff.sees("湖滨小区 3 件:办好 3", "其他 2 件")
    await staff.taps("按周")
    staff.sees("11-23 0 件", "11-16 1 件", "11-02 4 件:办好 3,在办 0,逾期 1")
    await staff.taps("发成图片")
    assert is_picture(staff)
    staff.sees("最近 12 周", "东湖社区")


async def test_the_street_compares_communities(town: Town) -> None:
    await busy(town)
    street = await town.person("街道陈", Role.STREET_STAFF)
    await street.presses("rdesk:pic:place:month")
    street.sees("全街道", "2026-11-01 至 2026-11-24", "东湖社区 5 件", "西峡社区 1 件:办好 1")
    for kind in ("category", "place", "weeks", "days"):
        await street.presses(f"rdesk:pic:draw:{kind}:quarter")
        assert is_picture(street)


async def test_another_time_by_button_and_typed(town: Town) -> None:
    staff = await busy(town)
    await staff.presses("rdesk:pic")
    await staff.taps("换时间")
    await staff.taps("上月")
    staff.sees("2026-10-01 至 2026-10-31", "没有上报")
    await staff.taps("发成图片")
    assert is_picture(staff)
    await staff.presses("rdesk:pic:when:category")
    await staff.taps("自己定日子")
    await staff.sends("11月21日")
    await staff.sends("11月1日")
    await staff.taps("交上去")
    staff.sees_toast("结束的日子不能早于")
    await staff.taps("改一项")
    await staff.taps("到")
    await staff.sends("11月23日")
    await staff.taps("交上去")
    staff.sees("2026-11-21 至 2026-11-23", "收到 1 件")


async def test_forged_kinds_and_periods_show_something_sensible(town: Town) -> None:
    staff = await busy(town)
    for data in ("rdesk:pic:x:y", "rdesk:pic:draw:x:99999999-1", "rdesk:pic:category:20261301-1"):
        await staff.presses(data)
    staff.sees_somewhere("各类事情", "2026-08-27 至 2026-11-24")
    wang = await town.person("王阿姨", community="donghu")
    await wang.presses("rdesk:pic:category:month")
    wang.sees_toast("需要有权限")


async def test_everybody_sees_how_the_street_is_getting_on(town: Town) -> None:
    await busy(town)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/progress")
    wang.sees("全街道", "收到 6 件:办好 4", "楼道灯 4 件", buttons=["发成图片", "回菜单"])
    await wang.taps("按地方")
    wang.sees("东湖社区 5 件", "西峡社区 1 件")
    assert len(wang.screen) == 1
    await wang.taps("发成图片")
    assert is_picture(wang)
    assert "secret" not in wang.transcript()
    await wang.taps("回菜单")
    wang.sees("您想做什么")


async def test_the_map_shows_places_and_nothing_about_people(town: Town) -> None:
    await busy(town)
    await reported(town, "xixia", "sewer", days=1, state="submitted")
    async with town.database.write() as session:
        row = await session.scalar(select(Report).where(Report.category == "noise"))
        assert row is not None
        row.latitude, row.longitude = 30.712345, 111.298765
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/progress")
    await wang.taps("地图")
    assert is_picture(wang)
    wang.sees("街道上报地图", "湖滨小区 3 件,办好 3", "西峡社区 1 件,办好 1", "东湖社区 2 件")
    await wang.taps("能放大的地图")
    page = (wang.screen[-1].file or b"").decode()
    assert wang.screen[-1].file_name.endswith(".html")
    assert "[30.712, 111.299]" in page
    for hidden in ("secret", "30.7123", "T-0", "submitted"):
        assert hidden not in page
    await wang.taps("返回")
    wang.sees("各类事情")


async def test_staff_say_where_an_estate_is_and_the_map_puts_it_there(town: Town) -> None:
    staff = await busy(town)
    await staff.sends("/places")
    await staff.taps("东湖社区")
    await staff.taps("湖滨小区")
    staff.sees("地图上的位置:还没标")
    await staff.taps("标位置")
    await staff.sends(Location(30.7012345, 111.3012345))
    await staff.taps("交上去")
    staff.sees("地图上的位置:标好了")
    async with town.database.read() as session:
        shown = await maps.public(Work(session))
    assert [(s.latitude, s.longitude) for s in shown.spots if s.label == "湖滨小区"] == [
        (30.7012345, 111.3012345)
    ]
    elsewhere = await town.person("西峡刘", Role.COMMUNITY_STAFF, community="xixia")
    data = next(data for label, data in staff.screen[-1].buttons.items() if label == "标位置")
    await elsewhere.presses(data)
    assert "位置" not in elsewhere.transcript()


async def test_the_page_is_served_on_the_loopback_port(town: Town) -> None:
    await busy(town)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    health = Health(town.database, port)
    await health.start()
    try:
        async with ClientSession() as client, client.get(f"http://127.0.0.1:{port}/map") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert "湖滨小区" in await answer.text()
    finally:
        await health.stop()
