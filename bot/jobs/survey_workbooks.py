"""Checks workbooks that staff send, off the event loop, and makes drafts of the good ones."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from markupsafe import Markup

from bot.jobs.files import fetch
from bot.jobs.runner import Effect, acting, refusing, sending
from bot.transport import OfficeBot
from db.work import Work
from handlers.chat import Screen
from handlers.surveys.authoring import draft_screen
from handlers.texts import join, plain, say
from handlers.texts.findings import sentence
from services.errors import Refusal
from services.forms import checks
from services.forms.checks import Report
from services.forms.xlsforms.findings import Finding
from services.permissions import Actor
from services.surveys import drafts

MOST_TOLD = 15
"""Findings told at once: whoever mends these sends the workbook again."""


class WorkbookImport:
    """Runs the job "survey_import"."""

    def __init__(self, bot: OfficeBot) -> None:
        self._bot = bot

    async def run(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and check a workbook; the effect makes a draft, or says what is wrong."""
        try:
            gone = "survey_desk.not_to_be_had"
            content = await fetch(self._bot, payload["file_id"], gone=gone)
        except Refusal as no:
            return refusing(payload["chat_id"], no)
        name = PurePath(payload["name"]).stem
        report = await asyncio.to_thread(checks.check, content, name=name)
        if report.document is None:
            return sending(payload["chat_id"], Screen(_wrong(report)))
        return _drafting(payload, report)


def _wrong(report: Report) -> Markup:
    return say("survey_desk.cannot_import", lines=_lines(report.errors))


def _lines(found: Sequence[Finding]) -> Markup:
    told = [plain(sentence(f.code, f.sheet, f.row, f.params)) for f in found[:MOST_TOLD]]
    lines = [say("survey_desk.finding", text=one) for one in told]
    if len(found) > MOST_TOLD:
        lines.append(say("survey_desk.more_findings", count=len(found) - MOST_TOLD))
    return join(lines)


def _drafting(payload: Mapping[str, Any], report: Report) -> Effect:
    async def draft(work: Work, by: Actor) -> Screen:
        assert report.document is not None
        survey = await drafts.create(work, by, report.document)
        others = [(one.id, one.title) for one in await drafts.namesakes(work, survey)]
        warnings = ""
        if report.warnings:
            warnings = say("survey_desk.warnings", lines=_lines(report.warnings))
        return draft_screen(survey.id, survey.title, others, warnings)

    return acting(payload, draft)
