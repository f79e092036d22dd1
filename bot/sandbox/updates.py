"""Updates waiting for the bot: long polling with Telegram's rules of offset and kind."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.clocks import Clock, Ids
from bot.sandbox.faults import Faults, Kind
from bot.sandbox.refusals import conflict
from bot.sandbox.shapes import Json

LEFT_OUT = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
HELD_FOR = 0.5  # how long a swapped update waits for the one that overtakes it
ANOTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK = (
    "can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


@dataclass(frozen=True, eq=False)
class Pending:
    """An update that the bot has not confirmed; `lane` is what it keeps its order in."""

    update: Json
    lane: int
    made: float


class Updates:
    """The queue. `on_push` is told about each new one (the webhook listens)."""

    def __init__(self, *, clock: Clock, ids: Ids, faults: Faults, press_ttl: float):
        self._clock, self._ids, self._faults = clock, ids, faults
        self._press_ttl = press_ttl
        self._pending: list[Pending] = []
        self._held: list[tuple[str, Json, int]] = []
        self._wake = asyncio.Event()
        self._poll: object | None = None
        self.allowed: list[str] = []
        self.webhook_active = False
        self.on_push: Callable[[], None] = lambda: None

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in LEFT_OUT

    def push(self, kind: str, content: Json, lane: int) -> Json:
        """Queues one update and returns it; a kind that the bot did not ask for is dropped.

        A swapped one (fault REORDER) is returned without an update_id: it has none yet.
        """
        if not self.wanted(kind):
            return {"update_id": 0, kind: content}
        if self._faults.for_update(Kind.REORDER):
            self._held.append((kind, content, lane))
            asyncio.get_running_loop().call_later(HELD_FOR, self.release)
            return {kind: content}
        update = self._add(kind, content, lane)
        self.release()
        return update

    def release(self) -> None:
        """Sends what a REORDER fault held back."""
        held, self._held = self._held, []
        for kind, content, lane in held:
            self._add(kind, content, lane)

    def _add(self, kind: str, content: Json, lane: int) -> Json:
        update = {"update_id": self._ids.number("update"), kind: content}
        self.inject(update, lane)
        if self._faults.for_update(Kind.DUPLICATE):
            self.inject(update, lane)
        return update

    def inject(self, update: Json, lane: int) -> None:
        """Queues an update as it is."""
        self._pending.append(Pending(update, lane, self._clock.moment()))
        self._rouse()
        self.on_push()

    def restore(self, entry: Pending) -> None:
        """Puts back what an earlier run of the sandbox could not deliver."""
        self._pending.append(entry)

    def pending(self) -> list[Pending]:
        """What waits, oldest first; a press that grew too old is gone."""
        oldest = self._clock.moment() - self._press_ttl
        self._pending = [
            entry
            for entry in self._pending
            if "callback_query" not in entry.update or entry.made >= oldest
        ]
        return list(self._pending)

    def count(self) -> int:
        return len(self.pending()) + len(self._held)

    def done(self, entry: Pending) -> None:
        if entry in self._pending:
            self._pending.remove(entry)

    def drop(self) -> None:
        self._pending.clear()
        self._held.clear()

    def interrupt(self) -> None:
        """Ends a poll under way, as setWebhook does."""
        self._poll = None
        self._rouse()

    async def poll(self, *, offset: int, limit: int, seconds: float) -> list[Json]:
        """getUpdates. Raises ApiError 409 beside a webhook or when another poll takes over."""
        if self.webhook_active:
            raise conflict(WEBHOOK)
        ticket = self._poll = object()
        self._rouse()
        self._confirm(offset)
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            while not (ready := self.pending()) and await self._news(deadline):
                if self._poll is not ticket:
                    raise conflict(ANOTHER)
        finally:
            if self._poll is ticket:
                self._poll = None
        return [entry.update for entry in ready[:limit]]

    async def _news(self, deadline: float) -> bool:
        wake = self._wake
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                await wake.wait()
                return True
        return False

    def _confirm(self, offset: int) -> None:
        waiting = self.pending()
        if offset < 0:
            self._pending = waiting[offset:]
        elif offset > 0:
            self._pending = [one for one in waiting if one.update["update_id"] >= offset]

    def _rouse(self) -> None:
        self._wake.set()
        self._wake = asyncio.Event()
