"""Walks through a form with given answers, step by step, as an ODK client would.

The shape of the result is that of the walks of the ODK reference engine (JavaRosa), so that the two
can be compared: `ref`, kinds, choices as [name, label], values as in an ODK submission.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from services import clock
from services.errors import Refusal
from services.forms.checks import check
from services.forms.documents import WITH_CHOICES, Document, Group, Kind, Repeat
from services.forms.fillings import begin, store
from services.forms.positions import Position
from services.forms.shapes import from_submission, to_submission
from services.forms.states import State
from services.forms.trees import Node

Json = dict[str, Any]

_KINDS = {
    Kind.CHOOSE_ONE: "select_one",
    Kind.CHOOSE_SEVERAL: "select_multiple",
    Kind.LOCATION: "geopoint",
    Kind.PHOTOS: "image",
    Kind.DATETIME: "dateTime",
    Kind.SCALE: "range",
}


def walk(
    source: Path | bytes | Document,
    answers: Sequence[Mapping[str, Any]],
    *,
    now: datetime | None = None,
    language: str | None = None,
) -> Json:
    """{"steps": [...], "final": {path: value}} of a form with answers given in order.

    An answer is {"name", "answer"} or {"repeat", "answer": "add" or "no"}; a refused one is
    followed by the next one given for the same question; null skips. Questions for which no
    answer is left are skipped when they are optional; a required one ends the walk with the result
    "required". Times are in UTC unless `now` has another zone. Raises ValueError with the findings
    when the form cannot be used.
    """
    document = source if isinstance(source, Document) else _document(source)
    return _Walk(document, answers, now or clock.now(), language).whole()


def _document(source: Path | bytes) -> Document:
    report = check(source)
    if report.document is None:
        raise ValueError("; ".join(f"{e.sheet} {e.row} {e.code}" for e in report.errors))
    return report.document


class _Walk:
    def __init__(
        self, document: Document, answers: Sequence[Mapping[str, Any]], now: datetime,
        language: str | None,
    ) -> None:  # fmt: skip
        self.now = now
        self.given = list(answers)
        first = document.languages[0] if document.languages else ""
        moment = now.isoformat(timespec="milliseconds")
        meta = {"start": moment, "today": now.date().isoformat()}
        chosen = first if language is None else language
        self.filling = begin(document, "walk", now=now, language=chosen, meta=meta, as_odk=True)
        self.steps: list[Json] = []
        self.shown: set[str] = set()
        self.ended = False

    def whole(self) -> Json:
        while not self.ended and (place := self._next()) is not None:
            self._step(place)
        final = {
            f"/{path}": to_submission(kind, value)
            for path, kind, value in _typed(self.filling.state)
        }
        return {"steps": self.steps, "final": {path: one for path, one in final.items() if one}}

    @property
    def state(self) -> State:
        return self.filling.state

    def _next(self) -> Position | None:
        """The next question; sections that begin on the way are noted."""
        for place in self.state.positions:
            if place.kind is None:
                if place.path not in self.shown and self._begins(place):
                    self._section(place)
            elif place.path not in self.filling.answers:
                return place
        return None

    def _begins(self, place: Position) -> bool:
        """A section is shown when something inside it is, and a repeat in every round but those
        that a person added, where the question "one more round?" stands for it."""
        added = isinstance(place.node.item, Repeat) and self.filling.answers.get(place.path)
        return not added and _has_body(place.node)

    def _section(self, place: Position) -> None:
        self.shown.add(place.path)
        item = place.node.item
        assert isinstance(item, Group | Repeat)
        label = self.state.said(place, "label") or None
        step: Json = {"kind": "group", "name": _section_name(place.node), "label": label}
        if isinstance(item, Repeat):
            step |= {"kind": "repeat", "instance": place.at[-1]}
        if item.appearance:
            step["appearance"] = item.appearance
        self.steps.append(step)

    def _step(self, place: Position) -> None:
        if place.kind is Kind.ANOTHER:
            self._another(place)
        elif place.kind is Kind.NOTE:
            self.steps.append({**self._asked(place), "result": "shown"})
            self._store(place, True)
        else:
            self._question(place)

    def _another(self, place: Position) -> None:
        name = place.node.name
        said = "add" if self._take("repeat", name) == "add" else "no"
        self.steps.append({"kind": "repeat_prompt", "name": name, "answer": said})
        self._store(place, said)

    def _question(self, place: Position) -> None:
        asked = self._asked(place)
        for answer in self._answers(place.node.name):
            try:
                value = self._accepted(place, answer)
            except Refusal as no:
                told = {"result": no.code, "message": no.params.get("message") or None}
                self.steps.append({**asked, "answer": answer, **told})
                continue
            result, shown = ("skipped", None) if value is None else ("ok", answer)
            self.steps.append({**asked, "answer": shown, "result": result})
            self._store(place, value)
            return
        self.ended = True

    def _answers(self, name: str) -> Iterator[Any]:
        """The answers given for a question, one after the other; null when there is none."""
        yield self._take("name", name)
        while any(one.get("name") == name for one in self.given):
            yield self._take("name", name)

    def _take(self, key: str, name: str) -> Any:
        """The next answer given for a question, and for no other before it."""
        for index, one in enumerate(self.given):
            if one.get(key) == name:
                del self.given[index]
                return one.get("answer")
        return None

    def _accepted(self, place: Position, answer: Any) -> Any:
        """The answer in the shape of its kind; raises Refusal "required", "type", "constraint"."""
        state, kind = self.state, place.kind
        assert kind is not None
        if answer is None or answer == "":
            if state.is_required(place):
                raise Refusal("required", message=state.said(place, "required_message"))
            return None
        try:
            value = from_submission(kind, str(answer))
        except ValueError as wrong:
            raise Refusal("type") from wrong
        if kind in WITH_CHOICES:
            known = {choice.name for choice in state.choices(place)}
            if not set(value if isinstance(value, list) else [value]) <= known:
                raise Refusal("type")
        if not state.holds(place, value):
            raise Refusal("constraint", message=state.said(place, "constraint_message"))
        return value

    def _store(self, place: Position, value: Any) -> None:
        self.filling = store(self.filling, place, value, now=self.now)

    def _asked(self, place: Position) -> Json:
        question = place.node.question
        assert question is not None
        state = self.state
        step: Json = {
            "ref": _ref(place),
            "name": question.name,
            "kind": _KINDS.get(place.kind or Kind.NOTE, str(place.kind)),
            "label": state.said(place, "label") or None,
        }
        if hint := state.said(place, "hint"):
            step["hint"] = hint
        if state.is_required(place):
            step["required"] = True
        if question.appearance:
            step["appearance"] = question.appearance
        if place.kind is not Kind.NOTE and (prefilled := self._prefilled(place)):
            step["prefilled"] = prefilled
        if place.kind in WITH_CHOICES:
            step["choices"] = self._choices(place)
        return step

    def _prefilled(self, place: Position) -> str:
        question = place.node.question
        assert question is not None
        return to_submission(question.kind, self.state.values.get(place.path))

    def _choices(self, place: Position) -> list[list[str | None]]:
        context = self.state.stand(place.node, place.at)
        said = self.state.plan.said
        return [
            [choice.name, said(place.node, choice.label, context) or None]
            for choice in self.state.choices(place)
        ]


def _has_body(node: Node) -> bool:
    """Whether anything in a section is ever shown."""
    return any(
        child.question is None or child.kind not in (Kind.CALCULATE, Kind.META)
        for child in node.children
    )


def _section_name(node: Node) -> str:
    """A flat group is not in the model: it goes by the name of what is around it."""
    if isinstance(node.item, Group) and node.item.flat:
        return _section_name(node.parent) if node.parent and node.parent.parent else "data"
    return node.name


def _ref(place: Position) -> str:
    """/data/group[1]/repeat[2]/name[1], as JavaRosa writes a reference."""
    parts = [f"{place.node.name}[1]"]
    at = list(place.at)
    for above in place.node.ancestors():
        if isinstance(above.item, Group) and above.item.flat:
            continue
        round_ = at.pop() if above.is_repeat else 1
        parts.append(f"{above.name}[{round_}]")
    return "/data/" + "/".join(reversed(parts))


def _typed(state: State) -> list[tuple[str, Kind, Any]]:
    values = state.finals()
    return [
        (path, node.kind, values[path])
        for node, at in state.places()
        if (path := node.path(at)) in values
        if node.kind is not None and node.kind is not Kind.META
    ]
