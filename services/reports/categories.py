"""The kinds of problem that can be reported: a table with the rules of each kind.

The shipped table holds until the office keeps another (services.reports.category_table).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

OTHER = "other"
DEFAULT_LIMIT = 5
"""Working days until a repair is due where a category sets none of its own."""
SEED = Path(__file__).parent / "lexicon" / "categories.toml"
COUNT = "count"
"""Code of the extra question whose answer is the report's quantity."""
Detail = Literal["building", "entrance", "floor"]


class PhotoRule(StrEnum):
    """Whether a report of this kind wants a picture.

    Who cannot take one now goes on without a required one and is asked again later; only where
    the office says `must` there is no way round it.
    """

    MUST = "must"
    REQUIRED = "required"
    WANTED = "wanted"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraQuestion:
    """A question that only this category asks; `choices` pairs codes with button labels.

    `alarm` is the code of the choice that means danger to life.
    """

    code: str
    kind: Literal["integer", "choice", "text"]
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    alarm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One kind of problem.

    `needs` says which parts of a place matter, `radius` is in metres (0: same building), `limit`
    in working days; `external_code` is the office's own number for the district's export; `words`
    are how people here call it, besides what the project knows. One that is not `active` is
    offered no more; older reports of it keep their name.
    """

    code: str
    label: str
    group: str
    photo: PhotoRule
    radius: int
    campaign: bool = False
    needs: tuple[Detail, ...] = ()
    limit: int = DEFAULT_LIMIT
    external_code: str = ""
    questions: tuple[ExtraQuestion, ...] = ()
    words: tuple[str, ...] = ()
    active: bool = True

    @property
    def needs_building(self) -> bool:
        return "building" in self.needs

    @property
    def needs_entrance(self) -> bool:
        return "entrance" in self.needs

    @property
    def needs_floor(self) -> bool:
        return "floor" in self.needs


@dataclass(frozen=True, slots=True)
class Group:
    """A button that opens up to six categories; groups of page 1 are offered first."""

    code: str
    label: str
    page: int


def table() -> tuple[Category, ...]:
    """Every category that is offered, in the order of the buttons, `other` last."""
    return tuple(one for one in every() if one.active)


def every() -> tuple[Category, ...]:
    """Those that are offered no more too."""
    return tuple(_held.table.values())


def codes() -> tuple[str, ...]:
    return tuple(one.code for one in table())


def find(code: str) -> Category | None:
    """A category by its code, offered or not."""
    return _held.table.get(code)


def use(own: Sequence[Category]) -> None:
    """Put the office's own categories over the shipped ones, in this process."""
    other = shipped()[OTHER]
    merged = {**shipped(), **{one.code: one for one in own}}
    last = merged.pop(OTHER, other)
    _held.table = {**merged, OTHER: last}  # at once: a thread may be reading


def codes_with(*, detail: Detail | None = None, photo: PhotoRule | None = None) -> tuple[str, ...]:
    """The kinds for which a part of the place matters, or that go by this rule for photos."""
    return tuple(
        one.code for one in table() if detail in one.needs or (photo and one.photo is photo)
    )


def path_of(category: Category, question: ExtraQuestion) -> str:
    """Where the answer to a question of one kind stands in the form."""
    return f"{category.code}_{question.code}"


def counting_question(category: Category) -> str | None:
    """The form's question that asks how many, if this kind has one."""
    found = next((one for one in category.questions if one.code == COUNT), None)
    return path_of(category, found) if found else None


def alarms(category: Category, given: Mapping[str, Any]) -> bool:
    """Whether an answer to one of the kind's own questions, by its code, means danger to life."""
    return any(one.alarm and given.get(one.code) == one.alarm for one in category.questions)


def groups(page: int) -> tuple[Group, ...]:
    """The group buttons of a page (1 or 2); empty for a page that does not exist."""
    return tuple(group for group in _groups() if group.page == page)


def members(group: str) -> tuple[Category, ...]:
    """The categories behind a group's button, the campaign's own first."""
    inside = [category for category in table() if category.group == group]
    return tuple(sorted(inside, key=lambda category: not category.campaign))


@cache
def _seed() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(SEED.read_text(encoding="utf-8"))


@cache
def _groups() -> tuple[Group, ...]:
    return tuple(Group(**row) for row in _seed()["groups"])


@cache
def shipped() -> dict[str, Category]:
    """The categories that come with the project."""
    return {row["code"]: from_row(row) for row in _seed()["categories"]}


def from_row(row: Mapping[str, Any]) -> Category:
    """A category as the seed file and the database write it; raises KeyError, ValueError."""
    questions = tuple(_question(question) for question in row.get("questions", ()))
    plain = {key: row[key] for key in row.keys() - {"photo", "needs", "questions", "words"}}
    return Category(
        **plain,
        photo=PhotoRule(row["photo"]),
        needs=tuple(row.get("needs", ())),
        questions=questions,
        words=tuple(row.get("words", ())),
    )


def _question(row: Mapping[str, Any]) -> ExtraQuestion:
    given = row.get("choices", ())
    pairs = given.items() if isinstance(given, Mapping) else given
    choices = tuple((str(code), str(label)) for code, label in pairs)
    return ExtraQuestion(
        code=row["code"],
        kind=row["kind"],
        text=row["text"],
        choices=choices,
        alarm=row.get("alarm", ""),
    )


def to_row(category: Category) -> dict[str, Any]:
    """What `from_row` reads; JSON-native."""
    asked = [
        {**asdict(one), "choices": [list(pair) for pair in one.choices]}
        for one in category.questions
    ]
    lists = {"needs": list(category.needs), "words": list(category.words)}
    return {**asdict(category), **lists, "questions": asked}


def said_for(category: Category) -> tuple[str, ...]:
    """How people call it, as the office says: its words, and the name of a kind it added."""
    own = () if category.code in shipped() else (category.label,)
    return (*category.words, *own)


@dataclass
class _Held:
    """The table that holds in this process."""

    table: Mapping[str, Category]


_held = _Held(shipped())
