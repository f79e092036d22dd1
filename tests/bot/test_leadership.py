"""Leadership: one process at a time, passed on when it ends or loses its connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.leadership import AlreadyRunning, Leadership
from db.engine import Database

SECONDS = 20.0
LOCKS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"


@asynccontextmanager
async def candidate(url: str) -> AsyncIterator[tuple[Leadership, asyncio.Task[None]]]:
    database = Database(url)
    leadership = Leadership(database)
    running = asyncio.create_task(leadership.run())
    try:
        yield leadership, running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.close()


async def test_on_sqlite_a_file_serves_one_process(sqlite_url: str) -> None:
    first, second = Leadership(Database(sqlite_url)), Leadership(Database(sqlite_url))
    first.claim_file()
    with pytest.raises(AlreadyRunning):
        second.claim_file()
    first.release_file()
    second.claim_file()
    second.release_file()


async def test_on_sqlite_the_only_process_leads_at_once(sqlite_url: str) -> None:
    async with candidate(sqlite_url) as (leadership, _):
        await asyncio.wait_for(leadership.gained.wait(), SECONDS)
        assert not leadership.lost.is_set()


async def test_the_next_one_leads_when_the_leader_ends(postgresql_url: str) -> None:
    async with candidate(postgresql_url) as (first, running):
        await asyncio.wait_for(first.gained.wait(), SECONDS)
        async with candidate(postgresql_url) as (second, _):
            await asyncio.sleep(0.3)
            assert not second.gained.is_set()
            running.cancel()
            await asyncio.wait_for(second.gained.wait(), SECONDS)
            assert first.lost.is_set()
            assert not first.gained.is_set()


async def test_who_loses_the_connection_leads_no_longer(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    async with candidate(postgresql_url) as (first, _):
        await asyncio.wait_for(first.gained.wait(), SECONDS)
        async with database.write() as session:
            [pid] = (await session.scalars(text(LOCKS))).all()
            await session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        await asyncio.wait_for(first.lost.wait(), SECONDS)
        await asyncio.wait_for(first.gained.wait(), SECONDS)  # nobody else wants it
    await database.close()
