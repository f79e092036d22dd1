"""Reads the lists of people that staff send for a questionnaire, off the event loop."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.jobs.files import fetch
from bot.jobs.runner import Effect, acting, refusing
from bot.transport import OfficeBot
from db.work import Work
from handlers.chat import Screen
from handlers.files.people_lists import rows_of
from handlers.surveys.audiences import taken_screen
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.surveys import desk, invitees


class ListImport:
    """Runs the job "survey_list"."""

    def __init__(self, bot: OfficeBot) -> None:
        self._bot = bot

    async def run(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and read a list; the effect puts its people on it, or says what is wrong."""
        try:
            data = await fetch(self._bot, payload["file_id"], gone="survey_desk.not_to_be_had")
            rows = await asyncio.to_thread(rows_of, data)
        except Refusal as no:
            return refusing(payload["chat_id"], no)

        async def add(work: Work, by: Actor) -> Screen:
            survey = await desk.access(work, by, payload["survey_id"], Permission.SURVEY_EDIT)
            return taken_screen(survey.id, await invitees.add(work, by, survey, rows))

        return acting(payload, add)
