"""The question that a person has before them, with everything that a view needs to show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.forms.documents import Kind


@dataclass(frozen=True)
class Option:
    """One thing to pick. Its place in `Step.options` is the value of its button."""

    name: str
    label: str


@dataclass(frozen=True)
class Step:
    """A question in the person's language, texts filled in."""

    path: str
    name: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    """Choices, or the points of a scale."""
    wants_choices: str = ""
    """Name of the list that the application has to `offer` before the question is shown."""
    sofar: tuple[Any, ...] = ()
    """Ticked names (choose_several, rank: in order) or the files collected until "done"."""
    before: Any = None
    """The earlier answer or the default, which "=" accepts; None if there is none."""
    at_least: int = 0
    at_most: int | None = None
    sections: tuple[str, ...] = ()
    """Labels of the groups and repeats around it, the outermost first."""
    round: int | None = None
    """Which round of the innermost repeat; for `another`, the round that may be added."""
    appearance: str = ""
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    @property
    def several(self) -> bool:
        """Whether it takes several things until "ok"."""
        return self.kind in (
            Kind.CHOOSE_SEVERAL,
            Kind.RANK,
            Kind.PHOTOS,
            Kind.AUDIO,
            Kind.VIDEO,
            Kind.FILE,
        )

    @property
    def ticked(self) -> frozenset[int]:
        """Indexes of the options that are ticked."""
        chosen = set(self.sofar)
        return frozenset(i for i, option in enumerate(self.options) if option.name in chosen)
