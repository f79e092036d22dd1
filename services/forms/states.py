"""A filling gone through once: what is relevant, every calculated value, the questions in order."""

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date, datetime
from functools import cached_property
from typing import Any

from services.forms.documents import Choice, Kind, Repeat
from services.forms.expressions import Context
from services.forms.expressions.nodesets import rounds
from services.forms.expressions.shuffles import shuffled
from services.forms.expressions.values import frozen, number
from services.forms.plans import Condition, Plan
from services.forms.positions import MOST_ROUNDS, Position, begins_itself
from services.forms.shapes import calculated, from_calculated, from_submission, to_submission
from services.forms.trees import At, Node


class State:
    """The answers reckoned through: which are relevant, and what follows from them."""

    def __init__(
        self,
        plan: Plan,
        answers: Mapping[str, Any],
        *,
        now: datetime,
        kept: Mapping[str, Any] | None = None,
        seed: str = "",
        language: str = "",
        as_odk: bool = False,
    ) -> None:
        self.plan = plan
        self.answers = answers
        self.kept: dict[str, Any] = dict(kept or {})
        """Values reckoned once and then kept: defaults that are expressions, once()."""
        self.context = Context({}, now=now, seed=seed, language=language, kept=self.kept)
        self.context.as_odk = as_odk
        self._reckon()

    @cached_property
    def positions(self) -> list[Position]:
        """Everything relevant in order, sections too."""
        return self.plan.flow.positions(self.context)

    @cached_property
    def asked(self) -> list[Position]:
        """The relevant questions in order."""
        return self.plan.flow.questions(self.context)

    @property
    def values(self) -> dict[str, Any]:
        return self.context.values

    def answered(self, place: Position, answers: Mapping[str, Any]) -> "State | None":
        """The state after one more answer on which nothing else depends; None if something does."""
        plan = self.plan
        if plan.clocked or place.kind is Kind.ANOTHER or place.node in plan.influential:
            return None
        made = copy(self)
        made.__dict__.pop("current", None)
        made.answers = answers
        made.context = self.context.copied()
        made.context.values[place.path] = answers[place.path]
        return made

    def _reckon(self) -> None:
        context, plan = self.context, self.plan
        values = context.values
        for node, default in plan.defaults.items():
            if not node.repeats:
                values[node.pieces[0]] = default
        for node in plan.meta:
            values[node.pieces[0]] = self.kept.get(node.pieces[0])
        values.update(self.answers)
        hidden = context.hidden
        for node, path, condition, further in plan.reckonings:
            if path is None:
                self._reckon_rounds(node, condition, further=further)
            elif path not in hidden:
                context.path = path
                if condition is not None and not condition(context):
                    self._hide(node, ())
                elif further:
                    self._value(node, ())

    def _reckon_rounds(self, node: Node, condition: Condition | None, *, further: bool) -> None:
        """The same inside a repeat, for each round there is."""
        context, hidden = self.context, self.context.hidden
        for at in rounds(context, node.repeats[-1], ()):
            self.stand(node, at)
            if hidden and any(above.path(at) in hidden for above in node.ancestors()):
                continue
            if condition is not None and not condition(context):
                self._hide(node, at)
            elif further:
                self._value(node, at)
        context.at = context.origin = ()

    def _value(self, node: Node, at: At) -> None:
        """The calculated value or default of a question, the rounds of a repeat."""
        context, plan = self.context, self.plan
        calculation = plan.calculation.get(node)
        if calculation is not None and not (
            node in plan.overruled and context.path in self.answers
        ):
            self._calculate(node, calculation.run(context))
        elif node in plan.first_values and context.path not in self.answers:
            self._default(node)
        elif isinstance(node.item, Repeat):
            self._begin_rounds(node, node.item, at)

    def stand(self, node: Node, at: At) -> Context:
        """The context, moved to a node in a round."""
        context = self.context
        context.at = context.origin = at
        context.path = node.path(at)
        return context

    def _hide(self, node: Node, at: At) -> None:
        context = self.context
        if not node.repeats:
            paths = self.plan.flow.inside(node)
            context.hidden |= paths
        else:
            context.hidden.add(context.path)
            inside = [leaf for leaf in self.plan.below(node) if leaf.repeats == node.repeats]
            paths = frozenset({context.path, *(leaf.path(at) for leaf in inside)})
        for path in paths:
            context.values.pop(path, None)

    def _calculate(self, node: Node, value: Any) -> None:
        """Expressions see a calculated value as it is, with the type it came out with."""
        question = node.question
        assert question is not None
        found = calculated(question.kind, value)
        self.context.values[self.context.path] = found
        if node in self.plan.once and found is not None:
            self.kept.setdefault(self.context.path, frozen(found))

    def finals(self) -> dict[str, Any]:
        """Every relevant value that is not blank, by path, in its JSON shape."""
        found: dict[str, Any] = {}
        for node, at in self.places():
            path = node.path(at)
            value = self.values.get(path)
            if node in self.plan.calculation and node.kind is not None:
                value = from_calculated(node.kind, value, now=self.context.now)
            if value is not None:
                found[path] = value
        return found

    def final(self, kind: Kind, path: str) -> str:
        """The value at a path as in an ODK submission."""
        value = self.values.get(path)
        if isinstance(value, bool | float | date):
            value = from_calculated(kind, value, now=self.context.now)
        return to_submission(kind, value)

    def _default(self, node: Node) -> None:
        """A default that is an expression: reckoned when its question first appears."""
        path = self.context.path
        if path not in self.kept:
            question = node.question
            assert question is not None
            value = calculated(question.kind, self.plan.first_values[node].run(self.context))
            answer = from_calculated(question.kind, value, now=self.context.now)
            self.kept[path] = _fitting(question.kind, answer)
        self.context.values[path] = self.kept[path]

    def _begin_rounds(self, node: Node, repeat: Repeat, at: At) -> None:
        path, context = self.context.path, self.context
        code = self.plan.count.get(node)
        if code is not None:
            wanted = number(code.run(context))
            count = int(min(wanted, MOST_ROUNDS)) if wanted > 0 else 0
            if context.as_odk and begins_itself(node, at):
                count = max(count, 1)  # its model holds the first round whatever the count
        else:
            count = 1 if begins_itself(node, at) else 0
            while self.answers.get(f"{path}[{count + 1}]") == "add":
                count += 1
        context.counts[path] = count
        for leaf, default in self.plan.defaults_in(node):
            for round_ in range(1, count + 1):
                inner = leaf.path((*at, round_))
                if inner not in self.answers:
                    context.values[inner] = default

    def places(self) -> Iterator[tuple[Node, At]]:
        """Every relevant question in document order, calculated ones and metadata too."""
        yield from self._places(self.plan.tree.root.children, ())

    def _places(self, nodes: list[Node], at: At) -> Iterator[tuple[Node, At]]:
        for node in nodes:
            path = node.path(at)
            if path in self.context.hidden:
                continue
            if node.question is not None:
                yield node, at
            elif node.is_repeat:
                for round_ in range(1, self.context.counts.get(path, 0) + 1):
                    yield from self._places(node.children, (*at, round_))
            else:
                yield from self._places(node.children, at)

    @cached_property
    def current(self) -> Position | None:
        """The first question that has no answer yet; None when all have one."""
        answers = self.answers
        return next((one for one in self.asked if one.path not in answers), None)

    def said(self, place: Position, column: str) -> str:
        """A text of a question or a section, filled in for this round."""
        item = place.node.item
        context = self.stand(place.node, place.at)
        return self.plan.said(place.node, getattr(item, column), context)

    def is_required(self, place: Position) -> bool:
        condition = self.plan.required.get(place.node)
        return condition is not None and condition(self.stand(place.node, place.at))

    def holds(self, place: Position, answer: Any) -> bool:
        """Whether the constraint of a question accepts an answer; a blank one is not tried."""
        condition = self.plan.constraint.get(place.node)
        if condition is None or answer is None:
            return True
        context = self.stand(place.node, place.at)
        before = context.values.get(context.path)
        context.values[context.path] = answer
        try:
            return condition(context)
        finally:
            context.values[context.path] = before

    def choices(self, place: Position) -> tuple[Choice, ...]:
        """The choices of a question that its filter lets through, in the order to show them."""
        question = place.node.question
        if question is None or not question.choices:
            return ()
        found = self._filtered(place, self.plan.document.lists[question.choices])
        if not question.parameters.get("randomize"):
            return found
        seed = self.plan.seeds.get(place.node)
        context = self.stand(place.node, place.at)
        return tuple(shuffled(found, context if seed is None else seed.run(context)))

    def _filtered(self, place: Position, listed: tuple[Choice, ...]) -> tuple[Choice, ...]:
        chosen = self.plan.filters.get(place.node)
        if chosen is None:
            return listed
        found = chosen.of(self.stand(place.node, place.at), chosen.rows)
        return tuple(listed[int(row["itextId"].rpartition("-")[2])] for row in found)

    def offers(self, place: Position, name: str) -> bool:
        """Whether a choice is still among those of its question."""
        chosen = self.plan.filters.get(place.node)
        if chosen is None:
            return True
        context = self.stand(place.node, place.at)
        rows = [row for row in chosen.rows if row["name"] == name]
        return bool(chosen.of(context, rows))


def _fitting(kind: Kind, answer: Any) -> Any:
    """A reckoned default as an answer of its kind; null when it is none."""
    try:
        return from_submission(kind, str(answer)) if isinstance(answer, str) else answer
    except ValueError:
        return None
