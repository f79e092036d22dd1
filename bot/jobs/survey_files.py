"""Makes the files that staff ask for: exports, the form as XLSForm, the template, posters."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.progress import Progress
from bot.jobs.runner import Effect, refusing, sending
from db.engine import Database
from db.stores import outbox
from db.work import Work
from handlers.chat import Screen, compose
from handlers.files import survey_tables
from handlers.files.qr import Poster, poster_pdf, poster_png
from handlers.texts import say
from services import clock, fillings, places
from services.errors import Refusal
from services.forms.xlsforms.exporting import export
from services.forms.xlsforms.templates import template
from services.permissions import Actor, HeldRole, Permission, Role
from services.surveys import desk, exports
from services.surveys.exports import Table, Told

TABLES: Mapping[str, Callable[[Table, Told], bytes]] = {
    "xlsx": survey_tables.as_xlsx,
    "csv": survey_tables.as_csv,
    "sav": survey_tables.as_sav,
}
READ = 40  # percent: the rest is writing
_OFFICE = Actor(0, (HeldRole(Role.ADMIN),))  # the right was asked for when the file was ordered

Made = list[tuple[str, Callable[[], bytes]]]


class SurveyFiles:
    """Runs the job "survey_file"."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._exports = Exports(folder)

    async def run(self, payload: Mapping[str, Any]) -> Effect:
        """Read what is needed, make the files off the event loop, send them."""
        chat_id = payload["chat_id"]
        if payload["what"] in TABLES:
            return await self._table(payload)
        try:
            wanted = await self._wanted(payload)
        except Refusal as no:
            return refusing(chat_id, no)
        return sending(chat_id, *await self._files(wanted))

    async def _files(self, wanted: Made) -> list[Screen]:
        screens = []
        for name, make in wanted:
            file = await self._exports.keep(await asyncio.to_thread(make), name)
            screens.append(Screen(say("survey_desk.file_note", name=name), document=file))
        return screens

    async def _table(self, payload: Mapping[str, Any]) -> Effect:
        """The answers as a file, with one message that says in percent how far it is."""
        chat_id, what = payload["chat_id"], payload["what"]
        slot = payload.get("slot", "survey_file")
        progress = Progress(self._database, chat_id, slot, "survey_desk.writing")
        try:
            table = await progress.during(self._read(payload, progress.part(0, READ)))
        except Refusal as no:
            return _last_word(chat_id, slot, Screen(say(no.code, **no.params)))

        def make() -> bytes:
            return TABLES[what](table, progress.part(READ, 100))

        name = f"{_file_name(table.title)}.{what}"
        [file] = await progress.during(self._files([(name, make)]))
        done = Screen(say("survey_desk.written", count=len(table.rows)))
        return _last_word(chat_id, slot, done, file)

    async def _read(self, payload: Mapping[str, Any], told: Told) -> Table:
        async with self._database.read() as session:
            work = Work(session)
            need = Permission.SURVEY_RESULTS
            survey = await desk.access(work, _OFFICE, payload["survey_id"], need)
            return await exports.table(work, survey, told=told)

    async def _wanted(self, payload: Mapping[str, Any]) -> Made:
        what = payload["what"]
        if what == "template":
            return [(str(say("survey_desk.template_name")) + ".xlsx", template)]
        async with self._database.read() as session:
            work = Work(session)
            need = Permission.SURVEY_RESULTS
            survey = await desk.access(work, _OFFICE, payload["survey_id"], need)
            title = _file_name(survey.title)
            if what == "xlsform":
                document = await fillings.document(work, survey.document_id)
                return [(f"{title}.xlsx", lambda: export(document))]
            return await _posters(work, payload, survey.id, survey.title)


async def _posters(work: Work, payload: Mapping[str, Any], survey_id: int, title: str) -> Made:
    """One for the chat and one to print; a community's has its name on it."""
    other = payload.get("other") or ""
    lines = [str(say("survey_desk.poster.scan"))]
    link = f"https://t.me/{payload['bot_username']}?start=svy_{survey_id}"
    if other.isdecimal():
        community = await places.community(work, int(other))
        lines.insert(0, community.name)
        link = f"{link}_{community.id}"
    poster = Poster(title=title, lines=tuple(lines), link=link,
                    foot=str(say("survey_desk.poster.foot")))  # fmt: skip
    name = _file_name(f"{title} {lines[0]}" if len(lines) > 1 else title)
    return [
        (f"{name}.png", lambda: poster_png(poster)),
        (f"{name}.pdf", lambda: poster_pdf(poster)),
    ]


def _file_name(title: str) -> str:
    return "".join("_" if sign in '\\/:*?"<>|' or not sign.isprintable() else sign
                   for sign in title)[:60] or "survey"  # fmt: skip


def _last_word(chat_id: int, slot: str, last: Screen, *files: Screen) -> Effect:
    """The message that told how far it was says this from now on; then come the files."""

    async def effect(work: Work) -> None:
        calls = compose(chat_id, last, slot=slot, edit=True)
        await outbox.add(work.session, calls, now=clock.now())
        await sending(chat_id, *files)(work)

    return effect
