"""What the search says to one question."""

from dataclasses import dataclass
from enum import StrEnum

BUTTONS = 5
"""Candidates that are offered at most."""
FAR_BEHIND = 0.3
"""Share of the first hit's score below which a hit is no candidate."""


class Outcome(StrEnum):
    """Answer at once, ask which of a few is meant, or say honestly that it is not known."""

    ANSWER = "answer"
    CANDIDATES = "candidates"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found: how sure (0 to 1), and the phrasing of it that fitted best."""

    entry_id: str
    confidence: float
    phrase: str
    score: float = 0.0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome and up to ten entries, best first, whatever the outcome."""

    outcome: Outcome
    hits: tuple[Hit, ...]
    text: str

    @property
    def confidence(self) -> float:
        """How likely it is that the first hit answers the question, 0 to 1."""
        return self.hits[0].confidence if self.hits else 0.0

    @property
    def candidates(self) -> tuple[Hit, ...]:
        """The hits to offer as buttons: up to five, without those far behind the first."""
        least = FAR_BEHIND * self.hits[0].score if self.hits else 0.0
        return tuple(hit for hit in self.hits[:BUTTONS] if hit.score >= least)
