"""Checks workbooks that staff send, off the event loop, and makes drafts of the good ones."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from markupsafe import Markup
from telegram.error import BadRequest

from bot.jobs import Effect
from bot.transport import OfficeBot
from db.stores import outbox, people
from db.work import Work
from handlers.chat import Screen, compose
from handlers.survey_authoring import draft_screen
from handlers.texts import join, plain, say
from handlers.texts.findings import sentence
from services import clock
from services.errors import Refusal
from services.forms import checks
from services.forms.checks import Report
from services.forms.xlsforms.findings import Finding
from services.permissions import Actor, HeldRole, Role, Scope, ScopeKind
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
            found = await self._bot.call("getFile", {"file_id": payload["file_id"]})
        except BadRequest:
            return _saying(payload["chat_id"], Screen(say("survey_desk.not_to_be_had")))
        url = f"{self._bot.base_file_url}/{found['file_path']}"
        content = await self._bot.request.retrieve(url)
        name = PurePath(payload["name"]).stem
        report = await asyncio.to_thread(checks.check, bytes(content), name=name)
        if report.document is None:
            return _saying(payload["chat_id"], Screen(_wrong(report)))
        return _drafting(payload, report)


def _wrong(report: Report) -> Markup:
    return say("survey_desk.cannot_import", lines=_lines(report.errors))


def _lines(found: Sequence[Finding]) -> Markup:
    told = [plain(sentence(f.code, f.sheet, f.row, f.params)) for f in found[:MOST_TOLD]]
    lines = [say("survey_desk.finding", text=one) for one in told]
    if len(found) > MOST_TOLD:
        lines.append(say("survey_desk.more_findings", count=len(found) - MOST_TOLD))
    return join(lines)


def _saying(chat_id: int, screen: Screen) -> Effect:
    async def effect(work: Work) -> None:
        await outbox.add(work.session, compose(chat_id, screen), now=clock.now())

    return effect


def _drafting(payload: Mapping[str, Any], report: Report) -> Effect:
    async def effect(work: Work) -> None:
        assert report.document is not None
        by = await _actor(work, payload["person_id"])
        try:
            survey = await drafts.create(work, by, report.document)
        except Refusal as no:  # the right was taken away meanwhile
            await _saying(payload["chat_id"], Screen(say(no.code, **no.params)))(work)
            return
        others = [(one.id, one.title) for one in await drafts.namesakes(work, survey)]
        warnings = ""
        if report.warnings:
            warnings = say("survey_desk.warnings", lines=_lines(report.warnings))
        screen = draft_screen(survey.id, survey.title, others, warnings)
        await outbox.add(work.session, compose(payload["chat_id"], screen), now=clock.now())

    return effect


async def _actor(work: Work, person_id: int) -> Actor:
    """Whoever sent it, with the roles they hold now."""
    held = await people.roles_of(work.session, person_id)
    roles = [HeldRole(Role(r.role), Scope(ScopeKind(r.scope_kind), r.scope_id)) for r in held]
    return Actor(person_id, tuple(roles))
