"""What was answered, question by question: read once and kept until other answers are there."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.models.surveys import Survey
from db.stores import surveys
from db.work import Work
from knowledge import words
from services import fillings
from services.forms.documents import MEDIA, WITH_CHOICES, Document, Kind, Question
from services.surveys import exports
from services.surveys.quotas import SMALLEST

MOST_KEPT = 8
"""Questionnaires whose tallies are kept; the one looked at longest ago goes first."""
TEXTS_KEPT_SECONDS = 600
"""After the last look: what people wrote is not to lie in memory when nobody reads it."""
MOST_WORDS = 12


@dataclass(frozen=True)
class Tally:
    """The answers to one question: counts by label, or the texts themselves."""

    name: str
    label: str
    kind: Kind
    answered: int
    counts: tuple[tuple[str, int], ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)
    average: float | None = None
    files: int = 0


@dataclass
class _Kept:
    tallies: list[Tally]
    words: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None


class _Shelf:
    """The tallies that are kept, by database, questionnaire, version and the marks of its answers.

    The marks are read anew at each look, so that an answer that came or was forgotten, by whatever
    process, is seen at once.
    """

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[Any, ...], tuple[object, _Kept]] = OrderedDict()

    def get(self, key: tuple[Any, ...], state: object) -> _Kept | None:
        if key not in self.kept:
            return None
        known, kept = self.kept[key]
        if known != state:
            self.drop(key)
            return None
        self.kept.move_to_end(key)
        self._wait(key, kept)
        return kept

    def put(self, key: tuple[Any, ...], state: object, kept: _Kept) -> None:
        self.drop(key)
        self.kept[key] = (state, kept)
        self._wait(key, kept)
        while len(self.kept) > MOST_KEPT:
            self.drop(next(iter(self.kept)))

    def drop(self, key: tuple[Any, ...]) -> None:
        _, kept = self.kept.pop(key, (None, None))
        if kept is not None and kept.timer is not None:
            kept.timer.cancel()

    def _wait(self, key: tuple[Any, ...], kept: _Kept) -> None:
        if kept.timer is not None:
            kept.timer.cancel()
        if any(one.texts for one in kept.tallies):
            loop = asyncio.get_running_loop()
            kept.timer = loop.call_later(TEXTS_KEPT_SECONDS, self.drop, key)


_shelf = _Shelf()


def kept_count() -> int:
    """How many questionnaires are kept."""
    return len(_shelf.kept)


def forget_all() -> None:
    """Keep nothing of what was read."""
    for key in list(_shelf.kept):
        _shelf.drop(key)


async def of_questions(work: Work, survey: Survey) -> list[Tally]:
    """The visible answers question by question; too few are left out altogether."""
    return (await _kept(work, survey)).tallies


async def frequent_words(work: Work, survey: Survey, tally: Tally) -> list[tuple[str, int]]:
    """Words and in how many texts they stand; in anonymous answers those of several people."""
    kept = await _kept(work, survey)
    if tally.name not in kept.words:
        texts = [text for one in kept.tallies if one.name == tally.name for text in one.texts]
        kept.words[tally.name] = await asyncio.to_thread(words.hot_words, texts, MOST_WORDS)
    least = SMALLEST if survey.anonymous else 1
    return [pair for pair in kept.words[tally.name] if pair[1] >= least]


async def _kept(work: Work, survey: Survey) -> _Kept:
    # marks first: an answer that comes while they are read makes the next look read again
    state = (survey.document_id, survey.anonymous, await surveys.marks(work.session, survey.id))
    key = (str(work.session.get_bind().engine.url), survey.id)
    kept = _shelf.get(key, state)
    if kept is None:
        kept = _Kept(await _read(work, survey))
        if kept.tallies:
            _shelf.put(key, state, kept)
    return kept


async def _read(work: Work, survey: Survey) -> list[Tally]:
    rows = await surveys.responses(work.session, survey.id)
    if survey.anonymous and len(rows) < SMALLEST:
        return []
    document = await fillings.document(work, survey.document_id)
    return await asyncio.to_thread(_tallied, document, [row.answer for row in rows])


def _tallied(document: Document, answers: Iterable[Mapping[str, Any]]) -> list[Tally]:
    values: dict[str, list[Any]] = {question.name: [] for question in asked(document)}
    for answer in answers:
        for path, value in answer.items():
            if (found := values.get(path.rsplit("/", 1)[-1])) is not None:
                found.append(value)
    return [_tally(document, question, values[question.name]) for question in asked(document)]


def asked(document: Document) -> list[Question]:
    """The questions that people answer, in order."""
    left_out = (Kind.NOTE, Kind.CALCULATE, Kind.META, Kind.ANOTHER)
    return [question for question in document.questions() if question.kind not in left_out]


def _tally(document: Document, question: Question, values: Sequence[Any]) -> Tally:
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
