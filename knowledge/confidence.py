"""How likely the best entry answers the question, and what follows from that."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.replies import Outcome


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which the bot answers at once, and from which it offers candidates."""

    answer: float = 0.8
    offer: float = 0.15

    def __post_init__(self) -> None:
        if not 0 <= self.offer <= self.answer <= 1:
            raise ValueError("thresholds must satisfy 0 <= offer <= answer <= 1")

    def outcome(self, confidence: float) -> Outcome:
        """What a confidence leads to."""
        if confidence >= self.answer:
            return Outcome.ANSWER
        return Outcome.CANDIDATES if confidence >= self.offer else Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the confidence looks at, all independent of how many entries there are."""

    score: float
    second: float
    asked: float
    """Weight of the whole question."""
    held: float
    """Weight of the whole phrasing found."""

    def features(self) -> tuple[float, ...]:
        """Numbers that the logistic function weighs."""
        if self.score <= 0:
            return (0.0,) * 5
        return (
            math.log(self.score),
            self.score / self.asked if self.asked else 0.0,
            self.score / self.held if self.held else 0.0,
            (self.score - self.second) / self.score,
            math.log1p(self.asked),
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logistic function."""

    weights: tuple[float, ...] = (4.3399, -0.7025, -1.021, 3.7631, -0.8865)
    offset: float = -13.4815

    def confidence(self, evidence: Evidence) -> float:
        """Probability that the best entry is right, 0 to 1."""
        if evidence.score <= 0:
            return 0.0
        return logistic(self._sum(evidence.features()))

    def _sum(self, features: Sequence[float]) -> float:
        return self.offset + sum(w * x for w, x in zip(self.weights, features, strict=True))


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


DEFAULT_THRESHOLDS = Thresholds()
DEFAULT_CALIBRATION = Calibration()
