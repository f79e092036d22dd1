"""What outlives one update: facts of the bot and the index of the knowledge base."""

import asyncio
from dataclasses import dataclass, field
from functools import cache

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database
from knowledge.entries import shipped_entries
from knowledge.index import Index

log = structlog.get_logger(__name__)

FRESH_SECONDS = 0.5


@cache
def shipped_index() -> Index:
    """The index over the entries that come with the project; frozen, so one serves all."""
    return Index.build(shipped_entries())


@dataclass
class RunningOffice:
    """Shared by the workers of a process; see handlers.chat.Office for what features may use."""

    admin_ids: frozenset[int] = frozenset()
    bot_username: str = ""
    bot_id: int = 0
    knowledge: Index = field(default_factory=shipped_index)

    async def refresh(self, database: Database) -> None:
        """Read again what may have changed in the database."""

    async def keep_fresh(self, database: Database) -> None:
        """See what other processes changed, within a second."""
        while True:
            try:
                await self.refresh(database)
            except (SQLAlchemyError, OSError) as error:
                log.warning("not refreshed", error=type(error).__name__)
            await asyncio.sleep(FRESH_SECONDS)
