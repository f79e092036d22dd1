"""Background work on the gazetteer: its workbook made, and a filled one taken over."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telegram.error import BadRequest

from bot.jobs import Effect
from bot.transport import OfficeBot
from db.engine import Database
from db.stores import outbox
from db.work import Work
from handlers.chat import Screen, compose
from handlers.files import place_sheets
from handlers.place_desk import failed_screen
from handlers.texts import say
from services import clock, gazetteer, roles
from services.errors import Refusal


class PlaceJobs:
    """Runs the jobs "place_template" and "place_import"."""

    def __init__(self, database: Database, bot: OfficeBot, folder: Path) -> None:
        self._database = database
        self._bot = bot
        self._folder = folder

    async def template(self, payload: Mapping[str, Any]) -> Effect:
        """Make the workbook with what somebody may edit, and send it."""
        async with self._database.read() as session:
            work = Work(session)
            by = await roles.actor_of(work, payload["person_id"])
            lines = await gazetteer.all_lines(work, by)
        path = f"exports/places-{secrets.token_hex(8)}.xlsx"
        await asyncio.to_thread(self._write, path, lines)
        document = {"path": path, "name": str(say("place_sheet.file"))}
        return _sending(payload["chat_id"], Screen(say("place_import.template_note"),
                                                   document=document))  # fmt: skip

    def _write(self, path: str, lines: Sequence[gazetteer.Line]) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(place_sheets.template(lines))

    async def take(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and read a workbook; its rows are entered all together or not at all."""
        try:
            data = await self._fetch(payload["file_id"])
            lines, wrong = await asyncio.to_thread(place_sheets.read, data)
        except Refusal as no:
            return _sending(payload["chat_id"], Screen(say(no.code, **no.params)))
        if wrong:
            return _sending(payload["chat_id"], failed_screen(wrong))

        async def effect(work: Work) -> None:
            by = await roles.actor_of(work, payload["person_id"])
            outcome = await gazetteer.take_over(work, by, lines)
            screen = Screen(say("place_import.done", added=outcome.added, changed=outcome.changed))
            await _send(work, payload["chat_id"], failed_screen(outcome.wrong) or screen)

        return effect

    async def _fetch(self, file_id: str) -> bytes:
        try:
            found = await self._bot.call("getFile", {"file_id": file_id})
        except BadRequest as error:
            raise Refusal("files.not_a_workbook") from error
        url = f"{self._bot.base_file_url}/{found['file_path']}"
        return await self._bot.request.retrieve(url)


def _sending(chat_id: int, screen: Screen | None) -> Effect:
    async def effect(work: Work) -> None:
        if screen is not None:
            await _send(work, chat_id, screen)

    return effect


async def _send(work: Work, chat_id: int, screen: Screen) -> None:
    await outbox.add(work.session, compose(chat_id, screen), now=clock.now())
