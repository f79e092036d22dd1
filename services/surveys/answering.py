"""Answering a questionnaire: once a person, and apart from who it was where it is anonymous."""

import random
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from db.models.surveys import Survey, SurveyBuffered
from db.stores import forms, jobs, surveys
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import Actor, Permission
from services.surveys import audiences, quotas

BATCH = 20
"""Anonymous answers are shown in shuffled batches of at least this many, or at the close."""


def person_hashes(survey: Survey, person_id: int) -> list[str]:
    """How this person is known to this questionnaire: the first is written, any may be found."""
    purpose = f"survey:{survey.id}"
    return [index.hex() for index in privacy.blind_indexes(str(person_id), purpose)]


async def answerable(work: Work, by: Actor) -> Sequence[Survey]:
    """Open questionnaires for this person that they have not answered yet."""
    found = []
    for survey in await surveys.open_at(work.session, clock.now()):
        if await has_answered(work, by, survey):
            continue
        if await _has_begun(work, by, survey) or (
            await audiences.outside(work, by, survey) is None
            and await quotas.has_room(work, by, survey)
        ):
            found.append(survey)
    return found


async def has_answered(work: Work, by: Actor, survey: Survey) -> bool:
    return survey.once and await surveys.has_taken_part(
        work.session, survey.id, person_hashes(survey, by.person_id)
    )


async def open_to(work: Work, by: Actor, survey_id: int, *, begun: bool = False) -> Survey:
    """The questionnaire, if this person can answer it now; who has `begun` may finish even where
    their community has given enough answers meanwhile, or it is for others now.

    Raises Refusal: common.not_there, surveys.not_yet (day), surveys.closed, surveys.already,
    surveys.full (community), and those of audiences.outside.
    """
    by.require(Permission.SURVEY_ANSWER)
    survey = await surveys.by_id(work.session, survey_id)
    if survey is None or survey.state == "draft":
        raise Refusal("common.not_there")
    if survey not in await surveys.open_at(work.session, clock.now()):
        raise _not_open(survey)
    begun = begun or await _has_begun(work, by, survey)
    if not begun and (code := await audiences.outside(work, by, survey)) is not None:
        raise Refusal(code)
    if await has_answered(work, by, survey):
        raise Refusal("surveys.already")
    if not begun:
        await quotas.require_room(work, by, survey)
    return survey


async def _has_begun(work: Work, by: Actor, survey: Survey) -> bool:
    row = await forms.open_of(work.session, by.person_id, "survey", str(survey.id))
    return row is not None


def _not_open(survey: Survey) -> Refusal:
    if survey.state == "open" and survey.opens_at is not None and survey.opens_at > clock.now():
        return Refusal("surveys.not_yet", day=clock.local(survey.opens_at).date())
    return Refusal("surveys.closed")


async def hand_in(work: Work, by: Actor, submission: Submission) -> Survey:
    """Take the answers. Anonymous ones go, sealed, to a buffer that is shuffled later."""
    survey = await open_to(work, by, int(submission.subject), begun=True)
    writing = person_hashes(survey, by.person_id)[0]
    if survey.once and not await surveys.take_part(
        work.session, survey.id, writing, by.community_id
    ):
        raise Refusal("surveys.already")
    answer = {"values": submission.values, "for_another": submission.for_another}
    if survey.anonymous:
        answer["community"] = by.community_id
        row = SurveyBuffered(
            id=secrets.token_hex(16),
            survey_id=survey.id,
            document_id=submission.document_id,
            answer=answer,
        )
        await surveys.buffer(work.session, row)
        await forms.forget_times(work.session, submission.token, instead=survey.created_at)
        await jobs.add(work.session, "survey_batch", {"survey_id": survey.id}, now=clock.now())
    else:
        await surveys.publish(
            work.session,
            [_response(survey.id, submission.document_id, answer, by.community_id, by.person_id)],
            on=clock.today(),
            from_buffer=None,
        )
    return survey


def _response(
    survey_id: int,
    document_id: int,
    answer: dict[str, object],
    community_id: int | None,
    person_id: int | None,
) -> dict[str, object]:
    return {
        "id": secrets.token_hex(16),
        "survey_id": survey_id,
        "document_id": document_id,
        "person_id": person_id,
        "community_id": community_id,
        "for_another": bool(answer["for_another"]),
        "answer": answer["values"],
        "example": False,
    }


async def shuffle_batch(work: Work, survey_id: int) -> int:
    """Publish the waiting answers in random order once they are enough, or the close has come.

    Done in a transaction of its own, after those that handed them in: on PostgreSQL a row tells
    which transaction wrote it.
    """
    survey = await surveys.by_id(work.session, survey_id)
    waiting = list(await surveys.buffered(work.session, survey_id))
    if survey is None or (len(waiting) < BATCH and survey.state != "closed"):
        return 0
    random.SystemRandom().shuffle(waiting)
    rows = [
        _response(survey_id, row.document_id, row.answer, row.answer["community"], None)
        for row in waiting
    ]
    await surveys.publish(work.session, rows, on=clock.today(), from_buffer=survey_id)
    return len(rows)


def answers_named(answer: Mapping[str, Any], name: str) -> list[Any]:
    """The values of a question, in whatever group or round they stand."""
    return [value for path, value in answer.items() if path.rsplit("/", 1)[-1] == name]
