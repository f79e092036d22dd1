"""Background work: its effect and its end are one, failures are repeated, then shown."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.jobs.runner import LEASE, MAX_ATTEMPTS, Effect, JobRunner, acting
from bot.signals import Signal
from db.engine import Database
from db.stores import jobs, settings
from db.work import Work
from handlers.chat import Screen
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Role
from tests.telegram import Town


class Kind:
    """A kind of job that notes what it was asked, and fails as often as told."""

    def __init__(self, *, slow: int = 0, effect: int = 0) -> None:
        self.slow, self.effect = slow, effect
        self.asked: list[Mapping[str, Any]] = []

    async def __call__(self, payload: Mapping[str, Any]) -> Effect:
        self.asked.append(payload)
        if len(self.asked) <= self.slow:
            raise OSError("no network")

        async def effect(work: Work) -> None:
            await settings.put_once(work.session, f"did {payload['n']}", {}, now=clock.now())
            if len(self.asked) <= self.effect:
                raise RuntimeError("after it wrote")

        return effect


def runner(database: Database, kind: Kind) -> JobRunner:
    return JobRunner(database, {"k": kind}, wanted=Signal(), told=Signal())


async def plan(database: Database, kind: str = "k", **more: Any) -> None:
    async with database.write() as session:
        await jobs.add(session, kind, {"n": 1}, now=clock.now(), **more)


async def did(database: Database) -> bool:
    """Whether the effect is there; asking takes it away again."""
    async with database.write() as session:
        new = await settings.put_once(session, "did 1", {}, now=clock.now())
        await settings.remove(session, "did 1")
        return not new


def pass_time(amount: timedelta) -> None:
    later = clock.now() + amount
    clock.set_source(lambda: later)


async def test_a_job_is_done_once_and_its_key_makes_it_unique(database: Database) -> None:
    kind = Kind()
    await plan(database, key="a")
    await plan(database, key="a")
    run = runner(database, kind)
    assert await run.step()
    assert not await run.step()
    assert kind.asked == [{"n": 1}]
    assert await did(database)


async def test_what_fails_is_repeated_after_a_pause_and_leaves_nothing_before(
    database: Database,
) -> None:
    kind = Kind(slow=1, effect=2)
    await plan(database)
    run = runner(database, kind)
    assert await run.step()
    assert not await run.step()  # it pauses
    pass_time(timedelta(seconds=2))
    assert await run.step()
    assert not await did(database)
    pass_time(timedelta(seconds=4))
    assert await run.step()
    assert await did(database)
    assert len(kind.asked) == 3


async def test_a_job_for_later_waits(database: Database) -> None:
    kind = Kind()
    await plan(database, not_before=clock.now() + timedelta(minutes=5))
    run = runner(database, kind)
    assert not await run.step()
    pass_time(timedelta(minutes=5))
    assert await run.step()


async def test_what_a_dead_process_was_running_is_run_again(database: Database) -> None:
    await plan(database)
    async with database.write() as session:
        assert await jobs.claim(session, now=clock.now(), lease=LEASE) is not None
    run = runner(database, Kind())
    assert not await run.step()
    await run.take_back()
    if not database.is_sqlite:  # another process may still be at it, until its lease ends
        assert not await run.step()
        pass_time(LEASE + timedelta(seconds=1))
    assert await run.step()


async def test_six_failures_and_an_unknown_kind_are_shown_to_the_administrator_once(
    town: Town,
) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    await plan(town.database)
    await plan(town.database, "of a newer version")
    run = runner(town.database, Kind(slow=99))
    for _ in range(MAX_ATTEMPTS):
        while await run.step():
            continue
        pass_time(timedelta(minutes=2))
    await town.work()
    assert len([shown for shown in admin.screen if "后台的活" in shown.text]) == 1
    await admin.sends("/dead")
    admin.sees("OSError", "KeyError", buttons=["全部重试"])


async def test_a_refusal_undoes_what_a_service_did_and_is_told(town: Town) -> None:
    wang = await town.person("王阿姨")
    person_id = await town.person_id(wang)

    async def act(work: Work, by: Actor) -> Screen:
        await settings.put_once(work.session, "did 1", {}, now=clock.now())
        work.notify(by.person_id, "common.old_button")
        raise Refusal("common.not_there")

    async def ordered(payload: Mapping[str, Any]) -> Effect:
        return acting(payload, act)

    async with town.database.write() as session:
        whom = {"person_id": person_id, "chat_id": wang.id}
        await jobs.add(session, "k", whom, now=clock.now())
    assert await JobRunner(town.database, {"k": ordered}, wanted=Signal(), told=Signal()).step()
    await town.work()
    assert not await did(town.database)
    wang.sees("没有找到")
    assert len(wang.screen) == 1
