"""What the search says to one question."""

from dataclasses import dataclass
from enum import StrEnum

BUTTONS = 5
"""Candidates that are offered at most."""


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
    keywords: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why: the words of the question that fitted, the share covered, the runner-up.

    `covered` is the share of the question's weight, 0 to 1, that the best entry holds. `unknown`
    are the words no entry holds; `sounds` those that fitted by sound only (a typing slip).
    """

    matched: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    covered: float = 0.0
    second: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome and up to ten entries, best first, whatever the outcome."""

    outcome: Outcome
    hits: tuple[Hit, ...]
    text: str
    explanation: Explanation = Explanation()

    @property
    def confidence(self) -> float:
        """How likely it is that the first hit answers the question, 0 to 1."""
        return self.hits[0].confidence if self.hits else 0.0

    @property
    def candidates(self) -> tuple[Hit, ...]:
        """The hits to offer as buttons."""
        return self.hits[:BUTTONS]
