"""The search: entries in, replies to questions out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np

from knowledge.confidence import DEFAULT_THRESHOLDS, Calibration, Evidence, Thresholds
from knowledge.entries import Entry
from knowledge.learning import learned
from knowledge.normalise import normalise
from knowledge.postings import Floats
from knowledge.ranking import KEYWORD_SHARE, Engine, MemoryEngine, Phrases, Ranked
from knowledge.replies import Hit, Reply
from knowledge.synonyms import Synonyms, shared_synonyms
from knowledge.tokens import Codes, Kind, kinds, tokens

LIMIT = 10
"""Entries that a reply names at most."""
_DEPTH = 25
"""Entries looked at for those, as some may be out of date."""

_AT_ONCE = 8
"""Questions whose entries are remembered: one turn asks the same more than once."""

_REWORDINGS = 4
"""Ways of saying a question with the base's own synonyms that are searched too, at most."""


class Asked(NamedTuple):
    """A question: normalised, and its distinct tokens."""

    bare: str
    codes: Codes


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
        self._exact.pop("", None)
        self._keywords = _keywords(self.entries)
        self.calibration = Calibration.shipped()
        self._heard = lru_cache(_AT_ONCE)(self._hear)  # a turn asks the same more than once

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

        `synonyms` are the base's own rows of words of one meaning: a question is also asked in
        the other words, which weighs far more than the shared rows.
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
        asked, ranked = self._heard(text)
        if day is not None:
            ranked = [r for r in ranked if self.entries[r.entry].valid(day)]
        if not ranked:
            return []
        exact = self._exact.get(asked.bare, -1) == ranked[0].phrase
        sure = 1.0 if exact else self.calibration.confidence(self.evidence(asked, ranked))
        hits = [self._hit(r, sure * r.score / ranked[0].score) for r in ranked[:limit]]
        hits[0] = replace(hits[0], exact=exact)
        return hits

    def read(self, text: str) -> Asked:
        """A question as it is searched."""
        bare = normalise(text)
        return Asked(bare, np.unique(tokens([bare], self.synonyms)[0]))

    def _hear(self, text: str) -> tuple[Asked, list[Ranked]]:
        asked = self.read(text)
        return asked, self.rank(asked)

    def rank(self, asked: Asked, *, hidden: int | None = None) -> list[Ranked]:
        """Entries for a question, best first; an exact phrase comes before all.

        `hidden` is the number of a phrase to do without, to see what it adds.
        """
        rows = self._engine.best(asked.codes, _DEPTH, hidden=hidden)
        for other in self.synonyms.rewordings(
            asked.bare, groups=len(self._rows), limit=_REWORDINGS
        ):
            said = self._engine.best(self.read(other).codes, _DEPTH, hidden=hidden)
            rows = list({r.entry: r for r in sorted(rows + said, key=lambda r: r.score)}.values())
        boosts = self._boosts(asked.bare)
        rows = [r._replace(asked=r.asked + boosts.get(r.entry, 0.0)) for r in rows]
        rows.sort(key=lambda r: -r.score)
        if hidden is None:
            rows = self._exact_first(asked.bare, rows)
        return rows

    def _exact_first(self, bare: str, rows: list[Ranked]) -> list[Ranked]:
        phrase = self._exact.get(bare)
        if phrase is None:
            return rows
        owner = int(self.phrases.owners[phrase])
        own = [r._replace(phrase=phrase) for r in rows if r.entry == owner]
        return own + [r for r in rows if r.entry != owner]

    def evidence(self, asked: Asked, ranked: Sequence[Ranked]) -> Evidence:
        """What speaks for the first of the ranked entries."""
        rest = [r.asked for r in ranked[1:4]]
        return Evidence(
            score=ranked[0].asked,
            second=max(rest, default=0.0),
            crowd=sum(rest) / 3,
            asked=float(self._engine.worths(asked.codes).sum()),
            held=self._engine.mass(ranked[0].phrase),
        )

    def _hit(self, ranked: Ranked, confidence: float) -> Hit:
        entry = self.entries[ranked.entry]
        return Hit(entry.id, confidence, self.phrases.written[ranked.phrase], ranked.score)

    def worths(self, codes: Codes) -> Floats:
        """What a match of each token is worth in this base."""
        return self._engine.worths(codes)

    def holds(self, word: str) -> bool:
        """Whether some phrase holds every pair of the word's letters (or its one letter)."""
        bare = normalise(word)
        codes = tokens([bare], self.synonyms)[0]
        part = Kind.LETTER if len(bare) == 1 else Kind.LETTER_PAIR
        return bool(bare) and self._engine.holds(codes[kinds(codes) == part])

    def exactly(self, text: str) -> str | None:
        """Id of the entry one of whose phrases says exactly this."""
        phrase = self._exact.get(normalise(text))
        return None if phrase is None else self.entries[int(self.phrases.owners[phrase])].id

    def keywords_in(self, bare: str, entry_id: str) -> tuple[str, ...]:
        """Staff keywords of an entry that a normalised question holds."""
        number = self._numbers[entry_id]
        return tuple(k for k, owners in self._keywords.items() if k in bare and number in owners)

    def _boosts(self, bare: str) -> dict[int, float]:
        boosts: dict[int, float] = {}
        for keyword, owners in self._keywords.items():
            if keyword in bare:
                worth = float(self._engine.worths(self.read(keyword).codes).sum())
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
