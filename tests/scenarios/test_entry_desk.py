"""Staff keep the knowledge base in chat; residents get what is published, at once."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from bot import office
from bot.office import RunningOffice
from db.stores import entries as rows
from handlers.files.workbooks import Column, Sheet, read_workbook, write_workbook
from services import clock
from services.permissions import Role
from tests.telegram import File, Photo, Somebody, Town

EHU = "周三 9 点。电话:【社区电话】。"
UNKNOWN = "二胡班几点开始呀"


async def fresh(town: Town) -> None:
    """What happens twice a second in a running process."""
    for process in town.processes:
        await process.office.refresh(process.database)


async def fills_in(staff: Somebody, *answers: str) -> None:
    await staff.sends(*answers)
    await staff.taps("交上去")


async def asked_unknown(town: Town, words: str = UNKNOWN, name: str = "王阿姨") -> Somebody:
    wang = await town.person(name, community="donghu")
    await wang.sends(words)
    if "都不是" in wang.screen[-1].buttons:
        await wang.taps("都不是")
    return wang


async def entry(town: Town, entry_id: str) -> Any:
    async with town.database.read() as session:
        row = await rows.one(session, entry_id)
        assert row is not None
        return row


async def test_alike_questions_stand_together_and_are_answered_together(town: Town) -> None:
    wang = await asked_unknown(town)
    zhou = await asked_unknown(town, "二胡班几点开始", "周叔")
    await asked_unknown(town, "鱼塘里的鸭子是谁家养的", "李婶")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends("/start")
    assert any("(3)" in b for b in staff.screen[-1].buttons), staff.transcript()
    await staff.sends("/kb")
    await staff.taps("待回答(3)")
    shown = staff.sees("3 个", "2 组", buttons=["(2 人问)", "鱼塘"])
    assert next(iter(shown.buttons)).startswith("(2 人问)")
    await staff.taps("(2 人问)")
    staff.sees(UNKNOWN, "2 人次", "答应回复的时间")
    await staff.taps("直接回答")
    await fills_in(staff, "每周三上午 9 点。")
    staff.sees("2 人次")
    for asker in (wang, zhou):
        asker.sees("每周三上午 9 点")


async def test_a_question_becomes_an_alias_and_is_answered_from_then_on(town: Town) -> None:
    wang = await asked_unknown(town, "大铁皮匣子塞满咯没人拖")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.sends("/kb")
    await street.taps("待回答")
    await street.taps("大铁皮匣子")
    await street.taps("是已有的词条")
    await street.taps("搜别的词条")
    await street.sends("大件垃圾沙发床垫往哪扔")
    choice = next(b for b in street.screen[-1].buttons if "搜别的" not in b and "返回" not in b)
    await street.taps(choice)
    street.sees("挂到下面这条词条", "大铁皮匣子")
    await street.taps("就是这条")
    wang.sees("大铁皮匣子", "社区的同志回复了")
    await fresh(town)
    await wang.sends("大铁皮匣子塞满咯没人拖")
    wang.sees(choice)


async def test_community_staff_answer_with_an_entry_and_the_street_office_keeps_the_alias(
    town: Town,
) -> None:
    wang = await asked_unknown(town, "大铁皮匣子塞满咯没人拖")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await staff.sends("/kb")
    assert "写新词条" not in staff.screen[-1].buttons
    await staff.presses("kq:sure:1:kb_waste_bulky")
    staff.sees_toast("报给街道")
    wang.sees("社区的同志回复了")
    await street.sends("/kb")
    await street.taps("看问法(1)")
    street.sees("大铁皮匣子", buttons=["要,加上", "不要"])
    await street.taps("要,加上")
    street.sees("没有等着看的问法")
    await fresh(town)
    await wang.sends("大铁皮匣子塞满咯没人拖")
    wang.sees("大件" if "大件" in wang.screen[-1].text else "", buttons=["有用"])
    await staff.presses("kb:keep:1")
    staff.sees_toast("有权限")


async def test_a_question_becomes_an_entry_with_conflicts_shown_before(town: Town) -> None:
    wang = await asked_unknown(town)
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kq:new:1")
    street.sees("居民问", "怎么回答")
    await street.sends("每周三上午 9 点,在社区活动室。\n电话:【社区电话】。来就行。")
    await street.taps("下一页")
    await street.taps("社区和物业")
    await fills_in(street, "有物业的楼,楼道灯谁修?")
    await street.taps("看草稿")
    draft = street.sees("居民还看不到", "【社区电话】", "注意:“有物业的楼,楼道灯谁修?”已经是")
    await wang.sends(UNKNOWN)
    assert "周三" not in wang.screen[-1].text
    await street.taps("预览", on=draft)
    preview = street.sees("居民看到的是这样", "还没填:社区电话")
    assert "电话:。" not in preview.text
    assert "{{" not in preview.text
    await street.taps("返回")
    await street.taps("发布")
    street.sees_toast("也告诉了提问的人")
    wang.sees("社区的同志回复了", "周三")
    await fresh(town)
    await wang.sends(UNKNOWN)
    wang.sees("每周三上午 9 点", "来就行")
    assert "电话" not in wang.screen[-1].text


async def test_edit_preview_publish_undo_and_history(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    question = "路灯不亮找谁?"
    await street.sends("/kb")
    await street.taps("找词条")
    await street.sends("路灯不亮")
    await street.taps(question)
    await street.taps("修改")
    await street.taps("回答")
    street.sees("现在的回答", "小区里的路灯找物业")
    await fills_in(street, "新的回答:打 12345。")
    await street.taps("看这一条")
    street.sees("草稿", "新的回答")
    await fresh(town)
    await wang.sends(question)
    wang.sees("小区里的路灯找物业")
    await street.taps("发布")
    await fresh(town)
    await wang.sends(question)
    wang.sees("新的回答")
    await street.taps("历史")
    street.sees("第 2 版", "发布", "第 1 版", "自带")
    await street.taps("返回")
    await street.taps("退回上一版")
    await fresh(town)
    await wang.sends(question)
    wang.sees("小区里的路灯找物业")
    await street.taps("历史")
    await street.taps("恢复第 2 版")
    await fresh(town)
    await wang.sends(question)
    wang.sees("新的回答")


async def test_withdrawn_entries_are_not_found_and_can_come_back(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kb:off:kb_street_lamp")
    street.sees("停用了")
    await fresh(town)
    await wang.presses("ask:e:kb_street_lamp")
    wang.sees_toast("已经没有了")
    await street.taps("历史")
    await street.taps("恢复第 1 版")
    await fresh(town)
    await wang.presses("ask:e:kb_street_lamp")
    wang.sees("路灯不亮")


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        (
            "aliases",
            "甲怎么办\n乙怎么办;丙怎么办",
            {"aliases": ["甲怎么办", "乙怎么办", "丙怎么办"]},
        ),
        ("keywords", "无", {"keywords": None}),
        (
            "days",
            "2026-10-01 到 2026年10月7日",
            {"valid_from": "2026-10-01", "valid_to": "2026-10-07"},
        ),
        ("days", "到 2027-01-31", {"valid_to": "2027-01-31"}),
        ("question", "<b>路灯</b>?", {"question": "<b>路灯</b>?"}),
    ],
)
async def test_fields_are_read_as_staff_write_them(
    town: Town, field: str, typed: str, stored: dict[str, object]
) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses(f"kb:f:kb_street_lamp:{field}")
    await fills_in(street, typed)
    draft = (await entry(town, "kb_street_lamp")).draft
    assert {name: draft.get(name) for name in stored} == stored


@pytest.mark.parametrize("typed", ["明天", "2026-13-01", "2026-10-07 到 2026-10-01"])
async def test_days_that_are_none_are_refused_and_nothing_changes(town: Town, typed: str) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kb:f:kb_street_lamp:days")
    await fills_in(street, typed)
    assert (await entry(town, "kb_street_lamp")).draft is None


async def test_an_entry_out_of_its_days_is_passed_over(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kb:f:kb_street_lamp:days")
    await fills_in(street, "2020-01-01 到 2020-12-31")
    await street.taps("看这一条")
    await street.taps("发布")
    street.sees("不在有效期内")
    await fresh(town)
    await wang.sends("路灯不亮找谁?")
    assert "小区里的路灯找物业" not in wang.screen[-1].text


async def test_a_community_says_what_holds_there_and_only_there(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="xixia")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.presses("kb:e:kb_grid")
    await staff.taps("社区说法")
    assert [b for b in staff.screen[-1].buttons if "社区" in b] == ["东湖社区"]
    await staff.taps("东湖社区")
    await fills_in(staff, "东湖社区的网格员在 3 栋门口贴了名单。")
    await fresh(town)
    for asker in (wang, zhou):
        await asker.presses("ask:e:kb_grid")
    wang.sees("3 栋门口")
    assert "3 栋门口" not in zhou.screen[-1].text
    await zhou.sends("东湖")
    zhou.sees("3 栋门口")
    xixia = await town.community_id("xixia")
    await staff.presses(f"kb:v:kb_grid:{xixia}")
    staff.sees_toast("没有找到")


async def test_a_photo_goes_with_the_answer(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kb:f:kb_grid:attachment")
    street.sees("发给我")
    await street.sends(Photo())
    await street.taps("看这一条")
    street.sees("带附件")
    await street.taps("发布")
    await fresh(town)
    await wang.presses("ask:e:kb_grid")
    assert town.calls[-2][0] == "sendPhoto" or town.calls[-1][0] == "sendPhoto"
    wang.sees("网格员")
    await street.presses("kb:f:kb_grid:attachment")
    await street.taps("去掉附件")
    await street.taps("看这一条")
    assert "带附件" not in street.screen[-1].text


async def test_thresholds_show_what_would_change_before_they_do(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await wang.sends("楼道灯坏了找谁修?")
    await street.presses("kt:th")
    street.sees("63%", "10%")
    await street.presses("kt:th:5:5")
    street.sees("会不一样", "给选项 → 直接答")
    assert town.processes[0].office.knowledge.thresholds.answer > 0.5
    await street.taps("就用这个")
    await fresh(town)
    assert town.processes[1].office.knowledge.thresholds.answer == 0.05
    await wang.sends("楼道灯坏了找谁修?")
    assert "您是不是想问" not in wang.screen[-1].text


async def test_synonyms_of_the_office_work_at_once(town: Town) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kt:syn")
    await street.taps("改同义词")
    await fills_in(street, "铁皮匣子 垃圾桶\n只有一个")
    street.sees("1 组")
    await fresh(town)
    assert "垃圾" in town.processes[0].office.knowledge.search("铁皮匣子满了没人清")[0].phrase


async def test_the_week_is_told_on_mondays_and_words_of_one_person_stay_unsaid(
    town: Town,
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await wang.sends("路灯不亮找谁?")
    for asker in (wang, zhou):
        await asker.sends("广场喷泉什么时候开放呀")
    await wang.sends("张三丰欠我钱找谁呀")
    await street.presses("kt:hot")
    page = street.sees("路灯不亮找谁?", "没答上")
    assert "喷泉" in page.text
    assert "张三丰" not in page.text
    seen = len(street.screen)
    for day in (29, 30):  # 30 November 2026 is a Monday
        moment = datetime(2026, 11, day, 1, 0, tzinfo=UTC)
        clock.set_source(partial(lambda at: at, moment))
        await town.clock_work()
    weekly = [s for s in street.screen[seen:] if "上周居民的问题" in s.text]
    assert len(weekly) <= 1


async def test_another_process_sees_an_edit_within_a_second(town: Town) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    other = RunningOffice()
    task = asyncio.create_task(other.keep_fresh(town.database))
    try:
        await street.presses("kb:off:kb_street_lamp")
        for _ in range(100):
            if "kb_street_lamp" not in other.knowledge:
                break
            await asyncio.sleep(0.1)
        assert "kb_street_lamp" not in other.knowledge
        assert office.FRESH_SECONDS < 1
    finally:
        task.cancel()


async def test_residents_and_forged_buttons_change_nothing(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    before = (await entry(town, "kb_street_lamp")).version
    for who in (wang, staff):
        for data in (
            "kb:off:kb_street_lamp",
            "kb:pub:kb_street_lamp",
            "kb:undo:kb_street_lamp",
            "kb:back:kb_street_lamp:1",
            "kb:f:kb_street_lamp:answer",
            "kb:e:nothing_there",
            "kt:set:5:5",
            "kf:ask:0:street_phone",
            "kf:place:999",
            "kq:show:999",
            "kb:keep:1",
        ):
            await who.presses(data)
    assert (await entry(town, "kb_street_lamp")).version == before
    await fresh(town)
    assert town.processes[0].office.knowledge.thresholds.answer != 0.05


# -- Excel --------------------------------------------------------------------------------------

HEADINGS = ["编号", "主题", "问题", "回答", "其他问法", "有效期止", "按钮"]


def workbook(*found: list[Any], name: str = "词条", headings: list[str] = HEADINGS) -> Sheet:
    return Sheet(name=name, columns=[Column(heading=h) for h in headings], rows=found)


async def sends_workbook(street: Somebody, button: str, *sheets: Sheet) -> None:
    await street.presses("kx:home")
    await street.taps(button)
    await street.sends(File(write_workbook(sheets), "a.xlsx", "application/octet-stream"))


async def test_what_is_exported_is_read_in_again_without_a_change(town: Town) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kx:xlsx")
    data = street.sees("共 143 条").file
    assert data is not None
    assert street.screen[-1].file_name == "知识库.xlsx"
    await street.presses("kx:import")
    await street.sends(File(data, "kb.xlsx"))
    street.sees("新增 0 条,修改 0 条,有问题 0 行", "没有可以导入的")
    await street.presses("kx:csv")
    csv = street.screen[-1].file
    assert csv is not None
    assert csv.startswith(b"\xef\xbb\xbf")


async def test_an_import_tells_every_wrong_row_and_takes_the_good_ones_at_a_word(
    town: Town,
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await sends_workbook(
        street,
        "导入",
        workbook(
            [None, "社区和物业", "二胡班几点开始?", EHU, "几点拉二胡", None, "志愿者"],
            ["kb_grid", "网格员", "网格员管什么?", "新说法。", None, "2027-01-31", "报修:楼道灯"],
            ["坏 编号", None, "甲?", "乙", None, None, None],
            [None, "没有的主题", "丙?", "丁", None, None, None],
            [None, None, "戊?", None, None, None, None],
            [None, None, "己?", "庚", None, "什么时候", None],
            [None, None, "辛?", "壬", None, None, "跳舞"],
            [None, None, "二胡班几点开始?", "重复", None, None, None],
            [None, None, "=1+1", "=HYPERLINK(1)", "路灯不亮找谁?", None, None],
        ),
        workbook(["kb_noise_time", "东湖社区", "东湖这样说。"], ["x", "东湖社区", "y"],
                 name="社区说法", headings=["编号", "社区", "回答"]),
    )  # fmt: skip
    seen = street.sees(
        "新增 2 条,修改 2 条,有问题 7 行",
        "词条 第 4 行:编号只能用",
        "词条 第 5 行:没有这个主题:没有的主题",
        "词条 第 9 行:和第 2 行的编号或问题一样",
        "社区说法 第 3 行:没有这个编号",
        "“路灯不亮找谁?”已经是",
        buttons=["导入", "都不导入"],
    )
    rejected = next(s for s in reversed(street.screen) if s.file)
    assert rejected.file_name == "没收的行.xlsx"
    assert rejected.file is not None
    assert len(read_workbook(rejected.file)[0].rows) == 8
    await fresh(town)
    assert town.processes[0].office.knowledge.exactly("二胡班几点开始?") is None
    await street.taps("导入", on=seen)
    street.sees("导入了 4 条")
    await street.taps("导入", on=seen)
    street.sees_toast("没有找到")
    await fresh(town)
    await wang.sends("几点拉二胡")
    wang.sees("周三 9 点", buttons=["报名志愿者"])
    assert "电话" not in wang.screen[-1].text
    await wang.presses("ask:e:kb_noise_time")
    wang.sees("东湖这样说")
    assert (await entry(town, "kb_grid")).body["action"] == "report:stairwell_light"


async def test_an_import_that_is_declined_changes_nothing(town: Town) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await sends_workbook(street, "导入", workbook([None, None, "甲?", "乙", None, None, None]))
    await street.taps("都不导入")
    street.sees("一条都没导入")
    await fresh(town)
    assert len(town.processes[0].office.knowledge) == 143


@pytest.mark.parametrize(
    ("file", "reply"),
    [
        (File(b"not a workbook", "a.xlsx"), "Excel"),
        (File(b"x", "a.pdf"), ".xlsx"),
        (File(write_workbook([workbook(name="空")]), "a.xlsx"), "新增 0 条"),
        (File(write_workbook([workbook(["1"], headings=["甲"])]), "a.xlsx"), "没找到词条表"),
    ],
)
async def test_files_that_cannot_be_read_are_told_so(town: Town, file: File, reply: str) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kx:import")
    await street.sends(file)
    street.sees(reply)


async def test_questions_are_tried_from_a_workbook(town: Town) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    tried = workbook(
        ["路灯不亮找谁?", "kb_street_lamp"],
        ["楼道灯坏了找谁修?", "kb_street_lamp"],
        ["鱼塘里的鸭子是谁家养的", None],
        headings=["问题", "编号"],
    )
    await sends_workbook(street, "试答", tried)
    shown = street.sees("试了 3 个问题", "写了应答编号的 2 个里,第一条就对的 1 个(50%)")
    assert shown.file is not None
    rows_of_results = read_workbook(shown.file)[0].rows
    assert rows_of_results[1].cells[:3] == ("路灯不亮找谁?", "直接答", "kb_street_lamp")
    assert [row.cells[5] for row in rows_of_results[1:]] == ["对", "不对", None]


async def test_the_template_can_be_filled_in_and_sent_back(town: Town) -> None:
    street = await town.person("街道小周", Role.STREET_STAFF)
    await street.presses("kx:template")
    data = street.screen[-1].file
    assert data is not None
    sheets = read_workbook(data)
    assert [sheet.name for sheet in sheets] == ["词条", "社区说法", "填写说明"]
    await street.presses("kx:import")
    await street.sends(File(data, "template.xlsx"))
    street.sees("有问题 0 行")


async def test_files_are_only_for_those_who_may_edit(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    for act in ("xlsx", "import", "take:1"):
        await staff.presses(f"kx:{act}")
        staff.sees_toast("有权限")
    assert not [s for s in staff.screen if s.file]
