"""An inverted index of numbered tokens, scored with BM25."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge.normalise import lexicon_lines
from knowledge.synonyms import FIRST_MEANING
from knowledge.tokens import Codes, Kind, kinds, letters

Floats = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int32]
_MANY = 200_000
"""Postings of a question above which they are added token by token, to save memory."""
_PRIOR = 3000
"""Texts of everyday Chinese that each base is thought to hold besides its own."""
_LETTERS_A_TEXT = 12


@dataclass(frozen=True)
class Weights:
    """How BM25 is set: weight by kind of token, saturation and length normalisation.

    Chosen on the development sets; the optimum is flat (k1 0.6 to 2 and b 0.75 to 1 move the
    first answer by less than a point).
    """

    kinds: tuple[float, ...] = (1.0, 0.8, 0.6, 0.5, 0.75, 0.6)
    k1: float = 1.2
    b: float = 0.85


WEIGHTS = Weights()


@lru_cache(maxsize=1)
def _commonness() -> Floats:
    """Chance that a text of everyday Chinese holds each character of the basic plane."""
    share = np.zeros(0x10000)
    for line in lexicon_lines("frequencies.txt"):
        per_million, characters = line.split()
        share[[ord(character) for character in characters]] = float(per_million) / 1e6
    return np.maximum(1 - (1 - share) ** _LETTERS_A_TEXT, 1e-5)


def rarity(codes: Codes, held: Codes, size: int) -> Floats:
    """How telling each token is, from how many of `size` texts hold it.

    What is common in all Chinese is common here too: a base of 30 entries alone would not know
    how little a particle says. Pairs, sounds and groups of synonyms have no such prior.
    """
    first = letters(codes)
    common = _commonness()[np.minimum(first, 0xFFFF)]
    prior = -np.log((held + 0.5 + _PRIOR * common) / (size + 1 + _PRIOR))
    plain = np.log1p((size - held + 0.5) / (held + 0.5))
    written = np.isin(kinds(codes), (Kind.LETTER, Kind.MEANING)) & (first < FIRST_MEANING)
    return np.where(written, prior, plain)


def counted(codes: Codes, owners: Codes, size: int) -> tuple[Codes, Cells, Cells, Cells]:
    """The vocabulary; and for each token of each text: its column, the text, and how often."""
    every = [
        _counted(codes[own], owners[own], max(1, size))
        for own in (kinds(codes) == kind for kind in Kind)
    ]
    starts = np.cumsum([0, *(len(part[0]) for part in every)])
    columns = [part[1] + start for part, start in zip(every, starts, strict=False)]
    vocabularies, _, texts, counts = zip(*every, strict=True)
    return (
        np.concatenate(vocabularies),
        np.concatenate(columns).astype(np.int32),
        np.concatenate(texts),
        np.concatenate(counts),
    )


def _counted(codes: Codes, owners: Codes, size: int) -> tuple[Codes, Cells, Cells, Cells]:
    """The same for tokens of one kind: a kind at a time needs a fraction of the memory."""
    vocabulary, column = np.unique(codes, return_inverse=True)
    column *= size
    column += owners
    cell, count = np.unique(column, return_counts=True)
    column, text = np.divmod(cell, size)
    return (
        vocabulary,
        column.astype(np.int32),
        text.astype(np.int32),
        count.astype(np.int32),
    )


def lengths(codes: Codes, owners: Codes, size: int) -> Floats:
    """How many tokens of each kind each text holds."""
    shape = (len(Kind), max(1, size))
    cell = kinds(codes) * shape[1] + owners
    return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def damped(count: Cells, relative: Floats, weights: Weights = WEIGHTS) -> Floats:
    """BM25's share of a token's worth: how often it is there, in a text of that length."""
    spread = 1 - weights.b + weights.b * relative
    share: Floats = count * (weights.k1 + 1) / (count + weights.k1 * spread)
    return share


class Postings:
    """Which texts hold which token, and what that is worth."""

    def __init__(self, cut: tuple[Codes, Codes], size: int, *, weights: Weights = WEIGHTS) -> None:
        """Indexes `size` texts, cut into tokens and beside each token the number of its text."""
        self.size, self._weights = size, np.asarray(weights.kinds)
        self.vocabulary, column, text, count = counted(*cut, size)
        held = np.bincount(column, minlength=len(self.vocabulary))
        self._start = np.concatenate(([0], np.cumsum(held)))
        self._worth = self._worths(self.vocabulary, held)
        length = lengths(*cut, size)
        relative = length / np.maximum(length.mean(axis=1, keepdims=True), 1e-9)
        share = damped(count, relative[kinds(self.vocabulary)[column], text], weights)
        values = self._worth[column] * share
        self._texts, self._values = text, values.astype(np.float32)
        self.mass = np.bincount(text, weights=values, minlength=size)

    def _worths(self, codes: Codes, held: Codes) -> Floats:
        worth: Floats = self._weights[kinds(codes)] * rarity(codes, held, self.size)
        return worth

    def worths(self, codes: Codes) -> Floats:
        """What a match of each token is worth; one that no text holds would be worth the most."""
        place, known = self._places(codes)
        worth = self._worths(codes, np.zeros(len(codes), np.int64))
        worth[known] = self._worth[place[known]]
        return worth

    def _places(self, codes: Codes) -> tuple[Codes, npt.NDArray[np.bool_]]:
        """Where each token stands in the vocabulary, and whether it does."""
        if not len(self.vocabulary):
            return np.zeros(len(codes), np.int64), np.zeros(len(codes), bool)
        place = np.searchsorted(self.vocabulary, codes)
        place[place == len(self.vocabulary)] = 0
        return place, self.vocabulary[place] == codes

    def scores(self, codes: Codes) -> Floats:
        """Score of every text for the given distinct tokens."""
        place, known = self._places(codes)
        start, end = self._start[place[known]], self._start[place[known] + 1]
        parts = [slice(a, b) for a, b in zip(start.tolist(), end.tolist(), strict=True)]
        if not parts:
            return np.zeros(self.size)
        if int((end - start).sum()) < _MANY:
            texts = np.concatenate([self._texts[part] for part in parts])
            values = np.concatenate([self._values[part] for part in parts])
            return np.bincount(texts, weights=values, minlength=self.size).astype(np.float64)
        total = np.zeros(self.size)
        for part in parts:
            total[self._texts[part]] += self._values[part]
        return total
