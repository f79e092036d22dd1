"""Staff change the table of categories in chat and as a workbook; the form asks by it at once."""

from io import BytesIO
from typing import Any

import openpyxl
from sqlalchemy import select

from db.models.reports import CategoryRule, Report
from db.stores import people
from services.permissions import Role
from services.reports import categories, suggestions
from tests.scenarios.test_reports import gazetteer
from tests.telegram import File, Photo, Somebody, Town

WAYS = ("上一页", "更多", "返回")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def street(town: Town) -> Somebody:
    await gazetteer(town)
    return await town.person("街道赵", Role.STREET_STAFF)


async def opens(staff: Somebody, group: str, label: str) -> None:
    await staff.sends("/reports")
    for button in ("更多", "上报类别", group, label):
        await staff.taps(button)


async def rules(town: Town) -> list[str]:
    async with town.database.read() as session:
        return [row.code for row in (await session.scalars(select(CategoryRule))).all()]


async def test_rules_changed_in_chat_hold_for_the_next_report(town: Town) -> None:
    staff = await street(town)
    await opens(staff, "井盖、下水、路面", "井盖、沟盖板")
    staff.sees("照片:最好有", "要问到:无", "重复半径:50 米", "时限:5 个工作日")
    for button in ("时限 -1 天", "更多", "照片必须有", "问单元", "更多", "半径 +"):
        await staff.taps(button)
        assert len([one for one in staff.screen[-1].buttons if one not in WAYS]) <= 6
    staff.sees("照片:必须有", "要问到:楼栋、单元", "重复半径:100 米", "时限:4 个工作日")
    await staff.taps("改编码")
    await staff.sends("0112")
    await staff.taps("交上去")
    for button in ("上一页", "上一页", "加一个问题"):
        await staff.taps(button)
    await staff.taps("选一个")
    await staff.sends("是谁家的井?", "自来水\n电信\n不知道")
    await staff.taps("交上去")
    staff.sees("外部编码:0112", "另外问:是谁家的井?", buttons=["去掉最后一问", "回到默认"])
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.taps("井盖、下水、路面")
    await wang.taps("井盖、沟盖板")
    assert not any("先不拍" in label for label in wang.screen[-1].buttons)
    await wang.sends(Photo())
    for button in ("发好了", "湖滨小区", "3栋", "1单元", "破了"):
        await wang.taps(button)
    wang.sees("是谁家的井", buttons=["自来水", "电信"])
    for button in ("电信", "跳过", "交上去"):
        await wang.taps(button)
    async with town.database.read() as session:
        [row] = (await session.scalars(select(Report))).all()
    assert row.details == {"state": "broken", "q1": "电信"}
    await wang.taps("看看进度")
    wang.sees("盖板是什么情况:破了", "是谁家的井:电信")


async def test_back_to_the_shipped_rules(town: Town) -> None:
    staff = await street(town)
    await opens(staff, "灯不亮", "路灯")
    await staff.taps("停用")
    staff.sees("路灯(停用)")
    assert await rules(town) == ["street_light"]
    assert "street_light" not in categories.codes()
    for button in ("更多", "更多", "回到默认"):
        await staff.taps(button)
    staff.sees("路灯", buttons=["停用"])
    assert await rules(town) == []
    assert "street_light" in categories.codes()


async def test_a_kind_of_the_office_s_own_is_added_and_retired(town: Town) -> None:
    staff = await street(town)
    await opens(staff, "灯不亮", "加一类")
    await staff.sends("路灯")
    await staff.taps("交上去")
    staff.sees_toast("“路灯”重复了")
    await staff.taps("改一项")
    await staff.taps("写成什么")
    await staff.sends("公共水龙头")
    await staff.taps("交上去")
    staff.sees("公共水龙头", "own_1", "时限:5 个工作日")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.taps("灯不亮")
    for button in ("公共水龙头", "先不拍", "湖滨小区"):
        await wang.taps(button)
    await wang.sends("花坛东边")
    await wang.taps("跳过")
    await wang.taps("交上去")
    await staff.taps("停用")
    await wang.sends("/myreports")
    wang.sees("您报过的事", buttons=["公共水龙头(已提交)"])
    await wang.sends("/report")
    await wang.taps("灯不亮")
    assert "公共水龙头" not in wang.screen[-1].buttons


async def test_only_the_street_may(town: Town) -> None:
    await gazetteer(town)
    for name, role in (("社区刘", Role.COMMUNITY_STAFF), ("网格员孙", Role.GRID_WORKER)):
        who = await town.person(name, role, community="donghu")
        await who.presses("rdesk:cat:set:street_light:active:0")
        await who.presses("rdesk:cat:out")
    wang = await town.person("王阿姨", community="donghu")
    await wang.presses("rdesk:cat:set:street_light:active:0")
    assert await rules(town) == []


async def test_what_buttons_never_offer_changes_nothing(town: Town) -> None:
    staff = await street(town)
    for data in (
        "set:street_light:radius:99999",
        "set:street_light:limit:0",
        "set:street_light:photo:never",
        "set:other:active:0",
        "set:nothing:active:0",
        "drop:street_light:none",
        "reset:nothing",
        "ask:street_light:code",
    ):
        await staff.presses(f"rdesk:cat:{data}")
    assert await rules(town) == []


# -- the workbook -------------------------------------------------------------------------------


async def exported(staff: Somebody) -> Any:
    await staff.sends("/reports")
    for button in ("更多", "上报类别", "更多", "导出表格"):
        await staff.taps(button)
    shown = staff.sees("类别表")
    assert shown.file_name == "上报类别.xlsx"
    assert shown.file is not None
    return openpyxl.load_workbook(BytesIO(shown.file))


