"""The gazetteer: edited in chat, imported from Excel all or nothing, and found in words."""

import io
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select

from db.models.people import AuditEntry
from db.models.places import Body, Building, Community, Estate, Landmark
from db.seeds import load_example_places
from db.work import Work
from handlers.files.place_sheets import COLUMNS, read, template
from handlers.texts import say
from services import gazetteer, places
from services.permissions import Actor, HeldRole, Role, community
from tests.telegram import File, Somebody, Town

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = [str(say(f"place_sheet.{name}")) for name in COLUMNS]


def workbook(*rows: list[Any], headings: list[str] = HEADINGS) -> bytes:
    """A filled template."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet("小区楼栋")
        for down, row in enumerate([headings, *rows]):
            for at, value in enumerate(row):
                if value is not None:
                    page.write(down, at, value)
    return file.getvalue()


GOOD = (
    ["东湖社区", "湖滨小区", "湖滨、湖滨花园", "3栋", None, 3, 7, "好家物业", None, None, None],
    ["东湖", "湖滨小区", None, "4号楼", "丁栋", 2, 6, None, "原轴承厂", None, None],
    ["东湖社区", None, None, None, None, None, None, None, None, "社区广场", "广场,老戏台"],
)


async def imports(town: Town, who: Somebody, *rows: list[Any], name: str = "x.xlsx") -> None:
    await who.sends("/places")
    await who.taps("导入 Excel")
    who.sees("请把填好的")
    await who.sends(File(workbook(*rows), name, XLSX))


async def counted(town: Town) -> dict[str, int]:
    async with town.database.read() as session:
        return {
            table.__tablename__: len((await session.scalars(select(table))).all())
            for table in (Estate, Building, Landmark, Body)
        }


async def test_a_workbook_is_taken_over_and_sent_back_the_same(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await imports(town, staff, *GOOD)
    staff.sees("新加 4 条", "更新 0 条")
    assert await counted(town) == {"estates": 1, "buildings": 2, "landmarks": 1, "bodies": 2}
    await imports(town, staff, *GOOD)
    staff.sees("新加 0 条", "更新 2 条")
    await staff.sends("/places")
    await staff.taps("下载 Excel")
    sheet = next(s for s in reversed(staff.screen) if s.file)
    assert sheet.file is not None
    assert sheet.file_name == "小区楼栋.xlsx"
    lines, wrong = read(sheet.file)
    assert not wrong
    [third] = [line for line in lines if line.building == "3栋"]
    assert (third.estate_aliases, third.entrances, third.floors, third.managing) == (
        ("湖滨", "湖滨花园"),
        3,
        7,
        "好家物业",
    )
    await staff.sends(File(sheet.file, "小区楼栋.xlsx", XLSX))
    staff.sees("新加 0 条", "更新 2 条")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["火星社区", "小区", None, "1栋"], "没有“火星社区”这个社区"),
        (["西峡社区", "小区", None, "1栋"], "“西峡社区”不归您管"),
        (["东湖社区"], "小区和地标都没填"),
        (["东湖社区", "小区", None, "1栋", None, 0, 6], "单元数 0 不对"),
        (["东湖社区", "小区", None, "1栋", None, 2, 999], "楼层数 999 不对"),
        (["东湖社区", "小区", None, "1栋", None, "两个"], "“单元数”要填整数,现在是“两个”"),
        (["东湖社区", "长" * 41, None, "1栋"], "名字太长"),
        (["东湖社区", "湖滨小区", None, "三号楼"], "和第 2 行重复"),
        (["东湖社区", "<b>小区", None, "1栋", None, "<i>"], "现在是“<i>”"),
    ],
)
async def test_with_one_wrong_row_nothing_is_imported(
    town: Town, row: list[Any], said: str
) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    before = await counted(town)
    await imports(town, staff, *GOOD, row)
    staff.sees("一行也没有导入", "第 5 行", said, buttons=["改好再发"])
    assert await counted(town) == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"not a workbook", b"<html>"])
async def test_what_is_no_workbook_is_refused(town: Town, content: bytes) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends("/places")
    await staff.taps("导入 Excel")
    await staff.sends(File(content, "小区楼栋.xlsx", XLSX))
    staff.sees("Excel")
    assert (await counted(town))["estates"] == 0


async def test_a_workbook_without_rows_or_headings_says_so(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await imports(town, staff)
    staff.sees("没有找到一行数据")
    _lines, wrong = read(workbook(["东湖社区", "小区"], headings=["甲", "乙"]))
    assert [one.code for one in wrong] == ["place_import.no_rows"]


def test_the_template_runs_nothing() -> None:
    line = gazetteer.Line(1, "东湖社区", estate="=cmd|' /C calc'!A0", building="+1栋")
    [back], wrong = read(template([line]))
    assert not wrong
    assert (back.estate, back.building) == (line.estate, line.building)


async def test_staff_edit_places_in_chat(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends("/places")
    assert "西峡社区" not in staff.screen[-1].buttons
    await staff.taps("东湖社区")
    await staff.taps("加小区")
    await staff.sends("湖滨小区")
    await staff.sends("湖滨、老湖滨")
    await staff.taps("交上去")
    staff.sees("湖滨小区", "湖滨, 老湖滨", "0 栋")
    await staff.taps("加一栋")
    for answer in ("3栋", "3", "七"):
        await staff.sends(answer)
    await staff.taps("交上去")
    staff.sees("3栋", "单元:3", "楼层:7", "管理单位:—")
    await staff.taps("单元 +1")
    staff.sees("单元:4")
    await staff.sends("/places")
    await staff.taps("加单位")
    await staff.sends("好家物业")
    await staff.taps("物业公司")
    await staff.taps("交上去")
    staff.sees("有了:好家物业")
    await staff.sends("/places")
    for label in ("东湖社区", "湖滨小区", "3栋", "换管理单位", "好家物业"):
        await staff.taps(label)
    staff.sees("管理单位:好家物业")
    async with town.database.read() as session:
        acts = [e.act for e in await session.scalars(select(AuditEntry))]
    assert acts.count("place:add") == 3
    assert acts.count("place:edit") == 2


async def test_foreign_places_and_wild_numbers_are_refused(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    wang = await town.person("王阿姨", community="donghu")
    async with town.database.write() as session:
        estate = Estate(community_id=await town.community_id("xixia"), name="远处", aliases=[])
        session.add(estate)
        await session.flush()
        building = Building(estate_id=estate.id, name="1栋", aliases=[], entrances=1, floors=6)
        session.add(building)
        await session.flush()
        estate_id, building_id = estate.id, building.id
    for data in (
        f"place:estates:{await town.community_id('xixia')}:0",
        f"place:estate:{estate_id}:0",
        f"place:floors:{building_id}:9",
        f"place:managed_by:{building_id}:1",
        f"place:new_building:{estate_id}",
        "place:building:999999",
    ):
        await staff.presses(data)
        staff.sees_toast("没有找到")
        await wang.presses(data)
        wang.sees_toast("权限")
    street = await town.person("街道", Role.STREET_STAFF)
    for count in ("0", "-1", "999"):
        await street.presses(f"place:floors:{building_id}:{count}")
        street.sees_toast("楼层数在 1 到 60")
    await street.presses(f"place:floors:{building_id}:9")
    street.sees("楼层:9")


async def test_words_are_found_in_the_gazetteer(town: Town) -> None:
    staff = await town.person("街道", Role.STREET_STAFF)
    await imports(town, staff, *GOOD, ["西峡社区", "湖滨小区", None, "3栋", None, 1, 6])
    donghu, xixia = [await town.community_id(code) for code in ("donghu", "xixia")]
    async with town.database.read() as session:
        work = Work(session)
        for text in ("湖滨3号楼2单元5楼", "湖滨花园三栋二单元五层", "湖滨小区３栋2单元501"):
            found = await places.find(work, text, community_id=donghu)
            assert found.community is not None
            assert found.estate is not None
            assert found.building is not None
            assert (found.community.id, found.building.name) == (donghu, "3栋")
            assert (found.entrance, found.floor) == ("2", "5")
        other = await places.find(work, "湖滨小区3栋", community_id=xixia)
        assert other.estate is not None
        assert other.estate.community_id == xixia
        assert (await places.find(work, "湖滨小区3栋")).estate is None
        by_alias = await places.find(work, "东湖社区湖滨小区丁栋")
        assert by_alias.building is not None
        assert by_alias.building.name == "4号楼"
        nothing = await places.find(work, "👋 <b>")
        assert (nothing.estate, nothing.text) == (None, None)


async def test_who_answers_for_a_building(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await imports(
        town,
        staff,
        ["东湖社区", "新村", None, None, None, None, None, "好家物业", "房管所"],
        ["东湖社区", "新村", None, "1栋", None, 1, 6, None, "老厂"],
    )
    async with town.database.read() as session:
        [building] = (await session.scalars(select(Building))).all()
        answerable = await places.who_answers_for(Work(session), building.id)
    assert answerable.managing is not None
    assert answerable.owner is not None
    assert (answerable.managing.name, answerable.owner.name) == ("好家物业", "老厂")


async def test_a_missing_building_is_added_in_one_press_and_never_twice(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await imports(town, staff, *GOOD)
    async with town.database.write() as session:
        where = community(await town.community_id("donghu"))
        by = Actor(await town.person_id(staff), (HeldRole(Role.COMMUNITY_STAFF, where),))
        [estate] = (await session.scalars(select(Estate))).all()
        work = Work(session)
        for name in ("9栋", "9号楼", "九幢"):
            added = await gazetteer.add_building(work, by, estate.id, name=name)
            assert added.name == "9栋"
        known = await gazetteer.add_building(work, by, estate.id, name="三号楼")
        assert known.name == "3栋"
    assert (await counted(town))["buildings"] == 3


async def test_the_demo_has_examples_that_say_so_and_the_office_has_none(town: Town) -> None:
    assert await counted(town) == {"estates": 0, "buildings": 0, "landmarks": 0, "bodies": 0}
    for _ in range(2):
        async with town.database.write() as session:
            await load_example_places(session)
    assert (await counted(town))["estates"] == 3
    async with town.database.read() as session:
        for table in (Estate, Landmark, Body):
            shown = await session.execute(select(table.name, table.example))
            assert all(name.startswith("示例") and example for name, example in shown)
        assert all(b.example for b in await session.scalars(select(Building)))
        named = await session.scalars(select(Community.name).where(Community.placeholder))
        assert all("待填" in name for name in named)
