"""Reading and writing back in one transaction: no change of many at once is lost."""

import asyncio

from db.engine import Database
from db.stores import inbox, settings
from services import clock

TURNS, AT_ONCE = 20, 10


async def test_no_increment_is_lost(database: Database) -> None:
    """As the workers do it: the chat is held for the turn."""

    async def count_on() -> None:
        for _ in range(TURNS):
            async with database.write() as session:
                await inbox.lock_chat(session, 7)
                row = await settings.value(session, "counter") or {"n": 0}
                await settings.put(session, "counter", {"n": row["n"] + 1}, now=clock.now())

    await asyncio.gather(*(count_on() for _ in range(AT_ONCE)))
    async with database.read() as session:
        assert await settings.value(session, "counter") == {"n": TURNS * AT_ONCE}
