"""Health and metrics: what they tell, to whom, and when the database is gone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.health import Health
from bot.intake import Intake
from bot.signals import Signal
from db.engine import Database
from db.stores import outbox
from db.stores.outbox import Outgoing
from services import clock
from tests.databases import free_port


@asynccontextmanager
async def healthy(database: Database) -> AsyncIterator[tuple[Health, str]]:
    port = free_port()
    health = Health(database, port)
    await health.start()
    try:
        yield health, f"http://127.0.0.1:{port}"
    finally:
        await health.stop()


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_depths_are_told_and_nothing_personal(database: Database) -> None:
    message = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 555001, "type": "private"},
        "from": {"id": 555001, "is_bot": False, "first_name": "王秀兰"},
        "text": "13912345678",
    }
    await Intake(database, Signal(), Signal()).accept([{"update_id": 7, "message": message}])
    async with database.write() as session:
        row = Outgoing(555001, "sendMessage", {"chat_id": 555001, "text": "13912345678"})
        await outbox.add(session, [row], now=clock.now())
    async with healthy(database) as (_, url):
        assert await get(f"{url}/healthz") == (200, '{"database": "ok"}')
        status, text = await get(f"{url}/metrics")
    assert status == 200
    assert "inbox_depth 1.0" in text
    assert "outbox_depth 1.0" in text
    for name in (
        "inbox_age_seconds",
        "received_to_committed_seconds",
        "sends_total",
        "updates_received_total",
    ):
        assert name in text
    for secret in ("555001", "王秀兰", "13912345678"):
        assert secret not in text


async def test_only_this_machine_is_answered(database: Database) -> None:
    async with healthy(database) as (health, _):
        addresses: list[Any] = health._runner.addresses
    assert [address[0] for address in addresses] == ["127.0.0.1"]


async def test_without_its_database_the_process_is_unwell_and_goes_on() -> None:
    gone = Database(f"postgresql://postgres@127.0.0.1:{free_port()}/none")
    async with healthy(gone) as (_, url):
        assert await get(f"{url}/healthz") == (503, '{"database": "unreachable"}')
        status, _ = await get(f"{url}/metrics")
        assert status == 200
    await gone.close()


async def test_a_port_that_is_taken_does_not_stop_the_bot(database: Database) -> None:
    async with healthy(database) as (first, url):
        second = Health(database, first._port)
        await second.start()
        await second.stop()
        assert (await get(f"{url}/healthz"))[0] == 200
