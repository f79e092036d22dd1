"""The review page: every answer in order, in the words the person saw."""

from dataclasses import dataclass
from typing import Any

from services.forms.documents import UNASKED, WITH_CHOICES, Kind
from services.forms.fillings import Filling
from services.forms.positions import Position
from services.forms.views import options


@dataclass(frozen=True)
class Line:
    """One answered question. `change(filling, line.path)` asks it again."""

    path: str
    name: str
    kind: Kind
    label: str
    value: Any
    """The answer in the JSON shape of its kind; None when it was skipped."""
    chosen: tuple[str, ...] = ()
    """The labels of the chosen choices."""
    round: int | None = None
    short: str = ""
    """The short name of the question, where its author gave one."""


def review(filling: Filling) -> list[Line]:
    """A line for every question that was asked and answered so far; notes are left out."""
    left_out = (Kind.NOTE, Kind.ANOTHER)
    return [
        _line(filling, place)
        for place in filling.state.asked
        if place.kind not in left_out and place.path in filling.answers
    ]


def _line(filling: Filling, place: Position) -> Line:
    question = place.node.question
    assert question is not None
    assert question.kind not in UNASKED
    value = filling.answers[place.path]
    return Line(
        path=place.path,
        name=question.name,
        kind=question.kind,
        label=filling.state.said(place, "label"),
        value=value,
        chosen=_chosen(filling, place, value) if question.kind in WITH_CHOICES else (),
        round=place.at[-1] if place.at else None,
        short=filling.state.said(place, "short"),
    )


def _chosen(filling: Filling, place: Position, value: Any) -> tuple[str, ...]:
    labels = {one.name: one.label for one in options(filling.state, place, filling.offered)}
    names: list[str] = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(labels.get(name, name) for name in names)
