"""How far a person is through a form, as far as is known now."""

from collections.abc import Sequence

from services.forms.documents import UNASKED, Kind
from services.forms.fillings import Filling
from services.forms.plans import plan
from services.forms.positions import Position


def progress(filling: Filling) -> tuple[int, int]:
    """The number of the current question and how many there may be, as far as is known now.

    A question whose relevance hangs on one that is not answered yet counts, so that the total
    does not leap up after a first screening question. Notes count, "one more round?" does not;
    on the review page both are the same.
    """
    asked = filling.state.asked
    answers = filling.answers
    ways = plan(filling.document)
    if ways.has_repeats:
        asked = [one for one in asked if one.kind is not Kind.ANOTHER]
    answered = len([1 for one in asked if one.path in answers])
    total = len(asked)
    if ways.conditional and answered < total:
        total += _may_come(filling, asked)
    return min(answered + 1, total), total


def _may_come(filling: Filling, asked: Sequence[Position]) -> int:
    """How many hidden questions an answer still to come may bring up."""
    shown = {one.node for one in asked}
    undecided = {one.node for one in asked if one.path not in filling.answers}
    count = 0
    for node, needs in plan(filling.document).conditional:
        if node not in shown and not undecided.isdisjoint(needs):
            undecided.add(node)
            count += node.kind not in UNASKED
    return count
