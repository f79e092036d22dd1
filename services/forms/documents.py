"""What a form is: a frozen, versioned document of questions, groups and repeats.

A document says nothing about who fills it in or where; it is stored as JSON, one row per
version, and read again years later, so `from_json` takes every document `to_json` ever wrote.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class Kind(StrEnum):
    """What a question asks for. The shape of each answer is told in services.forms.answers."""

    CHOOSE_ONE = "choose_one"
    CHOOSE_SEVERAL = "choose_several"
    RANK = "rank"
    INTEGER = "integer"
    DECIMAL = "decimal"
    SCALE = "scale"
    TEXT = "text"
    BARCODE = "barcode"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    PHOTOS = "photos"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    PLACE = "place"
    CONTACT = "contact"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    ANOTHER = "another"
    """Not written by authors: the question "one more round?" of a repeat."""
    CALCULATE = "calculate"
    META = "meta"
    """Filled in by the application: start, end, today, username and the like."""


UNASKED = frozenset({Kind.CALCULATE, Kind.META})
WITH_CHOICES = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_SEVERAL, Kind.RANK})
MEDIA = frozenset({Kind.PHOTOS, Kind.AUDIO, Kind.VIDEO, Kind.FILE})


@dataclass(frozen=True)
class Words:
    """One text in the languages the author wrote it in; "" stands for the only or default one."""

    texts: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts)

    def said(self, language: str = "") -> str:
        """The text in a language, else in the default one, else in the first, else ""."""
        known = dict(self.texts)
        return known.get(language) or known.get("") or (self.texts[0][1] if self.texts else "")

    def said_only(self, language: str) -> str:
        """The text in a language, and "-" where the others have one, as ODK shows it."""
        known = dict(self.texts)
        single = list(known) == [""]
        return known[""] if single else known.get(language, "-" if known else "")

    def to_json(self) -> str | Json:
        return self.texts[0][1] if [key for key, _ in self.texts] == [""] else dict(self.texts)

    @classmethod
    def of(cls, value: "str | Mapping[str, str] | Words | None") -> "Words":
        """From a plain text, a mapping of languages, or nothing."""
        if isinstance(value, Words):
            return value
        if value is None or value == "":
            return cls()
        return cls((("", value),) if isinstance(value, str) else tuple(value.items()))


NONE = Words()


@dataclass(frozen=True)
class Choice:
    """One thing to pick: `name` is stored, `label` is read, `attributes` serve choice filters."""

    name: str
    label: Words = NONE
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One question. Expressions are kept as written; "" means that there is none."""

    name: str
    kind: Kind
    label: Words = NONE
    short: Words = NONE
    """What the review page calls it, where the label is a whole question."""
    hint: Words = NONE
    required: str = ""
    required_message: Words = NONE
    constraint: str = ""
    constraint_message: Words = NONE
    relevant: str = ""
    default: str = ""
    default_reckoned: bool = False
    """Whether the default is an expression, reckoned when the question first appears."""
    calculation: str = ""
    choices: str = ""
    """Name of a list in `Document.lists`."""
    choices_from: str = ""
    """Name of a list that the application supplies while the form is filled in."""
    choice_filter: str = ""
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """at_most, at_least (photos, choices), start, end, step (scale), randomize, seed, of (meta)."""
    appearance: str = ""
    readonly: bool = False
    """Shown and read, never answered; its value is the calculation or the default."""


@dataclass(frozen=True)
class Group:
    """Questions that belong together. A flat group adds nothing to the paths of its questions."""

    name: str
    label: Words = NONE
    relevant: str = ""
    appearance: str = ""
    flat: bool = False
    items: "tuple[Item, ...]" = ()


@dataclass(frozen=True)
class Repeat:
    """Questions asked several times: `count` times, or until the person says "no more"."""

    name: str
    label: Words = NONE
    relevant: str = ""
    appearance: str = ""
    count: str = ""
    items: "tuple[Item, ...]" = ()


Item: TypeAlias = Question | Group | Repeat

_TAGS: dict[str, type[Question] | type[Group] | type[Repeat]] = {
    "question": Question,
    "group": Group,
    "repeat": Repeat,
}


@dataclass(frozen=True)
class Document:
    """A form in one version. The first of `languages` is the default one."""

    name: str
    version: str = "1"
    title: Words = NONE
    intro: Words = NONE
    thanks: Words = NONE
    languages: tuple[str, ...] = ()
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    items: tuple[Item, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def questions(self) -> Iterator[Question]:
        """Every question in order, those in groups and repeats too."""
        yield from (item for item in _flat(self.items) if isinstance(item, Question))

    def to_json(self) -> Json:
        """JSON-native and stable: the same document always gives the same text."""
        return dict(_plain(self))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content, by which a stored version is known to be untouched."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Document":
        """The document that `to_json` wrote; raises KeyError, TypeError or ValueError if not."""
        made = dict(data)
        made["lists"] = {
            name: tuple(_choice(choice) for choice in choices)
            for name, choices in made.get("lists", {}).items()
        }
        made["items"] = tuple(_item(item) for item in made.get("items", ()))
        made["languages"] = tuple(made.get("languages", ()))
        return cls(**_worded(cls, made))


def _flat(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        if not isinstance(item, Question):
            yield from _flat(item.items)


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return value.to_json()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    written = {one.name: getattr(value, one.name) for one in fields(value) if _told(value, one)}
    tag = next((tag for tag, made in _TAGS.items() if isinstance(value, made)), "")
    return {**({"is": tag} if tag else {}), **{key: _plain(one) for key, one in written.items()}}


def _told(value: Any, one: Any) -> bool:
    """Whether a field differs from its default: what is empty is not written."""
    default = one.default if one.default_factory is MISSING else one.default_factory()
    return bool(getattr(value, one.name) != default)


def _worded(cls: type, data: Json) -> Json:
    """Give texts back their type."""
    worded = {one.name for one in fields(cls) if one.type is Words}
    return {key: Words.of(one) if key in worded else one for key, one in data.items()}


def _choice(data: Json) -> Choice:
    return Choice(**_worded(Choice, data))


def _item(data: Json) -> Item:
    cls = _TAGS[data["is"]]
    made = {key: value for key, value in data.items() if key != "is"}
    if cls is Question:
        made["kind"] = Kind(made["kind"])
    else:
        made["items"] = tuple(_item(item) for item in made.get("items", ()))
    return cls(**_worded(cls, made))
