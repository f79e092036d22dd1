"""Background work on the gazetteer: its workbook made, and a filled one taken over."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, sending
from bot.jobs.tables import taking_over
from bot.transport import OfficeBot
from db.engine import Database
from db.work import Work
from handlers.chat import Screen
from handlers.files import place_sheets
from handlers.gazetteer import outcome_screen
from handlers.texts import say
from services import gazetteer
from services.people import roles


class PlaceJobs:
    """Runs the jobs "place_template" and "place_import"."""

    def __init__(self, database: Database, bot: OfficeBot, folder: Path) -> None:
        self._database = database
        self._bot = bot
        self._exports = Exports(folder)

    async def template(self, payload: Mapping[str, Any]) -> Effect:
        """Make the workbook with what somebody may edit, and send it."""
        async with self._database.read() as session:
            work = Work(session)
            by = await roles.actor_of(work, payload["person_id"])
            lines = await gazetteer.all_lines(work, by)
        content = await asyncio.to_thread(place_sheets.template, lines)
        document = await self._exports.keep(content, str(say("place_sheet.file")))
        return sending(
            payload["chat_id"], Screen(say("place_import.template_note"), document=document)
        )

    async def take(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and read a workbook; its rows are entered all together or not at all."""
        return await taking_over(
            self._bot, payload, place_sheets.read, gazetteer.take_over, outcome_screen
        )
