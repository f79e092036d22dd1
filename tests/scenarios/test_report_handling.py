"""A job between those who give it out and those who do it: more days, hurry, back, cannot."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.models.places import Body
from db.models.report_desk import ReportRequest
from db.models.reports import Report, ReportMove
from db.stores import people
from db.work import Work
from services import clock
from services.permissions import Role
from services.reports import reminders
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.telegram import Photo, Somebody, Town

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def at(moment: datetime) -> None:
    """Make it that moment."""
    clock.set_source(lambda: moment)


@pytest.fixture(autouse=True)
def tuesday_morning() -> None:
    at(TUESDAY)


async def the_report(town: Town) -> Report:
    async with town.database.read() as session:
        return (await session.scalars(select(Report).order_by(Report.id))).all()[0]


async def cast(town: Town) -> tuple[Somebody, Somebody, Somebody]:
    """A resident, a grid worker and a leader of 东湖, who has given the grid worker a light."""
    await gazetteer(town)
    wang = await town.person("王阿姨", community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    staff = await town.person("社区刘", Role.COMMUNITY_STAFF, community="donghu")
    await reports_a_light(wang)
    await staff.taps("看一看")
    await staff.taps("派给")
    await staff.taps("东湖社区网格员")
    return wang, grid, staff


async def works_for(town: Town, who: Somebody, name: str) -> int:
    """Make somebody work for a responsible body; its id."""
    async with town.database.write() as session:
        body = Body(name=name, kind="property_company")
        session.add(body)
        await session.flush()
        person = await town.person_id(who)
        await people.grant(
            session, person, Role.GRID_WORKER, scope_kind="body", scope_id=body.id,
            granted_by=None, now=clock.now(),
        )  # fmt: skip
        return body.id


async def test_more_days_are_asked_for_and_another_person_agrees(town: Town) -> None:
    wang, grid, staff = await cast(town)
    await grid.taps("我来处理")
    promised = (await the_report(town)).due_at
    await grid.presses("rdesk:show:1")
    await grid.taps("申请延期")
    await grid.sends("30")
    grid.sees("1 到 15")
    await grid.sends("三")
    await grid.sends("灯具周五才到")
    await grid.taps("交上去")
    grid.sees("领导看过我马上告诉您")
    staff.sees("申请延期 3 个工作日", "灯具周五才到", buttons=["同意", "不同意"])
    asked = staff.screen[-1]
    await grid.presses("rdesk:req:1:yes")
    grid.sees_toast("没有")
    await staff.taps("同意", on=asked)
    staff.sees("原定 12 月 1 日(周二)前", "共延期 3 个工作日")
    grid.sees("可以延期", "改到 12 月 4 日(周五)前处理")
    wang.sees("改到 12 月 4 日(周五)前")
    row = await the_report(town)
    assert promised is not None
    assert (row.original_due_at, row.extended_days) == (promised, 3)
    assert row.due_at == promised + timedelta(days=3)
    await staff.taps("不同意", on=asked)
    staff.sees_toast("已经有人看过")
    assert (await the_report(town)).extended_days == 3


async def test_nobody_agrees_to_their_own_request(town: Town) -> None:
    _, _, staff = await cast(town)
    await staff.presses("rdesk:to:1:in_progress")
    await staff.taps("办不了")
    await staff.taps("这次不处理")
    await staff.sends("没有这盏灯")
    await staff.taps("交上去")
    await staff.presses("rdesk:req:1:yes")
    staff.sees_toast("另一位同志")
    assert (await the_report(town)).state == "in_progress"


async def test_what_cannot_be_mended_needs_a_leader_and_has_its_result(town: Town) -> None:
    wang, grid, staff = await cast(town)
    second = await town.person("社区陈", Role.COMMUNITY_STAFF, community="donghu")
    await grid.presses("rdesk:show:1")
    await grid.taps("办不了")
    await grid.taps("归别的单位管")
    await grid.sends("这是电力公司的灯,已经打过电话")
    await grid.taps("交上去")
    await staff.presses("rdesk:show:1")
    staff.sees("等领导看:归别的单位管", buttons=["看申请"])
    await staff.taps("看申请")
    await staff.taps("同意")
    wang.sees("归别的单位管", "电力公司", buttons=["还没好"])
    assert "处理好了" not in wang.screen[-1].text
    row = await the_report(town)
    assert (row.state, row.result) == ("handled", "outside")
    await grid.presses("rdesk:to:1:closed")
    assert (await the_report(town)).state == "handled"
    await second.presses("rdesk:to:1:closed")
    row = await the_report(town)
    assert (row.state, row.result) == ("closed", "outside")


async def test_a_job_is_hurried_once_in_some_hours_and_counted(town: Town) -> None:
    _, grid, staff = await cast(town)
    before = len(grid.screen)
    await staff.presses("rdesk:show:1")
    await staff.taps("催办")
    grid.sees("催办", "应在 12 月 1 日(周二)前处理")
    await staff.taps("催办")
    staff.sees_toast("今天下午 2:00 以后可以再催")
    assert len(grid.screen) == before + 1
    at(TUESDAY + timedelta(hours=5))
    await staff.taps("催办")
    staff.sees("催办 2 次")
    await grid.presses("rdesk:hurry:1")
    assert (await the_report(town)).hurried == 2


async def test_a_job_goes_back_within_a_working_day_and_not_later(town: Town) -> None:
    _, grid, staff = await cast(town)
    await grid.presses("rdesk:show:1")
    await grid.taps("退回")
    await grid.sends("这栋不归我的网格")
    await grid.taps("先不拍")
    await grid.taps("交上去")
    staff.sees("退回来了", "这栋不归我的网格")
    row = await the_report(town)
    assert (row.state, row.assignee_id) == ("filed", None)
    await staff.taps("看一看")
    await staff.taps("派给")
    await staff.taps("东湖社区网格员")
    at(TUESDAY + timedelta(days=1, minutes=1))
    await grid.presses("rdesk:show:1")
    assert not any("退回" in label for label in grid.screen[-1].buttons)
    await grid.presses(f"rdesk:words:1:filed:{(await the_report(town)).version}")
    await grid.sends("太远了")
    await grid.taps("先不拍")
    await grid.taps("交上去")
    grid.sees_toast("超过一个工作日")
    assert (await the_report(town)).state == "assigned"


async def test_a_job_is_taken_back_and_given_to_a_body_whose_people_accept_it(town: Town) -> None:
    wang, grid, staff = await cast(town)
    plumber = await town.person("物业小张")
    body = await works_for(town, plumber, "湖滨物业")
    news = len(wang.screen)
    await staff.presses("rdesk:show:1")
    await staff.taps("更多")
    await staff.taps("收回")
    await staff.sends("改派物业")
    await staff.taps("先不拍")
    await staff.taps("交上去")
    grid.sees("不用您办了")
    await staff.presses("rdesk:show:1")
    await staff.taps("派给")
    await staff.taps("派给单位")
    await staff.taps("湖滨物业")
    staff.sees("经办:湖滨物业")
    plumber.sees("派给您一件", buttons=["我来处理"])
    assert len(wang.screen) == news, "what passes between colleagues is no news to the resident"
    other = await town.person("别家物业")
    await works_for(town, other, "东湖物业")
    await other.presses("rdesk:accept:1")
    assert (await the_report(town)).state == "assigned"
    await plumber.sends("/reports")
    plumber.sees("新派 1", buttons=["楼道灯"])
    await plumber.taps("楼道灯")
    await plumber.taps("我来处理")
    row = await the_report(town)
    assert (row.state, row.body_id, row.assignee_id) == (
        "in_progress", body, await town.person_id(plumber),
    )  # fmt: skip
    await plumber.taps("处理好了")
    await plumber.sends(Photo())
    await plumber.taps("发好了")
    await plumber.sends("换了灯泡")
    await plumber.taps("交上去")
    wang.sees("处理好了", "换了灯泡")
    await plumber.presses("rdesk:to:1:closed")
    assert (await the_report(town)).state == "handled"


async def test_a_unit_that_nobody_speaks_for_is_told_by_telephone(town: Town) -> None:
    _, _, staff = await cast(town)
    async with town.database.write() as session:
        session.add(Body(name="路灯所", kind="city_body"))
    await staff.presses("rdesk:bodies:1:0")
    await staff.taps("路灯所")
    staff.sees_toast("请打电话")


async def test_what_is_due_soon_and_overdue_stands_in_the_worker_s_queue(town: Town) -> None:
    _, grid, _ = await cast(town)
    await grid.taps("我来处理")
    for days, which in ((2, "在办"), (6.4, "快到期"), (8, "逾期")):
        at(TUESDAY + timedelta(days=days))
        await grid.sends("/reports")
        grid.sees(f"{which} 1", buttons=["楼道灯"])
    await grid.taps("新派的")
    grid.sees("里没有")
    async with town.database.write() as session:
        work = Work(session)
        await reminders.digest(work)
        own = await town.person_id(grid)
        told = [n.params for n in work.notices if n.person_id == own]
    assert [one["late"] for one in told] == [1]


async def test_two_editors_at_once_are_told(town: Town) -> None:
    wang, _, staff = await cast(town)
    second = await town.person("社区陈", Role.COMMUNITY_STAFF, community="donghu")
    for who in (staff, second):
        await who.presses("rdesk:show:1")
    mine = second.screen[-1]
    old = dict(mine.buttons)
    await staff.taps("更多")
    await staff.taps("收回")
    await staff.sends("改派物业")
    await staff.taps("先不拍")
    await second.presses(next(d for b, d in old.items() if "请居民补充" in b), mine)
    await second.sends("是哪一单元?")
    await second.taps("先不拍")
    await staff.taps("交上去")
    await second.taps("交上去")
    second.sees("别的同志刚处理过", "已立案", buttons=["看一看"])
    assert (await the_report(town)).state == "filed"
    await second.taps("看一看")
    second.sees("是哪一单元?")
    await second.presses(next(d for b, d in old.items() if b == "派给"), mine)
    second.sees_toast("这一件刚处理过")
    await wang.sends("/myreports")
    await wang.taps("楼道灯")
    assert "是哪一单元" not in wang.screen[-1].text


async def test_the_clock_starts_anew_when_reopened_and_the_first_promise_stays(town: Town) -> None:
    wang, grid, _ = await cast(town)
    first = (await the_report(town)).due_at
    for day in (1, 2):
        at(TUESDAY + timedelta(days=day))
        await grid.presses("rdesk:handle:1")
        await grid.sends(Photo())
        await grid.taps("发好了")
        await grid.sends("修好了")
        await grid.taps("交上去")
        await wang.taps("还没好")
        await wang.sends("还是不亮")
        await wang.taps("先不拍")
        await wang.taps("交上去")
        grid.sees("居民说还没好")
    row = await the_report(town)
    assert (row.reopened, row.original_due_at, row.handled_at) == (2, first, None)
    assert row.due_at == datetime(2026, 12, 3, 10, 0, tzinfo=UTC)


async def test_notes_and_requests_are_kept_and_only_colleagues_read_them(town: Town) -> None:
    wang, grid, staff = await cast(town)
    supervisor = await town.person("监督员", Role.SUPERVISOR)
    await staff.presses("rdesk:show:1")
    await staff.taps("更多")
    await staff.taps("写备注")
    await staff.sends("住户脾气急,先打电话 <b>")
    await staff.taps("交上去")
    staff.sees("住户脾气急,先打电话 <b>")
    await grid.presses("rdesk:show:1")
    grid.sees("住户脾气急")
    await supervisor.presses("rdesk:show:1")
    assert "住户脾气急" not in supervisor.screen[-1].text
    await wang.presses("rdesk:note:1")
    wang.sees_toast("需要有权限")
    await supervisor.presses("rdesk:note:1")
    supervisor.sees_toast("没有")
    async with town.database.read() as session:
        assert not (await session.scalars(select(ReportRequest))).all()
        assert len((await session.scalars(select(ReportMove))).all()) == 2


async def test_a_photo_the_reporter_adds_does_not_let_the_worker_close(town: Town) -> None:
    """What is only added to a report is no handling of it."""
    wang, _, staff = await cast(town)
    await staff.presses("rdesk:handle:1")
    await staff.sends(Photo())
    await staff.taps("发好了")
    await staff.sends("修好了")
    await staff.taps("交上去")
    await wang.presses("rep:add:1")
    await wang.sends(Photo())
    await wang.taps("发好了")
    await wang.taps("交上去")
    async with town.database.read() as session:
        last = (await session.scalars(select(ReportMove).order_by(ReportMove.id.desc()))).first()
    assert last is not None
    assert (last.before, last.after) == ("handled", "handled")
    await staff.presses("rdesk:to:1:closed")
    staff.sees_toast("不能是同一个人")
    assert (await the_report(town)).state == "handled"


async def test_two_who_handle_at_once_lose_nothing(town: Town) -> None:
    _, grid, staff = await cast(town)
    for who in (grid, staff):
        await who.presses("rdesk:handle:1")
        await who.sends(Photo())
        await who.taps("发好了")
        await who.sends(f"{who.name}换的灯泡")
    await grid.taps("交上去")
    await staff.taps("交上去")
    staff.sees("别的同志已经往下办了", "待核查", buttons=["看一看"])
    await staff.taps("看一看")
    staff.sees("社区刘换的灯泡", "照片 3 张", "结果:修好了")
    async with town.database.read() as session:
        moves = (await session.scalars(select(ReportMove))).all()
    assert sum(move.after == "handled" for move in moves) == 1


async def test_a_reply_that_came_too_late_keeps_its_words_and_photos(town: Town) -> None:
    _, grid, staff = await cast(town)
    row = await the_report(town)
    await staff.presses(f"rdesk:words:{row.id}:need_info:{row.version}")
    await staff.sends("是门里还是门外的灯?看这张照片")
    await staff.sends(Photo())
    await grid.presses(f"rdesk:to:{row.id}:in_progress:{row.version}")
    for label in ("发好了", "交上去"):
        await staff.taps(label)
    staff.sees("没有发出去", "处理中", buttons=["看一看"])
    assert (await the_report(town)).state == "in_progress"
    await staff.taps("看一看")
    staff.sees("是门里还是门外的灯", "照片 2 张")


async def test_who_works_for_a_department_sees_its_jobs_first(town: Town) -> None:
    _, _, staff = await cast(town)
    clerk = await town.person("城管科周")
    async with town.database.write() as session:
        body = Body(name="城管科", kind="department")
        session.add(body)
        await session.flush()
        await people.grant(
            session, await town.person_id(clerk), Role.STREET_STAFF, scope_kind="department",
            scope_id=body.id, granted_by=None, now=clock.now(),
        )  # fmt: skip
    await staff.presses("rdesk:bodies:1:0")
    await staff.taps("城管科")
    clerk.sees("派给您一件")
    await clerk.sends("/reports")
    clerk.sees("新派 1", buttons=["楼道灯"])
    await clerk.taps("楼道灯")
    assert not {"派给", "收回", "不受理"} & set(clerk.screen[-1].buttons)
    await clerk.taps("我来处理")
    assert (await the_report(town)).state == "in_progress"


async def test_nobody_is_asked_for_what_would_be_refused(town: Town) -> None:
    _, grid, _ = await cast(town)
    supervisor = await town.person("监督员", Role.SUPERVISOR)
    for who, press in ((supervisor, "rdesk:handle:1"), (supervisor, "rdesk:merge:1"),
                       (supervisor, "rdesk:words:1:filed"), (grid, "rdesk:up:1"),
                       (grid, "rdesk:words:1:need_info")):  # fmt: skip
        seen = len(who.screen)
        await who.presses(press)
        who.sees_toast("现在做不了")
        who.sees_nothing_new(seen)
