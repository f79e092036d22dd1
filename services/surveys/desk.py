"""What staff do with a questionnaire: open, close, see how far it is and what was answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from db.models.forms import FormMedia
from db.models.surveys import Survey
from db.stores import forms, jobs, surveys
from db.stores.surveys import Response
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.surveys import answering


@dataclass(frozen=True)
class Progress:
    """How far a questionnaire is."""

    answered: int
    under_way: int
    visible: int


async def listed(work: Work, by: Actor) -> Sequence[Survey]:
    """Every questionnaire, for those who may see results."""
    by.require(Permission.SURVEY_RESULTS)
    return await surveys.all_of(work.session)


async def access(work: Work, by: Actor, survey_id: int, need: Permission) -> Survey:
    """One questionnaire for staff; Refusal("common.not_there") without the right."""
    survey = await surveys.by_id(work.session, survey_id)
    if survey is None or not by.can(need):
        raise Refusal("common.not_there")
    return survey


async def progress(work: Work, survey: Survey) -> Progress:
    """Counts are seen at once; the answers themselves only by batches."""
    visible = await surveys.response_count(work.session, survey.id)
    waiting = await surveys.buffered_count(work.session, survey.id)
    return Progress(
        answered=visible + waiting,
        under_way=await forms.open_count(work.session, "survey", str(survey.id)),
        visible=visible,
    )


async def files(work: Work, by: Actor, survey: Survey, question: str) -> list[FormMedia]:
    """What was given to a question that takes files, as far as it was not forgotten since."""
    by.require(Permission.SURVEY_RESULTS)
    rows = await surveys.responses(work.session, survey.id)
    found = []
    for media_id in await asyncio.to_thread(_media_ids, rows, question):
        media = await forms.media(work.session, media_id)
        if media is not None and media.state == "ok":
            found.append(media)
    return sorted(found, key=lambda media: (media.created_at, media.id))


def _media_ids(rows: Sequence[Response], question: str) -> list[str]:
    values = [one for row in rows for one in answering.answers_named(row.answer, question)]
    return [str(entry["id"]) for one in values if isinstance(one, list) for entry in one]


async def open_survey(work: Work, by: Actor, survey: Survey) -> None:
    """Let people answer; opening again after a close is allowed."""
    by.require(Permission.SURVEY_EDIT)
    if survey.state != "closed":
        raise Refusal("survey_desk.not_closed")
    survey.state, survey.closed_at = "open", None
    if survey.closes_at is not None and survey.closes_at <= clock.now():
        survey.closes_at = None  # or it would be closed again within minutes
    await work.session.flush()


async def close_survey(work: Work, by: Actor | None, survey: Survey) -> None:
    """No more answers; those still waiting become visible."""
    if by is not None:
        by.require(Permission.SURVEY_EDIT)
    survey.state, survey.closed_at = "closed", clock.now()
    await work.session.flush()
    await answering.shuffle_batch(work, survey.id)
    await jobs.add(work.session, "survey_batch", {"survey_id": survey.id}, now=clock.now())


async def close_those_due(work: Work) -> None:
    """Close what has reached its date."""
    for survey in await surveys.past_their_end(work.session, clock.now()):
        await close_survey(work, None, survey)
