"""The office keeps its own table of categories: one at a time, or a whole workbook at once."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from db.stores import category_rules as rules
from db.stores import people
from db.work import Work
from services import clock
from services.errors import Refusal
from services.imports import Outcome, Wrong
from services.permissions import STREET, Actor, Permission
from services.reports import categories
from services.reports.categories import Category, PhotoRule

LONGEST_LABEL, LONGEST_CODE, LONGEST_QUESTION = 16, 20, 60
WIDEST, SLOWEST = 2000, 60
"""Metres within which an older report may be the same, and working days until it is due."""
OWN, USUAL_RADIUS = "own_", 50
"""How the codes of kinds begin that were added in chat, and their radius in metres."""
MOST_QUESTIONS, MOST_CHOICES = 4, 8
MOST_WORDS, SHORTEST_WORD, LONGEST_WORD = 20, 2, 12
"""A single character is part of too many words to tell anything."""
_CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")
_MARKUP = re.compile(r"[$<>{}]")
"""Signs that a form's text gives a meaning of its own."""

_seen: list[rules.Version] = []


async def refresh(work: Work) -> None:
    """Read the office's table again where it has changed; cheap where it has not."""
    version = await rules.version(work.session)
    if _seen == [version]:
        return
    categories.use([categories.from_row(row) for row in await rules.bodies(work.session)])
    _seen[:] = [version]


def access(by: Actor, code: str) -> Category:
    """A category, for who may change it; Refusal common.not_allowed or common.not_there."""
    by.require(Permission.REPORT_SETUP, STREET)
    found = categories.find(code)
    if found is None:
        raise Refusal("common.not_there")
    return found


async def change(work: Work, by: Actor, code: str, **changes: Any) -> Category:
    """Change one category. Raises Refusal as `access`, and with what is wrong (category_desk.*)."""
    made = replace(access(by, code), **changes)
    wrong = [Wrong(0, flaw, params) for flaw, params in flaws(made)] + _twice([(0, made)])
    if wrong:
        raise Refusal(wrong[0].code, **wrong[0].params)
    await _keep(work, by, made)
    await refresh(work)
    return made


async def add(work: Work, by: Actor, group: str, label: str) -> Category:
    """A kind of the office's own, with the usual rules. Raises Refusal as `change` does."""
    by.require(Permission.REPORT_SETUP, STREET)
    taken = {one.code for one in categories.every()}
    code = next(name for n in count(1) if (name := f"{OWN}{n}") not in taken)
    made = Category(
        code=code, label=label, group=group, photo=PhotoRule.WANTED, radius=USUAL_RADIUS
    )
    wrong = [Wrong(0, flaw, params) for flaw, params in flaws(made)] + _twice([(0, made)])
    if wrong:
        raise Refusal(wrong[0].code, **wrong[0].params)
    await _keep(work, by, made)
    await refresh(work)
    return made


async def reset(work: Work, by: Actor, code: str) -> Category:
    """Back to what was shipped. Refusal("category_desk.not_shipped") where nothing was."""
    access(by, code)
    if code not in categories.shipped():
        raise Refusal("category_desk.not_shipped")
    await _keep(work, by, categories.shipped()[code])
    await refresh(work)
    return categories.shipped()[code]


async def take_over(work: Work, by: Actor, lines: Sequence[tuple[int, Category]]) -> Outcome:
    """Enter the rows of a workbook, by number and category; those it does not name stay.

    All rows are checked first: with one wrong row none is entered.
    """
    by.require(Permission.REPORT_SETUP, STREET)
    await refresh(work)
    outcome = Outcome()
    for number, one in lines:
        outcome.wrong += [Wrong(number, code, params) for code, params in flaws(one)]
    outcome.wrong += _twice(lines)
    if outcome.wrong:
        return outcome
    for _, one in lines:
        before = categories.find(one.code)
        if before is None:
            outcome.added += 1
        elif before != one:
            outcome.changed += 1
        if before != one:
            await _keep(work, by, one)
    await refresh(work)
    return outcome


