"""Answers button presses and inline searches at once, best effort: they are soon forgotten."""

import asyncio
import contextlib
from typing import Any

from telegram.error import TelegramError

from bot.transport import OfficeBot
from handlers.chat import Chat, Kind


class CallbackAnswers:
    """Sends these answers outside the outbox, after the commit of the turn."""

    def __init__(self, bot: OfficeBot) -> None:
        self._bot = bot
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, chat: Chat) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, chat: Chat) -> None:
        if chat.given.kind is Kind.INLINE:
            await self._call("answerInlineQuery", _results(chat))
            return
        payload: dict[str, Any] = {"callback_query_id": chat.given.query_id}
        if chat.toast:
            payload |= {"text": chat.toast, "show_alert": chat.alert}
        await self._call("answerCallbackQuery", payload)

    async def _call(self, method: str, payload: dict[str, Any]) -> None:
        with contextlib.suppress(TelegramError):
            await self._bot.call(method, payload, read_timeout=5)

    async def drain(self) -> None:
        """Wait for the answers under way."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)


def _results(chat: Chat) -> dict[str, Any]:
    return {
        "inline_query_id": chat.given.query_id,
        "cache_time": 60,
        "results": [
            {
                "type": "article",
                "id": one.id[:64],
                "title": one.title,
                "input_message_content": {"message_text": one.text, "parse_mode": "HTML"},
            }
            for one in chat.results
        ],
    }
