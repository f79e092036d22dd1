"""Tells in one message, changed in place, how far a long piece of background work is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from db.engine import Database
from db.stores import outbox
from handlers.chat import Screen, compose
from handlers.texts import say
from services import clock

T = TypeVar("T")

EVERY_SECONDS = 1.5
STEP = 5  # percent: less is not worth a message


@dataclass
class Progress:
    """How far something is, in percent; may be set from another thread.

    `slot` names the message, the same one when the work is begun again after a fault.
    """

    database: Database
    chat_id: int
    slot: str
    key: str
    percent: int = 0
    _told: int = field(default=-STEP, init=False)

    def part(self, first: int, last: int) -> Callable[[float], None]:
        """Takes how much (0 to 1) of a part of the work is done, which is these percent."""

        def told(share: float) -> None:
            self.percent = round(first + (last - first) * min(1.0, max(0.0, share)))

        return told

    async def during(self, work: Awaitable[T]) -> T:
        """Do the work, and tell now and then how far it is."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self._tell()
            await asyncio.wait({task}, timeout=EVERY_SECONDS)
        return task.result()

    async def _tell(self) -> None:
        if self.percent < self._told + STEP:
            return
        self._told = self.percent
        screen = Screen(say(self.key, percent=self.percent))
        calls = compose(self.chat_id, screen, slot=self.slot, edit=True)
        async with self.database.write() as session:
            await outbox.add(session, calls, now=clock.now())