def _twice(lines: Sequence[tuple[int, Category]]) -> list[Wrong]:
    """The same code or the same label on two rows, or the label of one that is not in them."""
    named = {one.code for _, one in lines}
    labels = {one.label: 0 for one in categories.table() if one.code not in named}
    codes: dict[str, int] = {}
    wrong = []
    for number, one in lines:
        if one.code in codes:
            wrong.append(Wrong(number, "category_desk.twice", {"value": one.code}))
        elif one.active and one.label in labels:
            wrong.append(Wrong(number, "category_desk.twice", {"value": one.label}))
        codes[one.code] = number
        if one.active:
            labels[one.label] = number
    return wrong


async def _keep(work: Work, by: Actor, one: Category) -> None:
    now = clock.now()
    if one == categories.shipped().get(one.code):
        await rules.drop(work.session, one.code)
    else:
        body = categories.to_row(one)
        await rules.put(work.session, one.code, body, by=by.person_id, now=now)
    await people.note(work.session, by.person_id, "category:edit", "category", one.code, now=now)


# -- what a category must be --------------------------------------------------------------------

Flaw = tuple[str, dict[str, object]]


def flaws(one: Category) -> list[Flaw]:
    """All that is wrong with a category: codes of sentences and their parameters."""
    found: list[Flaw] = []
    groups = {group.code for page in (1, 2) for group in categories.groups(page)}
    rules_ = (
        (_CODE.fullmatch(one.code) is None, "bad_code", one.code),
        (not _is_text(one.label, LONGEST_LABEL), "bad_label", LONGEST_LABEL),
        (one.group not in groups, "bad_group", one.group),
        (not 0 <= one.radius <= WIDEST, "bad_radius", WIDEST),
        (not 1 <= one.limit <= SLOWEST, "bad_limit", SLOWEST),
        (len(one.external_code) > LONGEST_CODE, "bad_external", LONGEST_CODE),
        (not _are_words(one.words), "bad_words", MOST_WORDS),
        (bool(one.needs) and not one.needs_building, "building_first", ""),
        (len(one.questions) > MOST_QUESTIONS, "many_questions", MOST_QUESTIONS),
        (one.code == categories.OTHER and not one.active, "other_stays", ""),
    )
    found += [(f"category_desk.{code}", {"value": value}) for bad, code, value in rules_ if bad]
    codes = [question.code for question in one.questions]
    for question in one.questions:
        if codes.count(question.code) > 1 or _CODE.fullmatch(question.code) is None:
            found.append(("category_desk.bad_question_code", {"value": question.code}))
        found += _question_flaws(question)
    return found


def _question_flaws(asked: categories.ExtraQuestion) -> list[Flaw]:
    found: list[Flaw] = []
    if not _is_text(asked.text, LONGEST_QUESTION):
        found.append(("category_desk.bad_question", {"value": LONGEST_QUESTION}))
    labels = [label for _, label in asked.choices]
    fits = 2 <= len(set(labels)) == len(labels) <= MOST_CHOICES
    fits = fits and all(_is_text(label, LONGEST_LABEL) for label in labels)
    if asked.kind == "choice" and not fits:
        found.append(("category_desk.bad_choices", {"value": MOST_CHOICES}))
    if asked.code == categories.COUNT and asked.kind != "integer":
        found.append(("category_desk.count_is_a_number", {"value": asked.code}))
    return found


def _are_words(words: Sequence[str]) -> bool:
    return len(words) <= MOST_WORDS and all(
        len(word) >= SHORTEST_WORD and _is_text(word, LONGEST_WORD) for word in words
    )


def _is_text(text: str, longest: int) -> bool:
    return 0 < len(text.strip()) <= longest and not _MARKUP.search(text) and text.isprintable()
