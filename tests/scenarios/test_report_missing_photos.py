"""A kind of problem that needs a photo: who cannot take one now reports all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from services import clock
from services.permissions import Role
from services.reports.categories import PhotoRule
from tests.scenarios.test_report_intake import gazetteer, reports_of
from tests.telegram import Photo, Somebody, Town

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> None:
    clock.set_source(lambda: NOON)


async def hours_later(town: Town, hours: int) -> None:
    clock.set_source(lambda: NOON + timedelta(hours=hours))
    await town.clock_work()


async def asked_for_a_photo(town: Town, rule: PhotoRule) -> Somebody:
    """王阿姨 reports a street light, a kind that needs a photo by this rule."""
    await gazetteer(town)
    staff = await town.person("街道赵", Role.STREET_STAFF)
    await staff.presses(f"rdesk:cat:set:street_light:photo:{rule}")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.taps("灯不亮")
    await wang.taps("路灯")
    return wang


async def files(wang: Somebody) -> None:
    await wang.taps("湖滨小区")
    await wang.sends("南门外第二根灯杆")
    while "请看一眼" not in wang.screen[-1].text:
        await wang.taps("跳过")
    await wang.taps("交上去")
    wang.sees("记下了")


async def test_who_cannot_take_a_photo_goes_on_and_is_asked_once_later(town: Town) -> None:
    wang = await asked_for_a_photo(town, PhotoRule.REQUIRED)
    asked = wang.sees("请拍张照片", buttons=["我现在拍不了"])
    await wang.taps("我现在拍不了")
    wang.sees("没有照片也可以先报", "哪个小区")
    await wang.taps("我现在拍不了", on=asked)
    await files(wang)
    [row] = await reports_of(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses(f"rdesk:show:{row.id}")
    staff.sees("拍不了照片")
    await hours_later(town, 3)
    assert "还没有照片" not in wang.screen[-1].text
    await hours_later(town, 5)
    wang.sees("还没有照片", row.number, buttons=["补照片", "看看进度"])
    await wang.taps("补照片")
    await wang.sends(Photo())
    await wang.taps("发好了")
    await wang.taps("交上去")
    wang.sees("补上了", "1 张")
    told = len(wang.screen)
    await hours_later(town, 6)
    assert len(wang.screen) == told
    await staff.presses(f"rdesk:show:{row.id}")
    assert "拍不了照片" not in staff.screen[-1].text


async def test_typed_it_is_understood_too_and_a_late_photo_is_kept(town: Town) -> None:
    wang = await asked_for_a_photo(town, PhotoRule.REQUIRED)
    await wang.sends("现在拍不了")
    wang.sees("哪个小区")
    await wang.sends(Photo())
    await files(wang)
    await hours_later(town, 5)
    assert "还没有照片" not in wang.screen[-1].text


async def test_where_the_office_says_so_there_is_no_way_round(town: Town) -> None:
    wang = await asked_for_a_photo(town, PhotoRule.MUST)
    asked = wang.sees("请拍张照片")
    assert not any("拍不了" in label for label in asked.buttons)
    await wang.sends("跳过")
    wang.sees("要有一张照片")
    await wang.sends(Photo())
    await wang.taps("发好了")
    await files(wang)
