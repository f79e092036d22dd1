"""Answers button presses at once, best effort: Telegram forgets them within seconds anyway."""

import asyncio
import contextlib
from typing import Any

from telegram.error import TelegramError

from bot.transport import OfficeBot
from handlers.chat import Chat


class CallbackAnswers:
    """Sends answerCallbackQuery outside the outbox, after the commit of the turn."""

    def __init__(self, bot: OfficeBot) -> None:
        self._bot = bot
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, chat: Chat) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, chat: Chat) -> None:
        payload: dict[str, Any] = {"callback_query_id": chat.given.query_id}
        if chat.toast:
            payload |= {"text": chat.toast, "show_alert": chat.alert}
        with contextlib.suppress(TelegramError):
            await self._bot.call("answerCallbackQuery", payload, read_timeout=5)

    async def drain(self) -> None:
        """Wait for the answers under way."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
