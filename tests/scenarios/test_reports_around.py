"""Residents see open reports nearby, follow one with a press, and add photos to their own."""

from sqlalchemy import select

from db.models.places import Estate
from db.models.reports import Report, ReportFollower
from services.permissions import Role
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Location, Photo, Somebody, Town, picture


async def place_the_estate(town: Town, latitude: float, longitude: float) -> None:
    async with town.database.write() as session:
        [estate] = (await session.scalars(select(Estate))).all()
        estate.latitude, estate.longitude = latitude, longitude


async def a_taken_on_light(town: Town) -> tuple[Somebody, Somebody, str]:
    """Wang's light in 湖滨小区, taken on by Liu."""
    await gazetteer(town)
    await place_the_estate(town, 30.25, 120.15)
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    number = await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("受理")
    return wang, staff, number


async def followers(town: Town) -> int:
    async with town.database.read() as session:
        return len((await session.scalars(select(ReportFollower))).all())


async def test_a_location_shows_what_is_open_nearby_and_one_press_follows(town: Town) -> None:
    _, staff, number = await a_taken_on_light(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends(Location(30.2505, 120.1503, 20))
    zhou.sees("位置收到了", buttons=["在这里报修", "看看附近报过的"])
    await zhou.taps("看看附近报过的")
    card = zhou.sees_somewhere("楼道灯", number, "湖滨小区 3栋")
    assert card.file  # with its photo
    assert "不亮三天了" not in zhou.transcript()  # nobody's words
    assert "5楼" not in zhou.transcript()
    await zhou.taps("我也碰到了")
    zhou.sees_toast("1 位居民")
    await zhou.presses(card.buttons["我也碰到了"])
    assert await followers(town) == 1
    await staff.taps("我来处理")
    zhou.sees("有人在处理", buttons=["看看进度"])
    await zhou.taps("看看进度")
    zhou.sees("处理中", "湖滨小区", buttons=["不用再告诉我"])
    await zhou.sends("/myreports")
    await zhou.taps("我跟着的")
    await zhou.taps(number)
    await zhou.taps("不用再告诉我")
    assert await followers(town) == 0
    await zhou.sends("/myreports")
    await zhou.taps("我跟着的")
    zhou.sees("还没有跟着")


async def test_far_away_there_is_nothing_and_a_way_on(town: Town) -> None:
    await a_taken_on_light(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends(Location(31.0, 121.0))
    await zhou.taps("看看附近报过的")
    zhou.sees("附近没有", buttons=["我要报修", "看别的小区"])


async def test_an_estate_is_picked(town: Town) -> None:
    _, _, number = await a_taken_on_light(town)
    zhou = await town.person("周叔", community="donghu")
    await zhou.sends("/myreports")
    await zhou.taps("附近报过的")
    await zhou.taps("别的社区")
    await zhou.taps("东湖")
    await zhou.taps("湖滨小区")
    zhou.sees_somewhere(number)
    zhou.sees("一共 1 件")


async def test_what_the_office_has_not_taken_on_is_not_shown_to_others(town: Town) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    number = await reports_a_light(wang)
    async with town.database.read() as session:
        [row] = (await session.scalars(select(Report))).all()
    for act in ("follow", "show", "add", "unfollow"):
        await zhou.presses(f"rep:{act}:{row.id}")
    await zhou.sends("/myreports")
    await zhou.taps("附近报过的")
    await zhou.taps("湖滨小区")
    assert number not in zhou.transcript()
    assert await followers(town) == 0


async def test_a_report_begins_at_the_location_sent(town: Town) -> None:
    await gazetteer(town)
    await place_the_estate(town, 30.25, 120.15)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Location(30.2504, 120.1501, 15))
    await wang.taps("在这里报修")
    for label in ("井盖、下水、路面", "路面破损", "先不拍", "不在上面", "跳过", "交上去"):
        await wang.taps(label)
    async with town.database.read() as session:
        [row] = (await session.scalars(select(Report))).all()
    assert (row.latitude, row.longitude, row.accuracy) == (30.2504, 120.1501, 15)


async def test_photos_are_added_later(town: Town) -> None:
    wang, staff, number = await a_taken_on_light(town)
    await wang.sends("/myreports")
    await wang.taps(number)
    await wang.taps("补照片")
    await wang.sends(Photo(picture(50, 50), album="5"), Photo(picture(51, 50), album="5"))
    await wang.taps("发好了")
    await wang.taps("交上去")
    wang.sees("补上了", "3 张")
    await wang.taps("看看进度")
    wang.sees("补了 2 张照片", "照片 3 张")
    await staff.presses("rep:add:1")  # not their own
    assert "补照片" not in staff.transcript()
