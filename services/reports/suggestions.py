"""Proposes a category, a place, a number and the urgency of a report from what a person wrote."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.reports import dangers, places, signals, wording

ENOUGH = 3.0
"""Weight from which a message counts as a report of its category."""
SLOPE = 0.8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal for the person to confirm; `category` is None where nothing listed fits.

    `confidence` is 0 to 1, at least 0.5 where a category is proposed; `also` names further
    categories that fit, best first; `why` the words that decided.
    """

    category: str | None
    confidence: float
    place: places.Place
    quantity: int | None
    urgent: bool
    also: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def suggest(text: str, gazetteer: Sequence[places.Known] = ()) -> Suggestion:
    """What a free message most likely reports; any text is answered, an empty one with nothing."""
    plain = wording.plain(text)
    ranked = rank(text)
    fitting = [code for code, weight, _ in ranked if weight >= ENOUGH]
    best = ranked[0] if ranked else None
    return Suggestion(
        category=fitting[0] if fitting else None,
        confidence=_confidence(best[1]) if best else 0.0,
        place=places.parse(text, gazetteer=gazetteer),
        quantity=places.quantity(plain),
        urgent=dangers.danger(plain) is dangers.Danger.LIFE,
        also=tuple(fitting[1:3]),
        why=best[2] if best and fitting else (),
    )


def rank(text: str) -> list[tuple[str, float, tuple[str, ...]]]:
    """Every category that the message touches: code, weight and deciding words, best first."""
    sentences = wording.sentences(wording.plain(text))
    if not sentences:
        return []
    weights, why = _weights(sentences)
    against = _against(sentences)
    rows = [(code, weight + against, tuple(why[code])) for code, weight in weights.items()]
    return sorted(rows, key=lambda row: -row[1])


def _weights(sentences: Sequence[str]) -> tuple[dict[str, float], dict[str, list[str]]]:
    """The first sentence counts in full, the rest supports what it says."""
    weights: dict[str, float] = defaultdict(float)
    why: dict[str, list[str]] = defaultdict(list)
    first, rest, text = sentences[0], "。".join(sentences[1:]), "。".join(sentences)
    for sentence, share in ((first, 1.0), (rest, signals.LATER)):
        trouble = signals.COMPLAINT * share if signals.complains(sentence) else 0.0
        for code, evidence in signals.weigh(sentence).items():
            idle = share * signals.idle(text, evidence)
            weights[code] += share * signals.total(evidence, len(sentence)) + trouble + idle
            why[code] += [piece.words for piece in evidence if piece.weight > 0]
    return weights, why


def _against(sentences: Sequence[str]) -> float:
    first, rest = sentences[0], "。".join(sentences[1:])
    own = sum(piece.weight for piece in signals.against(first))
    later = sum(piece.weight for piece in signals.against(rest)[:2])
    return own + signals.LATER * later


def _confidence(weight: float) -> float:
    return round(1 / (1 + math.exp(-SLOPE * (weight - ENOUGH))), 3)
