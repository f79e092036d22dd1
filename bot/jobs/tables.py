"""Takes over the rows of a workbook that staff sent: all of them together, or none."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.jobs.files import fetch
from bot.jobs.runner import Effect, acting, refusing, sending
from bot.transport import OfficeBot
from db.work import Work
from handlers.chat import Screen
from services.errors import Refusal
from services.imports import Outcome, Wrong
from services.permissions import Actor

Row = TypeVar("Row")


async def taking_over(
    bot: OfficeBot,
    payload: Mapping[str, Any],
    read: Callable[[bytes], tuple[Sequence[Row], list[Wrong]]],
    enter: Callable[[Work, Actor, Sequence[Row]], Awaitable[Outcome]],
    told: Callable[[Outcome], Screen],
) -> Effect:
    """The effect of a workbook: fetched, read off the event loop, entered for who sent it.

    One row that cannot be read, and nothing is entered; `told` shows what came of it.
    """
    try:
        data = await fetch(bot, payload["file_id"])
        rows, wrong = await asyncio.to_thread(read, data)
    except Refusal as no:
        return refusing(payload["chat_id"], no)
    if wrong:
        return sending(payload["chat_id"], told(Outcome(wrong=wrong)))

    async def act(work: Work, by: Actor) -> Screen:
        return told(await enter(work, by, rows))

    return acting(payload, act)
