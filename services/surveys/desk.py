"""What staff do with a questionnaire: open, close, see how far it is and what was answered."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.models.forms import FormMedia
from db.models.surveys import Survey
from db.stores import forms, jobs, surveys
from db.work import Work
from services import clock, fillings
from services.errors import Refusal
from services.forms.documents import MEDIA, WITH_CHOICES, Document, Kind, Question
from services.permissions import Actor, Permission
from services.surveys import answering, exports
from services.surveys.quotas import SMALLEST


@dataclass(frozen=True)
class Progress:
    """How far a questionnaire is."""

    answered: int
    under_way: int
    visible: int


@dataclass(frozen=True)
class Tally:
    """The answers to one question: counts by label, or the texts themselves."""

    name: str
    label: str
    kind: Kind
    answered: int
    counts: tuple[tuple[str, int], ...] = ()
    texts: tuple[str, ...] = ()
    average: float | None = None
    files: int = 0


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


async def tallies(work: Work, survey: Survey) -> list[Tally]:
    """The visible answers question by question; too few are left out altogether."""
    rows = await surveys.responses(work.session, survey.id)
    if survey.anonymous and len(rows) < SMALLEST:
        return []
    document = await fillings.document(work, survey.document_id)
    answers = [row.answer for row in rows]
    return await asyncio.to_thread(_tallied, document, answers)


def _tallied(document: Document, answers: Sequence[Mapping[str, Any]]) -> list[Tally]:
    return [_tally(document, question, answers) for question in asked(document)]


def asked(document: Document) -> list[Question]:
    """The questions that people answer, in order."""
    left_out = (Kind.NOTE, Kind.CALCULATE, Kind.META, Kind.ANOTHER)
    return [question for question in document.questions() if question.kind not in left_out]


def _tally(document: Document, question: Question, answers: Sequence[Mapping[str, Any]]) -> Tally:
    values = [value for one in answers for value in answering.answers_named(one, question.name)]
    label = question.label.said()
    if question.kind in WITH_CHOICES:
        return _choices(document, question, values)
    if question.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.SCALE):
        counts = Counter(str(value) for value in values)
        average = sum(float(value) for value in values) / len(values) if values else None
        ordered = tuple(sorted(counts.items(), key=lambda pair: float(pair[0])))
        return Tally(question.name, label, question.kind, len(values), ordered, (), average)
    if question.kind in MEDIA:
        count = sum(len(value) for value in values if isinstance(value, list))
        return Tally(question.name, label, question.kind, len(values), files=count)
    texts = tuple(_in_short(question.kind, value) for value in values if value)
    return Tally(question.name, label, question.kind, len(values), (), tuple(sorted(texts)))


def _in_short(kind: Kind, value: Any) -> str:
    """An answer that is no choice, as staff read it."""
    text = exports.written(value)
    if kind is Kind.TIME:
        return text[:5]
    return text[:16].replace("T", " ") if kind is Kind.DATETIME else text


def _choices(document: Document, question: Question, values: Sequence[Any]) -> Tally:
    counts: Counter[str] = Counter()
    for value in values:
        counts.update(value if isinstance(value, list) else [value])
    ordered = tuple(
        (choice.label.said(), counts.get(choice.name, 0))
        for choice in document.lists[question.choices]
    )
    label = question.label.said()
    return Tally(question.name, label, question.kind, len(values), ordered)


async def files(work: Work, by: Actor, survey: Survey, question: str) -> list[FormMedia]:
    """What was given to a question that takes files, as far as it was not forgotten since."""
    by.require(Permission.SURVEY_RESULTS)
    found = []
    for row in await surveys.responses(work.session, survey.id):
        for value in answering.answers_named(row.answer, question):
            for entry in value if isinstance(value, list) else ():
                media = await forms.media(work.session, str(entry["id"]))
                if media is not None and media.state == "ok":
                    found.append(media)
    return sorted(found, key=lambda media: (media.created_at, media.id))


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