async def sends_back(staff: Somebody, book: Any) -> None:
    target = BytesIO()
    book.save(target)
    await staff.sends(File(target.getvalue(), "上报类别.xlsx", XLSX))


def cell(sheet: Any, code: str, heading: str) -> Any:
    top = next(row for row in sheet.iter_rows() if row[0].value == "代码")
    column = next(one.column for one in top if one.value == heading)
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == code)
    return sheet.cell(row, column)


async def test_the_table_goes_out_and_comes_back_unchanged(town: Town) -> None:
    staff = await street(town)
    await sends_back(staff, await exported(staff))
    staff.sees("新加 0 类,更新 0 类")
    assert await rules(town) == []


async def test_a_changed_and_a_new_row_come_in(town: Town) -> None:
    staff = await street(town)
    book = await exported(staff)
    sheet = book.active
    cell(sheet, "stairwell_light", "时限(工作日)").value = 3
    cell(
        sheet, "stairwell_light", "自有问题"
    ).value = "count|数字|坏了几盏?\nfault|选择|什么样?|dark=不亮|一闪一闪"
    sheet.append(["tap", "公共水龙头", "灯不亮", "可有可无", "无", 20, 2, "X9", "", "是"])
    await sends_back(staff, book)
    staff.sees("新加 1 类,更新 1 类")
    light, tap = categories.find("stairwell_light"), categories.find("tap")
    assert light is not None
    assert tap is not None
    assert light.limit == 3
    assert light.questions[1].choices == (("dark", "不亮"), ("一闪一闪", "一闪一闪"))
    assert (tap.label, tap.radius, tap.limit, tap.needs) == ("公共水龙头", 20, 2, ())
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/report")
    await wang.taps("灯不亮")
    wang.sees("具体是什么", buttons=["公共水龙头"])


async def test_one_wrong_row_and_nothing_comes_in(town: Town) -> None:
    staff = await street(town)
    book = await exported(staff)
    sheet = book.active
    cell(sheet, "garbage", "时限(工作日)").value = 3
    cell(sheet, "noise", "时限(工作日)").value = 400
    cell(sheet, "dog", "照片").value = "随便"
    cell(sheet, "parking", "名称").value = "垃圾、脏乱"
    cell(sheet, "pests", "要问到哪里").value = "楼层"
    sheet.append(["Bad Code", "新的", "灯不亮"])
    await sends_back(staff, book)
    staff.sees("一行也没有导入")
    assert await rules(town) == []
    cell(sheet, "dog", "照片").value = "最好有"
    await sends_back(staff, book)
    staff.sees("有 4 处要改", "时限应在", "垃圾、脏乱", "先要问楼栋", "Bad Code")
    assert await rules(town) == []


async def test_texts_that_would_be_a_formula_or_an_expression(town: Town) -> None:
    staff = await street(town)
    book = await exported(staff)
    cell(book.active, "noise", "自有问题").value = "hours|文字|${words}几点?"
    await sends_back(staff, book)
    staff.sees("一行也没有导入")
    await staff.sends(File(b"PK\x03\x04junk", "上报类别.xlsx", XLSX))
    staff.sees("不是一个 Excel")
    assert await rules(town) == []


async def test_how_people_call_a_kind_of_the_office_s_own_leads_to_it(town: Town) -> None:
    staff = await street(town)
    await opens(staff, "灯不亮", "加一类")
    await staff.sends("公共水龙头")
    await staff.taps("交上去")
    staff.sees("居民另外的说法:公共水龙头", buttons=["改说法"])
    await staff.taps("改说法")
    staff.sees("平时怎么说")
    await staff.sends("水")
    await staff.taps("交上去")
    staff.sees_toast("每个 2 到 12 个字")
    await staff.taps("改一项")
    await staff.taps("写成什么")
    await staff.sends("水笼头、接水口, 水笼头")
    await staff.taps("交上去")
    staff.sees("居民另外的说法:水笼头、接水口、公共水龙头")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(Photo(caption="湖滨小区花坛边接水口关不上一直流水"))
    wang.sees("湖滨小区", buttons=["公共水龙头", "都不是"])
    await wang.taps("公共水龙头")
    await wang.sends("/cancel")
    await wang.taps("不填了")
    await wang.sends("湖滨小区楼道灯坏了")
    assert "公共水龙头" not in wang.screen[-1].text


async def test_the_words_go_out_and_come_back_with_the_table(town: Town) -> None:
    staff = await street(town)
    book = await exported(staff)
    cell(book.active, "parking", "居民的说法").value = "铁疙瘩、 挡道的车"
    cell(book.active, "noise", "居民的说法").value = "吵"
    await sends_back(staff, book)
    staff.sees("有 1 处要改", "居民的说法最多")
    cell(book.active, "noise", "居民的说法").value = "无"
    await sends_back(staff, book)
    staff.sees("更新 1 类")
    parking = categories.find("parking")
    assert parking is not None
    assert parking.words == ("铁疙瘩", "挡道的车")
    assert suggestions.suggest("门口一堆铁疙瘩").category == "parking"
    assert cell((await exported(staff)).active, "parking", "居民的说法").value == "铁疙瘩、挡道的车"


async def test_whoever_lost_the_right_meanwhile_changes_nothing(town: Town) -> None:
    staff = await street(town)
    book = await exported(staff)
    cell(book.active, "garbage", "时限(工作日)").value = 3
    town.jobs_run = False
    await sends_back(staff, book)
    staff.sees("正在逐行检查")
    async with town.database.write() as session:
        for row in await people.roles_of(session, await town.person_id(staff)):
            await people.revoke(session, row.id)
    town.jobs_run = True
    await town.work()
    staff.sees("权限")
    assert await rules(town) == []
