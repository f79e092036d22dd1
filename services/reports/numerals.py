"""Chinese and Arabic numerals as people type them, turned into figures."""

import re
from functools import cache

from services.reports import wording


def number(text: str) -> int | None:
    """The value of a numeral in figures or characters; None where the text is none."""
    if text.isdecimal():
        return int(text)
    signs = re.sub(wording.pattern("places", "spelled"), "", text)
    if not text or any(sign not in _digits() for sign in signs):
        return None
    if signs == text:
        return int("".join(str(_digits()[sign]) for sign in signs))
    return _spelled(text)


def figures(text: str) -> str:
    """A building's or entrance's name with its numeral in figures and its letter a capital."""
    letter = re.match(r"[a-z]?-?", text)
    prefix = letter.group() if letter else ""
    rest = text[len(prefix) :]
    value = number(rest)
    return prefix.rstrip("-").upper() + (rest if value is None else str(value))


def _spelled(text: str) -> int | None:
    match = wording.pattern("places", "numeral_shape").fullmatch(text)
    if match is None:
        return None
    digit = _digits()
    hundreds = digit.get(match["hundreds"] or "", 0)
    tens = digit.get(match["tens"] or "", 1) if match["ten"] else 0
    return hundreds * 100 + tens * 10 + digit.get(match["ones"] or "", 0)


@cache
def _digits() -> dict[str, int]:
    rows = wording.words("places")["numerals"]
    return {str(sign): int(value) for sign, value in rows.items()}
