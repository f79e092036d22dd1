"""Reads the lists of people that staff send for a questionnaire, off the event loop."""

import asyncio
from collections.abc import Mapping
from typing import Any

from telegram.error import BadRequest

from bot.jobs import Effect
from bot.transport import OfficeBot
from db.stores import outbox
from db.work import Work
from handlers.chat import Screen, compose
from handlers.files.people_lists import rows_of
from handlers.survey_audience import taken_screen
from handlers.texts import say
from services import clock, roles
from services.errors import Refusal
from services.permissions import Permission
from services.surveys import desk, invitees


class ListImport:
    """Runs the job "survey_list"."""

    def __init__(self, bot: OfficeBot) -> None:
        self._bot = bot

    async def run(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and read a list; the effect puts its people on it, or says what is wrong."""
        try:
            rows = await asyncio.to_thread(rows_of, await self._fetch(payload["file_id"]))
        except Refusal as no:
            return _saying(payload["chat_id"], _refused(no))

        async def effect(work: Work) -> None:
            by = await roles.actor_of(work, payload["person_id"])
            try:
                need = Permission.SURVEY_EDIT
                survey = await desk.access(work, by, payload["survey_id"], need)
                taken = await invitees.add(work, by, survey, rows)
            except Refusal as no:
                await _saying(payload["chat_id"], _refused(no))(work)
                return
            await _saying(payload["chat_id"], taken_screen(survey.id, taken))(work)

        return effect

    async def _fetch(self, file_id: str) -> bytes:
        try:
            found = await self._bot.call("getFile", {"file_id": file_id})
        except BadRequest as error:
            raise Refusal("survey_desk.not_to_be_had") from error
        url = f"{self._bot.base_file_url}/{found['file_path']}"
        return bytes(await self._bot.request.retrieve(url))


def _refused(no: Refusal) -> Screen:
    return Screen(say(no.code, **no.params))


def _saying(chat_id: int, screen: Screen) -> Effect:
    async def effect(work: Work) -> None:
        await outbox.add(work.session, compose(chat_id, screen), now=clock.now())

    return effect
