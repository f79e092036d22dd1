"""Wakes the loops of a process, one at a time."""

import asyncio
import contextlib


class Signal:
    """A flag that is cleared before looking, so that no wake-up is lost.

    Each `set` wakes one waiter: whoever finds work wakes the next, instead of all looking at once.
    """

    def __init__(self) -> None:
        self._flags: asyncio.Queue[None] = asyncio.Queue(maxsize=1)

    def set(self) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._flags.put_nowait(None)

    def clear(self) -> None:
        with contextlib.suppress(asyncio.QueueEmpty):
            self._flags.get_nowait()

    async def wait(self, seconds: float) -> None:
        """Until set, at most this long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._flags.get()
