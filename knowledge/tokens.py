"""Cuts normalised texts into the numbered tokens that are indexed and asked with.

A token is one number: its kind, and the one or two characters or sounds it stands for. Numbers
make building and searching array work; `spell` turns one back into what a person can read.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge.normalise import lexicon_lines

Codes = npt.NDArray[np.int64]

_HALF = 21
"""Bits of one Unicode code point; a token holds two and its kind above them."""
_PLANE = 0x10000
_UNREAD = 0x1000
"""Sounds from here on are characters without a reading, which sound like themselves."""


class Kind(IntEnum):
    """What a token stands for."""

    CHARACTER = 0
    PAIR = 1
    SOUND = 2
    SOUND_PAIR = 3
    MEANING = 4


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


def points(text: str) -> Codes:
    """Code points of a text, as an array."""
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)


def sounds(letters: Codes) -> Codes:
    """Number of the sound of each code point."""
    table = _readings()[1]
    return np.where(letters < _PLANE, table[letters & (_PLANE - 1)], letters + _UNREAD)


def _code(kind: Kind, first: Codes, second: Codes | int = 0) -> Codes:
    return (int(kind) << 2 * _HALF) + (first << _HALF) + second


def meaning(group: int) -> int:
    """The token of a group of synonyms."""
    return (int(Kind.MEANING) << 2 * _HALF) + (group << _HALF)


def kinds(codes: Codes) -> Codes:
    """The kind of each token, as a number."""
    return codes >> 2 * _HALF


def tokens(text: str) -> Codes:
    """Tokens of a normalised text: characters, pairs, sounds and pairs of sounds, in order."""
    letters = points(text)
    heard = sounds(letters)
    return np.concatenate(
        (
            _code(Kind.CHARACTER, letters),
            _code(Kind.PAIR, letters[:-1], letters[1:]),
            _code(Kind.SOUND, heard),
            _code(Kind.SOUND_PAIR, heard[:-1], heard[1:]),
        )
    )


def many_tokens(texts: Sequence[str]) -> tuple[Codes, Codes]:
    """Tokens of many normalised texts at once, and beside each the number of its text."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    owner = np.repeat(np.arange(len(texts)), sizes)
    letters = points("".join(texts))
    heard = sounds(letters)
    inside = owner[:-1] == owner[1:]
    pairs = owner[:-1][inside]
    codes = (
        _code(Kind.CHARACTER, letters),
        _code(Kind.PAIR, letters[:-1], letters[1:])[inside],
        _code(Kind.SOUND, heard),
        _code(Kind.SOUND_PAIR, heard[:-1], heard[1:])[inside],
    )
    return np.concatenate(codes), np.concatenate((owner, pairs, owner, pairs))


def spell(code: int) -> str:
    """A token in words: the characters, the sounds in Latin letters, or '' for a meaning."""
    kind, mask = Kind(code >> 2 * _HALF), (1 << _HALF) - 1
    halves = [(code >> _HALF) & mask, code & mask][: 1 + (kind in (Kind.PAIR, Kind.SOUND_PAIR))]
    if kind in (Kind.CHARACTER, Kind.PAIR):
        return "".join(map(chr, halves))
    if kind is Kind.MEANING:
        return ""
    names = _readings()[0]
    return " ".join(names[half] if half < _UNREAD else chr(half - _UNREAD) for half in halves)
