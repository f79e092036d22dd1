"""Weighs what a message says for each category: explainable word lists, no model."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from services.reports import categories, wording

NAME, SIGN, HINT, PATTERN, UNLESS, COMPLAINT = 4.0, 2.0, 1.0, 4.0, -4.0, 1.0
MENTION = -3.0
AT_ONCE = 8
"""Sentences whose weights are remembered: a turn weighs the same more than once."""
LATER = 0.4
"""Share of its weight that a word keeps when it comes after the first sentence."""
EARLY = 1.2
"""Weight that goes to the category named first, sinking to nothing at the sentence's end."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing found in a message: the words, their weight and where they begin.

    `rules` marks words that ask for a rule, a duty or an office.
    """

    words: str
    weight: float
    start: int
    rules: bool = False


@dataclass(frozen=True, slots=True)
class _Signals:
    words: tuple[tuple[str, float], ...]
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Against:
    why: str
    weight: float
    weight_at_a_place: float
    rules: bool
    patterns: tuple[re.Pattern[str], ...]


def weigh(text: str) -> dict[str, tuple[Evidence, ...]]:
    """Evidence by category in one plain sentence; categories without any are left out.

    The office's own words count beside the shipped lists and take nothing from them.
    """
    found = dict(_listed(text))
    for one in categories.table():
        heard = tuple(_own(categories.said_for(one), text))
        if heard:
            found[one.code] = (*found.get(one.code, ()), *heard)
    return found


def _own(words: Iterable[str], text: str) -> Iterable[Evidence]:
    """The first of the office's words weighs as the thing's own name, further ones half."""
    return _named(_weighed(tuple(words)), text)


@lru_cache(256)  # more than there are kinds of problems
def _weighed(words: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    plain = {wording.plain(word): NAME for word in words}
    return tuple(sorted(plain.items(), key=lambda pair: -len(pair[0])))


@lru_cache(AT_ONCE)
def _listed(text: str) -> dict[str, tuple[Evidence, ...]]:
    found = {code: _evidence(signals, text) for code, signals in _signals().items()}
    return {code: evidence for code, evidence in found.items() if evidence}


def total(evidence: Iterable[Evidence], length: int) -> float:
    """Summed weight with the bonus for being named early; `length` is the sentence's."""
    pieces = tuple(evidence)
    for_it = [piece.start for piece in pieces if piece.weight > 0]
    if not any(piece.weight > HINT for piece in pieces):  # a hint supports, it says nothing alone
        return 0.0
    early = EARLY * (1 - min(for_it) / max(length, 1))
    return sum(piece.weight for piece in pieces) + early


def complains(text: str) -> bool:
    """Whether a plain text speaks of trouble at all."""
    return any(word in text for word in wording.words("other_matters")["complaint"])


def idle(text: str, evidence: Iterable[Evidence]) -> float:
    """What it takes away (below 0) that a plain text only asks about or mentions a thing."""
    if complains(text):
        return 0.0
    if wording.pattern("other_matters", "asks").search(text):
        return -float(wording.words("other_matters")["asking"])
    if len(text) <= wording.words("other_matters")["bare"]:
        return 0.0
    amiss = wording.pattern("other_matters", "amiss").search(text) is not None
    things = wording.word_set("other_matters", "things")
    mere = all(piece.words in things or piece.weight <= HINT for piece in evidence)
    return MENTION if mere and not amiss else 0.0


def against(text: str) -> tuple[Evidence, ...]:
    """What speaks for the message being about something other than a repair."""
    placed = wording.pattern("other_matters", "here").search(text) is not None
    hits = []
    for other in _against():
        weight = other.weight_at_a_place if placed else other.weight
        matches = filter(None, (pattern.search(text) for pattern in other.patterns))
        hits += [
            Evidence(f"{other.why}: {hit[0]}", -weight, hit.start(), other.rules) for hit in matches
        ]
    return tuple(hits)


def _evidence(signals: _Signals, text: str) -> tuple[Evidence, ...]:
    found = list(_named(signals.words, text))
    for pattern in signals.patterns:
        match = pattern.search(text)
        if match and not _denied(text, match.start()):
            found.append(Evidence(match.group(), PATTERN, match.start()))
    if not found:
        return ()
    hits = (pattern.search(text) for pattern in signals.unless)
    return (*found, *(Evidence(hit.group(), UNLESS, hit.start()) for hit in hits if hit))


def _named(words: tuple[tuple[str, float], ...], text: str) -> Iterable[Evidence]:
    """Longest words first; a word inside one already found says nothing new."""
    taken: list[str] = []
    for word, weight in words:
        start = text.find(word)
        if start < 0 or any(word in longer for longer in taken) or _denied(text, start):
            continue
        taken.append(word)
        yield Evidence(word, weight if len(taken) == 1 else weight / 2, start)


def _denied(text: str, start: int) -> bool:
    return (
        wording.pattern("other_matters", "denial").search(text[max(0, start - 8) : start])
        is not None
    )


@cache
def _signals() -> dict[str, _Signals]:
    return {code: _compiled(row) for code, row in wording.words("signals").items()}


def _compiled(row: dict[str, list[str]]) -> _Signals:
    weights = {"names": NAME, "signs": SIGN, "hints": HINT}
    words = {word: weight for kind, weight in weights.items() for word in row.get(kind, ())}
    longest_first = sorted(words.items(), key=lambda pair: (-pair[1], -len(pair[0])))
    return _Signals(
        tuple(longest_first),
        tuple(map(re.compile, row.get("patterns", ()))),
        tuple(map(re.compile, row.get("unless", ()))),
    )


@cache
def _against() -> tuple[_Against, ...]:
    return tuple(
        _Against(
            row["why"],
            float(row["weight"]),
            float(row.get("weight_at_a_place", row["weight"])),
            "weight_at_a_place" in row,
            tuple(map(re.compile, row["phrases"])),
        )
        for row in wording.words("other_matters")["against"]
    )
