"""Tells whether two messages report the same thing, and finds the likeliest among thousands."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from services.reports import places, suggestions, wording

WEIGHTS = (3.2, 4.6, 5.6, -3.7, 2.0)
"""Weights of `features`, fitted on judged pairs of letters (bench/reports_text.py) and rounded."""
SAME_BUILDING, OTHER_PLACE, OTHER_BUILDING, OTHER_ENTRANCE = 1.0, -8.0, -12.0, -10.0
"""Set by hand: letters seldom say where exactly, short messages from a stairwell do."""
OTHER_THING, SAME_THING = -8.0, 2.2
"""Set by hand as well, for short messages: what is broken, by the groups of lexicon/things.toml."""
SHORT = 30
"""Characters of a message that names one thing: a letter tells a story and names many."""
OFFSET = -4.8
SAME = 0.5
"""Score from which two messages are taken to report the same thing."""
UNSEEN = 12.6
"""Weight of a pair of characters that ordinary words never hold: most often part of a name."""
LONGEST = 300
"""Characters of a message that are compared: letters repeat themselves after that."""
SHORTLIST = 60
"""Candidates, best by wording, that are looked at one by one."""

Vector = Mapping[str, float]
_APART = re.compile(r"[^\u4e00-\u9fffa-z0-9]+")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message ready to be compared; keep it beside the report, it costs a few kilobytes."""

    text: str
    whole: Vector
    head: Vector
    matter: Vector
    names: frozenset[str]
    head_names: frozenset[str]
    category: str | None
    also: frozenset[str]
    place: places.Place
    things: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Score:
    """How likely two messages report the same thing: 0 to 1, and the verdict."""

    score: float
    same: bool


