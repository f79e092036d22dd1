"""The worker: failures, dead letters, restarts; only the chat concerned waits."""

from datetime import timedelta

import pytest

from db.stores import inbox, questions
from services import clock
from services.people import identities as people
from services.permissions import Role
from tests.telegram import Town


async def fail(*_: object, **__: object) -> None:
    raise RuntimeError("broken, with words of a person: 13812345678")


async def pass_time(seconds: int) -> None:
    later = clock.now() + timedelta(seconds=seconds)
    clock.set_source(lambda: later)


async def test_five_failures_make_a_dead_letter_that_an_administrator_retries(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    wang = await town.person("王阿姨", community="donghu")
    with monkeypatch.context() as patch:
        patch.setattr(people, "myself", fail)
        await wang.sends("/start")
        for _ in range(5):
            await pass_time(120)
            await town.work()
    wang.sees("没能处理好", "不用重发")
    assert len([s for s in admin.screen if "没能处理" in s.text]) == 1
    await admin.sends("/dead")
    admin.sees("RuntimeError", buttons=["全部重试"])
    assert "13812345678" not in caplog.text
    await admin.taps("全部重试")
    await town.work()
    assert len(wang.screen) > 1
    await admin.sends("/dead")
    admin.sees("没有处理不了")


async def test_what_is_no_update_is_a_dead_letter_at_once_and_holds_nobody_up(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    admin = await town.person("管理员", Role.ADMIN)
    wang = await town.person("王阿姨", community="donghu")
    broken = {**wang.message("我的电话 13812345678"), "entities": [{"type": "bold"}]}
    await town.deliver({"message": broken})
    wang.sees("没能处理好", "不用重发")
    async with town.database.read() as session:
        [dead] = await inbox.dead(session)
    assert (dead.attempts, dead.error) == (1, "UnreadableError")
    assert "13812345678" not in caplog.text
    await wang.sends("/help")
    wang.sees("打字")
    await admin.sends("/dead")
    admin.sees("UnreadableError", buttons=["全部重试"])


async def test_only_the_chat_that_fails_waits(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    with monkeypatch.context() as patch:
        patch.setattr(people, "myself", fail)
        await wang.sends("/start")
        await wang.sends("/help")
        await zhou.sends("/help")
        zhou.sees("打字")
        assert not wang.screen
    await pass_time(10)
    await town.work()
    assert len(wang.screen) == 2


async def test_an_update_that_kills_the_process_again_and_again_becomes_a_dead_letter(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await town.processes[0].intake.accept([{"update_id": 1, "message": wang.message("/help")}])

    async def die(*_: object) -> None:
        raise SystemExit

    for _ in range(6):
        await pass_time(10)
        worker = town.processes[0].make_worker()
        worker._careful_until = 10**9  # as after a start that finds it waiting
        with monkeypatch.context() as patch:
            patch.setattr(inbox, "lock_chat", die)
            try:
                await worker.step()
            except SystemExit:
                continue
    async with town.database.read() as session:
        [dead] = await inbox.dead(session)
    assert dead.crashes == 6


async def test_two_workers_never_handle_one_chat_out_of_order(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    updates = [
        {"update_id": 100 + i, "message": wang.message(f"垃圾分类第{i}问")} for i in range(12)
    ]
    await town.processes[0].intake.accept(updates)
    await town.work()
    async with town.database.read() as session:
        rows = await questions.waiting(session, None, limit=50)
    numbers = [int(row.words.split("第")[1].split("问")[0]) for row in rows]
    assert numbers == sorted(numbers)
