"""Ledgers ordered in chat: which, of where, for which days; the exchange file; nothing cut off."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import reports as report_jobs
from db.models.places import Body
from db.models.reports import Report, ReportFollower
from handlers.files.workbooks import read_workbook
from services import clock
from services.permissions import Role
from services.reports import ledgers, open311, periods
from tests.scenarios.test_report_pictures import reported
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Somebody, Town

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.fixture(autouse=True)
def tuesday_morning() -> None:
    clock.set_source(lambda: TUESDAY)


async def staffed(town: Town) -> Somebody:
    await gazetteer(town)
    return await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")


async def orders(who: Somebody, *labels: str) -> None:
    await who.sends("/reports")
    await who.taps("更多")
    await who.taps("导出台账")
    for label in labels:
        await who.taps(label)


def cells(who: Somebody, sheet: int = 0) -> list[tuple[Any, ...]]:
    """The rows of the workbook that came last."""
    found = read_workbook(who.screen[-1].file or b"")[sheet].rows
    return [tuple(row.cells) for row in found]


@pytest.mark.parametrize(
    ("label", "first", "columns"),
    [("问题整改台账", "问题编码", 29), ("事件导出表", "事件编号", 23)],
)
async def test_ledgers_come_with_their_headings_and_no_formula(
    town: Town, label: str, first: str, columns: int
) -> None:
    staff = await staffed(town)
    number = await reports_a_light(await town.person("王阿姨", community="donghu"))
    await orders(staff, label, "本月")
    rows = cells(staff)
    at = next(i for i, row in enumerate(rows) if row[0] == first)
    above = " ".join(str(row[0]) for row in rows[:at])
    assert len([cell for cell in rows[at] if cell]) == columns
    for part in ("2026-11-01 至 2026-11-24", "填报单位:东湖社区", "内部资料"):
        assert part in above
    assert rows[at + 1][0] == number


async def test_the_ledger_tells_who_has_it_what_was_promised_and_what_came_of_it(
    town: Town,
) -> None:
    staff = await staffed(town)
    wang = await town.person("王阿姨", community="donghu")
    number = await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("受理")
    async with town.database.write() as session:
        row = await session.get_one(Report, 1)
        body = Body(name="好管家物业", kind="property_company")
        session.add(body)
        await session.flush()
        row.body_id, row.hurried, row.extended_days = body.id, 2, 3
        row.original_due_at = TUESDAY + timedelta(days=1)
        session.add(ReportFollower(report_id=1, person_id=row.reporter_id, same=True, at=TUESDAY))
    await orders(staff, "问题整改台账", "本月")
    rows = cells(staff)
    at = next(i for i, row in enumerate(rows) if row[0] == "问题编码")
    told = dict(zip(rows[at], rows[at + 1], strict=True))
    assert told["问题编码"] == number
    assert (told["责任单位"], told["催办次数"], told["延期工作日"]) == ("好管家物业", 2, 3)
    assert (told["是否销号"], told["未销号剩余"]) == ("否", "剩余 7 天")
    assert (told["同报人数"], told["处理结果"]) == (1, None)
    assert str(told["原定时限"]).startswith("2026-11-25")
    assert str(told["整改时限"]).startswith("2026-12-01")


async def test_the_street_chooses_a_community_and_any_days(town: Town) -> None:
    await gazetteer(town)
    for place, days in (("donghu", 2), ("donghu", 40), ("xixia", 3)):
        await reported(town, place, "sewer", days=days)
    street = await town.person("街道陈", Role.STREET_STAFF)
    await orders(street, "问题整改台账")
    street.sees("哪里的", buttons=["全部", "东湖社区", "更多"])
    await street.taps("更多")
    await street.taps("上一页")
    await street.taps("东湖社区")
    await street.taps("上月")
    assert [row[0] for row in cells(street)][-1] == "T-1"
    await orders(street, "问题整改台账", "全部", "近 90 天")
    assert {"T-0", "T-1", "T-2"} <= {row[0] for row in cells(street)}
    await orders(street, "问题整改台账", "全部", "自己定日子")
    await street.sends("11月21日")
    await street.sends("11月21日")
    await street.taps("交上去")
    street.sees_somewhere("正在做表")
    rows = cells(street)
    assert rows[-1][0] == "T-2"
    assert "2026-11-21 至 2026-11-21" in " ".join(str(row[0]) for row in rows)


async def test_what_a_sheet_or_a_message_cannot_hold_is_told(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await staffed(town)
    for _ in range(2):
        await reported(town, "donghu", "sewer", days=2)
    monkeypatch.setattr(ledgers, "MOST_ROWS", 1)
    await orders(staff, "事件导出表", "本月")
    staff.sees_toast("有 2 条,一张表最多 1 条")
    monkeypatch.setattr(ledgers, "MOST_ROWS", 2)
    monkeypatch.setattr(report_jobs, "MOST_BYTES", 1000)
    await orders(staff, "事件导出表", "本月")
    staff.sees("事件导出表", "超过了一次能发的")


async def test_nobody_orders_what_is_not_theirs(town: Town) -> None:
    staff = await staffed(town)
    wang = await town.person("王阿姨", community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    elsewhere = await town.community_id("xixia")
    for who in (wang, grid):
        await who.presses("rdesk:ledger:problems:all:month")
        who.sees_toast("需要有权限")
    before = len(staff.screen)
    for forged in (f"problems:{elsewhere}:month", "problems:x:month", "lights:99", "lights:99:all"):
        await staff.presses(f"rdesk:ledger:{forged}")
    assert not any(shown.file for shown in staff.screen[before:])


# -- the exchange file --------------------------------------------------------------------------

#: GeoReport v2: the fields of each answer and their JSON types.
TEXT, NULL = (str,), type(None)
SERVICE: dict[str, tuple[type, ...]] = {
    "service_code": TEXT, "service_name": TEXT, "description": TEXT, "metadata": (bool,),
    "type": TEXT, "keywords": TEXT, "group": TEXT,
}  # fmt: skip
REQUEST: dict[str, tuple[type, ...]] = {
    "service_request_id": TEXT, "status": TEXT, "status_notes": (str, NULL),
    "service_name": TEXT, "service_code": TEXT, "description": TEXT,
    "agency_responsible": (str, NULL), "service_notice": (str, NULL),
    "requested_datetime": TEXT, "updated_datetime": TEXT, "expected_datetime": (str, NULL),
    "address": TEXT, "address_id": (str, NULL), "zipcode": (str, NULL), "lat": (float, NULL),
    "long": (float, NULL), "media_url": (str, NULL),
}  # fmt: skip


def conforms(rows: list[dict[str, Any]], shape: dict[str, tuple[type, ...]]) -> None:
    for row in rows:
        assert row.keys() == shape.keys()
        for name, value in row.items():
            assert isinstance(value, shape[name]), (name, value)
            if name.endswith("_datetime") and isinstance(value, str):
                assert MOMENT.fullmatch(value), (name, value)


async def test_the_exchange_files_have_the_shape_of_georeport(town: Town) -> None:
    staff = await staffed(town)
    number = await reports_a_light(await town.person("王阿姨", community="donghu"))
    await reported(town, "donghu", "sewer", days=1, state="rejected")
    await reported(town, "donghu", "sewer", days=1, took=0.5)
    await orders(staff, "Open311", "本季度")
    services, requests = staff.screen[-2:]
    assert (services.file_name, requests.file_name) == ("services.json", "requests.json")
    kinds, rows = (json.loads(shown.file or b"") for shown in (services, requests))
    conforms(kinds, SERVICE)
    conforms(rows, REQUEST)
    assert {kind["type"] for kind in kinds} == {"realtime"}
    assert {row["service_code"] for row in rows} <= {kind["service_code"] for kind in kinds}
    assert [(row["service_request_id"], row["status"]) for row in rows] == [
        (number, "open"),
        ("T-2", "closed"),
    ]
    assert rows[1]["updated_datetime"] > rows[1]["requested_datetime"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("灯坏了,电话13812345678", "灯坏了,电话***"),
        ("打 138 1234 5678 找我", "打 *** 找我"),
        ("身份证42010619800101001X", "身份证***"),
        ("电话１３８１２３４５６７８", "电话***"),
        ("3栋2单元501室,坏了12盏", "3栋2单元501室,坏了12盏"),
    ],
)
def test_numbers_of_people_are_left_out(words: str, left: str) -> None:
    assert open311.without_numbers(words) == left


async def test_the_command_line_writes_the_same(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from typer.testing import CliRunner

    from bot.cli import reports as cli_report
    from tests.telegram import TEST_KEY

    await gazetteer(town)
    await reported(town, "donghu", "sewer", days=1)
    for name, value in (("DATABASE_URL", town.url), ("SECRET_KEY", TEST_KEY), ("DEMO", "0")):
        monkeypatch.setenv(name, value)

    def runs(*arguments: str) -> int:
        return CliRunner().invoke(cli_report.app, list(arguments)).exit_code

    assert await asyncio.to_thread(runs, "open311", "--out", str(tmp_path / "out")) == 0
    rows = json.loads((tmp_path / "out" / "requests.json").read_text(encoding="utf-8"))
    conforms(rows, REQUEST)
    assert [row["service_request_id"] for row in rows] == ["T-0"]
    wrong = ("open311", "--out", str(tmp_path), "--first", "2026-11-02", "--last", "2026-11-01")
    assert await asyncio.to_thread(runs, *wrong) == 1
    assert await asyncio.to_thread(runs, "map", str(tmp_path / "map.html")) == 0
    assert "东湖社区" in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_periods_are_whole_days_and_survive_their_code() -> None:
    for name in periods.NAMED:
        period = periods.find(name)
        assert periods.find(period.code) == period
        assert period.first <= period.last
    assert periods.find("last_month").code == "20261001-20261031"
    assert periods.find("quarter").first.isoformat() == "2026-10-01"
    for odd in ("", "x", "20261301-20261302", "20261102-20261101", "19000101-20261101"):
        assert periods.find(odd) == periods.find("days90")
