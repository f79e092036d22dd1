"""A questionnaire from the trial to the poster, through the chat: dates, versions, repeats."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from db.models.forms import FormFilling
from db.models.people import Person
from db.stores import surveys
from services import clock
from services.permissions import Role
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import SMALL, answers, drop_starters, published
from tests.services.forms.workbooks import Rows, xlsx
from tests.telegram import File, Somebody, Town

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MORNING = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 on the office's clock
NAMED = Publication(anonymous=False, once=True)


def workbook(*more: list[object]) -> bytes:
    """Two questions, the second only after "no"; `more` rows stand behind."""
    rows: Rows = [
        ["type", "name", "label", "relevant"],
        ["select_one yn", "clean", "楼道干净吗?", ""],
        ["text", "why", "哪里不干净?", "${clean} = 'no'"],
        *more,
    ]
    choices: Rows = [["list_name", "name", "label"], ["yn", "yes", "干净"], ["yn", "no", "不干净"]]
    settings: Rows = [["form_title", "form_id"], ["楼道问卷", "stairs"]]
    return xlsx(survey=rows, choices=choices, settings=settings)


async def drafted(town: Town, content: bytes | None = None) -> Somebody:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends(File(content or workbook(), "楼道问卷.xlsx", XLSX))
    staff.sees("草稿《楼道问卷》")
    return staff


async def publishes(
    staff: Somebody, *, named: str = "记名", often: str = "每人一次", opens: str = "",
    closes: str = "",
) -> str:  # fmt: skip
    """Fill in the form of publishing; the link."""
    await staff.taps("发布")
    await staff.presses(staff.screen[-1].buttons[named])
    await staff.taps(often)
    for day in (opens, closes):
        await (staff.sends(day) if day else staff.taps("跳过"))
    for _ in range(4):
        await staff.taps("跳过")
    await staff.taps("交上去")
    told = staff.sees_somewhere("发布了")
    return told.text.split("start=")[1].strip()


async def test_the_trial_shows_every_question_and_keeps_nothing(town: Town) -> None:
    staff = await drafted(town)
    await staff.taps("试填")
    staff.sees("楼道干净吗?")
    await staff.presses(staff.screen[-1].buttons["不干净"])
    staff.sees("哪里不干净?")
    await staff.sends("三楼")
    await staff.taps("交上去")
    staff.sees("试填完了,没有存")
    await staff.taps("返回")
    staff.sees("草稿", "已收 0 份", buttons=["试填", "发布", "删掉草稿"])
    await staff.taps("删掉草稿")
    staff.sees("草稿删掉了")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/survey")
    assert all("楼道问卷" not in label for label in wang.screen[-1].buttons)


async def test_nobody_reaches_a_draft_by_its_link(town: Town) -> None:
    staff = await drafted(town)
    number = staff.screen[-1].buttons["发布"].rsplit(":", 1)[1]
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(f"/start svy_{number}")
    assert "楼道问卷" not in wang.screen[-1].text


async def test_it_opens_and_closes_on_the_days_that_were_said(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    staff = await drafted(town)
    link = await publishes(staff, opens="11月5日", closes="11月9日")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(f"/start {link}")
    wang.sees("11 月 5 日(周四)开始")
    clock.set_source(lambda: MORNING + timedelta(days=2, hours=14, minutes=1))  # the 5th, 0:01
    await wang.sends(f"/start {link}")
    wang.sees("楼道问卷", buttons=["开始答"])
    clock.set_source(lambda: MORNING + timedelta(days=7, hours=13, minutes=59))  # the 9th, 23:59
    late = await town.person("晚来的", community="donghu")
    await late.sends(f"/start {link}")
    late.sees("楼道问卷", buttons=["开始答"])
    clock.set_source(lambda: MORNING + timedelta(days=7, hours=14, minutes=1))
    await town.clock_work()
    await late.sends(f"/start {link}")
    late.sees("已经结束了")
    await staff.sends("/surveys")
    await staff.taps("楼道问卷")
    staff.sees("已结束")
    await staff.taps("开放")
    await late.sends(f"/start {link}")
    late.sees("楼道问卷", buttons=["开始答"])


async def test_the_days_of_an_open_one_can_be_changed(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    staff = await drafted(town)
    link = await publishes(staff, opens="11月5日", closes="11月9日")
    await staff.taps("返回")
    staff.sees("开始:2026-11-05 00:00", "结束:2026-11-10 00:00")
    await staff.taps("更多")
    await staff.taps("改日期")
    staff.sees("2026年11月5日", "2026年11月9日", buttons=["交上去", "改一项"])
    await staff.taps("改一项")
    await staff.taps("开始")
    await staff.sends("今天")
    await staff.taps("改一项")
    await staff.taps("结束")
    await staff.taps("跳过")
    await staff.taps("交上去")
    staff.sees("日期改好了")
    await staff.taps("返回")
    shown = staff.sees("开始:2026-11-02 00:00")
    assert "结束:" not in shown.text
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(f"/start {link}")
    wang.sees("楼道问卷", buttons=["开始答"])


async def test_dates_the_wrong_way_round_are_said_before_anything_happens(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    staff = await drafted(town)
    await staff.taps("发布")
    await staff.presses(staff.screen[-1].buttons["记名"])
    await staff.taps("每人一次")
    await staff.sends("11月9日")
    await staff.sends("11月5日")
    for _ in range(4):
        await staff.taps("跳过")
    await staff.taps("交上去")
    staff.sees_toast("结束的日子比开始的还早")
    await staff.taps("改一项")
    await staff.taps("结束")
    await staff.sends("11月19日")
    await staff.taps("交上去")
    staff.sees_somewhere("发布了")


async def test_a_new_version_leaves_alone_who_is_in_the_middle_and_joins_the_answers(
    town: Town,
) -> None:
    staff = await drafted(town)
    link = await publishes(staff)
    early = await town.person("先填的", community="donghu")
    await early.sends(f"/start {link}")
    await early.taps("开始答")
    await staff.sends(File(workbook(["text", "wish", "还想要什么?", ""]), "新.xlsx", XLSX))
    await staff.taps("作为《楼道问卷》的新版本")
    staff.sees("换成新版本了")
    await early.presses(early.screen[-1].buttons["不干净"])
    early.sees("第 2/2 题")
    await early.sends("三楼")
    await early.taps("交上去")
    early.sees_somewhere("谢谢您")
    late = await town.person("后填的", community="donghu")
    await late.sends(f"/start {link}")
    await late.taps("开始答")
    await late.presses(late.screen[-1].buttons["干净"])
    late.sees("还想要什么?")
    await late.sends("一盏灯")
    await late.taps("交上去")
    await staff.sends("/surveys")
    await staff.taps("楼道问卷")
    staff.sees("已收 2 份")
    await staff.taps("导出答卷")
    await staff.taps("CSV")
    table = (staff.screen[-1].file or b"").decode("utf-8-sig")
    assert table.splitlines()[0].endswith("clean,why,wish")
    assert sorted(line.split(",")[-3:] for line in table.splitlines()[1:]) == [
        ["no", "三楼", ""],
        ["yes", "", "一盏灯"],
    ]


async def test_a_clone_has_the_questions_and_not_the_answers(town: Town) -> None:
    survey_id = await published(town, NAMED)
    wang = await town.person("王阿姨", community="donghu")
    await answers(wang, survey_id)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.taps("三题小问卷")
    await staff.taps("更多")
    await staff.taps("照这份新建")
    staff.sees("草稿《三题小问卷》")
    link = await publishes(staff)
    assert link != f"svy_{survey_id}"
    await wang.sends(f"/start {link}")
    await wang.taps("开始答")
    wang.sees("楼道干净吗?", "第 1/3")
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{link.removeprefix('svy_')}")
    staff.sees("已收 0 份,正在填 1 份")


async def test_a_repeatable_one_is_answered_again_and_once_is_once(town: Town) -> None:
    again = await published(town, Publication(anonymous=True, once=False))
    once = await published(town, Publication(anonymous=True, once=True))
    wang = await town.person("王阿姨", community="donghu")
    await answers(wang, again)
    await answers(wang, again, "不干净 不亮 门")
    await answers(wang, once)
    await wang.sends(f"/start svy_{once}")
    wang.sees("已经填过了")
    async with town.database.read() as session:
        assert await surveys.buffered_count(session, again) == 2
        assert await surveys.buffered_count(session, once) == 1


async def test_a_closed_one_keeps_what_was_in_the_middle_until_it_opens_again(town: Town) -> None:
    await drop_starters(town)
    survey_id = await published(town, NAMED)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(f"/start svy_{survey_id}")
    await wang.taps("开始答")
    await wang.presses(wang.screen[-1].buttons["干净"])
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.taps("三题小问卷")
    await staff.taps("结束")
    await wang.presses(wang.screen[-1].buttons["亮"])
    await wang.taps("门")
    await wang.taps("选好了")
    await wang.taps("交上去")
    wang.sees_toast("已经结束")
    await staff.taps("开放")
    await wang.taps("交上去")
    wang.sees_somewhere("谢谢您,收到了")


META: list[list[object]] = [
    ["start", "begun", "", ""],
    ["end", "ended", "", ""],
    ["today", "day", "", ""],
    ["username", "who", "", ""],
    ["phonenumber", "phone", "", ""],
    ["deviceid", "device", "", ""],
]


async def test_a_named_one_fills_in_the_metadata_with_name_and_phone_masked(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    staff = await drafted(town, workbook(*META))
    link = await publishes(staff)
    wang = await town.person("王阿姨", community="donghu")
    async with town.database.write() as session:
        person = await session.get_one(Person, await town.person_id(wang))
        person.name, person.phone = "王秀英", "13812345678"
    await wang.sends(f"/start {link}")
    await wang.taps("开始答")
    clock.set_source(lambda: MORNING + timedelta(minutes=3))
    await wang.presses(wang.screen[-1].buttons["干净"])
    assert "王" not in wang.sees("请看一眼").text
    await wang.taps("交上去")
    await staff.sends("/surveys")
    await staff.taps("楼道问卷")
    await staff.taps("导出答卷")
    await staff.taps("CSV")
    table = (staff.screen[-1].file or b"").decode("utf-8-sig").splitlines()
    given = dict(zip(table[0].split(","), table[1].split(","), strict=True))
    assert given["begun"] == "2026-11-02T10:00:00+08:00"
    assert given["ended"] == "2026-11-02T10:03:00+08:00"
    assert (given["day"], given["who"], given["phone"]) == ("2026-11-02", "王*", "138****5678")
    assert given["device"] == str(await town.person_id(wang))


async def test_an_anonymous_one_knows_the_day_and_nothing_else(town: Town) -> None:
    staff = await drafted(town, workbook(*META))
    link = await publishes(staff, named="不记名")
    people = [await town.person(f"居民{i}", community="donghu") for i in range(5)]
    for who in people:
        await who.sends(f"/start {link}")
        await who.taps("开始答")
        await who.presses(who.screen[-1].buttons["干净"])
        await who.taps("交上去")
    await staff.sends("/surveys")
    await staff.taps("楼道问卷")
    await staff.taps("结束")
    async with town.database.read() as session:
        found = await surveys.responses(session, int(link.removeprefix("svy_")))
    assert [one.answer for one in found] == [
        {"clean": "yes", "day": clock.today().isoformat()} for _ in people
    ]
    async with town.database.read() as session:  # and no filling says who answered on that day
        begun = (
            await session.scalars(select(FormFilling).where(FormFilling.form == "survey"))
        ).all()
        survey = await surveys.by_id(session, int(link.removeprefix("svy_")))
    assert survey is not None
    assert {(row.created_at, row.changed_at, row.closed_at) for row in begun} == {
        (survey.created_at, survey.created_at, survey.created_at)
    }
    await staff.taps("导出答卷")
    await staff.taps("CSV")
    head = (staff.screen[-1].file or b"").decode("utf-8-sig").splitlines()[0]
    assert not {"begun", "ended", "day", "who", "phone", "device"} & set(head.split(","))


@pytest.mark.parametrize("where", ["全街道", "东湖"])
async def test_posters_as_a_picture_and_to_print_name_the_community(town: Town, where: str) -> None:
    survey_id = await published(town, NAMED)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("更多")
    await staff.taps("二维码海报")
    await staff.taps(where)
    png, pdf = staff.screen[-2], staff.screen[-1]
    assert (png.file_name.endswith(".png"), pdf.file_name.endswith(".pdf")) == (True, True)
    assert ("东湖社区" in pdf.file_name) == (where == "东湖")
    assert (pdf.file or b"").startswith(b"%PDF")
    with Image.open(BytesIO(png.file or b"")) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) >= 800


async def test_questionnaires_are_paged_where_there_are_many(town: Town) -> None:
    for number in range(7):
        await published(town, NAMED, SMALL | {"title": f"第{number}份"})
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/survey")
    assert len(wang.screen[-1].buttons) == 8  # six, the way on and the way back
    await wang.taps("更多")
    wang.sees("先填哪一份", buttons=["上一页"])
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    staff.sees("第6份", buttons=["下一页"])
    await staff.taps("下一页")
    staff.sees("社区生活小问卷", buttons=["上一页"])
