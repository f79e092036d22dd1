"""The workbook of the categories: what there is, and what a changed one says row by row."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from handlers.files.workbooks import Cell, Column, Sheet, read_workbook, write_workbook
from handlers.texts import say
from services.imports import Wrong, lines_below
from services.reports import categories
from services.reports.categories import Category, ExtraQuestion, PhotoRule

COLUMNS = (
    "code",
    "label",
    "group",
    "photo",
    "needs",
    "radius",
    "limit",
    "external_code",
    "questions",
    "active",
    "words",
)
_NEEDED = frozenset({"code"})
_BETWEEN = re.compile(r"[、,,;;/\s]+")
_PARTS = re.compile(r"[|\uff5c]")
_ALARM = "!\uff01"
"""Behind a choice that means danger to life."""
_DETAILS: tuple[categories.Detail, ...] = ("building", "entrance", "floor")
_KINDS: tuple[Literal["integer", "choice", "text"], ...] = ("integer", "choice", "text")


def workbook(table: Sequence[Category]) -> bytes:
    """The table to look at and to change."""
    columns = [Column(heading=_heading(name)) for name in COLUMNS]
    sheet = Sheet(
        name=_said("name"),
        columns=columns,
        rows=[_row(one) for one in table],
        title=_said("title"),
        notes=[_said("note"), _said("note_questions")],
    )
    return write_workbook([sheet])


def _said(key: str) -> str:
    return str(say(f"category_sheet.{key}"))


def _heading(name: str) -> str:
    return str(say(f"category_sheet.heading.{name}"))


def _kind(kind: str) -> str:
    return str(say(f"category_sheet.kind.{kind}"))


def _row(one: Category) -> tuple[Cell, ...]:
    return (
        one.code,
        one.label,
        _group_labels()[one.group],
        str(say(f"category_sheet.photo.{one.photo}")),
        _said("between").join(str(say(f"category_sheet.needs.{need}")) for need in one.needs),
        one.radius,
        one.limit,
        one.external_code,
        "\n".join(_question(asked) for asked in one.questions),
        _said("yes" if one.active else "no"),
        _said("between").join(one.words),
    )


def _group_labels() -> dict[str, str]:
    return {group.code: group.label for page in (1, 2) for group in categories.groups(page)}


def _question(asked: ExtraQuestion) -> str:
    parts = [asked.code, _kind(asked.kind), asked.text]
    for code, label in asked.choices:
        written = label if code == label else f"{code}={label}"
        parts.append(f"{written}!" if code == asked.alarm else written)
    return "|".join(parts)


# -- reading ------------------------------------------------------------------------------------


def read(data: bytes) -> tuple[list[tuple[int, Category]], list[Wrong]]:
    """The rows of a workbook, and what cannot be read. Raises Refusal as read_workbook.

    An empty cell, or a column that is left out, keeps what the category has.
    """
    lines: list[tuple[int, Category]] = []
    wrong: list[Wrong] = []
    headings = {_heading(name): name for name in COLUMNS}
    sheets = (sheet.rows for sheet in read_workbook(data))
    for number, cells in lines_below(sheets, headings, _NEEDED):
        _read_row(number, cells, lines, wrong)
    if not lines and not wrong:
        wrong.append(Wrong(0, "category_desk.no_rows"))
    return lines, wrong


def _read_row(
    number: int,
    cells: Mapping[str, Cell],
    lines: list[tuple[int, Category]],
    wrong: list[Wrong],
) -> None:
    given = {name: " ".join(str(value).split(" ")).strip() for name, value in cells.items()}
    code = given.pop("code", "")
    said: dict[str, Any] = {}
    for name, value in given.items():
        try:
            said[name] = _READERS[name](value)
        except (KeyError, ValueError):
            heading = _heading(name)
            params = {"heading": heading, "value": value[:40]}
            wrong.append(Wrong(number, "category_desk.not_read", params))
    known = categories.find(code)
    base = categories.to_row(known) if known else {"photo": "wanted", "radius": 50, "label": ""}
    made = {**base, **said, "code": code}
    if "group" in made:
        lines.append((number, categories.from_row(made)))
    else:
        wrong.append(Wrong(number, "category_desk.bad_group", {"value": ""}))


def _turned(key: str, names: Sequence[str]) -> dict[str, str]:
    return {str(say(f"category_sheet.{key}.{name}")): str(name) for name in names}


def _read_needs(value: str) -> list[str]:
    known = _turned("needs", _DETAILS)
    named = [known[part] for part in _BETWEEN.split(value) if part and part != _said("nothing")]
    return [detail for detail in _DETAILS if detail in named]


def read_words(value: str) -> list[str]:
    """Words as somebody lists them, each once; "none" clears them."""
    words = [part for part in _BETWEEN.split(value) if part]
    return [] if words == [_said("nothing")] else list(dict.fromkeys(words))


def _read_questions(value: str) -> list[dict[str, Any]]:
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    return [] if lines == [_said("nothing")] else [_read_question(line) for line in lines]


def _read_question(line: str) -> dict[str, Any]:
    code, kind, text, *choices = (part.strip() for part in _PARTS.split(line))
    pairs, alarm = [], ""
    for choice in choices:
        name, _, label = (part.strip() for part in choice.rstrip(_ALARM).partition("="))
        pairs.append([name, label or name])
        alarm = name if choice.endswith(tuple(_ALARM)) else alarm
    return {
        "alarm": alarm,
        "code": code,
        "kind": _turned("kind", _KINDS)[kind],
        "text": text,
        "choices": pairs,
    }


_READERS: dict[str, Any] = {
    "label": str,
    "group": lambda value: {label: code for code, label in _group_labels().items()}[value],
    "photo": lambda value: _turned("photo", list(PhotoRule))[value],
    "needs": _read_needs,
    "radius": int,
    "limit": int,
    "external_code": lambda value: "" if value == _said("nothing") else value,
    "questions": _read_questions,
    "words": read_words,
    "active": lambda value: {_said("yes"): True, _said("no"): False}[value],
}
