"""What came of rows that staff sent in a workbook: entered all together, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wrong:
    """What is wrong in a row: the code of a sentence and its parameters."""

    number: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Outcome:
    """What an import did; with anything wrong it did nothing."""

    added: int = 0
    changed: int = 0
    wrong: list[Wrong] = field(default_factory=list)
