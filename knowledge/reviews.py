"""What staff see before they change a base: effects, conflicts, and questions that are alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.confidence import Thresholds
from knowledge.entries import Entry
from knowledge.index import Index
from knowledge.replies import Outcome

ALIKE = 0.5
"""Share of the weight of two questions that both hold, from which they are shown as alike."""


@dataclass(frozen=True, slots=True)
class Change:
    """A past question whose outcome other thresholds would change."""

    question: str
    before: Outcome
    after: Outcome
    entry_id: str
    confidence: float


def preview(index: Index, questions: Iterable[str], thresholds: Thresholds) -> list[Change]:
    """The past questions that other thresholds would treat otherwise, the surest first."""
    changes = []
    for question in questions:
        reply = index.ask(question)
        after = thresholds.outcome(reply.confidence)
        if reply.hits and after is not reply.outcome:
            first = reply.hits[0].entry_id
            changes.append(Change(question, reply.outcome, after, first, reply.confidence))
    return sorted(changes, key=lambda change: -change.confidence)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A phrase that already leads to another entry; `same` when that entry says just this."""

    phrase: str
    entry_id: str
    confidence: float
    same: bool


def conflicts(index: Index, phrases: Iterable[str], *, own: str = "") -> list[Conflict]:
    """Phrases that the base already answers with an entry other than `own`."""
    found = []
    for phrase in phrases:
        leads = index.search(phrase, 1)
        if not leads or leads[0].entry_id == own:
            continue
        first = leads[0]
        if first.exact or first.confidence >= index.thresholds.answer:
            found.append(Conflict(phrase, first.entry_id, first.confidence, first.exact))
    return found


def grouped(questions: Sequence[str]) -> list[list[str]]:
    """Unanswered questions, alike ones together, the largest group first, then the oldest.

    The order given is taken as oldest first; a question is compared with the first of a group.
    """
    index = Index.build([Entry(str(i), text) for i, text in enumerate(questions)], learn=False)
    leader: dict[int, int] = {}
    for number, question in enumerate(questions):
        near = [int(hit.entry_id) for hit in index.search(question) if hit.score > 0]
        alike = [n for n in near if n < number and _alike(index, question, n)]
        leader[number] = leader[min(alike)] if alike else number
    groups: dict[int, list[str]] = {}
    for number, first in leader.items():
        groups.setdefault(first, []).append(questions[number])
    return sorted(groups.values(), key=lambda group: -len(group))


def _alike(index: Index, question: str, number: int) -> bool:
    """Whether two questions share enough of the weight of both."""
    one = index.read(question).codes
    two = index.read(index.entries[number].question).codes
    both = index.worths(np.intersect1d(one, two)).sum()
    return bool(2 * both >= ALIKE * (index.worths(one).sum() + index.worths(two).sum()))
