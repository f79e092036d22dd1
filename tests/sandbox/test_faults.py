"""Fault switches and the flood meter, as the bot meets them."""

import time

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.sandbox import Sandbox, SimError
from bot.sandbox.faults import Fault
from bot.sandbox.floods import FloodMeter
from tests.sandbox.conftest import make_bot


async def test_429_with_retry_after_as_often_as_asked(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    sandbox.fault("send*", retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(RetryAfter) as told:
            await bot.send_message(resident, "x")
        assert told.value._retry_after.total_seconds() == 7
    assert await bot.send_message(resident, "x")
    assert [call["status"] for call in sandbox.calls[-3:]] == [429, 429, 200]
    assert [m["text"] for m in sandbox.replies(resident)] == ["x"]


async def test_errors_of_every_kind(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    await sandbox.start(1002)
    sandbox.fault("sendMessage", code=502)
    sandbox.fault("sendMessage", code=403, description="Forbidden: user is deactivated")
    sandbox.fault("sendMessage", code=500, chat_id=1002)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(resident, "x")
    with pytest.raises(Forbidden, match="deactivated"):
        await bot.send_message(resident, "x")
    assert await bot.send_message(resident, "x")
    with pytest.raises(NetworkError):
        await bot.send_message(1002, "x")
    with pytest.raises(SimError, match="no such fault"):
        sandbox.fault(kind="earthquake")


async def test_what_comes_after_the_effect_has_the_effect(sandbox: Sandbox, resident: int) -> None:
    async with make_bot(sandbox, read_timeout=0.2) as bot:
        sandbox.fault("send*", kind="timeout", seconds=1)
        with pytest.raises(TimedOut):
            await bot.send_message(resident, "一")
        sandbox.fault("send*", kind="drop")
        with pytest.raises(NetworkError):
            await bot.send_message(resident, "二")
        sandbox.fault("send*", kind="drop_before")
        with pytest.raises(NetworkError):
            await bot.send_message(resident, "三")
    assert [m["text"] for m in sandbox.replies(resident)] == ["一", "二"]


async def test_a_slow_call_still_succeeds(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sandbox.fault("sendMessage", kind="slow", seconds=0.1)
    before = time.monotonic()
    assert await bot.send_message(resident, "x")
    assert time.monotonic() - before >= 0.1


def test_a_chance_is_the_same_for_the_same_seed() -> None:
    def draws(seed: int) -> list[bool]:
        fault = Fault(chance=0.2, times=None, seed=seed)
        return [fault.strikes() for _ in range(500)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert 60 < sum(draws(1)) < 140


def test_a_fault_may_begin_later() -> None:
    fault = Fault(times=1, allowed=2)
    assert [fault.strikes() for _ in range(4)] == [False, False, True, False]


async def test_an_update_arrives_twice(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.fault(kind="duplicate")
    await sandbox.text(1001, "一")
    await sandbox.text(1001, "二")
    assert [u.update_id for u in await bot.get_updates()] == [1, 1, 2]


async def test_two_updates_are_swapped(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.fault(kind="reorder")
    await sandbox.text(1001, "一")
    assert sandbox.world.updates.count() == 1
    await sandbox.text(1001, "二")
    texts = [u.message.text for u in await bot.get_updates() if u.message]
    assert texts == ["二", "一"]


async def test_a_held_update_comes_even_if_none_overtakes_it(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.fault(kind="reorder")
    await sandbox.text(1001, "一")
    assert len(await bot.get_updates(timeout=3)) == 1


async def test_the_meter_reports_a_fast_bot(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    await bot.send_message(resident, "一")
    assert sandbox.breaches == []
    await bot.send_message(resident, "二")
    assert [b["limit"] for b in sandbox.breaches] == ["chat"]
    sandbox.advance(1)
    await bot.send_message(resident, "三")
    assert len(sandbox.breaches) == 1


async def test_refused_sends_do_not_count(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    with pytest.raises(BadRequest):
        await bot.send_message(resident, "")
    assert sandbox.world.floods.sent == 0


def test_the_limits_of_all_chats_and_of_a_group() -> None:
    meter = FloodMeter()
    for chat in range(31):
        meter.record(chat + 1, 5.0, group=False)
    assert meter.report()["by_limit"] == {"overall": 1}
    meter = FloodMeter()
    for second in range(21):
        meter.record(-1, second * 2.9, group=True)
    assert meter.report()["by_limit"] == {"group": 1}
    meter.record(-1, 200.0, group=True)
    assert meter.report()["by_limit"] == {"group": 1}


async def test_reset_clears_faults_and_chats(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sandbox.fault("send*", times=None)
    await sandbox.text(resident, "x")
    sandbox.reset()
    assert await bot.get_updates() == ()
    assert sandbox.messages(resident) == []
    await sandbox.start(resident)
    assert await bot.send_message(resident, "x")
