"""Background work of the knowledge base: workbooks made, read, and tried on questions."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bot.jobs.files import Exports, fetch
from bot.jobs.runner import Effect, refusing, sending
from bot.office import build
from bot.transport import OfficeBot
from db.engine import Database
from db.stores import places
from db.work import Work
from handlers.chat import Screen
from handlers.entries import files as entry_files
from handlers.files import entry_sheets, entry_trials, workbooks
from handlers.files.entry_sheets import Names, Reading
from handlers.questions.topics import labels
from handlers.texts import join, say
from knowledge.index import Index
from knowledge.replies import Outcome
from services.entries import drafts as entries
from services.entries import imports as entry_imports
from services.entries.drafts import Base
from services.errors import Refusal
from services.people import roles

XLSX, CSV = "xlsx", "csv"
COUNT_DAYS = 90


class EntryJobs:
    """Runs the jobs "entry_export" and "entry_file"."""

    def __init__(self, database: Database, bot: OfficeBot, folder: Path) -> None:
        self._database = database
        self._bot = bot
        self._exports = Exports(folder)

    async def _state(self) -> tuple[Base, Names]:
        async with self._database.read() as session:
            base = await entries.base(Work(session))
            known = {row.code: row.name for row in await places.communities(session)}
        return base, Names(labels(), known)

    async def _counts(self) -> dict[str, dict[str, int]]:
        async with self._database.read() as session:
            return await entries.counts(Work(session), COUNT_DAYS)

    # -- out --------------------------------------------------------------------------------

    async def export(self, payload: Mapping[str, Any]) -> Effect:
        """Make the base, or an empty template, as a file and send it."""
        base, names = await self._state()
        what, count = payload["what"], len(base.entries)
        if what == "template":
            found = entry_sheets.template(names, base.entries[0])
            note, name = say("entry_files.template_note"), "entry_files.template_name"
        else:
            found = entry_sheets.sheets(base.entries, names)
            found.append(entry_sheets.use(base.entries, await self._counts()))
            note, name = say("entry_files.export_note", count=count), "entry_files.export_name"
        ending = CSV if what == CSV else XLSX
        data = await asyncio.to_thread(_written, found, ending)
        screen = await self._document(data, str(say(name)), ending, note)
        return sending(payload["chat_id"], screen)

    async def _document(self, data: bytes, name: str, ending: str, note: Markup) -> Screen:
        return Screen(note, document=await self._exports.keep(data, f"{name}.{ending}"))

    # -- in ---------------------------------------------------------------------------------

    async def read(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch a workbook and say what is in it; nothing is taken over yet."""
        base, names = await self._state()
        index = await asyncio.to_thread(build, base)
        try:
            data = await fetch(self._bot, payload["file_id"])
            book = await asyncio.to_thread(workbooks.read_workbook, data)
            if payload["what"] == "test":
                return await self._try(payload, index, book)
            known = {entry.id: entry for entry in base.entries}
            reading = await asyncio.to_thread(entry_sheets.read, book, known, names)
        except Refusal as no:
            return refusing(payload["chat_id"], no)
        for entry_id, entry in known.items():
            if reading.entries.get(entry_id) == entry:
                del reading.entries[entry_id]  # unchanged rows make no new version
        return await self._tell(payload, index, reading)

    async def _tell(self, payload: Mapping[str, Any], index: Index, reading: Reading) -> Effect:
        screens: list[Screen] = []
        if reading.wrong:
            sheet = entry_sheets.rejected(reading.wrong)
            data = await asyncio.to_thread(workbooks.write_workbook, [sheet])
            name = str(say("entry_files.rejected_name"))
            screens.append(await self._document(data, name, XLSX, say("entry_files.rejected_note")))

        async def effect(work: Work) -> None:
            import_id = None
            if reading.entries:
                by = await roles.actor_of(work, payload["person_id"])
                import_id = await entry_imports.keep_aside(work, by, list(reading.entries.values()))
            last = entry_files.told(index, reading, import_id)
            await sending(payload["chat_id"], *screens, last)(work)

        return effect

    async def _try(
        self, payload: Mapping[str, Any], index: Index, book: tuple[workbooks.ReadSheet, ...]
    ) -> Effect:
        asked = entry_trials.questions(book)
        found = await asyncio.to_thread(entry_trials.tried, index, asked)
        sheet = entry_trials.results(index, found)
        data = await asyncio.to_thread(workbooks.write_workbook, [sheet])
        name = str(say("entry_files.tried_name"))
        screen = await self._document(data, name, XLSX, _summary(found))
        return sending(payload["chat_id"], screen)


def _written(found: list[workbooks.Sheet], ending: str) -> bytes:
    if ending == XLSX:
        return workbooks.write_workbook(found)
    first = found[0]
    return workbooks.write_csv([column.heading for column in first.columns], first.rows)


def _summary(found: list[entry_trials.Tried]) -> Markup:
    counted = {one.value: sum(t.outcome is one for t in found) for one in Outcome}
    parts = [say("entry_files.tried", total=len(found), **counted)]
    expected = [one for one in found if one.right is not None]
    if expected:
        right = sum(one.right is True for one in expected)
        share = round(100 * right / len(expected))
        parts.append(
            say("entry_files.tried_right", expected=len(expected), right=right, share=share)
        )
    return join(parts)
