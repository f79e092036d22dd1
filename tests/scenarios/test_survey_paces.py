"""Time a question and where people stop: sums over many, never about one person."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import String, func, select

from bot.schedule import _expire_forms
from db.models.forms import FormFilling
from db.models.surveys import SurveyPace, SurveyTrace
from db.stores import survey_paces
from db.work import Work
from services import clock
from services.permissions import Role
from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import answers, published
from tests.telegram import Somebody, Town

START = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
OPEN = Publication(anonymous=True, once=True)
NAMED = Publication(anonymous=False, once=True)


class Watch:
    """The office's clock, put forward by hand."""

    def __init__(self) -> None:
        self.now = START
        clock.set_source(lambda: self.now)

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def slowly(
    who: Somebody, survey_id: int, watch: Watch, seconds: tuple[int, int, int]
) -> None:
    """Every question takes so long; the third in two presses."""
    await who.sends(f"/start svy_{survey_id}")
    await who.taps("开始答")
    watch.passes(seconds[0])
    await who.presses(who.screen[-1].buttons["干净"])
    watch.passes(seconds[1])
    await who.presses(who.screen[-1].buttons["亮"])
    watch.passes(seconds[2] - 2)
    await who.taps("楼梯")
    watch.passes(2)
    await who.taps("选好了")
    await who.taps("交上去")


async def rows(town: Town, survey_id: int) -> tuple[int, dict[str, survey_paces.Sums]]:
    async with town.database.read() as session:
        waiting = await session.scalar(
            select(func.count()).where(SurveyTrace.survey_id == survey_id)
        )
        return waiting or 0, await survey_paces.sums(session, survey_id)


async def paces_page(town: Town, survey_id: int) -> str:
    staff = await town.person("街道小陈", Role.STREET_STAFF)
    await staff.sends("/surveys")
    await staff.presses(f"sdesk:show:{survey_id}")
    await staff.taps("各题用时")
    return staff.screen[-1].text


async def test_seconds_a_question_are_averaged_and_a_pause_is_left_out(town: Town) -> None:
    watch = Watch()
    survey_id = await published(town, NAMED)
    await slowly(await town.person("快的"), survey_id, watch, (4, 10, 8))
    await slowly(await town.person("慢的"), survey_id, watch, (8, 20, 16))
    await slowly(await town.person("接电话的"), survey_id, watch, (6, 3600, 6))
    waiting, sums = await rows(town, survey_id)
    assert waiting == 0
    assert (sums["clean"].timed, sums["clean"].seconds) == (3, 18)
    assert (sums["lights"].timed, sums["lights"].seconds) == (2, 30)
    assert (sums["where"].timed, sums["where"].seconds) == (3, 30)
    told = await paces_page(town, survey_id)
    assert "楼道干净吗?\n平均 6 秒,0 人停在这里" in told
    assert "楼道灯亮吗?\n平均 15 秒" in told


async def test_going_back_and_a_refused_answer_do_no_harm(town: Town) -> None:
    watch = Watch()
    survey_id = await published(town, NAMED)
    wang = await town.person("王阿姨")
    await wang.sends(f"/start svy_{survey_id}")
    await wang.taps("开始答")
    watch.passes(5)
    await wang.sends("不知道")  # none of the choices
    watch.passes(5)
    await wang.presses(wang.screen[-1].buttons["干净"])
    watch.passes(3)
    await wang.taps("上一题")
    watch.passes(7)
    await wang.presses(wang.screen[-1].buttons["不干净"])
    await wang.presses(wang.screen[-1].buttons["亮"])
    await wang.taps("门")
    await wang.taps("选好了")
    await wang.taps("交上去")
    _, sums = await rows(town, survey_id)
    assert (sums["clean"].timed, sums["clean"].seconds) == (1, 17)


async def test_who_cancels_and_who_never_comes_back_counts_as_stopped(town: Town) -> None:
    watch = Watch()
    survey_id = await published(town, NAMED)
    for i, taps in enumerate((["干净"], ["干净", "亮"], ["干净"])):
        who = await town.person(f"居民{i}")
        await who.sends(f"/start svy_{survey_id}")
        await who.taps("开始答")
        for label in taps:
            await who.presses(who.screen[-1].buttons[label])
        if i == 0:
            await who.sends("/cancel")
            await who.taps("不填了")
    told = await paces_page(town, survey_id)
    assert "楼道灯亮吗?\n平均 0 秒,2 人停在这里(67%)" not in told  # nobody answered that one
    assert "2 人停在这里(67%)" in told
    assert "1 人停在这里(33%)" in told
    watch.passes(61 * 86400)
    async with town.database.write() as session:
        await _expire_forms(Work(session))
    await town.work()
    _, sums = await rows(town, survey_id)
    assert (sums["lights"].stopped, sums["where"].stopped) == (2, 1)
    async with town.database.read() as session:
        left = (await session.scalars(select(FormFilling))).all()
    assert all(row.seconds is None and row.state == {} for row in left)


async def test_anonymous_ones_are_added_up_by_batches_and_small_counts_hidden(town: Town) -> None:
    Watch()
    survey_id = await published(town, OPEN)
    for i in range(19):
        await answers(await town.person(f"居民{i}", community="donghu"), survey_id)
    waiting, sums = await rows(town, survey_id)
    assert (waiting, sums) == (19, {})
    assert "平均" not in await paces_page(town, survey_id)
    quitter = await town.person("不填了的", community="donghu")
    await quitter.sends(f"/start svy_{survey_id}")
    await quitter.taps("开始答")
    await quitter.sends("/cancel")
    waiting, sums = await rows(town, survey_id)
    assert waiting == 0
    assert sums["clean"].timed == 19
    assert sums["clean"].stopped == 1
    told = await paces_page(town, survey_id)
    assert "楼道干净吗?\n平均 0 秒" in told
    assert "楼道干净吗?\n平均 0 秒,1 人" not in told


async def test_what_is_kept_names_nobody(town: Town) -> None:
    """No column of the sums or of the waiting traces is about a person or a moment."""
    assert set(SurveyPace.__table__.columns.keys()) == {
        "survey_id", "document_id", "question", "timed", "seconds", "stopped",
    }  # fmt: skip
    assert set(SurveyTrace.__table__.columns.keys()) == {
        "id", "survey_id", "document_id", "trace",
    }  # fmt: skip
    survey_id = await published(town, OPEN)
    await answers(await town.person("王阿姨", community="donghu"), survey_id)
    async with town.database.read() as session:
        trace = await session.scalar(select(SurveyTrace))
        raw = await session.scalar(select(SurveyTrace.__table__.c.trace.cast(String)))
    assert trace is not None
    assert set(trace.trace) == {"seconds", "stopped"}
    assert set(trace.trace["seconds"]) == {"clean", "lights", "where"}
    assert "clean" not in str(raw)  # sealed
