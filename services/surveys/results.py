"""Looking into the answers: two questions together, frequent words, where people stopped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from db.models.surveys import Survey
from db.stores import forms, surveys
from db.work import Work
from knowledge import words
from services import fillings
from services.errors import Refusal
from services.forms import fillings as engine
from services.forms.documents import Document, Kind, Question
from services.surveys.answering import answers_named
from services.surveys.crosstabs import Crosstab, crosstab
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
    """Questions that can be put against each other: one choice of a written list."""
    return [
        one
        for one in document.questions()
        if one.kind is Kind.CHOOSE_ONE and one.choices in document.lists
    ]


async def against(work: Work, survey: Survey, row: str, column: str) -> Crosstab:
    """Two questions of all versions against each other, by label.

    Raises Refusal: common.not_there, survey_desk.cross_secret.
    """
    document = await fillings.document(work, survey.document_id)
    known = {one.name: one for one in comparable(document)}
    if row not in known or column not in known or row == column:
        raise Refusal("common.not_there")
    labels = [
        {one.name: one.label.said() or one.name for one in document.lists[known[name].choices]}
        for name in (row, column)
    ]
    answers = await surveys.responses(work.session, survey.id)
    pairs = []
    for one in answers:
        first, second = answers_named(one.answer, row), answers_named(one.answer, column)
        if len(first) == len(second) == 1 and first[0] in labels[0] and second[0] in labels[1]:
            pairs.append((first[0], second[0]))
    smallest = SMALLEST if survey.anonymous else 0
    made = None
    if len(pairs) >= smallest:
        made = crosstab(pairs, list(labels[0]), list(labels[1]), smallest=smallest)
    if made is None:
        raise Refusal("survey_desk.cross_secret")
    return _worded(made, labels[0], labels[1])


def _worded(made: Crosstab, rows: dict[str, str], columns: dict[str, str]) -> Crosstab:
    return Crosstab(
        tuple(rows[name] for name in made.rows),
        tuple(columns[name] for name in made.columns),
        made.cells,
        made.row_totals,
        made.column_totals,
        made.test,
    )


def frequent_words(texts: Sequence[str], *, anonymous: bool, limit: int = 12) -> list[
    tuple[str, int]
]:  # fmt: skip
    """Words and in how many texts they stand; in anonymous answers those of several people."""
    least = SMALLEST if anonymous else 1
    return [pair for pair in words.hot_words(texts, limit) if pair[1] >= least]


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
