"""Makes the step that a view shows out of a place in a state."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.forms.documents import MEDIA, WITH_CHOICES, Kind, Question
from services.forms.positions import Position
from services.forms.states import State
from services.forms.steps import Option, Step

_MOST_POINTS = 101
_AS_MANY_AS_WANTED = (Kind.CHOOSE_SEVERAL, Kind.RANK)


def shown(state: State, place: Position, *, offered: Mapping[str, Any], held: Any) -> Step:
    """The step; `offered` are the supplied choices by path, `held` what the question already has:
    ticks, files or an earlier answer."""
    if place.kind is Kind.ANOTHER:
        return _another(state, place)
    question = place.node.question
    assert question is not None
    several = question.kind in MEDIA or question.kind in _AS_MANY_AS_WANTED
    before = held if held is not None else state.values.get(place.path)
    if place.kind is Kind.NOTE:
        before = None
    return Step(
        path=place.path,
        name=question.name,
        kind=question.kind,
        label=state.said(place, "label"),
        hint=state.said(place, "hint"),
        required=state.is_required(place),
        options=options(state, place, offered),
        wants_choices="" if place.path in offered else question.choices_from,
        sofar=tuple(before or ()) if several else (),
        before=None if several else before,
        sections=_sections(state, place),
        round=place.at[-1] if place.at else None,
        appearance=question.appearance,
        parameters=question.parameters,
        **_limits(question),
    )


def _another(state: State, place: Position) -> Step:
    return Step(
        path=place.path,
        name=place.node.name,
        kind=Kind.ANOTHER,
        label=state.said(place, "label"),
        sections=_sections(state, place),
        round=place.at[-1] + 1,
    )


def options(state: State, place: Position, offered: Mapping[str, Any]) -> tuple[Option, ...]:
    """The choices to show, in the order to show them in."""
    question = place.node.question
    if question is None or question.kind not in (*WITH_CHOICES, Kind.SCALE):
        return ()
    if question.kind is Kind.SCALE:
        return tuple(Option(point, point) for point in scale(question))
    if place.path in offered:
        return tuple(Option(str(name), str(label)) for name, label in offered[place.path])
    language = state.context.language
    made = []
    for choice in state.choices(place):
        written = state.plan.said(place.node, choice.label, state.context)
        made.append(Option(choice.name, written or choice.label.said(language) or choice.name))
    return tuple(made)


def scale(question: Question) -> list[str]:
    """The points of a scale from start to end (1 to 5 unless told), as text."""
    given = question.parameters
    start, end, step = (Decimal(str(given.get(key, usual))) for key, usual in _SCALE)
    if step == 0 or (end - start) * step < 0:
        return [str(start)]
    count = min(int((end - start) / step) + 1, _MOST_POINTS)
    return [str(start + step * i) for i in range(count)]


_SCALE: Sequence[tuple[str, int]] = (("start", 1), ("end", 5), ("step", 1))


def _sections(state: State, place: Position) -> tuple[str, ...]:
    around = reversed(list(place.node.ancestors()))
    labels = (
        state.said(Position(node, place.at, node.path(place.at), None), "label") for node in around
    )
    return tuple(label for label in labels if label)


def _limits(question: Question) -> dict[str, Any]:
    least, most = question.parameters.get("at_least"), question.parameters.get("at_most")
    usual = 1 if question.kind in MEDIA else None
    return {"at_least": int(least or 0), "at_most": int(most) if most else usual}
