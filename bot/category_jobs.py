"""Background work on the table of categories: its workbook made, and a changed one taken over."""

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from telegram.error import BadRequest

from bot.jobs import Effect
from bot.transport import OfficeBot
from db.engine import Database
from db.stores import outbox
from db.work import Work
from handlers import category_desk
from handlers.chat import Screen, compose
from handlers.files import category_sheets
from handlers.texts import say
from services import clock, roles
from services.errors import Refusal
from services.reports import categories, category_table


class CategoryJobs:
    """Runs the jobs "category_export" and "category_import"."""

    def __init__(self, database: Database, bot: OfficeBot, folder: Path) -> None:
        self._database = database
        self._bot = bot
        self._folder = folder

    async def export(self, payload: Mapping[str, Any]) -> Effect:
        """Make the workbook and send it."""
        async with self._database.read() as session:
            await category_table.refresh(Work(session))
        path = f"exports/categories-{secrets.token_hex(8)}.xlsx"
        await asyncio.to_thread(self._write, path)
        document = {"path": path, "name": str(say("category_sheet.file"))}
        screen = Screen(say("category_desk.exported"), document=document)
        return _sending(payload["chat_id"], screen)

    def _write(self, path: str) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(category_sheets.workbook(categories.every()))

    async def take(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and read a workbook; its rows are entered all together or not at all."""
        try:
            data = await self._fetch(payload["file_id"])
            lines, wrong = await asyncio.to_thread(category_sheets.read, data)
        except Refusal as no:
            return _sending(payload["chat_id"], Screen(say(no.code, **no.params)))
        if wrong:
            return _sending(payload["chat_id"], category_desk.failed_screen(wrong))

        async def effect(work: Work) -> None:
            by = await roles.actor_of(work, payload["person_id"])
            outcome = await category_table.take_over(work, by, lines)
            if not outcome.wrong:
                await category_desk.publish(work)
            screen = category_desk.outcome_screen(outcome)
            await outbox.add(work.session, compose(payload["chat_id"], screen), now=clock.now())

        return effect

    async def _fetch(self, file_id: str) -> bytes:
        try:
            found = await self._bot.call("getFile", {"file_id": file_id})
        except BadRequest as error:
            raise Refusal("files.not_a_workbook") from error
        url = f"{self._bot.base_file_url}/{found['file_path']}"
        return await self._bot.request.retrieve(url)


def _sending(chat_id: int, screen: Screen) -> Effect:
    async def effect(work: Work) -> None:
        await outbox.add(work.session, compose(chat_id, screen), now=clock.now())

    return effect
