"""How likely the best entry answers the question, and what follows from that."""

import math
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from knowledge.normalise import LEXICON
from knowledge.replies import Outcome


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which the bot answers at once, and from which it offers candidates.

    The defaults are chosen with the calibration: on the development sets nearly every answer is
    right, few near and hardly any far questions get one. Raises ValueError when out of order.
    """

    answer: float = 0.63
    offer: float = 0.1

    def __post_init__(self) -> None:
        if not 0 <= self.offer <= self.answer <= 1:
            raise ValueError("thresholds must satisfy 0 <= offer <= answer <= 1")

    def outcome(self, confidence: float) -> Outcome:
        """What a confidence leads to."""
        if confidence >= self.answer:
            return Outcome.ANSWER
        return Outcome.CANDIDATES if confidence >= self.offer else Outcome.UNKNOWN


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the confidence looks at."""

    score: float
    """Of the best entry's phrase."""
    second: float
    """Of the runner-up's."""
    crowd: float
    """The average of the three after the best: what a merely similar entry scores."""
    asked: float
    """Weight of the whole question."""
    held: float
    """Weight of the whole phrase."""

    def features(self) -> tuple[float, ...]:
        """Numbers that the logistic function weighs; the score must be above 0."""
        return (
            math.log(self.score),
            self.score / self.asked,
            self.score / self.held,
            (self.score - self.second) / self.score,
            (self.score - self.crowd) / self.score,
            math.log1p(self.asked),
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logistic function; `shift` is what a base has learned from its aliases."""

    weights: tuple[float, ...]
    offset: float
    shift: float = 0.0

    @classmethod
    def shipped(cls) -> "Calibration":
        """The weights in lexicon/calibration.toml, fitted by `python -m bench.kb --fit`."""
        return _shipped()

    def shifted(self, shift: float) -> Self:
        """The same weights, more (above 0) or less sure."""
        return replace(self, shift=shift)

    def log_odds(self, evidence: Evidence) -> float:
        """How much likelier right than wrong, as a logarithm, before the base's own shift."""
        pairs = zip(self.weights, evidence.features(), strict=True)
        return self.offset + sum(weight * value for weight, value in pairs)

    def confidence(self, evidence: Evidence) -> float:
        """Probability that the best entry is right, 0 to 1."""
        if min(evidence.score, evidence.asked, evidence.held) <= 0:
            return 0.0
        return logistic(self.log_odds(evidence) + self.shift)


@lru_cache(maxsize=1)
def _shipped() -> Calibration:
    values = tomllib.loads((LEXICON / "calibration.toml").read_text(encoding="utf-8"))
    return Calibration(tuple(values["weights"]), values["offset"])


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
