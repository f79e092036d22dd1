"""Message text as the report rules read it, and the word lists that they read from data files."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.normalise import lexicon_lines

LEXICON = Path(__file__).parent / "lexicon"
LONGEST = 400
"""Characters of a message that are looked at: the matter is named long before that."""

_SENTENCE_END = re.compile(r"[\u3002!?;\n\u2026]+")
_PLACEHOLDER = re.compile(r"<<(\w+)>>")


@cache
def words(name: str) -> dict[str, Any]:
    """A word list of this folder (``dangers`` for dangers.toml); not to be changed."""
    return tomllib.loads((LEXICON / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def word_set(name: str, key: str) -> frozenset[str]:
    return frozenset(words(name)[key])


@cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """A word list or phrase as one regular expression; <<other>> in it stands for that entry."""
    return re.compile(_expanded(name, key))


@cache
def part(name: str, table: str, key: str) -> re.Pattern[str]:
    """One phrase of a table inside a word list."""
    return re.compile(words(name)[table][key])


def plain(text: str) -> str:
    """One spelling that keeps punctuation: NFKC, lower case, simplified, no control characters."""
    return cased(text).lower()


def cased(text: str) -> str:
    """As `plain`, with capitals kept."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    return "".join(filter(_readable, folded.translate(_simplified()))).strip()


def sentences(text: str) -> list[str]:
    """The sentences of a plain text, greetings left out; never empty for a text with words."""
    parts = [part.strip(" ,.:~") for part in _SENTENCE_END.split(text)]
    parts = [part for part in parts if part]
    opening = pattern("openings", "phrases")
    spoken = [part for part in parts if opening.sub("", part).strip(" ,.:~")]
    return spoken or parts


def _expanded(name: str, key: str) -> str:
    entry = words(name)[key]
    if isinstance(entry, list):
        entry = "|".join(sorted(entry, key=len, reverse=True))
    return _PLACEHOLDER.sub(lambda match: f"(?:{_expanded(name, match[1])})", entry)


@cache
def _simplified() -> dict[int, str]:
    rows = (line.split() for line in lexicon_lines("simplified.txt"))
    return {ord(old): new for new, olds in rows for old in olds}


def _readable(character: str) -> bool:
    return character == "\n" or unicodedata.category(character)[0] not in "CM"
