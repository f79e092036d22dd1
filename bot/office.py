"""What outlives one update: facts of the bot and the index of the knowledge base."""

import asyncio
from dataclasses import dataclass, field
from functools import cache

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database
from db.work import Work
from knowledge import words
from knowledge.entries import shipped_entries
from knowledge.index import EngineMaker, Index
from knowledge.ranking import MemoryEngine
from services.entries import drafts as entries
from services.entries.drafts import Base
from services.reports import category_table

log = structlog.get_logger(__name__)

FRESH_SECONDS = 0.5
SMALL = 500
"""Entries up to which an index is built on the spot; a larger one in a thread of its own."""


@cache
def shipped_index() -> Index:
    """The index over the entries that come with the project; frozen, so one serves all."""
    return Index.build(shipped_entries())


@cache
def engine_maker(name: str) -> EngineMaker:
    """The engine of a setting: our own in memory, or tantivy for very large bases."""
    if name == "memory":
        return MemoryEngine
    from knowledge.large import LargeEngine

    return LargeEngine


@dataclass
class RunningOffice:
    """Shared by the workers of a process; see handlers.chat.Office for what features may use."""

    admin_ids: frozenset[int] = frozenset()
    bot_username: str = ""
    bot_id: int = 0
    engine: str = "memory"
    knowledge: Index = field(default_factory=shipped_index)
    knowledge_version: str = ""

    async def refresh(self, database: Database) -> None:
        """Read the categories and the knowledge base again where they have changed."""
        async with database.read() as session:
            await category_table.refresh(Work(session))
            if await entries.version(Work(session)) == self.knowledge_version:
                return
            base = await entries.base(Work(session))
        if len(base.entries) > SMALL:
            self.knowledge = await asyncio.to_thread(build, base, self.engine)
        else:
            self.knowledge = build(base, self.engine)
        self.knowledge_version = base.version
        log.info("knowledge base read", entries=len(base.entries))

    async def keep_fresh(self, database: Database) -> None:
        """See what other processes changed, within a second."""
        await asyncio.to_thread(words.prepare)
        while True:
            try:
                await self.refresh(database)
            except (SQLAlchemyError, OSError) as error:
                log.warning("not refreshed", error=type(error).__name__)
            await asyncio.sleep(FRESH_SECONDS)


_built: dict[str, Index] = {}


def build(base: Base, engine: str = "memory") -> Index:
    """The index of a state of the base; the last one is kept, as it is frozen."""
    if base.version not in _built:
        index = Index.build(
            base.entries,
            synonyms=base.synonyms,
            thresholds=base.thresholds,
            engine=engine_maker(engine),
        )
        _built.clear()
        _built[base.version] = index
    return _built[base.version]
