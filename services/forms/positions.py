"""The order in which a form is gone through: questions, sections, rounds of repeats."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from services.forms.documents import UNASKED, Kind, Question, Repeat
from services.forms.expressions import Context
from services.forms.trees import At, Node, Tree

MOST_ROUNDS = 200
"""Rounds of one repeat; a count beyond it is an author's or a person's slip."""


class Position(NamedTuple):
    """A question in its round, a section that begins, or the question "one more round?"."""

    node: Node
    at: At
    path: str
    """Where its answer is kept; that a note was read is kept beside its value."""
    kind: Kind | None
    """None for a section."""


class Flow:
    """The positions of a document. Those outside all repeats are made once for all fillings."""

    def __init__(self, tree: Tree, counted: Callable[[Node], bool]) -> None:
        self._counted = counted
        self._fixed: list[Position | Node] = []
        """In order; a repeat stands for its rounds, which depend on the answers."""
        self._inside: dict[Node, frozenset[str]] = {}
        self._lay(tree.root)
        fixed = [one for one in self._fixed if isinstance(one, Position)]
        self._all = fixed if len(fixed) == len(self._fixed) else None
        self._questions = [one for one in fixed if one.kind is not None]

    def _lay(self, around: Node) -> list[str]:
        """Lay out what is inside a section; gives the paths in it."""
        paths: list[str] = []
        for node in around.children:
            path = node.pieces[0]
            mine = [path]
            if node.is_repeat:
                self._fixed.append(node)
            elif node.question is None:
                self._fixed.append(Position(node, (), path, None))
                mine += self._lay(node)
            elif (position := _question(node, (), path)) is not None:
                self._fixed.append(position)
                mine.append(position.path)
            self._inside[node] = frozenset(mine)
            paths += mine
        return paths

    def inside(self, node: Node) -> frozenset[str]:
        """The paths that go with a node outside all repeats: its own and those of what it holds."""
        return self._inside[node]

    def positions(self, context: Context) -> list[Position]:
        """Everything relevant, in order."""
        hidden = context.hidden
        if self._all is not None:
            return [one for one in self._all if one.path not in hidden] if hidden else self._all
        found: list[Position] = []
        for one in self._fixed:
            if isinstance(one, Position):
                if one.path not in hidden:
                    found.append(one)
            elif one.pieces[0] not in hidden:
                found += self._rounds(one, (), one.pieces[0], context)
        return found

    def questions(self, context: Context) -> list[Position]:
        """The relevant questions, in order."""
        if self._all is None:
            return [one for one in self.positions(context) if one.kind is not None]
        hidden = context.hidden
        if not hidden:
            return self._questions
        return [one for one in self._questions if one.path not in hidden]

    def _within(self, nodes: list[Node], at: At, context: Context) -> Iterator[Position]:
        for node in nodes:
            path = node.path(at)
            if path in context.hidden:
                continue
            if node.is_repeat:
                yield from self._rounds(node, at, path, context)
            elif node.question is None:
                yield Position(node, at, path, None)
                yield from self._within(node.children, at, context)
            elif (position := _question(node, at, path)) is not None:
                yield position

    def _rounds(self, node: Node, at: At, path: str, context: Context) -> Iterator[Position]:
        asks = not self._counted(node)
        if asks and not begins_itself(node, at):
            yield Position(node, (*at, 0), f"{path}[1]", Kind.ANOTHER)
        for round_ in range(1, context.counts.get(path, 0) + 1):
            inner = (*at, round_)
            yield Position(node, inner, f"{path}[{round_}]", None)
            yield from self._within(node.children, inner, context)
            if asks and round_ < MOST_ROUNDS:
                yield Position(node, inner, f"{path}[{round_ + 1}]", Kind.ANOTHER)


def _question(node: Node, at: At, path: str) -> Position | None:
    question = node.item
    assert isinstance(question, Question)
    if question.kind in UNASKED:
        return None
    if question.readonly:
        return Position(node, at, f"{path}#read", Kind.NOTE)
    return Position(node, at, path, question.kind)


def begins_itself(node: Node, at: At) -> bool:
    """Whether a repeat without a count has its first round unasked, as in the models that pyxform
    makes: not right inside a further round of another repeat, but in a group inside it."""
    if not node.repeats:
        return True
    outer = node.repeats[-1]
    came_along = at[-1] == 1 and begins_itself(outer, at[:-1])
    return came_along or node.parent is not outer


def counted(node: Node) -> bool:
    """Whether the rounds of a repeat are counted rather than asked for."""
    return isinstance(node.item, Repeat) and bool(node.item.count)
