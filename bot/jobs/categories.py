"""Background work on the table of categories: its workbook made, and a changed one taken over."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, sending
from bot.jobs.tables import taking_over
from bot.transport import OfficeBot
from db.engine import Database
from db.work import Work
from handlers.chat import Screen
from handlers.files import category_sheets
from handlers.reports import category_desk
from handlers.texts import say
from services.imports import Outcome
from services.permissions import Actor
from services.reports import categories, category_table
from services.reports.categories import Category


class CategoryJobs:
    """Runs the jobs "category_export" and "category_import"."""

    def __init__(self, database: Database, bot: OfficeBot, folder: Path) -> None:
        self._database = database
        self._bot = bot
        self._exports = Exports(folder)

    async def export(self, payload: Mapping[str, Any]) -> Effect:
        """Make the workbook and send it."""
        async with self._database.read() as session:
            await category_table.refresh(Work(session))
        content = await asyncio.to_thread(category_sheets.workbook, categories.every())
        document = await self._exports.keep(content, str(say("category_sheet.file")))
        return sending(payload["chat_id"], Screen(say("category_desk.exported"), document=document))

    async def take(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and read a workbook; its rows are entered all together or not at all."""
        return await taking_over(
            self._bot, payload, category_sheets.read, _enter, category_desk.outcome_screen
        )


async def _enter(work: Work, by: Actor, rows: Sequence[tuple[int, Category]]) -> Outcome:
    outcome = await category_table.take_over(work, by, rows)
    if not outcome.wrong:
        await category_desk.publish(work)
    return outcome
