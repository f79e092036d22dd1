"""Where an expression stands: what it sees while it runs, and what its names mean."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.forms.expressions.syntax import ExpressionError
from services.forms.trees import At, Node, Tree


class Context:
    """What an expression sees: the answers, the rounds it stands in, the clock.

    One context is moved from node to node while a filling is gone through (`at`, `path`).
    """

    __slots__ = (
        "as_odk", "at", "counts", "hidden", "kept", "language", "now", "origin", "path",
        "position", "row", "seed", "values",
    )  # fmt: skip

    def __init__(
        self,
        values: dict[str, Any],
        *,
        now: datetime,
        seed: str = "",
        language: str = "",
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        self.values = values
        """Path to answer; what is not relevant is not there."""
        self.counts: dict[str, int] = {}
        """Path of a repeat to its number of rounds."""
        self.at: At = ()
        self.origin: At = ()
        """Where current() stands while a predicate looks at other nodes."""
        self.path = ""
        self.row: Mapping[str, str] = {}
        """The choice that a choice filter or a predicate looks at."""
        self.hidden: set[str] = set()
        """Paths of what is not relevant: questions, groups and repeats."""
        self.position = 1
        self.as_odk = False
        """Whether texts come as ODK shows them, "-" for a missing translation."""
        self.now = now
        self.seed = seed
        self.language = language
        self.kept = kept or {}

    def copied(self) -> "Context":
        """Another one with values of its own; what was found hidden is shared."""
        made = Context(
            dict(self.values),
            now=self.now,
            seed=self.seed,
            language=self.language,
            kept=self.kept,
        )
        made.as_odk, made.hidden, made.counts = self.as_odk, self.hidden, self.counts
        return made

    def chance(self, salt: str) -> random.Random:
        """Random numbers that are the same each time this filling is looked at."""
        return random.Random(f"{self.seed}|{self.path}|{salt}")


@dataclass
class Scope:
    """What the names in an expression mean, and what it turned out to depend on."""

    tree: Tree
    node: Node
    rows: bool = False
    """Whether bare names are the attributes of a choice (choice filters, instance predicates)."""
    used: set[Node] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    """"once" when the expression keeps its first value, "clock" when it looks at the clock."""
    calls: list[None] = field(default_factory=list)
    """An entry for each call of a function of chance, so that no two give the same."""
    outer: Node | None = None
    """Inside a predicate: the node that the whole expression belongs to."""

    @property
    def origin(self) -> Node:
        """What current() means, inside a predicate too."""
        return self.outer or self.node

    def resolve(self, name: str) -> Node:
        """The node that ${name} means; raises ExpressionError if none or several."""
        if name.startswith("last-saved#"):
            raise ExpressionError("form_check.expression.last_saved", name=name)
        found = self.tree.named.get(name, ())
        if not found:
            raise ExpressionError("form_check.expression.unknown_name", name=name)
        if len(found) > 1:
            raise ExpressionError("form_check.expression.ambiguous_name", name=name)
        self.used.add(found[0])
        return found[0]

    def inside(self, node: Node, *, rows: bool = False) -> "Scope":
        """The scope of a predicate: another context node, the same books of what is used."""
        return Scope(self.tree, node, rows, self.used, self.flags, self.calls, self.origin)

    def salt(self) -> str:
        """A new one for each call of a function of chance."""
        self.calls.append(None)
        return str(len(self.calls))
