"""What outlives one update: facts of the bot and the index of the knowledge base."""

import asyncio
from dataclasses import dataclass
from typing import Any

from db.engine import Database

FRESH_SECONDS = 0.5


@dataclass
class RunningOffice:
    """Shared by the workers of a process; see handlers.chat.Office for what features may use."""

    admin_ids: frozenset[int] = frozenset()
    bot_username: str = ""
    bot_id: int = 0
    knowledge: Any = None

    async def refresh(self, database: Database) -> None:
        """Read again what may have changed in the database."""

    async def keep_fresh(self, database: Database) -> None:
        """See what other processes changed, within a second."""
        while True:
            await self.refresh(database)
            await asyncio.sleep(FRESH_SECONDS)
