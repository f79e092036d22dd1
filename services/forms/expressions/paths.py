"""Paths and references: how ${name}, .., current() and instance() reach answers and choices."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from services.forms.documents import Choice, Group
from services.forms.expressions.codes import Code
from services.forms.expressions.contexts import Context, Scope
from services.forms.expressions.nodesets import (
    Place,
    Places,
    as_value,
    common,
    is_plain,
    read,
    rounds,
)
from services.forms.expressions.operators import as_truth
from services.forms.expressions.syntax import (
    Binary,
    Call,
    ExpressionError,
    Path,
    Reference,
    Step,
    Text,
    Tree,
)
from services.forms.expressions.values import Value
from services.forms.trees import At, Node

Compile: TypeAlias = Callable[[Tree, Scope], Code]
Row: TypeAlias = Mapping[str, str]


def compile_reference(name: str, scope: Scope) -> Code:
    """${name}: one answer, or a set of them when its repeat does not hold the context node."""
    node = scope.resolve(name)
    shared = common(scope.node, node)
    if node.kind is None or len(node.repeats) > shared:
        return from_places(_reached(node, shared))
    if node.repeats:
        return _in_round(node)
    return _fixed(node)


def _fixed(node: Node) -> Code:
    """An answer outside all repeats."""
    path, kind = node.pieces[0], node.kind
    assert kind is not None
    places: Places = lambda _: [(node, ())]  # noqa: E731
    if not is_plain(kind):
        return Code(lambda c: as_value(kind, c.values.get(path), c.now), places=places)

    def stored(c: Context) -> Value:
        answer = c.values.get(path)
        return "" if answer is None else answer

    return Code(stored, places=places, direct=path)


def _in_round(node: Node) -> Code:
    """An answer in the same round of the repeats that hold the context node."""
    kind, depth = node.kind, len(node.repeats)
    assert kind is not None
    path = node.path

    def places(c: Context) -> list[Place]:
        return [(node, c.at[:depth])]

    return Code(lambda c: as_value(kind, c.values.get(path(c.at)), c.now), places=places)


def _reached(node: Node, shared: int) -> Places:
    return lambda c: [(node, at) for at in rounds(c, node, c.at[:shared])]


def from_places(places: Places) -> Code:
    """The code of a set of nodes: those that are not relevant are left out."""

    def several(c: Context) -> list[Value]:
        return [read(c, place) for place in places(c) if relevant(c, place)]

    def first(c: Context) -> Value:
        found = several(c)
        return found[0] if found else ""

    return Code(first, several=several, places=places)


def relevant(context: Context, place: Place) -> bool:
    """Whether neither the node nor anything around it is hidden."""
    if not context.hidden:
        return True
    node, at = place
    if node.path(at) in context.hidden:
        return False
    return not any(above.path(at) in context.hidden for above in node.ancestors())


def compile_path(path: Path, scope: Scope, compile_tree: Compile) -> Code:
    """The code of a path; raises ExpressionError for one that leads nowhere."""
    start = path.start
    if isinstance(start, Call) and start.name == "instance":
        return _choices_path(path, start, scope, compile_tree)
    if scope.rows and start is None:
        return _attribute(path.steps)
    if isinstance(start, Reference):
        nodes, places = _from_reference(path, start, scope, compile_tree)
    elif isinstance(start, Call) and start.name == "current":
        nodes, places = [scope.origin], _standing(scope.origin, origin=True)
    elif start == "/":
        return _absolute(path, scope, compile_tree)
    elif start is None:
        nodes, places = [scope.node], _standing(scope.node, origin=False)
    else:
        raise ExpressionError("form_check.expression.path", found=_shown(path))
    return _walked(path, path.steps, nodes, places, scope, compile_tree)


def _walked(
    path: Path, steps: tuple[Step, ...], nodes: list[Node], places: Places, scope: Scope,
    compile_tree: Compile,
) -> Code:  # fmt: skip
    for step in steps:
        nodes, places = _stepped(step, nodes, places, scope, compile_tree)
        if not nodes:
            raise ExpressionError("form_check.expression.path", found=_shown(path))
    scope.used.update(node for node in nodes if node.parent is not None)
    if [step.name for step in path.steps] == ["."] and path.start is None and not scope.rows:
        return _itself(scope.node)
    return from_places(places)


def _itself(node: Node) -> Code:
    """`.`, the answer that a constraint is about."""
    kind = node.kind
    if kind is None:
        return from_places(_standing(node, origin=False))
    if not node.repeats:
        return _fixed(node)
    return _in_round(node)


def _standing(node: Node, *, origin: bool) -> Places:
    depth = len(node.repeats) + node.is_repeat
    if origin:
        return lambda c: [(node, c.origin[:depth])]
    return lambda c: [(node, c.at[:depth])]


def _from_reference(
    path: Path, start: Reference, scope: Scope, compile_tree: Compile
) -> tuple[list[Node], Places]:
    node = scope.resolve(start.name)
    places = _reached(node, common(scope.node, node))
    for predicate in path.predicates:
        places = _kept(places, predicate, scope.inside(node), compile_tree)
    return [node], places


def _absolute(path: Path, scope: Scope, compile_tree: Compile) -> Code:
    """/data/group/name: the first step is the form itself; rounds are those of the context."""
    root: Places = lambda _: [(scope.tree.root, ())]  # noqa: E731
    steps = path.steps[1:]
    if any(step.predicates for step in steps):
        return _walked(path, steps, [scope.tree.root], root, scope, compile_tree)
    node = scope.tree.root
    for step in steps:
        found = _children([node], step.name)
        if step.name in (".", "..", "*") or len(found) != 1:
            return _walked(path, steps, [scope.tree.root], root, scope, compile_tree)
        node = found[0]
    scope.used.add(node)
    return from_places(_reached(node, common(scope.node, node)))


def _stepped(
    step: Step, nodes: list[Node], places: Places, scope: Scope, compile_tree: Compile
) -> tuple[list[Node], Places]:
    """One step further: the nodes that may be reached, and how to reach them."""
    if step.name == ".":
        return nodes, places
    if step.name == "..":
        parents = [above for above in map(_above, nodes) if above is not None]
        return list(dict.fromkeys(parents)), lambda c: _parents(places(c))
    below = _children(nodes, step.name)
    wanted = set(below)

    def reached(c: Context) -> list[Place]:
        found: list[Place] = []
        for node, at in places(c):
            for child in _children([node], step.name):
                if child in wanted:
                    found += [(child, deeper) for deeper in rounds(c, child, at)]
        return found

    filtered: Places = reached
    for predicate in step.predicates:
        inner = scope.inside(below[0] if below else scope.node)
        filtered = _kept(filtered, predicate, inner, compile_tree)
    return below, filtered


def _parents(places: list[Place]) -> list[Place]:
    found: dict[Place, None] = {}
    for node, at in places:
        above = _above(node)
        if above is not None:
            found[(above, at[: len(above.repeats) + above.is_repeat])] = None
    return list(found)


def _above(node: Node) -> Node | None:
    """The parent as paths see it: flat groups are not there."""
    parent = node.parent
    while parent is not None and isinstance(parent.item, Group) and parent.item.flat:
        parent = parent.parent
    return parent


def _children(nodes: list[Node], name: str) -> list[Node]:
    found: list[Node] = []
    for node in nodes:
        for child in node.children:
            if isinstance(child.item, Group) and child.item.flat:
                found += _children([child], name)
            elif name in ("*", child.name):
                found.append(child)
    return found


def _kept(places: Places, predicate: Tree, scope: Scope, compile_tree: Compile) -> Places:
    """Only the places for which a predicate holds; a number is a position."""
    code = compile_tree(predicate, scope)
    condition = as_truth(code)

    def filtered(c: Context) -> list[Place]:
        standing: tuple[At, int] = (c.at, c.position)
        found: list[Place] = []
        for count, (node, at) in enumerate([p for p in places(c) if relevant(c, p)], start=1):
            c.at, c.position = at, count
            value = code.run(c)
            holds = condition(c) if isinstance(value, bool | str) else value == count
            if holds:
                found.append((node, at))
        c.at, c.position = standing
        return found

    return filtered


def _attribute(steps: tuple[Step, ...]) -> Code:
    """A bare name in a choice filter: an attribute of the choice that is looked at."""
    if len(steps) != 1 or steps[0].predicates:
        raise ExpressionError("form_check.expression.path", found="/".join(s.name for s in steps))
    name = steps[0].name
    return Code(lambda c: c.row.get(name, ""))


def _choices_path(path: Path, start: Call, scope: Scope, compile_tree: Compile) -> Code:
    """instance('list')/root/item[condition]/column."""
    argument = start.arguments[0] if start.arguments else None
    lists = scope.tree.document.lists
    if not isinstance(argument, Text) or argument.value not in lists:
        name = argument.value if isinstance(argument, Text) else ""
        raise ExpressionError("form_check.expression.unknown_list", name=name)
    steps = path.steps
    if len(steps) < 2 or (steps[0].name, steps[1].name) != ("root", "item"):
        raise ExpressionError("form_check.expression.path", found=_shown(path))
    rows = [row_of(choice, argument.value, i) for i, choice in enumerate(lists[argument.value])]
    filters = [RowFilter(one, rows, scope, compile_tree) for one in steps[1].predicates]
    column = steps[2].name if len(steps) > 2 else "name"

    def several(c: Context) -> list[Value]:
        found = rows
        for one in filters:
            found = one.of(c, found)
        if column == "label":
            return [_label(lists[argument.value], row, c.language) for row in found]
        return [row.get(column, "") for row in found]

    def first(c: Context) -> Value:
        found = several(c)
        return found[0] if found else ""

    return Code(first, several=several)


def row_of(choice: Choice, list_name: str, index: int) -> Row:
    """A choice as filters see it; `itextId` is what pyxform calls the key of its label."""
    return {
        "itextId": f"{list_name}-{index}",
        "label": choice.label.said(),
        **choice.attributes,
        "name": choice.name,
    }


def _label(choices: tuple[Choice, ...], row: Row, language: str) -> str:
    return choices[int(row["itextId"].rpartition("-")[2])].label.said(language)


class RowFilter:
    """A condition on the choices of a list; one of the form `column = value` uses an index."""

    def __init__(self, tree: Tree, rows: list[Row], scope: Scope, compile_tree: Compile) -> None:
        inner = scope.inside(scope.node, rows=True)
        self.code = compile_tree(tree, inner)
        self.condition = as_truth(self.code)
        self.index: dict[str, list[Row]] = {}
        self.wanted: Code | None = None
        self.rows = rows
        sides = (tree.left, tree.right) if isinstance(tree, Binary) and tree.operator == "=" else ()
        for one, other in (sides, sides[::-1]) if sides else ():
            column = _column(one)
            if column and not _mentions_row(other) and self.wanted is None:
                self.wanted = compile_tree(other, inner)
                for row in rows:
                    self.index.setdefault(row.get(column, ""), []).append(row)

    def of(self, context: Context, rows: list[Row]) -> list[Row]:
        """Those of `rows` for which the condition holds."""
        if self.wanted is not None and rows is self.rows:
            value = self.wanted.run(context)
            if isinstance(value, str):
                return self.index.get(value, [])
        standing = (context.row, context.position)
        found = []
        for count, row in enumerate(rows, start=1):
            context.row, context.position = row, count
            value = self.code.run(context)
            if self.condition(context) if isinstance(value, bool | str) else value == count:
                found.append(row)
        context.row, context.position = standing
        return found


def _column(tree: Tree) -> str:
    """The attribute that a part of a filter is, or ""."""
    single = isinstance(tree, Path) and tree.start is None and len(tree.steps) == 1
    return tree.steps[0].name if isinstance(tree, Path) and single else ""


def _mentions_row(tree: Tree) -> bool:
    """Whether a part of a filter depends on the choice that is looked at."""
    if isinstance(tree, Path):
        return tree.start is None
    if isinstance(tree, Binary):
        return _mentions_row(tree.left) or _mentions_row(tree.right)
    if isinstance(tree, Call):
        return tree.name == "position" or any(map(_mentions_row, tree.arguments))
    return not isinstance(tree, Text | Reference) and not hasattr(tree, "value")


def _shown(path: Path) -> str:
    start = path.start if isinstance(path.start, str) else ""
    return start + "/".join(step.name for step in path.steps)
