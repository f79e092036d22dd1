"""Words that mean the same: found in a text without a segmenter, the longest first."""

import re
from collections.abc import Iterable, Sequence

from knowledge.normalise import lexicon_lines, normalise

FIRST_MEANING = 0xF0000
"""Private code point of the first group; no text holds one, as normalising drops them."""


def shared_synonyms() -> list[list[str]]:
    """The groups that come with the project."""
    return [line.split() for line in lexicon_lines("synonyms.txt")]


class Synonyms:
    """Groups of words of one meaning; a word belongs to the first group that names it."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self.groups = [tuple(group) for group in groups]
        self._letter: dict[str, str] = {}
        for number, group in enumerate(self.groups):
            for word in group:
                self._letter.setdefault(normalise(word), chr(FIRST_MEANING + number))
        self._letter.pop("", None)
        words = sorted(self._letter, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, words)) or "(?!)")

    def meanings(self, text: str) -> str:
        """A normalised text with each word of a group as the one letter of its group."""
        return self._pattern.sub(lambda match: self._letter[match[0]], text)

    def found(self, text: str) -> list[tuple[str, int]]:
        """Each word of a group in a normalised text, with the number of its group."""
        words = self._pattern.findall(text)
        return [(word, ord(self._letter[word]) - FIRST_MEANING) for word in words]

    def rewordings(self, text: str, *, groups: int, limit: int) -> list[str]:
        """The text with a word of the first `groups` groups said the other ways, up to a limit."""
        said = [
            text.replace(word, normalise(other))
            for word, group in self.found(text)
            if group < groups
            for other in self.groups[group]
        ]
        return [other for other in dict.fromkeys(said) if other != text][:limit]
