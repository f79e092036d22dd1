"""The timetable: when a task is due, that it runs once, and what happens when it fails."""

from datetime import UTC, datetime, time, timedelta

from bot.signals import Signal
from bot.timetable import Task, Timetable
from db.engine import Database
from db.stores import jobs
from db.work import Work
from services import clock

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)  # 12:00 in Shanghai


class Counted:
    """A task that counts how often it ran, and fails when told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.fails = False

    async def __call__(self, work: Work) -> None:
        self.runs += 1
        await jobs.add(work.session, "left", {}, now=clock.now(), key=f"run {self.runs}")
        if self.fails:
            raise RuntimeError("with words of a person")


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def test_a_daily_task_is_due_at_its_hour_of_the_office() -> None:
    task = Task("t", Counted(), at=time(8, 30))
    assert task.next_after(NOON) == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    early = datetime(2026, 3, 1, 0, 29, tzinfo=UTC)
    assert task.next_after(early) == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert task.next_after(early + timedelta(minutes=1)) > early + timedelta(days=1)
    assert Task("t", Counted(), every=timedelta(hours=2)).next_after(NOON) == NOON + timedelta(
        hours=2
    )


async def test_every_so_often_runs_at_once_and_then_when_due(database: Database) -> None:
    run = Counted()
    timetable = Timetable(database, [Task("t", run, every=timedelta(hours=1))], Signal())
    for minutes, runs in ((0, 1), (59, 1), (60, 2), (61, 2), (600, 3)):
        at(NOON + timedelta(minutes=minutes))
        await timetable.run_due()
        assert run.runs == runs


async def test_a_daily_task_waits_for_its_hour_and_is_made_up_for_after_a_standstill(
    database: Database,
) -> None:
    run = Counted()
    timetable = Timetable(database, [Task("t", run, at=time(13))], Signal())
    for hours, runs in ((0, 0), (0.9, 0), (1, 1), (2, 1), (75, 2), (76, 2)):
        at(NOON + timedelta(hours=hours))
        await timetable.run_due()
        assert run.runs == runs


async def test_what_fails_leaves_nothing_rests_and_does_not_hold_up_the_others(
    database: Database,
) -> None:
    bad, good = Counted(), Counted()
    bad.fails = True
    hourly = timedelta(hours=1)
    tasks = [Task("bad", bad, every=hourly), Task("good", good, every=hourly)]
    timetable = Timetable(database, tasks, Signal())
    for seconds, runs in ((0, 1), (4, 1), (5, 2), (14, 2), (15, 3)):
        at(NOON + timedelta(seconds=seconds))
        await timetable.run_due()
        assert (bad.runs, good.runs) == (runs, 1)
    bad.fails = False
    at(NOON + timedelta(minutes=1))
    await timetable.run_due()
    at(NOON + timedelta(minutes=2))
    await timetable.run_due()
    assert bad.runs == 4
    async with database.read() as session:
        assert await jobs.claim(session, now=clock.now(), lease=hourly) is not None


async def test_a_task_is_taken_by_one_of_two_leaders(database: Database) -> None:
    at(NOON)
    async with database.write() as session:
        assert await jobs.take_clock(session, "t", due_at=None, then=NOON)
    async with database.write() as session:
        assert not await jobs.take_clock(session, "t", due_at=None, then=NOON)
    later = NOON + timedelta(hours=1)
    for expected in (True, False):
        async with database.write() as session:
            assert await jobs.take_clock(session, "t", due_at=NOON, then=later) is expected
