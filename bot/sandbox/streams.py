"""Tells open pages and waiting tests that something happened."""

import asyncio
from collections.abc import Callable

from bot.sandbox.shapes import Json

KEPT = 1000


class Stream:
    """Every event goes to every listener; one that lags behind by `KEPT` loses its oldest."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json]] = set()
        self._taps: set[Callable[[], None]] = set()

    def tell(self, kind: str, **content: object) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait({"kind": kind} | content)
        for tap in self._taps:
            tap()

    def listen(self) -> asyncio.Queue[Json]:
        queue: asyncio.Queue[Json] = asyncio.Queue(KEPT)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Json]) -> None:
        self._listeners.discard(queue)

    def tap(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Calls `wake` at each event; returns what ends that."""
        self._taps.add(wake)
        return lambda: self._taps.discard(wake)
