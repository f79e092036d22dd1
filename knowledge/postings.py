"""An inverted index of numbered tokens, scored with BM25."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.synonyms import Synonyms
from knowledge.tokens import Codes, kinds, many_tokens, tokens

Floats = npt.NDArray[np.float32]

_DENSE = 200_000
"""Postings of a query above which they are added token by token, to save memory."""


@dataclass(frozen=True)
class Weights:
    """How BM25 is set: weight by kind of token, saturation and length normalisation."""

    kinds: tuple[float, ...] = (1.0, 1.0, 0.6, 0.6, 0.5)
    k1: float = 1.2
    b: float = 0.85


def _counted(codes: Codes, owners: Codes, size: int) -> tuple[Codes, Codes, Codes, Codes]:
    """Vocabulary; and by (token, text): column, text and how often."""
    vocabulary, column = np.unique(codes, return_inverse=True)
    cell, count = np.unique(column * size + owners, return_counts=True)
    return vocabulary, cell // size, cell % size, count


class Postings:
    """Which texts hold which token, and what that is worth."""

    def __init__(
        self, texts: Sequence[str], *, synonyms: Synonyms, weights: Weights = Weights()
    ) -> None:
        self.size = len(texts)
        self._synonyms, self._weights = synonyms, weights
        codes, owners = self._tokens_of(texts)
        self.vocabulary, column, text, count = _counted(codes, owners, max(1, self.size))
        frequency = np.bincount(column, minlength=len(self.vocabulary))
        self._start = np.concatenate(([0], np.cumsum(frequency)))
        self.worth = self._worth(frequency)
        lengths = np.fromiter(map(len, texts), np.float64, self.size)
        spread = 1 - weights.b + weights.b * lengths / (lengths.mean() or 1 if self.size else 1)
        values = count * (weights.k1 + 1) / (count + weights.k1 * spread[text])
        self._texts = text.astype(np.int32)
        self._values = (self.worth[column] * values).astype(np.float32)
        self.mass = np.bincount(text, weights=self._values, minlength=self.size)

    def _tokens_of(self, texts: Sequence[str]) -> tuple[Codes, Codes]:
        codes, owners = many_tokens(texts)
        meanings = [self._synonyms.tokens(text) for text in texts]
        found = np.fromiter(map(len, meanings), np.int64, len(texts))
        extra = np.repeat(np.arange(len(texts)), found)
        return np.concatenate((codes, *meanings)), np.concatenate((owners, extra))

    def _worth(self, frequency: Codes) -> Floats:
        """What one match of each token is worth: its weight times its rarity."""
        rarity = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))
        weight = np.asarray(self._weights.kinds)[kinds(self.vocabulary)]
        worth: Floats = (weight * rarity).astype(np.float32)
        return worth

    def asked(self, text: str) -> Codes:
        """The distinct tokens of a normalised question."""
        return np.unique(np.concatenate((tokens(text), self._synonyms.tokens(text))))

    def worths(self, codes: Codes) -> Floats:
        """What each token is worth here; one that no text holds is worth the most."""
        place, known = self._places(codes)
        unseen = np.asarray(self._weights.kinds)[kinds(codes)] * math.log(2 * self.size + 2)
        unseen[kinds(codes) == 4] = 0
        if len(self.vocabulary):
            unseen[known] = self.worth[place[known]]
        return unseen.astype(np.float32)

    def _places(self, codes: Codes) -> tuple[Codes, npt.NDArray[np.bool_]]:
        place = np.searchsorted(self.vocabulary, codes)
        place[place == len(self.vocabulary)] = 0
        known = np.zeros(len(codes), bool)
        if len(self.vocabulary):
            known = self.vocabulary[place] == codes
        return place, known

    def scores(self, codes: Codes) -> npt.NDArray[np.float64]:
        """Score of every text for the given distinct tokens."""
        place, known = self._places(codes)
        start, end = self._start[place[known]], self._start[place[known] + 1]
        slices = [slice(a, b) for a, b in zip(start.tolist(), end.tolist(), strict=True)]
        if not slices:
            return np.zeros(self.size)
        if int((end - start).sum()) < _DENSE:
            texts = np.concatenate([self._texts[part] for part in slices])
            values = np.concatenate([self._values[part] for part in slices])
            return np.bincount(texts, weights=values, minlength=self.size).astype(np.float64)
        total = np.zeros(self.size)
        for part in slices:
            total[self._texts[part]] += self._values[part]
        return total
