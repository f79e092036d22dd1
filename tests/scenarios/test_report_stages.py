"""How long a report may wait to be taken on and to be checked; the morning's list says so."""

from datetime import UTC, datetime, timedelta

import pytest

from db.models.reports import Report
from services import clock
from services.permissions import Role
from services.reports import reminders
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Somebody, Town

FRIDAY = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def friday_morning() -> None:
    at(FRIDAY)


async def staffed(town: Town) -> tuple[Somebody, Somebody]:
    await gazetteer(town)
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    await reports_a_light(wang)
    return staff, wang


async def test_a_report_nobody_takes_on_is_named_after_a_working_day(town: Town) -> None:
    staff, wang = await staffed(town)
    street = await town.person("街道赵", Role.STREET_STAFF)

    async def digest() -> str:
        await town.turn_of(wang, lambda chat: reminders.digest(chat.work))
        return staff.sees("早上好").text

    at(FRIDAY + timedelta(days=3, hours=-1))  # Monday, an hour short of a working day
    assert "没受理" not in await digest()
    at(FRIDAY + timedelta(days=3, hours=2))
    assert "1 件报来超过 1 个工作日还没受理" in await digest()
    await street.sends("/reports")
    for what in ("更多", "设置", "受理和核查时限", "受理 +1 天"):
        await street.taps(what)
    street.sees("2 个工作日内受理", "2 个工作日内核查")
    assert "没受理" not in await digest()
    for _ in range(2):
        await street.taps("受理 -1 天")
    street.sees_somewhere("不限时间受理")
    await street.taps("受理 -1 天")  # pressed once more it stays
    at(FRIDAY + timedelta(days=10))
    assert "没受理" not in await digest()
    await staff.presses("rdesk:setup:stage:accept:5")
    staff.sees_toast("需要有权限")
    await street.presses("rdesk:setup:stage:accept:99")
    await street.presses("rdesk:setup:stage:other:1")


async def test_a_repair_nobody_checks_is_named_after_two(town: Town) -> None:
    staff, wang = await staffed(town)
    async with town.database.write() as session:
        row = await session.get_one(Report, 1)
        row.state, row.handled_at = "handled", FRIDAY
    for days, told in ((3, False), (4, True)):
        at(FRIDAY + timedelta(days=days, hours=1))
        await town.turn_of(wang, lambda chat: reminders.digest(chat.work))
        shown = staff.sees("早上好")
        assert ("1 件处理好超过 2 个工作日还没核查" in shown.text) is told
    await staff.taps("待核查")
    staff.sees("待核查", buttons=["楼道灯"])
