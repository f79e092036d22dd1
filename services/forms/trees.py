"""The tree of a document: each question, group and repeat with its place and its paths.

A path names one answer: "age", "household/age" in a group, "member[2]/age" in the second round
of a repeat. A node is a place in the document; with the round of each repeat around it (`at`)
it becomes a path.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.forms.documents import Document, Group, Item, Kind, Question, Repeat

At = tuple[int, ...]
"""The round, from 1, in each repeat around a node, the outermost first."""


@dataclass(eq=False)
class Node:
    """One item of a document in its place; equal only to itself."""

    name: str
    item: Item | None
    parent: "Node | None"
    repeats: "tuple[Node, ...]"
    pieces: tuple[str, ...]
    """The path's text, cut where the rounds of `repeats` go."""
    number: int = 0
    """Its place in document order."""
    children: "list[Node]" = field(default_factory=list)

    @property
    def question(self) -> Question | None:
        return self.item if isinstance(self.item, Question) else None

    @property
    def is_repeat(self) -> bool:
        return isinstance(self.item, Repeat)

    @property
    def kind(self) -> Kind | None:
        return self.item.kind if isinstance(self.item, Question) else None

    def path(self, at: At) -> str:
        """Where its answer is kept; rounds beyond its own repeats are not looked at."""
        pieces = self.pieces
        if len(pieces) == 1:
            return pieces[0]
        if len(pieces) == 2:
            return f"{pieces[0]}{at[0]}{pieces[1]}"
        woven = [f"{piece}{round_}" for piece, round_ in zip(pieces, at, strict=False)]
        return "".join(woven) + pieces[-1]

    def round_path(self, at: At) -> str:
        """A repeat's own path in one round: the last of `at` is the round."""
        return f"{self.path(at)}[{at[len(self.repeats)]}]"

    def ancestors(self) -> "Iterator[Node]":
        """From its parent outwards, without the root."""
        node = self.parent
        while node is not None and node.parent is not None:
            yield node
            node = node.parent


class Tree:
    """All nodes of a document, in order and by name."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = Node("", None, None, (), ("",))
        self.nodes: list[Node] = []
        self.named: dict[str, list[Node]] = {}
        self._grow(self.root, document.items, ("",), ())

    def _grow(
        self, parent: Node, items: tuple[Item, ...], stem: tuple[str, ...], around: tuple[Node, ...]
    ) -> None:
        for item in items:
            pieces = (*stem[:-1], stem[-1] + item.name)
            node = Node(item.name, item, parent, around, pieces, len(self.nodes))
            parent.children.append(node)
            self.nodes.append(node)
            self.named.setdefault(item.name, []).append(node)
            if isinstance(item, Repeat):
                inner = (*pieces[:-1], f"{pieces[-1]}[", "]/")
                self._grow(node, item.items, inner, (*around, node))
            elif isinstance(item, Group):
                below = stem if item.flat else (*pieces[:-1], f"{pieces[-1]}/")
                self._grow(node, item.items, below, around)
