"""Background work of questionnaires: shuffling batches, drawing charts."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.jobs import Effect
from db.engine import Database
from db.stores import outbox
from db.work import Work
from handlers.chat import Button, Screen, compose
from handlers.files import charts
from handlers.texts import say
from services import clock
from services.permissions import Actor, HeldRole, Permission, Role
from services.surveys import answering, desk, reminding
from services.surveys.desk import Tally

PART = 500  # rows an insert: databases limit the parameters of a statement


class SurveyJobs:
    """Runs the jobs "survey_batch" and "survey_chart"."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def batch(self, payload: Mapping[str, Any]) -> Effect:
        """Publish the waiting answers of a questionnaire if they are enough."""

        async def effect(work: Work) -> None:
            await answering.shuffle_batch(work, payload["survey_id"])

        return effect

    async def chart(self, payload: Mapping[str, Any]) -> Effect:
        """Draw the chart of one question and send it."""
        async with self._database.read() as session:
            work = Work(session)
            asked = Actor(0, (HeldRole(Role.ADMIN),))
            survey = await desk.access(work, asked, payload["survey_id"], Permission.SURVEY_RESULTS)
            tallies = await desk.tallies(work, survey)
        if payload["page"] >= len(tallies):
            return _nothing
        tally = tallies[payload["page"]]
        name = f"exports/{secrets.token_hex(8)}.png"
        await asyncio.to_thread(self._draw, tally, name)
        note = say("survey_desk.chart_note", title=tally.label, count=tally.answered)
        calls = compose(payload["chat_id"], Screen(note, picture={"path": name}))

        async def effect(work: Work) -> None:
            await outbox.add(work.session, calls, now=clock.now())

        return effect

    def _draw(self, tally: Tally, name: str) -> None:
        chart = charts.Chart(
            title=tally.label,
            labels=[label for label, _ in tally.counts],
            series=[charts.Series("", [float(count) for _, count in tally.counts])],
        )
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(charts.bar_chart(chart))


async def remind(work: Work) -> None:
    """The timetable's hourly look: one message a person, sent at most once."""
    found = await reminding.due(work)
    calls = []
    for one in found:
        rows = tuple((Button(title, f"svy:go:{key}"),) for key, title in one.surveys)
        screen = Screen(say("surveys.reminder"), rows)
        for call in compose(one.person.telegram_id or 0, screen, one.person.large_print):
            unique = f"survey-reminder:{one.round}:{one.person.id}"
            calls.append(replace(call, priority=outbox.BROADCAST, at_most_once=True, dedup=unique))
    for start in range(0, len(calls), PART):
        await outbox.add(work.session, calls[start : start + PART], now=clock.now())


async def _nothing(_work: Work) -> None:
    return
