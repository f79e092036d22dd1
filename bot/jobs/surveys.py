"""Background work of questionnaires: shuffling batches, drawing charts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, sending
from db.engine import Database
from db.models.people import Person
from db.models.surveys import Survey
from db.stores import outbox
from db.stores.outbox import Outgoing
from db.work import Work
from handlers.chat import Button, Screen, compose
from handlers.files import charts
from handlers.files.charts import Chart, Series
from handlers.texts import say
from services import clock
from services.permissions import Actor, HeldRole, Permission, Role
from services.surveys import answering, desk, paces, quotas, reminding, retargeting, tallies

PART = 500  # rows an insert: databases limit the parameters of a statement


class SurveyJobs:
    """Runs the jobs "survey_batch", "survey_chart" and "survey_invite"."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._exports = Exports(folder)

    async def batch(self, payload: Mapping[str, Any]) -> Effect:
        """Publish the waiting answers of a questionnaire, and add up how people went through it,
        each if they are enough."""

        async def effect(work: Work) -> None:
            await answering.shuffle_batch(work, payload["survey_id"])
            await paces.add_up(work, payload["survey_id"])

        return effect

    async def invite(self, payload: Mapping[str, Any]) -> Effect:
        """Tell those that a questionnaire is for since its audience was changed; each once."""

        async with self._database.read() as session:
            found = await retargeting.newcomers(
                Work(session), payload["survey_id"], payload["before"]
            )
            calls = _invitations(*found) if found else []

        async def effect(work: Work) -> None:
            await _send(work, calls)

        return effect

    async def chart(self, payload: Mapping[str, Any]) -> Effect:
        """Draw the chart of one question, or of the communities (no page), and send it."""
        async with self._database.read() as session:
            work = Work(session)
            asked = Actor(0, (HeldRole(Role.ADMIN),))
            survey = await desk.access(work, asked, payload["survey_id"], Permission.SURVEY_RESULTS)
            drawn = await _drawn(work, survey, payload["page"])
        if drawn is None:
            return sending(payload["chat_id"], Screen(say("survey_desk.too_few")))
        chart, note = drawn
        content = await asyncio.to_thread(charts.bar_chart, chart)
        picture = await self._exports.keep(content, "chart.png")
        return sending(payload["chat_id"], Screen(note, picture=picture))


async def _drawn(work: Work, survey: Survey, page: int | None) -> tuple[Chart, Markup] | None:
    """A chart and the words beside it, which say the same; None where there is nothing yet."""
    if page is None:
        return await _of_communities(work, survey)
    found = await tallies.of_questions(work, survey)
    if page >= len(found) or not found[page].counts:
        return None
    tally = found[page]
    shown = tally.counts[: charts.MOST_BARS]
    chart = Chart(
        title=tally.label,
        labels=[label for label, _ in shown],
        series=[Series("", [float(count) for _, count in shown])],
    )
    return chart, say("survey_desk.chart_note", title=tally.label, count=tally.answered)


async def _of_communities(work: Work, survey: Survey) -> tuple[Chart, Markup] | None:
    """What came from each community, beside what is wanted of it."""
    found = await quotas.standings(work, survey)
    if not found:
        return None
    series = [Series(str(say("survey_desk.collected")), [float(one.count) for one in found])]
    if any(one.target for one in found):
        wanted = [float(one.target) if one.target else None for one in found]
        series.append(Series(str(say("survey_desk.wanted")), wanted))
    title = str(say("survey_desk.by_community"))
    chart = Chart(
        title=title,
        subtitle=survey.title,
        labels=[one.name or str(say("survey_desk.nowhere")) for one in found],
        series=series,
    )
    return chart, say("survey_desk.chart_note", title=title, count=sum(o.count for o in found))


async def remind(work: Work) -> None:
    """The timetable's hourly look: one message a person, sent at most once."""
    found = await reminding.due(work)
    calls = []
    for one in found:
        screen = Screen(say("surveys.reminder"), _reminder_rows(one.surveys))
        for call in compose(one.person.telegram_id or 0, screen, one.person.large_print):
            unique = f"survey-reminder:{one.round}:{one.person.id}"
            calls.append(replace(call, priority=outbox.BROADCAST, at_most_once=True, dedup=unique))
    await _send(work, calls)


async def _send(work: Work, calls: Sequence[Outgoing]) -> None:
    for start in range(0, len(calls), PART):
        await outbox.add(work.session, calls[start : start + PART], now=clock.now())


def _invitations(survey: Survey, invited: Sequence[Person]) -> list[Outgoing]:
    """One message a person, whatever becomes of the audience afterwards."""
    screen = Screen(say("surveys.invited", title=survey.title),
                    _reminder_rows([(survey.id, survey.title)]))  # fmt: skip
    return [
        replace(call, priority=outbox.BROADCAST, at_most_once=True,
                dedup=f"survey-invited:{survey.id}:{person.id}")
        for person in invited
        for call in compose(person.telegram_id or 0, screen, person.large_print)
    ]  # fmt: skip


def _reminder_rows(waiting: Sequence[tuple[int, str]]) -> tuple[tuple[Button, ...], ...]:
    """Go to each questionnaire, and one press to hear of it no more."""
    rows = [(Button(title, f"svy:go:{key}"),) for key, title in waiting]
    for key, title in waiting:
        label = say("surveys.button.no_more") if len(waiting) == 1 else say(
            "surveys.button.no_more_of", title=title[:20])  # fmt: skip
        rows.append((Button(str(label.unescape()), f"svy:mute:{key}"),))
    return tuple(rows)
