"""The loop of whatever works off a queue: step while there is work, rest, outlast the database."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.signals import Signal

log = structlog.get_logger(__name__)

FAULT_SECONDS = 1
"""How long a loop waits for a database that cannot be used, before it looks again."""


async def work_off(
    step: Callable[[], Awaitable[bool]],
    wanted: Signal,
    *,
    idle_seconds: float,
    until: Callable[[], bool],
) -> None:
    """Step again and again `until` it is to stop; with nothing to do, wait to be wanted.

    The signal is cleared before looking, and the longest wait is `idle_seconds`: what another
    process queued gives no signal here. A failing database makes it wait, never end.
    """
    while not until():
        wanted.clear()
        try:
            if await step():
                continue
        except (SQLAlchemyError, OSError) as error:
            log.warning("database not usable", error=type(error).__name__)
            await asyncio.sleep(FAULT_SECONDS)
            continue
        await wanted.wait(idle_seconds)
