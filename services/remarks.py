"""Messages that are no question: a greeting, thanks, a stray number, an insult, nothing at all."""

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from knowledge.normalise import plain

WORDS = Path(__file__).with_suffix(".toml")
SHORT = 14
"""Letters up to which an insult is all there is to a message; a longer one has a matter too."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}")


class Remark(StrEnum):
    """What a message is that asks for nothing the base could know."""

    NOTHING = "nothing"
    PHONE = "phone"
    GREETING = "greeting"
    THANKS = "thanks"
    WHO = "who"
    PERSON = "person"
    INSULT = "insult"


@cache
def _patterns() -> dict[Remark, re.Pattern[str]]:
    rows = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {Remark(name): re.compile(words) for name, words in rows.items()}


def remark(text: str) -> Remark | None:
    """What kind of remark a message is; None where it may be a question."""
    letters = plain(text).replace("\n", "")
    if not letters:
        return Remark.NOTHING
    if _PHONE.fullmatch(letters):
        return Remark.PHONE
    for kind, pattern in _patterns().items():
        if kind is Remark.INSULT:
            if len(letters) <= SHORT and pattern.search(letters):
                return kind
        elif pattern.fullmatch(letters):
            return kind
    return None


def is_foreign(text: str) -> bool:
    """Whether a message with words has no Chinese character in it."""
    return not _CHINESE.search(plain(text))
