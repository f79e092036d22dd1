"""Cuts normalised texts into the numbered tokens that are indexed and asked with.

A token is one number: its kind, and the one or two letters or sounds it stands for. Numbers
make building and searching array work; `spell` turns one back into what a person can read.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge.normalise import lexicon_lines
from knowledge.synonyms import FIRST_MEANING, Synonyms

Codes = npt.NDArray[np.int64]

_HALF = 21
"""Bits of one Unicode code point; a token holds two and its kind above them."""
_MASK = (1 << _HALF) - 1
_PLANE = 0x10000
_UNREAD = 0x1000
"""Sounds from here on are letters without a reading, which sound like themselves."""


class Kind(IntEnum):
    """What a token stands for; a meaning is a letter of the text with synonyms made one."""

    LETTER = 0
    LETTER_PAIR = 1
    SOUND = 2
    SOUND_PAIR = 3
    MEANING = 4
    MEANING_PAIR = 5


_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("h", "f"))


def fold(syllable: str) -> str:
    """One spelling for the syllables that southern accents do not tell apart."""
    for written, heard in _INITIALS:
        if syllable.startswith(written):
            syllable = heard + syllable[len(written) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable


@lru_cache(maxsize=1)
def _readings() -> tuple[list[str], Codes]:
    """The folded syllables, and the number of each character's syllable by code point."""
    rows = [line.split() for line in lexicon_lines("syllables.txt")]
    names = sorted({fold(syllable) for syllable, _ in rows})
    number = {name: i for i, name in enumerate(names)}
    table = np.arange(_PLANE, dtype=np.int64) + _UNREAD
    for syllable, characters in rows:
        table[[ord(character) for character in characters]] = number[fold(syllable)]
    return names, table


def _points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)


def _sounds(letters: Codes) -> Codes:
    heard = _readings()[1][letters & (_PLANE - 1)]
    return np.where(letters < _PLANE, heard, letters + _UNREAD)


def _code(kind: Kind, first: Codes, second: Codes | int = 0) -> Codes:
    return (int(kind) << 2 * _HALF) + (first << _HALF) + second


def kinds(codes: Codes) -> Codes:
    """The kind of each token, as a number."""
    return codes >> 2 * _HALF


def letters(codes: Codes) -> Codes:
    """The first letter or sound of each token."""
    return (codes >> _HALF) & _MASK


def seconds(codes: Codes) -> Codes:
    """The second letter or sound of each token, 0 where it has one."""
    return codes & _MASK


class Stream:
    """The letters of several texts end to end, and which text each belongs to."""

    def __init__(self, texts: Sequence[str]) -> None:
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        self.owners = np.repeat(np.arange(len(texts)), sizes)
        self.letters = _points("".join(texts))
        self._inside = self.owners[:-1] == self.owners[1:]
        self.pair_owners = self.owners[:-1][self._inside]

    def singles(self, kind: Kind, values: Codes) -> tuple[Codes, Codes]:
        """A token for each letter, with its owner."""
        return _code(kind, values), self.owners

    def pairs(self, kind: Kind, values: Codes) -> tuple[Codes, Codes]:
        """A token for each two neighbours within a text, with its owner."""
        return _code(kind, values[:-1], values[1:])[self._inside], self.pair_owners


def _joined(parts: Sequence[tuple[Codes, Codes]]) -> tuple[Codes, Codes]:
    codes, owners = zip(*parts, strict=True)
    return np.concatenate(codes), np.concatenate(owners)


def tokens(texts: Sequence[str], synonyms: Synonyms) -> tuple[Codes, Codes]:
    """Tokens of normalised texts, and beside each the number of its text."""
    plain = Stream(texts)
    meant = Stream([synonyms.meanings(text) for text in texts])
    heard = _sounds(plain.letters)
    return _joined(
        (
            plain.singles(Kind.LETTER, plain.letters),
            plain.pairs(Kind.LETTER_PAIR, plain.letters),
            plain.singles(Kind.SOUND, heard),
            plain.pairs(Kind.SOUND_PAIR, heard),
            meant.singles(Kind.MEANING, meant.letters),
            meant.pairs(Kind.MEANING_PAIR, meant.letters),
        )
    )


def pair_tokens(texts: Sequence[str]) -> tuple[Codes, Codes]:
    """Only the pairs of letters: enough for long texts such as answers."""
    stream = Stream(texts)
    return stream.pairs(Kind.LETTER_PAIR, stream.letters)


def spell(code: int) -> str:
    """A token in words: its letters, or its sounds in Latin letters; a meaning is '*'."""
    kind, halves = Kind(code >> 2 * _HALF), ((code >> _HALF) & _MASK, code & _MASK)
    shown = halves[: 1 + kind % 2]
    if kind in (Kind.SOUND, Kind.SOUND_PAIR):
        names = _readings()[0]
        return " ".join(names[half] if half < _UNREAD else chr(half - _UNREAD) for half in shown)
    return "".join("*" if half >= FIRST_MEANING else chr(half) for half in shown)
