"""Turns what a person typed into the bare letters that are indexed and asked with."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"
LONGEST = 200
"""Characters of a message that are looked at; what follows cannot change the answer's cost."""

_BORDER = "\n"


def lexicon_lines(name: str) -> list[str]:
    """Lines of a word list that are neither empty nor comments."""
    lines = (LEXICON / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    rows = (line.split() for line in lexicon_lines("simplified.txt"))
    return {ord(old): new for new, olds in rows for old in olds}


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def _empty_words() -> re.Pattern[str]:
    polite = _any_of(lexicon_lines("polite.txt"))
    places = {
        place: _any_of(words) for place, *words in map(str.split, lexicon_lines("fillers.txt"))
    }
    before, after = f"(?<![^{_BORDER}])", f"(?![^{_BORDER}])"
    return re.compile(
        f"{polite}|{before}(?:{places['start']})|(?:{places['end']}){after}"
        f"|{before}(?:{places['clause']}){after}"
    )


def _letters(text: str) -> str:
    """Letters and digits; a punctuation mark becomes a border, spaces and emoji vanish."""
    kept: list[str] = []
    for character in text:
        if character.isalnum():
            kept.append(character)
        elif unicodedata.category(character)[0] == "P":
            kept.append(_BORDER)
    return "".join(kept)


def plain(text: str) -> str:
    """Letters and digits in one form: NFKC, lower case, simplified; all words kept."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).lower()[:LONGEST]
    return _letters(folded.translate(_simplified()))


def normalise(text: str) -> str:
    """The one form in which a question is indexed, asked and compared.

    Letters and digits of the first 200 characters, NFKC, lower case, simplified, without emoji,
    punctuation and polite words. A text of nothing but polite words keeps them. May be empty.
    """
    letters = plain(text)
    bare = letters
    while (shorter := _empty_words().sub("", bare)) != bare:
        bare = shorter
    bare = bare.replace(_BORDER, "")
    return bare if len(bare) > 1 else letters.replace(_BORDER, "")
