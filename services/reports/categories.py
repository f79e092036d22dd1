"""The kinds of problem that can be reported: a frozen table with the rules of each kind."""

import tomllib
from dataclasses import dataclass
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
    """Whether a report of this kind wants a picture; no rule ever blocks a person in danger."""

    REQUIRED = "required"
    WANTED = "wanted"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraQuestion:
    """A question that only this category asks; `choices` pairs codes with button labels."""

    code: str
    kind: Literal["integer", "choice", "text"]
    text: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One kind of problem.

    `needs` says which parts of a place matter, `radius` is in metres (0: same building), `limit`
    in working days; `external_code` is the office's own number for the district's export.
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
    """Every category in the order of the buttons, `other` last."""
    return tuple(_categories().values())


def codes() -> tuple[str, ...]:
    return tuple(_categories())


def find(code: str) -> Category | None:
    return _categories().get(code)


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
def _categories() -> dict[str, Category]:
    return {row["code"]: _category(row) for row in _seed()["categories"]}


def _category(row: dict[str, Any]) -> Category:
    questions = tuple(_question(question) for question in row.get("questions", ()))
    plain = {key: row[key] for key in row.keys() - {"photo", "needs", "questions"}}
    return Category(
        **plain,
        photo=PhotoRule(row["photo"]),
        needs=tuple(row.get("needs", ())),
        questions=questions,
    )


def _question(row: dict[str, Any]) -> ExtraQuestion:
    choices = tuple(row.get("choices", {}).items())
    return ExtraQuestion(code=row["code"], kind=row["kind"], text=row["text"], choices=choices)
