"""Wakes loops inside the process, and across processes where the database can (PostgreSQL)."""

import asyncio


class Signal:
    """A flag that is cleared before looking, so that no wake-up is lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    async def wait(self, seconds: float) -> None:
        """Until set, at most this long."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return
