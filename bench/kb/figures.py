"""The figures of a search: right first, right among five, and what it answers on its own."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.kb.sets import QuestionSet
from knowledge.index import Index
from knowledge.replies import Outcome

Search = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Per cent of questions with the right entry first, and among the first five."""

    first: float
    five: float
    microseconds: float


def found(search: Search, questions: Sequence[tuple[str, str]]) -> Found:
    """How well a search finds the entries of questions, and its median time."""
    first, five, spent = 0, 0, []
    for question, gold in questions:
        start = time.perf_counter_ns()
        ids = search(question)[:5]
        spent.append((time.perf_counter_ns() - start) / 1000)
        first += ids[:1] == [gold]
        five += gold in ids
    n = len(questions)
    return Found(100 * first / n, 100 * five / n, float(np.median(spent)))


@dataclass(frozen=True, slots=True)
class Refusals:
    """Counts of one base: questions, answers and right answers; far and near ones answered."""

    asked: int
    answered: int
    right: int
    offered_right: int
    """Right entries among the candidates of questions that were not answered."""
    far: int
    far_answered: int
    near: int
    near_answered: int


def _answers(index: Index, questions: Sequence[str]) -> int:
    return sum(index.ask(question).outcome is Outcome.ANSWER for question in questions)


def refusals(index: Index, each: QuestionSet, far: Sequence[str]) -> Refusals:
    """What an index answers on its own, with the thresholds it has."""
    replies = [(index.ask(question), gold) for question, gold in each.questions]
    answers = [(r, gold) for r, gold in replies if r.outcome is Outcome.ANSWER]
    others = [(r, gold) for r, gold in replies if r.outcome is not Outcome.ANSWER]
    return Refusals(
        asked=len(replies),
        answered=len(answers),
        right=sum(r.hits[0].entry_id == gold for r, gold in answers),
        offered_right=sum(gold in [h.entry_id for h in r.candidates] for r, gold in others),
        far=len(far),
        far_answered=_answers(index, far),
        near=len(each.near),
        near_answered=_answers(index, each.near),
    )
