"""Background work of the roster: writing it as a workbook and sending it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bot.jobs.files import Exports, fetch
from bot.jobs.runner import Effect, acting, refusing, sending
from bot.transport import OfficeBot
from db.engine import Database
from db.work import Work
from handlers.chat import Screen
from handlers.files import rosters
from handlers.texts import say
from handlers.volunteers.desk import everybody
from handlers.volunteers.roster_files import checked_screen, entered_screen, wrong_screen
from services import clock, places
from services.errors import Refusal
from services.permissions import Actor
from services.volunteers.roster_files import Reading, names_of_communities, newcomers, read, take_in


class RosterJobs:
    """Runs the jobs "roster", "roster_template", "roster_check" and "roster_import"."""

    def __init__(self, database: Database, bot: OfficeBot, folder: Path) -> None:
        self._database = database
        self._bot = bot
        self._exports = Exports(folder)

    async def export(self, payload: Mapping[str, Any]) -> Effect:
        """Read the roster that was ordered, write it off the event loop, send it."""
        chosen, phones = payload["communities"], payload["phones"]
        async with self._database.read() as session:
            work = Work(session)
            people = await everybody(work, chosen, phones=phones)
            owner = await _owner(work, chosen)
        notes = rosters.notes(owner, clock.today(), phones=phones)
        content = await asyncio.to_thread(rosters.written, people, notes)
        note = say("rosters.sent", owner=owner, count=len(people))
        return sending(payload["chat_id"], await self._file(note, content))

    async def template(self, payload: Mapping[str, Any]) -> Effect:
        """An empty roster with its headings."""
        content = await asyncio.to_thread(rosters.template)
        return sending(payload["chat_id"], await self._file(say("rosters.template_note"), content))

    async def _file(self, note: Markup, content: bytes) -> Screen:
        name = f"{say('rosters.title')}-{clock.today().isoformat()}.xlsx"
        return Screen(note, document=await self._exports.keep(content, name))

    async def check(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch a workbook and say what importing it would do; nothing is entered."""
        try:
            reading = await self._read(payload["file_id"])
            async with self._database.read() as session:
                new = await newcomers(Work(session), reading) if reading.ok else []
        except Refusal as no:
            return refusing(payload["chat_id"], no)
        if not reading.ok:
            return sending(payload["chat_id"], wrong_screen(reading.problems))
        return sending(payload["chat_id"], checked_screen(len(reading.entries), len(new)))

    async def take_in(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch it again and enter everybody who is new, all together or nobody."""
        try:
            reading = await self._read(payload["file_id"])
        except Refusal as no:
            return refusing(payload["chat_id"], no)

        async def enter(work: Work, by: Actor) -> Screen:
            return entered_screen(await take_in(work, by, reading))

        return acting(payload, enter)

    async def _read(self, file_id: str) -> Reading:
        """The checked rows. Raises Refusal where the file is no workbook."""
        data = await fetch(self._bot, file_id)
        lines = await asyncio.to_thread(rosters.lines_of, data)
        async with self._database.read() as session:
            known = await names_of_communities(Work(session))
        return await asyncio.to_thread(read, lines, known)


async def _owner(work: Work, chosen: list[int] | None) -> str:
    """The communities by name."""
    if chosen is None:
        return str(say("rosters.whole_street"))
    between = str(say("forms.value.between"))
    return between.join(c.name for c in await places.communities(work) if c.id in chosen)