def prepare(text: str, *, category: str | None = None) -> Prepared:
    """A message ready for comparison; the category is suggested from the text unless given."""
    plain = wording.pattern("openings", "addressed").sub(" ", places.canonical(text))[:LONGEST]
    head = wording.sentences(plain)[0] if wording.sentences(plain) else ""
    names = places.names(plain[: LONGEST // 2])
    suggested = suggestions.suggest(text)
    return Prepared(
        text=plain,
        whole=_vector(plain),
        head=_vector(head),
        matter=_vector(_without(head, names)),
        names=names,
        head_names=places.names(head),
        category=category or suggested.category,
        also=frozenset(suggested.also),
        place=places.parse(plain),
        things=_things(wording.plain(text)) if len(plain) <= SHORT else {},
    )


def score(a: str | Prepared, b: str | Prepared) -> Score:
    """Compares two messages; an empty one is never the same as anything."""
    one = prepare(a) if isinstance(a, str) else a
    two = prepare(b) if isinstance(b, str) else b
    likeness = sum(w * x for w, x in zip(WEIGHTS, _likenesses(one, two), strict=False))
    return _score(likeness, one, two)


def features(one: Prepared, two: Prepared) -> tuple[float, ...]:
    """What the score weighs, each about 0 to 1 and independent of the texts' length.

    Likeness of the whole texts, of their first sentences, of these without proper names; whether
    each names a place that the other does not; +1 for the same category, -1 for another.
    """
    return (*_likenesses(one, two), *_agreement(one, two))


class Candidates:
    """Many prepared messages, searched at once: a few thousand in some milliseconds."""

    def __init__(self, messages: Sequence[Prepared]) -> None:
        self._messages = tuple(messages)
        rows: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, message in enumerate(self._messages):
            for token, weight in _combined(message):
                rows[token].append((number, weight))
        self._postings = {token: _columns(row) for token, row in rows.items()}

    def __len__(self) -> int:
        return len(self._messages)

    def rank(self, message: Prepared, *, limit: int = 3) -> list[tuple[int, Score]]:
        """The likeliest duplicates, best first: number in the given order, and score."""
        likeness = np.zeros(len(self._messages))
        for token, weight in _combined(message):
            if (posting := self._postings.get(token)) is not None:
                numbers, weights = posting
                likeness[numbers] += weight * weights
        best = np.argsort(-likeness, kind="stable")[:SHORTLIST]
        scored = [(int(i), _score(float(likeness[i]), message, self._messages[i])) for i in best]
        return sorted(scored, key=lambda pair: (-pair[1].score, pair[0]))[:limit]


def _likenesses(one: Prepared, two: Prepared) -> tuple[float, float, float]:
    return (
        _cosine(one.whole, two.whole),
        _cosine(one.head, two.head),
        _cosine(one.matter, two.matter),
    )


def _score(likeness: float, one: Prepared, two: Prepared) -> Score:
    if not one.whole or not two.whole:
        return Score(0.0, same=False)
    agreement = zip(WEIGHTS[3:], _agreement(one, two), strict=True)
    weight = OFFSET + likeness + sum(w * x for w, x in agreement) + _buildings(one, two)
    weight += _same_things(one, two)
    probability = round(1 / (1 + math.exp(-weight)), 4)
    return Score(probability, same=probability >= SAME)


def _agreement(one: Prepared, two: Prepared) -> tuple[float, float]:
    """Conflict of places (0 or 1) and agreement of categories (-1, 0 or 1)."""
    conflict = bool(one.names and two.names) and not _share_names(one, two)
    if one.category is None or two.category is None:
        return float(conflict), 0.0
    return float(conflict), 1.0 if one.category == two.category else -1.0


def _buildings(one: Prepared, two: Prepared) -> float:
    """What exact places add: another estate or road, building or entrance is another thing."""
    first, second = one.place, two.place
    if one.head_names and two.head_names and not _share_names(one, two):
        return OTHER_PLACE
    if _differ(first.building, second.building):
        return OTHER_BUILDING
    if first.building is None or second.building is None:
        return 0.0
    return OTHER_ENTRANCE if _differ(first.entrance, second.entrance) else SAME_BUILDING


def _same_things(one: Prepared, two: Prepared) -> float:
    """What short messages add by naming the same thing, or different ones of one group."""
    groups = [(one.things[group], two.things[group]) for group in one.things if group in two.things]
    if any(not first & second for first, second in groups):
        return OTHER_THING
    if one.category is None or two.category is None:
        return 0.0
    if one.category != two.category:
        heard = one.category in two.also or two.category in one.also
        short = max(len(one.text), len(two.text)) <= SHORT
        return OTHER_THING if short and not heard else 0.0
    return SAME_THING if groups else 0.0


def _things(plain: str) -> Mapping[str, frozenset[int]]:
    found = {
        group: frozenset(n for n, thing in enumerate(things) if thing.search(plain))
        for group, things in _apart().items()
    }
    return {group: named for group, named in found.items() if named}


@cache
def _apart() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    groups = wording.words("things")["apart"]
    return {group: tuple(map(re.compile, things)) for group, things in groups.items()}


def _share_names(one: Prepared, two: Prepared) -> bool:
    return _names_in(one, two) or _names_in(two, one)


def _names_in(one: Prepared, two: Prepared) -> bool:
    """Whether any pair of characters of one's names stands in the other's text."""
    return any(pair in two.text for name in one.names for pair in _pairs(name))


def _differ(one: str | None, two: str | None) -> bool:
    return one is not None and two is not None and one != two


def _combined(message: Prepared) -> list[tuple[str, float]]:
    """The three vectors as one, so that one sum over tokens weighs all likenesses."""
    vectors = (message.whole, message.head, message.matter)
    return [
        (f"{part}{token}", math.sqrt(share) * weight)
        for part, (share, vector) in enumerate(zip(WEIGHTS, vectors, strict=False))
        for token, weight in vector.items()
    ]


def _columns(row: list[tuple[int, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    numbers, weights = zip(*row, strict=True)
    return np.array(numbers, dtype=np.int64), np.array(weights)


def _vector(text: str) -> Vector:
    """Pairs of neighbouring characters with their weights, of length one."""
    counts = Counter(_pairs(_APART.sub(" ", text)))
    known = _weights()
    raw = {pair: (1 + math.log(n)) * known.get(pair, UNSEEN) for pair, n in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {pair: weight / length for pair, weight in raw.items()}


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1) if " " not in text[i : i + 2]]


def _cosine(one: Vector, two: Vector) -> float:
    small, large = sorted((one, two), key=len)
    return sum(weight * large.get(pair, 0.0) for pair, weight in small.items())


def _without(text: str, names: frozenset[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


@cache
def _weights() -> dict[str, float]:
    lines = (wording.LEXICON / "pair_weights.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {run[i : i + 2]: float(w) for w, run in rows for i in range(0, len(run), 2)}
