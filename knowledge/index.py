"""The search: entries in, replies to questions out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np

from knowledge.confidence import (
    DEFAULT_CALIBRATION,
    DEFAULT_THRESHOLDS,
    Calibration,
    Evidence,
    Thresholds,
)
from knowledge.entries import Entry
from knowledge.normalise import normalise
from knowledge.postings import Postings
from knowledge.replies import Hit, Reply
from knowledge.synonyms import Synonyms, shared_synonyms
from knowledge.tokens import Codes

LIMIT = 10
"""Entries that a reply names at most."""
_DEPTH = 60
"""Phrasings looked at for those entries."""
KEYWORD_BOOST = 0.5
"""Share of a staff keyword's weight that is added where the question holds the keyword."""
ANSWER_SHARE = 0.15
"""What a match in an answer counts beside one in a question."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    entry: int
    phrase: int
    score: float


class Index:
    """A frozen search index; build a new one, or `changed`, after an edit."""

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        synonyms: Iterable[Sequence[str]] = (),
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
        calibration: Calibration = DEFAULT_CALIBRATION,
    ) -> None:
        self._entries = list(entries)
        self._numbers = {entry.id: i for i, entry in enumerate(self._entries)}
        self._rows = [tuple(row) for row in synonyms]
        self.thresholds, self.calibration = thresholds, calibration
        self._owner = [i for i, entry in enumerate(self._entries) for _ in entry.phrases]
        self._phrases = [phrase for entry in self._entries for phrase in entry.phrases]
        bare = [normalise(phrase) for phrase in self._phrases]
        self._exact: dict[str, int] = {}
        for phrase, text in enumerate(bare):
            self._exact.setdefault(text, phrase)
        known = Synonyms([*self._rows, *shared_synonyms()])
        self._postings = Postings(bare, synonyms=known)
        self._keywords = self._staff_keywords()

    @classmethod
    def build(
        cls,
        entries: Sequence[Entry],
        *,
        synonyms: Iterable[Sequence[str]] = (),
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> Self:
        """An index over entries; `synonyms` are the base's own rows of words of one meaning."""
        return cls(entries, synonyms=synonyms, thresholds=thresholds)

    def __len__(self) -> int:
        return len(self._entries)

    def entry(self, entry_id: str) -> Entry:
        """The entry of an id; raises KeyError."""
        return self._entries[self._numbers[entry_id]]

    def changed(self, entries: Iterable[Entry] = (), *, removed: Iterable[str] = ()) -> "Index":
        """A new index with these entries added or replaced, and those ids gone."""
        kept: Mapping[str, Entry] = {e.id: e for e in self._entries} | {e.id: e for e in entries}
        gone = set(removed)
        left = [entry for entry in kept.values() if entry.id not in gone]
        return Index(left, synonyms=self._rows, thresholds=self.thresholds)

    def ask(self, text: str, *, day: date | None = None) -> Reply:
        """The reply to a question; on `day`, entries out of date are passed over."""
        hits = self.search(text, day=day)
        outcome = self.thresholds.outcome(hits[0].confidence if hits else 0.0)
        return Reply(outcome, tuple(hits), text)

    def search(self, text: str, limit: int = LIMIT, *, day: date | None = None) -> list[Hit]:
        """The best entries, best first; the first's confidence is calibrated."""
        bare = normalise(text)
        codes = self._postings.asked(bare)
        ranked = [r for r in self._ranked(bare, codes) if self._shown(r.entry, day)]
        if not ranked:
            return []
        evidence = self._evidence(codes, ranked)
        sure = self.calibration.confidence(evidence)
        hits = [self._hit(r, sure * r.score / ranked[0].score) for r in ranked[:limit]]
        if self._exact.get(bare) == ranked[0].phrase:
            hits[0] = replace(hits[0], confidence=1.0, exact=True)
        return hits

    def _shown(self, number: int, day: date | None) -> bool:
        return day is None or self._entries[number].valid(day)

    def _hit(self, ranked: _Ranked, confidence: float) -> Hit:
        entry = self._entries[ranked.entry]
        return Hit(entry.id, confidence, self._phrases[ranked.phrase], ranked.score)

    def _evidence(self, codes: Codes, ranked: Sequence[_Ranked]) -> Evidence:
        return Evidence(
            score=ranked[0].score,
            second=ranked[1].score if len(ranked) > 1 else 0.0,
            asked=float(self._postings.worths(codes).sum()),
            held=float(self._postings.mass[ranked[0].phrase]),
        )

    def _ranked(self, bare: str, codes: Codes) -> list[_Ranked]:
        scores = self._postings.scores(codes)
        boosted = self._boosts(bare)
        best: dict[int, _Ranked] = {}
        for phrase in _top(scores, _DEPTH):
            score, owner = float(scores[phrase]), self._owner[phrase]
            if score > 0 and owner not in best:
                best[owner] = _Ranked(owner, phrase, score + boosted.get(owner, 0.0))
        exact = self._exact.get(bare)
        first = self._owner[exact] if exact is not None else None
        if exact is not None and first is not None:
            best[first] = _Ranked(first, exact, max(r.score for r in best.values()) + 1e-6)
        return sorted(best.values(), key=lambda r: -r.score)

    def _staff_keywords(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, entry in enumerate(self._entries):
            for keyword in entry.keywords:
                found.setdefault(normalise(keyword), []).append(number)
        found.pop("", None)
        return found

    def _boosts(self, bare: str) -> dict[int, float]:
        boosts: dict[int, float] = {}
        for keyword, owners in self._keywords.items():
            if keyword in bare:
                worth = float(self._postings.worths(self._postings.asked(keyword)).sum())
                for owner in owners:
                    boosts[owner] = boosts.get(owner, 0.0) + KEYWORD_BOOST * worth
        return boosts


def _top(scores: "np.typing.NDArray[np.float64]", limit: int) -> list[int]:
    """Numbers of the highest scores, best first; the earlier text wins a tie."""
    if len(scores) > limit:
        some = np.sort(np.argpartition(-scores, limit)[:limit])
    else:
        some = np.arange(len(scores))
    return [int(i) for i in some[np.argsort(-scores[some], kind="stable")]]
