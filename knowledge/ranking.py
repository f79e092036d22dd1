"""Ranks the entries of a base for one question."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np

from knowledge.entries import Entry
from knowledge.normalise import normalise
from knowledge.postings import Floats, Postings
from knowledge.synonyms import Synonyms
from knowledge.tokens import Codes, pair_tokens, tokens

ANSWER_SHARE = 0.4
"""What a match in an answer counts beside one in a question."""
ANSWER_LETTERS = 100
"""Letters of an answer that are indexed: it says what it is about at its start."""
KEYWORD_SHARE = 0.5
"""Share of a staff keyword's weight that is added where the question holds the keyword."""


class Ranked(NamedTuple):
    """An entry found: its number, its best phrase's number, and what each field scored."""

    entry: int
    phrase: int
    asked: float
    """Score of the phrase, with the boosts of staff keywords."""
    answered: float
    """Score of the answer, already weakened."""

    @property
    def score(self) -> float:
        """What the entries are ordered by."""
        return self.asked + self.answered


class Engine(Protocol):
    """Finds entries by tokens; one in memory, one on tantivy for large bases."""

    def best(self, codes: Codes, limit: int, *, hidden: int | None = None) -> list[Ranked]:
        """About the `limit` best entries, best first; `hidden` is a phrase to do without."""

    def worths(self, codes: Codes) -> Floats:
        """What a match of each token is worth."""

    def mass(self, phrase: int) -> float:
        """What all tokens of a phrase together are worth."""

    def holds(self, codes: Codes) -> bool:
        """Whether each of the tokens is in some phrase."""


class Phrases:
    """The phrases of entries end to end: normalised, and with the entry each belongs to."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.written = [phrase for entry in entries for phrase in entry.phrases]
        self.bare = [normalise(phrase) for phrase in self.written]
        counts = np.fromiter((1 + len(entry.aliases) for entry in entries), np.int64, len(entries))
        self.starts = np.concatenate(([0], np.cumsum(counts)))[: len(entries)]
        self.owners = np.repeat(np.arange(len(entries)), counts)

    def of(self, entry: int) -> range:
        """Numbers of the phrases of an entry."""
        last = entry + 1 == len(self.starts)
        return range(
            int(self.starts[entry]), len(self.bare) if last else int(self.starts[entry + 1])
        )


class MemoryEngine:
    """The engine of bases up to about 100,000 entries: arrays in memory."""

    def __init__(self, entries: Sequence[Entry], phrases: Phrases, synonyms: Synonyms) -> None:
        self._phrases = phrases
        cut = partial(tokens, synonyms=synonyms)
        self._asked = Postings(cut(phrases.bare), len(phrases.bare))
        self._answered: Postings | None = None
        if any(entry.answer for entry in entries):
            answers = [normalise(entry.answer)[:ANSWER_LETTERS] for entry in entries]
            self._answered = Postings(pair_tokens(answers), len(entries))

    def best(self, codes: Codes, limit: int, *, hidden: int | None = None) -> list[Ranked]:
        """The `limit` best entries, best first; the earlier one wins a tie."""
        by_phrase = self._asked.scores(codes)
        if not len(by_phrase):
            return []
        if hidden is not None:
            by_phrase[hidden] = 0.0
        asked = np.maximum.reduceat(by_phrase, self._phrases.starts)
        answered = np.zeros(len(asked))
        if self._answered is not None:
            answered = ANSWER_SHARE * self._answered.scores(codes)
        return [
            Ranked(
                entry, self._phrase(entry, by_phrase), float(asked[entry]), float(answered[entry])
            )
            for entry in top(asked + answered, limit)
        ]

    def _phrase(self, entry: int, scores: Floats) -> int:
        own = self._phrases.of(entry)
        return own.start + int(scores[own.start : own.stop].argmax()) if len(own) > 1 else own.start

    def worths(self, codes: Codes) -> Floats:
        """What a match of each token is worth in a phrase."""
        return self._asked.worths(codes)

    def mass(self, phrase: int) -> float:
        """What all tokens of a phrase together are worth."""
        return float(self._asked.mass[phrase])

    def holds(self, codes: Codes) -> bool:
        """Whether each of the tokens is in some phrase."""
        return bool(np.isin(codes, self._asked.vocabulary).all())


def top(scores: Floats, limit: int) -> list[int]:
    """Numbers of the highest scores above 0, best first; the earlier one wins a tie."""
    if len(scores) > limit:
        least = np.partition(scores, -limit)[-limit]
        some = np.flatnonzero(scores >= max(least, 1e-9))
    else:
        some = np.flatnonzero(scores > 0)
    best: list[int] = some[np.argsort(-scores[some], kind="stable")][:limit].tolist()
    return best
