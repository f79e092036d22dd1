"""Results for staff: files, posters, two questions together; reminders by day and at most once."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs import progress
from db.stores import surveys
from db.work import Work
from services import clock
from services.permissions import Actor, HeldRole, Role
from services.surveys import desk, reminding
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import answers, drop_starters, published
from tests.scenarios.test_surveys import fills_in
from tests.telegram import Somebody, Town

MORNING = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)  # 10:00 on the office's clock
ADMIN = Actor(0, (HeldRole(Role.ADMIN),))


async def closed_after(town: Town, count: int) -> Somebody:
    """Staff with the resident questionnaire open on the screen, closed after so many answers."""
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    for i in range(count):
        await fills_in(await town.person(f"居民{i}", community="donghu"), pick=i % 2)
    await staff.sends("/surveys")
    await staff.taps("社区生活")
    await staff.taps("结束")
    return staff


async def test_staff_get_workbook_csv_and_spss(town: Town) -> None:
    staff = await closed_after(town, 6)
    page = staff.screen[-1]
    for kind, magic in (("XLSX", b"PK"), ("CSV", b"\xef\xbb\xbf"), ("SAV", b"$FL2")):
        await staff.presses(page.buttons["导出答卷"])
        await staff.taps(kind)
        sent = staff.screen[-1]
        assert sent.file is not None
        assert sent.file.startswith(magic)
        assert sent.file_name.endswith(kind.lower())
    staff.sees_somewhere("6 份答卷")


async def test_an_export_tells_in_percent_how_far_it_is(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.001)
    survey_id = await published(town, Publication(anonymous=False, once=False))
    rows = [
        {"id": f"{n:032x}", "survey_id": survey_id, "person_id": None, "community_id": None,
         "for_another": False, "answer": {"clean": "yes", "where": ["door"]}, "example": False}
        for n in range(6000)
    ]  # fmt: skip
    async with town.database.write() as session:
        survey = await surveys.by_id(session, survey_id)
        assert survey is not None
        rows = [row | {"document_id": survey.document_id} for row in rows]
        await surveys.publish(session, rows, on=clock.today(), from_buffer=None)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:export:{survey_id}")
    before = len(town.calls)
    await staff.taps("XLSX")
    texts = [str(params.get("text", "")) for _, params in town.calls[before:]]
    told = [int(text.split(":")[1].rstrip("%")) for text in texts if "%" in text]
    assert told == sorted(told)
    assert len(told) > 3
    assert (told[0], told[-1] <= 100) == (0, True)
    shown = staff.sees_somewhere("文件做好了", "6000 份")
    assert shown.edited == len(told)  # one message, changed in place
    assert staff.screen[-1].file is not None


async def test_too_few_anonymous_answers_are_not_exported(town: Town) -> None:
    staff = await closed_after(town, 2)
    await staff.taps("导出答卷")
    await staff.taps("CSV")
    staff.sees("还太少")
    assert staff.screen[-1].file is None


async def test_two_questions_together_hide_small_cells(town: Town) -> None:
    staff = await closed_after(town, 6)
    await staff.taps("看结果")
    await staff.taps("下一题")
    await staff.taps("和别的题")
    staff.sees("和哪一题")
    await staff.presses(next(iter(staff.screen[-1].buttons.values())))
    shown = staff.screen[-1].text + (staff.toasts[-1] if staff.toasts else "")
    assert "不显示" in shown or "不能看" in shown
    await staff.presses("sdesk:cross:1:99.2")
    staff.sees_toast("没有别的")


async def test_a_question_that_takes_several_is_put_against_another(town: Town) -> None:
    survey_id = await published(town, Publication(anonymous=False, once=False))
    wang = await town.person("王阿姨", community="donghu")
    for picks in ("干净 亮 楼梯", "干净 不亮 门", "不干净 不亮 楼梯"):
        await answers(wang, survey_id, picks)
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:results:{survey_id}:0")
    await staff.taps("和别的题")
    staff.sees("楼道干净吗?", buttons=["楼道灯亮吗?", "哪里要修?"])
    await staff.taps("哪里要修")
    staff.sees("哪里要修?", "楼道干净吗?", "楼梯", "干净:2 人里 1 人(50%)", "加起来会超过人数")
    staff.sees("算卡方不可靠")
    assert "p =" not in staff.screen[-1].text


async def test_posters_carry_a_link_that_opens_the_questionnaire(town: Town) -> None:
    staff = await closed_after(town, 0)
    await staff.taps("开放")
    await staff.taps("更多")
    await staff.taps("二维码")
    await staff.taps("东湖")
    pdf, png = staff.screen[-1], staff.screen[-2]
    assert pdf.file is not None
    assert png.file is not None
    assert pdf.file.startswith(b"%PDF")
    assert png.file.startswith(b"\x89PNG")
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/start svy_1")
    wang.sees("不记名", buttons=["开始答"])


async def opened_days_ago(town: Town, days: int) -> None:
    async with town.database.write() as session:
        for survey in await surveys.all_of(session):
            survey.opens_at = clock.now() - timedelta(days=days)


async def reminded(town: Town) -> int:
    """How many would be told in this round; nothing is sent, the round counts."""
    async with town.database.write() as session:
        return len(await reminding.due(Work(session)))


async def told_of(town: Town, survey_id: int) -> set[int]:
    """Who would be told of this questionnaire in a round of now; the round is taken back."""
    async with town.database.read() as session:
        found = await reminding.due(Work(session))
    return {one.person.id for one in found if survey_id in dict(one.surveys)}


async def test_reminders_go_to_those_not_done_once_in_a_round(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    await opened_days_ago(town, 4)
    done = await town.person("填过的", community="donghu")
    await fills_in(done)
    idle = await town.person("没填的", community="donghu")
    before = len(idle.screen)
    await town.clock_work()
    idle.sees("还有问卷等您填", buttons=["社区生活"])
    assert "社区生活小问卷" not in done.screen[-1].buttons
    clock.set_source(lambda: MORNING + timedelta(hours=2))
    await town.clock_work()
    assert len(idle.screen) == before + 1
    clock.set_source(lambda: MORNING + timedelta(days=3, hours=1))
    await town.clock_work()
    assert len(idle.screen) == before + 2


async def test_one_press_ends_the_reminders_of_a_questionnaire(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    await opened_days_ago(town, 4)
    idle = await town.person("没填的", community="donghu")
    await town.clock_work()
    card = idle.sees("还有问卷等您填", buttons=["社区生活", "不再提醒《社区生活小问卷》"])
    await idle.taps("不再提醒《社区生活", on=card)
    idle.sees("不再提醒了", buttons=["还是提醒我吧"])
    await idle.taps("不再提醒《社区生活", on=card)  # twice does no harm
    await idle.sends("/mydata")
    idle.sees_somewhere("不再提醒的问卷", "1 条")
    clock.set_source(lambda: MORNING + timedelta(days=4))
    await town.clock_work()
    labels = [label for label in idle.screen[-1].buttons if "社区生活" in label]
    assert labels == []
    idle.sees("还有问卷等您填", buttons=["创建意见", "不再提醒这份问卷"])
    await idle.sends("/survey")
    idle.sees("先填哪一份", buttons=["社区生活"])  # it can still be filled in
    undo = next(s for s in idle.screen if "还是提醒我吧" in s.buttons)
    await idle.taps("还是提醒我吧", on=undo)
    clock.set_source(lambda: MORNING + timedelta(days=8))
    await town.clock_work()
    idle.sees("还有问卷等您填", buttons=["社区生活"])


async def test_all_reminders_can_be_switched_off_in_ones_own_settings(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    await opened_days_ago(town, 4)
    idle = await town.person("没填的", community="donghu")
    await idle.sends("/me")
    await idle.taps("更多")
    await idle.taps("问卷提醒")
    idle.sees("隔几天提醒")
    await idle.taps("问卷都不再提醒")
    idle.sees("都不再提醒了")
    before = len(idle.screen)
    await town.clock_work()
    assert len(idle.screen) == before
    await idle.taps("还是提醒我吧")
    idle.sees("隔几天提醒")
    await idle.presses("svy:mute:999")
    idle.sees_toast("没有")


async def test_nobody_is_reminded_of_what_is_not_for_them_or_full(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    await drop_starters(town)
    donghu = await town.community_id("donghu")
    how = Publication(anonymous=True, once=True, communities=[donghu], target=1, stops=True)
    quota = await published(town, how)
    roles = await published(town, Publication(anonymous=True, once=True, roles=["grid_worker"]))
    await opened_days_ago(town, 4)
    idle = await town.person("没填的", community="donghu")
    half = await town.person("填了一半的", community="donghu")
    await half.sends(f"/start svy_{quota}")
    await half.taps("开始答")
    both = {await town.person_id(idle), await town.person_id(half)}
    assert both <= await told_of(town, quota)
    assert not both & await told_of(town, roles)
    clock.set_source(lambda: MORNING + timedelta(days=4))
    await answers(await town.person("填过的", community="donghu"), quota)
    assert both & await told_of(town, quota) == {await town.person_id(half)}  # has begun


async def test_nobody_is_reminded_at_night_nor_where_it_is_switched_off(town: Town) -> None:
    await town.person("没填的", community="donghu")
    night = datetime(2026, 11, 3, 13, 30, tzinfo=UTC)  # 21:30
    clock.set_source(lambda: night)
    await opened_days_ago(town, 9)
    assert await reminded(town) == 0
    clock.set_source(lambda: MORNING + timedelta(days=1))
    async with town.database.write() as session:
        while await reminding.set_next(Work(session), ADMIN):
            pass
    assert await reminded(town) == 0


async def test_a_new_questionnaire_is_not_reminded_of_in_its_first_days(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    await town.person("没填的", community="donghu")
    await opened_days_ago(town, 1)
    assert await reminded(town) == 0


async def test_closed_questionnaires_are_not_reminded_of(town: Town) -> None:
    clock.set_source(lambda: MORNING)
    await town.person("没填的", community="donghu")
    await opened_days_ago(town, 9)
    async with town.database.write() as session:
        work = Work(session)
        for survey in await surveys.all_of(session):
            await desk.close_survey(work, ADMIN, survey)
    assert await reminded(town) == 0


async def test_completion_and_where_people_stopped_are_told_without_names(town: Town) -> None:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await fills_in(await town.person("填完的", community="donghu"))
    for i in range(5):
        half = await town.person(f"填一半{i}", community="donghu")
        await half.sends("/survey")
        await half.taps("社区生活")
        await half.taps("开始答")
    await staff.sends("/surveys")
    await staff.taps("社区生活")
    staff.sees("开始填的 6 人", "交上来 1 份", "停在这里")
