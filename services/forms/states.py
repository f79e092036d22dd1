"""A filling gone through once: what is relevant, every calculated value, the questions in order."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from services.forms.documents import UNASKED, Choice, Kind, Question, Repeat
from services.forms.expressions import Context
from services.forms.expressions.nodesets import rounds
from services.forms.expressions.shuffles import shuffled
from services.forms.expressions.values import number
from services.forms.plans import Plan
from services.forms.shapes import calculated, from_calculated, from_submission, to_submission
from services.forms.trees import At, Node

_MOST_ROUNDS = 200
"""Rounds of one repeat; a count beyond it is an author's or a person's slip."""


class Position(NamedTuple):
    """A question in its round, a section that begins, or the question "one more round?"."""

    node: Node
    at: At
    path: str
    """Where its answer is kept; that a note was read is kept beside its value."""
    kind: Kind | None
    """None for a section."""


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
        self.positions = list(self._positions(plan.tree.root.children, ()))
        self.asked = [one for one in self.positions if one.kind is not None]

    @property
    def values(self) -> dict[str, Any]:
        return self.context.values

    def _reckon(self) -> None:
        context, plan = self.context, self.plan
        values = context.values
        for node, default in plan.defaults.items():
            if not node.repeats:
                values[node.pieces[0]] = default
        for node in plan.meta:
            values[node.pieces[0]] = self.kept.get(node.pieces[0])
        values.update(self.answers)
        for node in plan.order:
            if not node.repeats:
                self._reckon_node(node, ())
                continue
            for at in rounds_around(context, node):
                self._reckon_node(node, at)

    def _reckon_node(self, node: Node, at: At) -> None:
        context, plan = self.context, self.plan
        self.stand(node, at)
        if context.hidden and any(above.path(at) in context.hidden for above in node.ancestors()):
            return
        condition = plan.relevant.get(node)
        if condition is not None and not condition(context):
            self._hide(node, at)
            return
        calculation = plan.calculation.get(node)
        if calculation is not None and not self._overruled(node):
            self._calculate(node, calculation.run(context))
        elif node in plan.first_values and context.path not in self.answers:
            self._default(node)
        elif isinstance(node.item, Repeat):
            self._begin_rounds(node, node.item, at)

    def _overruled(self, node: Node) -> bool:
        """Whether a person gave another answer to a question that had a calculated one."""
        question = node.question
        assert question is not None
        asked = not question.readonly and question.kind not in UNASKED
        return asked and self.context.path in self.answers

    def stand(self, node: Node, at: At) -> Context:
        """The context, moved to a node in a round."""
        context = self.context
        context.at = context.origin = at
        context.path = node.path(at)
        return context

    def _hide(self, node: Node, at: At) -> None:
        self.context.hidden.add(self.context.path)
        values = self.context.values
        values.pop(self.context.path, None)
        for leaf in self.plan.below(node):
            if len(leaf.repeats) == len(node.repeats):
                values.pop(leaf.path(at), None)

    def _calculate(self, node: Node, value: Any) -> None:
        """Expressions see a calculated value as it is, with the type it came out with."""
        question = node.question
        assert question is not None
        found = calculated(question.kind, value)
        self.context.values[self.context.path] = found
        if node in self.plan.once and found is not None:
            kept = from_calculated(question.kind, found, now=self.context.now)
            self.kept.setdefault(self.context.path, kept)

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
            count = int(min(wanted, _MOST_ROUNDS)) if wanted > 0 else 0
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

    def _positions(self, nodes: list[Node], at: At) -> Iterator[Position]:
        """Everything relevant in the order in which it is asked."""
        hidden = self.context.hidden
        for node in nodes:
            item = node.item
            path = node.path(at)
            if path in hidden:
                continue
            if isinstance(item, Question):
                if item.readonly and item.kind not in UNASKED:
                    yield Position(node, at, f"{path}#read", Kind.NOTE)
                elif item.kind not in UNASKED:
                    yield Position(node, at, path, item.kind)
            elif isinstance(item, Repeat):
                yield from self._rounds(node, at, path)
            else:
                yield Position(node, at, path, None)
                yield from self._positions(node.children, at)

    def _rounds(self, node: Node, at: At, path: str) -> Iterator[Position]:
        count = self.context.counts.get(path, 0)
        asks = node not in self.plan.count
        if asks and not begins_itself(node, at):
            yield Position(node, (*at, 0), f"{path}[1]", Kind.ANOTHER)
        for round_ in range(1, count + 1):
            inner = (*at, round_)
            yield Position(node, inner, f"{path}[{round_}]", None)
            yield from self._positions(node.children, inner)
            if asks and round_ < _MOST_ROUNDS:
                yield Position(node, inner, f"{path}[{round_ + 1}]", Kind.ANOTHER)

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


def begins_itself(node: Node, at: At) -> bool:
    """Whether a repeat without a count has its first round unasked, as in the models that pyxform
    makes: not right inside a further round of another repeat, but in a group inside it."""
    if not node.repeats:
        return True
    outer = node.repeats[-1]
    came_along = at[-1] == 1 and begins_itself(outer, at[:-1])
    return came_along or node.parent is not outer


def rounds_around(context: Context, node: Node) -> Iterator[At]:
    """Every round of the repeats around a node, its own rounds not counted."""
    outer = node.repeats[-1]
    yield from rounds(context, outer, ())
