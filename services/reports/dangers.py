"""Recognises words of an emergency, so that the right number can be told before anything else."""

import re
from enum import StrEnum
from functools import cache

from services.reports import wording


class Danger(StrEnum):
    """What a person may be in: each has its own number to call (119/120/110, 12356, 110)."""

    LIFE = "life"
    MIND = "mind"
    VIOLENCE = "violence"


def danger(text: str) -> Danger | None:
    """The gravest emergency that a text speaks of, or None.

    Leans towards alarm: a needless "please call" costs a line, a missed one may cost a life.
    """
    plain = wording.plain(text)
    for kind in (Danger.MIND, Danger.VIOLENCE, Danger.LIFE):
        alarm, calm = _words()[kind]
        if alarm.search(calm.sub("。", plain)):
            return kind
    return None


@cache
def _words() -> dict[Danger, tuple[re.Pattern[str], re.Pattern[str]]]:
    rows = wording.words("dangers")
    return {
        kind: (
            re.compile("|".join(rows[kind]["phrases"])),
            re.compile("|".join(rows[kind]["calm"])),
        )
        for kind in Danger
    }
