"""Sets of nodes: the answers that a path reaches, across the rounds of repeats."""

from collections.abc import Callable, Iterator
from datetime import datetime, time
from typing import Any, TypeAlias

from services.forms.documents import MEDIA, Kind
from services.forms.expressions.contexts import Context
from services.forms.expressions.values import Value, moment
from services.forms.trees import At, Node

Place: TypeAlias = tuple[Node, At]
Places: TypeAlias = Callable[[Context], list[Place]]


def common(node: Node, other: Node) -> int:
    """How many of the repeats around `other` (itself counted, if it is one) also hold `node`."""
    mine = (*node.repeats, node) if node.is_repeat else node.repeats
    shared = 0
    for one, two in zip(mine, other.repeats, strict=False):
        if one is not two:
            break
        shared += 1
    return shared


def rounds(context: Context, node: Node, at: At) -> Iterator[At]:
    """Every `at` of a node below the rounds already given; a repeat's last one is its own."""
    needed = (*node.repeats, node) if node.is_repeat else node.repeats
    if len(at) >= len(needed):
        yield at[: len(needed)]
        return
    repeat = needed[len(at)]
    for number in range(1, context.counts.get(repeat.path(at), 0) + 1):
        yield from rounds(context, node, (*at, number))


def read(context: Context, place: Place) -> Value:
    """The value at one place, as expressions see it; blank for groups."""
    node, at = place
    if node.kind is None:
        return ""
    return as_value(node.kind, context.values.get(node.path(at)), context.now)


def as_value(kind: Kind, answer: Any, now: datetime) -> Value:
    """An answer, in the JSON shape of its kind, as expressions see it; blank is "".

    A time of day is a moment of the day of `now`, as in JavaRosa.
    """
    if answer is None:
        return ""
    if kind is Kind.TIME:
        return _clock(answer, now)
    shaper = _SHAPES.get(kind)
    return answer if shaper is None else shaper(answer)


def is_plain(kind: Kind) -> bool:
    """Whether expressions see the answer as it is stored."""
    return kind not in _SHAPES and kind is not Kind.TIME


def _joined(answer: Any) -> Value:
    return answer if isinstance(answer, str) else " ".join(answer)


def _when(answer: Value) -> Value:
    if not isinstance(answer, str):
        return answer
    found = moment(answer)
    return "" if found is None else found


def _clock(answer: Value, now: datetime) -> Value:
    if not isinstance(answer, str):
        return answer
    try:
        return datetime.combine(now.date(), time.fromisoformat(answer).replace(tzinfo=None))
    except ValueError:
        return answer


def _point(answer: Any) -> Value:
    if isinstance(answer, str):
        return answer
    if "lat" not in answer:
        return str(answer.get("text", ""))
    parts = [answer["lat"], answer["lon"], answer.get("altitude"), answer.get("accuracy")]
    while parts[-1] is None:
        parts.pop()
    return " ".join(str(float(part or 0)) for part in parts)


def _files(answer: Any) -> Value:
    return answer if isinstance(answer, str) else " ".join(str(one["name"]) for one in answer)


def _contact(answer: Any) -> Value:
    return answer if isinstance(answer, str) else str(answer.get("phone", ""))


_SHAPES: dict[Kind, Callable[[Any], Value]] = {
    Kind.CHOOSE_SEVERAL: _joined,
    Kind.RANK: _joined,
    Kind.DATE: _when,
    Kind.DATETIME: _when,
    Kind.LOCATION: _point,
    Kind.PLACE: _point,
    Kind.CONTACT: _contact,
    **dict.fromkeys(MEDIA, _files),
}
