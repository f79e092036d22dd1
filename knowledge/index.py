"""The search: entries in, replies to questions out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Self

import numpy as np

from knowledge.confidence import DEFAULT_THRESHOLDS, Calibration, Evidence, Thresholds
from knowledge.entries import Entry
from knowledge.learning import learned
from knowledge.normalise import normalise
from knowledge.ranking import KEYWORD_SHARE, Engine, MemoryEngine, Phrases, Ranked
from knowledge.replies import Hit, Reply
from knowledge.synonyms import Synonyms, shared_synonyms
from knowledge.tokens import Codes, tokens

LIMIT = 10
"""Entries that a reply names at most."""
_DEPTH = 25
"""Entries looked at for those, as some may be out of date."""

EngineMaker = Callable[[Sequence[Entry], Phrases, Synonyms], Engine]


class Index:
    """A frozen search index: after an edit, take the new one that `changed` returns.

    Safe to use from several threads. Building 3,000 entries takes about a tenth of a second, so
    an edit is visible at once; build in a worker thread.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        synonyms: Iterable[Sequence[str]] = (),
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
        engine: EngineMaker = MemoryEngine,
    ) -> None:
        self.entries = tuple(entries)
        self.thresholds = thresholds
        self._numbers = {entry.id: i for i, entry in enumerate(self.entries)}
        self._rows, self._maker = [tuple(row) for row in synonyms], engine
        self.synonyms = Synonyms([*self._rows, *shared_synonyms()])
        self.phrases = Phrases(self.entries)
        self._engine = engine(self.entries, self.phrases, self.synonyms)
        self._exact: dict[str, int] = {}
        for phrase, bare in enumerate(self.phrases.bare):
            self._exact.setdefault(bare, phrase)
        self._keywords = _keywords(self.entries)
        self.calibration = Calibration.shipped()

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        *,
        synonyms: Iterable[Sequence[str]] = (),
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
        engine: EngineMaker = MemoryEngine,
        learn: bool = True,
    ) -> Self:
        """An index over entries, calibrated on their aliases.

        `synonyms` are the base's own rows of words of one meaning; they go before the shared ones.
        """
        index = cls(entries, synonyms=synonyms, thresholds=thresholds, engine=engine)
        if learn:
            index.calibration = learned(index)
        return index

    def changed(self, entries: Iterable[Entry] = (), *, removed: Iterable[str] = ()) -> "Index":
        """A new index with these entries added or replaced, and those ids gone."""
        kept: Mapping[str, Entry] = {e.id: e for e in self.entries} | {e.id: e for e in entries}
        gone = set(removed)
        left = [entry for entry in kept.values() if entry.id not in gone]
        return Index.build(
            left, synonyms=self._rows, thresholds=self.thresholds, engine=self._maker
        )

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._numbers

    def entry(self, entry_id: str) -> Entry:
        """The entry of an id; raises KeyError."""
        return self.entries[self._numbers[entry_id]]

    def ask(self, text: str, *, day: date | None = None) -> Reply:
        """The reply to a question; entries that are out of date on `day` are passed over."""
        hits = tuple(self.search(text, day=day))
        return Reply(self.thresholds.outcome(hits[0].confidence if hits else 0.0), hits, text)

    def search(self, text: str, limit: int = LIMIT, *, day: date | None = None) -> list[Hit]:
        """The best entries, best first, each with how sure it is."""
        bare = normalise(text)
        ranked = self.rank(bare, day=day)
        if not ranked:
            return []
        exact = self._exact.get(bare) == ranked[0].phrase
        sure = 1.0 if exact else self.calibration.confidence(self.evidence(bare, ranked))
        hits = [self._hit(r, sure * r.score / ranked[0].score) for r in ranked[:limit]]
        hits[0] = replace(hits[0], exact=exact)
        return hits

    def codes(self, bare: str) -> Codes:
        """The distinct tokens of a normalised question."""
        return np.unique(tokens([bare], self.synonyms)[0])

    def rank(
        self, bare: str, *, day: date | None = None, hidden: int | None = None
    ) -> list[Ranked]:
        """Entries for a normalised question, best first; an exact phrase comes before all.

        `hidden` is the number of a phrase to do without, to see what it adds.
        """
        found = {r.entry: r for r in self._engine.best(self.codes(bare), _DEPTH, hidden=hidden)}
        for entry, boost in self._boosts(bare).items():
            if entry in found:
                found[entry] = replace(found[entry], asked=found[entry].asked + boost)
        exact = self._exact.get(bare, -1) if hidden is None else -1
        rows = sorted(found.values(), key=lambda r: (r.phrase == exact, r.score), reverse=True)
        return [r for r in rows if self._shown(r.entry, day)]

    def evidence(self, bare: str, ranked: Sequence[Ranked]) -> Evidence:
        """What speaks for the first of the ranked entries."""
        rest = [r.asked for r in ranked[1:4]]
        return Evidence(
            score=ranked[0].asked,
            second=max(rest, default=0.0),
            crowd=sum(rest) / 3,
            asked=float(self._engine.worths(self.codes(bare)).sum()),
            held=self._engine.mass(ranked[0].phrase),
        )

    def _shown(self, number: int, day: date | None) -> bool:
        return day is None or self.entries[number].valid(day)

    def _hit(self, ranked: Ranked, confidence: float) -> Hit:
        entry = self.entries[ranked.entry]
        return Hit(entry.id, confidence, self.phrases.written[ranked.phrase], ranked.score)

    def _boosts(self, bare: str) -> dict[int, float]:
        boosts: dict[int, float] = {}
        for keyword, owners in self._keywords.items():
            if keyword in bare:
                worth = float(self._engine.worths(self.codes(keyword)).sum())
                for owner in owners:
                    boosts[owner] = boosts.get(owner, 0.0) + KEYWORD_SHARE * worth
        return boosts


def _keywords(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """The entries of each staff keyword, normalised."""
    found: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        for keyword in entry.keywords:
            found.setdefault(normalise(keyword), []).append(number)
    found.pop("", None)
    return found
