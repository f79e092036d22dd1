"""A document made ready to run: every expression compiled, and the order to reckon them in."""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from services.forms.documents import UNASKED, Choice, Document, Kind, Question, Repeat, Words
from services.forms.expressions import Code, Context, ExpressionError, Scope, compile_expression
from services.forms.expressions.compiling import compile_tree
from services.forms.expressions.operators import as_truth
from services.forms.expressions.paths import RowFilter, row_of
from services.forms.expressions.syntax import parse
from services.forms.expressions.values import Value, text
from services.forms.positions import Flow, counted
from services.forms.shapes import from_submission
from services.forms.trees import Node, Tree

Condition = Callable[[Context], bool]

_HOLE = re.compile(r"\$\{\s*([^\s{}]+)\s*\}")


@dataclass(frozen=True)
class Problem:
    """Something wrong in a document: a code with params, the node and the column it is in."""

    code: str
    params: dict[str, str | int]
    node: Node
    column: str


class Reckoning(NamedTuple):
    """One thing to reckon: whether a node is relevant and, if there is `further`, its value."""

    node: Node
    path: str | None
    """Its path; None inside a repeat, where there is one for each round."""
    condition: Condition | None
    further: bool


@dataclass(eq=False)
class Plan:
    """The compiled form of a document. `problems` tells what could not be compiled."""

    document: Document
    problems: list[Problem] = field(default_factory=list)
    relevant: dict[Node, Condition] = field(default_factory=dict)
    calculation: dict[Node, Code] = field(default_factory=dict)
    count: dict[Node, Code] = field(default_factory=dict)
    required: dict[Node, Condition] = field(default_factory=dict)
    constraint: dict[Node, Condition] = field(default_factory=dict)
    filters: dict[Node, RowFilter] = field(default_factory=dict)
    defaults: dict[Node, Any] = field(default_factory=dict)
    first_values: dict[Node, Code] = field(default_factory=dict)
    """Defaults that are expressions."""
    seeds: dict[Node, Code] = field(default_factory=dict)
    """What decides the random order of the choices, where the author said it."""
    overruled: set[Node] = field(default_factory=set)
    """Questions with a calculation that a person may answer otherwise."""
    once: set[Node] = field(default_factory=set)
    clocked: bool = False
    """Whether anything that is reckoned looks at the clock."""
    needs: dict[Node, set[Node]] = field(default_factory=dict)
    """What the relevance, value and count of a node depend on."""
    checks: dict[Node, set[Node]] = field(default_factory=dict)
    """What its constraint and choices depend on."""
    _below: dict[Node, list[Node]] = field(default_factory=dict)
    _said: dict[tuple[Node, str], list[str | Code]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = Tree(self.document)
        for node in self.tree.nodes:
            self._compile(node)
        self.meta = [node for node in self.tree.nodes if node.kind is Kind.META]
        self.has_repeats = any(node.is_repeat for node in self.tree.nodes)
        self.flow = Flow(self.tree, counted)
        self.reckonings = [self._reckoning(node) for node in self._ordered()]
        self.rechecks = self._rechecks()
        self.conditional = self._conditional()
        """Questions and calculations outside repeats that hang on others, with what they need."""
        self.influential: set[Node] = set().union(*self.needs.values())
        """Questions on whose answer anything that is reckoned depends."""

    def _conditional(self) -> list[tuple[Node, frozenset[Node]]]:
        found = []
        for node in self.tree.nodes:
            around = [node, *node.ancestors()]
            if not isinstance(node.item, Question) or any(one.is_repeat for one in around):
                continue
            needs = frozenset().union(*(self.needs.get(one, set()) for one in around))
            if needs:
                found.append((node, needs))
        return found

    def _compile(self, node: Node) -> None:
        item = node.item
        assert item is not None
        needs = self.needs.setdefault(node, set())
        if relevant := self._code(node, "relevant", item.relevant, needs):
            self.relevant[node] = as_truth(relevant)
        if isinstance(item, Repeat):
            if count := self._code(node, "count", item.count, needs):
                self.count[node] = count
        elif isinstance(item, Question):
            self._compile_question(node, item, needs)
        if inside := next((one for one in needs if node in one.ancestors()), None):
            self._note_cycle([node, inside, node])
        self._compile_words(node)

    def _compile_question(self, node: Node, item: Question, needs: set[Node]) -> None:
        checks = self.checks.setdefault(node, set())
        if calculation := self._code(node, "calculation", item.calculation, needs):
            self.calculation[node] = calculation
            if not item.readonly and item.kind not in UNASKED:
                self.overruled.add(node)
        if required := self._code(node, "required", item.required, set()):
            self.required[node] = as_truth(required)
        if constraint := self._code(node, "constraint", item.constraint, checks):
            self.constraint[node] = as_truth(constraint)
        if item.choice_filter and item.choices in self.document.lists:
            self._compile_filter(node, item, checks)
        if seed := self._code(node, "parameters", str(item.parameters.get("seed", "")), checks):
            self.seeds[node] = seed
        if item.default_reckoned:
            if first := self._code(node, "default", item.default, needs):
                self.first_values[node] = first
        elif item.default:
            self._fixed_default(node, item)

    def _code(self, node: Node, column: str, written: str, used: set[Node]) -> Code | None:
        """Compile one cell; a problem is noted, not raised."""
        if not written.strip():
            return None
        scope = Scope(self.tree, node)
        try:
            code = compile_expression(written, scope)
        except ExpressionError as wrong:
            self.problems.append(Problem(wrong.code, wrong.params, node, column))
            return None
        used |= scope.used
        if "once" in scope.flags:
            self.once.add(node)
        self.clocked |= "clock" in scope.flags
        return code

    def _compile_filter(self, node: Node, item: Question, used: set[Node]) -> None:
        rows = [row_of(one, item.choices, i) for i, one in enumerate(self._choices(item))]
        scope = Scope(self.tree, node)
        try:
            made = RowFilter(parse(item.choice_filter), rows, scope, compile_tree)
        except ExpressionError as wrong:
            params = {"expression": item.choice_filter, **wrong.params}
            self.problems.append(Problem(wrong.code, params, node, "choice_filter"))
            return
        used |= scope.used
        self.filters[node] = made

    def _choices(self, item: Question) -> tuple[Choice, ...]:
        return self.document.lists[item.choices]

    def _fixed_default(self, node: Node, item: Question) -> None:
        """A default that is a plain value, in the JSON shape of its kind."""
        try:
            self.defaults[node] = from_submission(item.kind, item.default)
        except ValueError:
            params: dict[str, str | int] = {"found": item.default}
            self.problems.append(Problem("form_check.default", params, node, "default"))

    def _compile_words(self, node: Node) -> None:
        item = node.item
        worded = ("label", "hint", "required_message", "constraint_message")
        for column in worded if isinstance(item, Question) else worded[:1]:
            for _, written in getattr(item, column).texts:
                if "${" in written:
                    self._compile_text(node, column, written)

    def _compile_text(self, node: Node, column: str, written: str) -> None:
        pieces: list[str | Code] = []
        for index, piece in enumerate(_HOLE.split(written)):
            if index % 2 == 0:
                pieces.append(piece)
            elif code := self._code(node, column, f"${{{piece}}}", set()):
                pieces.append(code)
        self._said[node, written] = pieces

    def said(self, node: Node, words: Words, context: Context) -> str:
        """A text of a node in the person's language, with each ${name} filled in."""
        say = words.said_only if context.as_odk else words.said
        written = say(context.language)
        pieces = self._said.get((node, written))
        if pieces is None:
            return written
        return "".join(
            _shown(one.run(context), context)
            if isinstance(one, Code)
            else one
            if one.strip() or not context.as_odk
            else ""  # the reference engine's XML parser drops blanks between two answers
            for one in pieces
        )

    def below(self, node: Node) -> list[Node]:
        """The questions inside a section."""
        known = self._below.get(node)
        if known is None:
            known = self._below[node] = list(_leaves(node))
        return known

    def defaults_in(self, repeat: Node) -> list[tuple[Node, Any]]:
        """The plain defaults of the questions right inside a repeat, not in a repeat within it."""
        inside = [leaf for leaf in self.below(repeat) if leaf.repeats[-1] is repeat]
        return [(leaf, self.defaults[leaf]) for leaf in inside if leaf in self.defaults]

    def _active(self, node: Node) -> bool:
        known = (self.relevant, self.calculation, self.first_values)
        return isinstance(node.item, Repeat) or any(node in one for one in known)

    def _ordered(self) -> list[Node]:
        """Every node with something to reckon, what it depends on first; notes cycles."""
        active = {node for node in self.tree.nodes if self._active(node)}
        waits = {node: self._waits(node) & active for node in active}
        followers: dict[Node, list[Node]] = {}
        for node, on in waits.items():
            for other in on:
                followers.setdefault(other, []).append(node)
        ready = [(node.number, node) for node, on in waits.items() if not on]
        heapq.heapify(ready)
        order: list[Node] = []
        while ready:
            _, node = heapq.heappop(ready)
            order.append(node)
            for follower in followers.get(node, ()):
                waits[follower].discard(node)
                if not waits[follower]:
                    heapq.heappush(ready, (follower.number, follower))
        self._note_cycles({node: on for node, on in waits.items() if on})
        return order

    def _reckoning(self, node: Node) -> Reckoning:
        further = node.is_repeat or node in self.calculation or node in self.first_values
        path = None if node.repeats else node.pieces[0]
        return Reckoning(node, path, self.relevant.get(node), further)

    def _waits(self, node: Node) -> set[Node]:
        """The nodes to reckon before this one: what it names, and what is around either."""
        direct = self.needs.get(node, set())
        return {*direct, *node.ancestors(), *(a for one in direct for a in one.ancestors())} - (
            set() if node in direct else {node}
        )

    def _note_cycles(self, stuck: dict[Node, set[Node]]) -> None:
        """Follow what is left from its first node until a name comes again."""
        if not stuck:
            return
        trail = [min(stuck, key=lambda node: node.number)]
        while trail[-1] not in trail[:-1]:
            trail.append(min(stuck[trail[-1]] & set(stuck), key=lambda node: node.number))
        self._note_cycle(trail[trail.index(trail[-1]) :])

    def _note_cycle(self, ring: list[Node]) -> None:
        names = " → ".join(node.name for node in ring)
        column = "calculation" if ring[0] in self.calculation else "relevant"
        self.problems.append(
            Problem("form_check.expression.cycle", {"names": names}, ring[0], column)
        )

    def _rechecks(self) -> dict[Node, list[Node]]:
        """For each node, the questions whose constraint or choices may change with it."""
        found: dict[Node, list[Node]] = {}
        for node, used in self.checks.items():
            for other in self._behind(used) - {node}:
                found.setdefault(other, []).append(node)
        return found

    def _behind(self, nodes: set[Node]) -> set[Node]:
        seen: set[Node] = set()
        todo = list(nodes)
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self.needs.get(node, ())
        return seen


def _shown(value: Value, context: Context) -> str:
    """A value inside a text; moments with their time, which ODK leaves out."""
    if isinstance(value, datetime) and not context.as_odk:
        same_day = value.date() == context.now.date()
        return value.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
    return text(value)


def _leaves(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.question is not None:
            yield child
        yield from _leaves(child)


@lru_cache(maxsize=64)
def plan(document: Document) -> Plan:
    """The plan of a document, compiled once; raises ValueError if it has problems."""
    made = Plan(document)
    if made.problems:
        first = made.problems[0]
        raise ValueError(f"{document.name}: {first.node.name}: {first.code} {first.params}")
    return made
