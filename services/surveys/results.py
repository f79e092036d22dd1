"""Looking into the answers: two questions together, and where people stopped."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.models.surveys import Survey
from db.stores import forms, surveys
from db.work import Work
from services import fillings
from services.errors import Refusal
from services.forms import fillings as engine
from services.forms.documents import Document, Kind, Question
from services.surveys.answering import answers_named
from services.surveys.crosstabs import ChoiceTable, Crosstab, choice_table, crosstab
from services.surveys.quotas import SMALLEST

MOST_STANDS = 8


@dataclass(frozen=True)
class Completion:
    """How many began, handed in, and gave up (cancelled, or left for two months)."""

    begun: int
    handed_in: int
    given_up: int


async def completion(work: Work, survey: Survey) -> Completion:
    """Counted over all versions of a questionnaire."""
    found = await forms.outcomes(work.session, "survey", str(survey.id))
    given_up = found.get("cancelled", 0) + found.get("expired", 0)
    return Completion(sum(found.values()), found.get("submitted", 0), given_up)


def comparable(document: Document) -> list[Question]:
    """Questions that can be put against each other: one choice, or several, of a written list."""
    kinds = (Kind.CHOOSE_ONE, Kind.CHOOSE_SEVERAL)
    return [
        one for one in document.questions() if one.kind in kinds and one.choices in document.lists
    ]


def partners(document: Document, question: Question) -> list[Question]:
    """What a question can be put against: of two that take several, no table says anything."""
    several = question.kind is Kind.CHOOSE_SEVERAL
    return [
        one
        for one in comparable(document)
        if one.name != question.name and not (several and one.kind is Kind.CHOOSE_SEVERAL)
    ]


async def against(work: Work, survey: Survey, row: str, column: str) -> Crosstab | ChoiceTable:
    """Two questions of all versions against each other, by label; the rows are those of the one
    that takes several choices, if one does.

    Raises Refusal: common.not_there, survey_desk.cross_secret.
    """
    document = await fillings.document(work, survey.document_id)
    known = {one.name: one for one in comparable(document)}
    if row not in known or column not in {one.name for one in partners(document, known[row])}:
        raise Refusal("common.not_there")
    if known[column].kind is Kind.CHOOSE_SEVERAL:
        row, column = column, row
    labels = _labels(document, known[row]), _labels(document, known[column])
    answers = [one.answer for one in await surveys.responses(work.session, survey.id)]
    smallest = SMALLEST if survey.anonymous else 0

    def computed() -> Crosstab | ChoiceTable | None:
        return _table(_pairs(answers, row, column), *labels, smallest=smallest)

    made = await asyncio.to_thread(computed)
    if made is None:
        raise Refusal("survey_desk.cross_secret")
    return _worded(made, *labels)


def _pairs(answers: Sequence[Mapping[str, Any]], row: str, column: str) -> list[tuple[Any, Any]]:
    """Of those who answered both once."""
    found = []
    for one in answers:
        first, second = answers_named(one, row), answers_named(one, column)
        if len(first) == len(second) == 1:
            found.append((first[0], second[0]))
    return found


def _labels(document: Document, question: Question) -> dict[str, str]:
    return {one.name: one.label.said() or one.name for one in document.lists[question.choices]}


def _table(
    pairs: Sequence[tuple[Any, Any]],
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    *,
    smallest: int,
) -> Crosstab | ChoiceTable | None:
    """None where nothing may be shown. A list of picked choices tells the kind of table."""
    if len(pairs) < max(smallest, 1):
        return None
    if any(isinstance(first, list) for first, _ in pairs):
        several = [(first, second) for first, second in pairs if second in columns]
        if len(several) < smallest:
            return None
        return choice_table(several, list(rows), list(columns), smallest=smallest)
    single = [(first, second) for first, second in pairs if first in rows and second in columns]
    if len(single) < smallest:
        return None
    return crosstab(single, list(rows), list(columns), smallest=smallest)


def _worded(
    made: Crosstab | ChoiceTable, rows: Mapping[str, str], columns: Mapping[str, str]
) -> Crosstab | ChoiceTable:
    return replace(
        made,
        rows=tuple(rows[name] for name in made.rows),
        columns=tuple(columns[name] for name in made.columns),
    )


async def standing(work: Work, survey: Survey) -> list[tuple[str, int]]:
    """Where those who have begun and not finished are now: question and count, most first.

    Counts under SMALLEST are left out. Nothing is kept of a filling that was given up.
    """
    stops: Counter[str] = Counter()
    for row in await forms.open_rows(work.session, "survey", str(survey.id)):
        document = await fillings.document(work, row.document_id)
        step = engine.current(engine.Filling.from_json(document, row.state))
        stops[step.label if step else ""] += 1
    return [
        (label, count)
        for label, count in stops.most_common(MOST_STANDS)
        if label and count >= SMALLEST
    ]
