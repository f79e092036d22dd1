"""Words that mean the same: found in a text without a segmenter, the longest first."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from knowledge.normalise import lexicon_lines, normalise
from knowledge.tokens import Codes, meaning


def shared_synonyms() -> list[list[str]]:
    """The groups that come with the project."""
    return [line.split() for line in lexicon_lines("synonyms.txt")]


class Synonyms:
    """Groups of words of one meaning; a word belongs to the first group that names it."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self.groups = [tuple(group) for group in groups]
        self._group: dict[str, int] = {}
        for number, group in enumerate(self.groups):
            for word in group:
                self._group.setdefault(normalise(word), number)
        self._group.pop("", None)
        words = sorted(self._group, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, words)) or "(?!)")

    def found(self, text: str) -> list[tuple[str, int]]:
        """Each word of a group in a normalised text, with the number of its group."""
        return [(word, self._group[word]) for word in self._pattern.findall(text)]

    def tokens(self, text: str) -> Codes:
        """One token for each word of a group in a normalised text."""
        return np.array([meaning(group) for _, group in self.found(text)], dtype=np.int64)
