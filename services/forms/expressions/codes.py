"""What an expression compiles to: a closure, and what is known of it beforehand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from services.forms.expressions.contexts import Context
from services.forms.expressions.nodesets import Places
from services.forms.expressions.values import Value

Run: TypeAlias = Callable[[Context], Value]
Several: TypeAlias = Callable[[Context], list[Value]]


@dataclass(frozen=True)
class Code:
    """A compiled expression, or a part of one."""

    run: Run
    constant: Value | None = None
    several: Several | None = None
    """All values of a set of nodes; `run` gives the first of them."""
    places: Places | None = None
    """The nodes themselves, for functions that look at places."""
    direct: str = ""
    """The path whose stored answer this is, unchanged; "" when it has to be computed."""
    boolean: bool = False
    """Whether `run` always gives a boolean."""

    def all(self, context: Context) -> list[Value]:
        """The values: those of a set of nodes, or the single one."""
        return [self.run(context)] if self.several is None else self.several(context)


def constant(value: Value) -> Code:
    return Code(lambda _: value, constant=value, boolean=isinstance(value, bool))
