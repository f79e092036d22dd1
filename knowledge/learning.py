"""Lets a base calibrate its own confidence: each alias is asked as if it were not there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.confidence import Calibration, logistic

if TYPE_CHECKING:
    from knowledge.index import Index

ASKED = 120
"""Aliases tried, spread over the base: enough for a steady figure, and quick."""
ENOUGH = 20
"""Aliases below which a base has too little to learn from."""
_PRIOR = 30.0
"""How many aliases' worth of belief the shipped calibration carries."""
_FARTHEST = 1.0
_OUTSIDE = 0.5
"""What a question of no entry counts beside one of an entry."""

_Trial = tuple[float, float, float]


def _trials(index: "Index") -> Iterator[_Trial]:
    """(log-odds, right or not, weight) of aliases asked without themselves.

    Asked again without their whole entry they stand for questions the base cannot answer.
    """
    aliases = [p for own in map(index.phrases.of, range(len(index))) for p in own[1:]]
    if len(aliases) < ENOUGH:
        return
    for phrase in aliases[:: -(-len(aliases) // ASKED)]:
        owner, asked = int(index.phrases.owners[phrase]), index.read(index.phrases.written[phrase])
        ranked = index.rank(asked, hidden=phrase)
        others = [r for r in ranked if r.entry != owner]
        for rows, weight in ((ranked, 1.0), (others, _OUTSIDE)):
            if rows and rows[0].asked > 0:
                odds = index.calibration.log_odds(index.evidence(asked, rows))
                yield odds, float(rows[0].entry == owner), weight


def learned(index: "Index") -> Calibration:
    """The index's calibration, shifted to what its own aliases show; few aliases, small shift."""
    trials = list(_trials(index))
    shift = 0.0
    for _ in range(12 if trials else 0):
        slope, curve = _PRIOR * shift, _PRIOR
        for odds, right, weight in trials:
            p = logistic(odds + shift)
            slope += weight * (p - right)
            curve += weight * p * (1 - p)
        shift = max(-_FARTHEST, min(_FARTHEST, shift - slope / curve))
    return index.calibration.shifted(shift)
