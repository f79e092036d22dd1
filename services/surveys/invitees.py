"""The list of people a questionnaire is for: read from rows, matched, kept all or not at all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from db.models.surveys import Survey, SurveyInvitee
from db.models.volunteers import Volunteer
from db.stores import people, survey_audiences
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.people.identities import PHONE
from services.permissions import Actor, Permission
from services.surveys import audiences

MOST_ROWS = 5_000
_HEADINGS = 3
"""Rows at the top that may hold a title and headings instead of somebody."""
_DIGITS_OF_SOMEBODY = 5
"""A row at the top with a cell of more digits than this was meant to be somebody."""


@dataclass(frozen=True)
class Row:
    """A row of a list: its number for people, and its cells as text."""

    number: int
    cells: tuple[str, ...]


def typed(text: str) -> list[Row]:
    """The rows of a list typed into the chat: one a line, or with commas between."""
    lines = [part for line in text.splitlines() for part in re.split(r"[,;，；、]", line)]
    return [Row(number, (line,)) for number, line in enumerate(lines, 1)]


@dataclass(frozen=True)
class Taken:
    """What became of a list. With `wrong` rows nothing was kept."""

    added: int = 0
    known: int = 0
    """Of those added, people who have talked to the office."""
    double: int = 0
    wrong: tuple[int, ...] = ()


def looks_like_somebody(row: Row) -> bool:
    """Whether a typed row has a phone or a volunteer number in it, right or wrong."""
    return any(map(_is_numeric, row.cells))


def phone_in(cells: Sequence[str]) -> str | None:
    """The first cell that is a phone."""
    for cell in cells:
        try:
            return privacy.normalise_phone(cell)
        except Refusal:
            continue
    return None


async def add(work: Work, by: Actor, survey: Survey, rows: Sequence[Row]) -> Taken:
    """Put people on the list, by phone or volunteer number; from now on it is only for them.

    Raises Refusal: survey_desk.list_empty, survey_desk.list_too_long (limit).
    """
    by.require(Permission.SURVEY_EDIT)
    rows = [row for row in rows if any(row.cells)]
    if len(rows) > MOST_ROWS:
        raise Refusal("survey_desk.list_too_long", limit=MOST_ROWS)
    found, wrong = await _matched(work, rows)
    if not found and not wrong:
        raise Refusal("survey_desk.list_empty")
    if wrong:
        return Taken(wrong=tuple(wrong))
    return await _keep(work, by, survey, found)


async def _matched(work: Work, rows: Sequence[Row]) -> tuple[list[str | Volunteer], list[int]]:
    """Phones and volunteers, and the rows that are neither; headings are passed over."""
    plain = [tuple(normalize("NFKC", cell).strip() for cell in row.cells) for row in rows]
    numbers = {cell.upper() for cells in plain for cell in cells if cell}
    volunteers = await survey_audiences.volunteers_numbered(work.session, numbers)
    found: list[str | Volunteer] = []
    wrong = []
    for row, cells in zip(rows, plain, strict=True):
        named = next((volunteers[c.upper()] for c in cells if c.upper() in volunteers), None)
        one = named or phone_in(cells)
        if one is not None:
            found.append(one)
        elif found or row.number > _HEADINGS or any(map(_is_numeric, cells)):
            wrong.append(row.number)
    return found, wrong


def _is_numeric(cell: str) -> bool:
    return sum(sign.isdecimal() for sign in cell) > _DIGITS_OF_SOMEBODY


async def _keep(work: Work, by: Actor, survey: Survey, found: Sequence[str | Volunteer]) -> Taken:
    before = await survey_audiences.invitees(work.session, survey.id)
    taken = {key for row in before for key in _keys(row)}
    people_of = await _people_by_phone(work, [one for one in found if isinstance(one, str)])
    made: list[SurveyInvitee] = []
    for one in found:
        row = _row(survey, one, people_of)
        if taken.isdisjoint(_keys(row)):
            made.append(row)
        taken |= _keys(row)
    await survey_audiences.invite(work.session, made)
    survey.audience = {**survey.audience, "listed": True}
    await people.note(work.session, by.person_id, "survey:list", "survey", survey.id,
                      now=clock.now(), added=len(made))  # fmt: skip
    known = sum(row.person_id is not None for row in made)
    return Taken(len(made), known, len(found) - len(made))


async def _people_by_phone(work: Work, phones: Iterable[str]) -> dict[str, int]:
    """The one person of each phone; where two share it, both are meant and none is here."""
    indexes = {index: phone for phone in phones for index in audiences.indexes_of(phone)}
    found: dict[str, set[int]] = {}
    for person_id, index in await survey_audiences.people_of_phones(work.session, indexes):
        found.setdefault(indexes[index], set()).add(person_id)
    return {phone: one.pop() for phone, one in found.items() if len(one) == 1}


def _keys(row: SurveyInvitee) -> set[str]:
    keys = {f"person:{row.person_id}", f"volunteer:{row.volunteer_id}", f"phone:{row.phone_index}"}
    return {key for key in keys if not key.endswith(":None")}


def _row(survey: Survey, one: str | Volunteer, people_of: Mapping[str, int]) -> SurveyInvitee:
    """A person where they are known; a phone is kept only of somebody who is not."""
    if isinstance(one, Volunteer):
        return SurveyInvitee(survey_id=survey.id, person_id=one.person_id, volunteer_id=one.id)
    if one in people_of:
        return SurveyInvitee(survey_id=survey.id, person_id=people_of[one])
    index = privacy.blind_index(one, PHONE).hex()
    return SurveyInvitee(survey_id=survey.id, phone=one, phone_index=index)


async def count(work: Work, survey: Survey) -> int:
    """How many are on the list."""
    return await survey_audiences.invitee_count(work.session, survey.id)


async def clear(work: Work, by: Actor, survey: Survey) -> None:
    """Throw the list away: the questionnaire is for everybody else it is for again."""
    by.require(Permission.SURVEY_EDIT)
    await survey_audiences.clear_invitees(work.session, survey.id)
    survey.audience = {**survey.audience, "listed": False}
    await people.note(work.session, by.person_id, "survey:list_cleared", "survey", survey.id,
                      now=clock.now())  # fmt: skip
