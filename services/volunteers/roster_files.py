"""Rosters that come as tables: every row is read or told to be wrong, and nothing half done."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from db.models.volunteers import Volunteer, VolunteerChange
from db.stores import jobs, people, places, volunteers
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.imports import find_table
from services.permissions import STREET, Actor, Permission, Scope, community
from services.volunteers.registration import OLDEST, PHONE, State, new_number

WORDS: Final = tomllib.loads(
    (Path(__file__).parent / "roster_words.toml").read_text(encoding="utf-8")
)
_NEEDED = frozenset({"name", "community"})
_BETWEEN = re.compile(r"[,，、;；/\s]+")
_YEAR = re.compile(r"(19|20)\d{2}")
_DAY = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})")


@dataclass(frozen=True)
class Line:
    """A row of a table: its sheet, its number as Excel shows it, its values."""

    sheet: str
    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row. It never repeats a name or a phone."""

    sheet: str
    row: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Entry:
    """One person of the roster; hours in half-hour steps."""

    sheet: str
    row: int
    name: str
    sex: str | None
    community: str
    number: str | None
    categories: tuple[str, ...]
    half_hours: int
    phone: str | None
    joined_on: date | None
    birth_year: int | None
    skills: str | None


@dataclass
class Reading:
    """What a file holds, and what is wrong in it."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return bool(self.entries) and not self.problems


def read(lines: Sequence[Line], communities: Mapping[str, str]) -> Reading:
    """Read the rows of all sheets; `communities` leads from every name in use to the real one."""
    reading = Reading()
    sheets = dict.fromkeys(line.sheet for line in lines)
    for sheet in [one for one in sheets if one not in WORDS["counted"]["sheets"]]:
        rows = [line for line in lines if line.sheet == sheet]
        _read_sheet(sheet, rows, communities, reading)
    if not reading.entries and not reading.problems:
        reading.problems.append(Problem("", 0, "", "nobody"))
    _find_doubles(reading)
    return reading


def _read_sheet(
    sheet: str, rows: Sequence[Line], communities: Mapping[str, str], reading: Reading
) -> None:
    headings = {word: key for key, words in WORDS["headings"].items() for word in words}
    table = find_table(rows, headings, _NEEDED)
    if table is not None:
        for row in table.rows:
            _Row(row, table.columns, communities, reading).read()
    elif rows:
        reading.problems.append(Problem(sheet, rows[0].number, "", "no_headings"))


def _text(value: Any) -> str:
    return "" if value is None else normalize("NFKC", str(value)).strip()


class _Row:
    """Reads one row; every problem of it is noted, and only a row without one is taken."""

    def __init__(
        self,
        line: Line,
        columns: Mapping[str, int],
        communities: Mapping[str, str],
        reading: Reading,
    ) -> None:
        self._line, self._columns = line, columns
        self._communities, self._reading = communities, reading
        self._is_wrong = False

    def read(self) -> None:
        if not self._text("name") and not self._text("community") and not self._text("phone"):
            return  # a line of totals or notes
        entry = Entry(
            sheet=self._line.sheet,
            row=self._line.number,
            name=self._name(),
            sex=self._sex(),
            community=self._community(),
            number=self._text("number")[:20] or None,
            categories=self._categories(),
            half_hours=self._half_hours(),
            phone=self._phone(),
            joined_on=self._joined(),
            birth_year=self._birth_year(),
            skills=self._text("skills")[:500] or None,
        )
        if not self._is_wrong:
            self._reading.entries.append(entry)

    def _raw(self, key: str) -> Any:
        at = self._columns.get(key)
        return self._line.cells[at] if at is not None and at < len(self._line.cells) else None

    def _text(self, key: str) -> str:
        return _text(self._raw(key))

    def _wrong(self, key: str, code: str, value: str = "") -> None:
        self._is_wrong = True
        heading = WORDS["headings"][key][0]
        self._reading.problems.append(
            Problem(self._line.sheet, self._line.number, heading, code, value[:40])
        )

    def _name(self) -> str:
        name = self._text("name")
        if not 2 <= len(name) <= 20:
            self._wrong("name", "bad_name")
        return name

    def _sex(self) -> str | None:
        said = self._text("sex")
        found = next((code for code, words in WORDS["sex"].items() if said in words), None)
        if said and found is None:
            self._wrong("sex", "bad_sex", said)
        return found

    def _community(self) -> str:
        said = self._text("community")
        if said not in self._communities:
            self._wrong("community", "no_such_community", said)
        return self._communities.get(said, "")

    def _categories(self) -> tuple[str, ...]:
        known = {word: code for code, words in WORDS["categories"].items() for word in words}
        said = [part for part in _BETWEEN.split(self._text("categories")) if part]
        for part in said:
            if part not in known:
                self._wrong("categories", "no_such_category", part)
        return tuple(dict.fromkeys(known[part] for part in said if part in known))

    def _half_hours(self) -> int:
        said = self._text("hours")
        try:
            halves = float(said or 0) * 2
        except ValueError:
            halves = -1
        if not 0 <= halves <= 100_000:
            self._wrong("hours", "bad_hours", said)
            return 0
        return round(halves)

    def _phone(self) -> str | None:
        said = self._text("phone")
        if not said:
            return None
        try:
            return privacy.normalise_phone(said)
        except Refusal:
            self._wrong("phone", "bad_phone")
            return None

    def _joined(self) -> date | None:
        raw = self._raw("joined")
        if isinstance(raw, datetime):
            return raw.date()
        if raw is None or isinstance(raw, date):
            return raw
        found = _DAY.search(_text(raw))
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass  # a thirtieth of February
        self._wrong("joined", "bad_day", _text(raw))
        return None

    def _birth_year(self) -> int | None:
        raw = self._raw("birth")
        said = _text(raw)
        if not said:
            return None
        found = _YEAR.match(said)
        year = raw.year if isinstance(raw, date) else int(found[0]) if found else 0
        if not 0 <= clock.today().year - year <= OLDEST:
            self._wrong("birth", "bad_birth_year", said)
        return year


def _find_doubles(reading: Reading) -> None:
    """The same person twice, or one number for two people, is for the office to settle."""
    people: dict[tuple[str, str | None, str], Entry] = {}
    numbers: dict[str, Entry] = {}
    for entry in reading.entries:
        who = (entry.name, entry.phone, entry.community)
        first = people.setdefault(who, entry)
        if first is not entry:
            _double(reading, entry, first, "name", "twice")
        if entry.number:
            first = numbers.setdefault(entry.number, entry)
            if first is not entry:
                _double(reading, entry, first, "number", "number_twice")


def _double(reading: Reading, entry: Entry, first: Entry, key: str, code: str) -> None:
    heading = WORDS["headings"][key][0]
    reading.problems.append(Problem(entry.sheet, entry.row, heading, code, str(first.row)))


# -- taking in ----------------------------------------------------------------------------------


async def names_of_communities(work: Work) -> dict[str, str]:
    """From every name and alias of a community to its name."""
    known: dict[str, str] = {}
    for row in await places.communities(work.session):
        known |= {str(name): row.name for name in (row.name, *row.aliases)}
    return known


async def take_in(work: Work, by: Actor, reading: Reading) -> int:
    """Enter everybody of a checked file; people who are on the roster already stay as they are.

    Raises Refusal("rosters.has_problems", count=...) where anything is wrong:
    then nobody is entered.
    """
    by.require(Permission.VOLUNTEER_IMPORT)
    if not reading.ok:
        raise Refusal("rosters.has_problems", count=len(reading.problems))
    homes = {row.name: row.id for row in await places.communities(work.session)}
    new = await newcomers(work, reading)
    for entry in new:
        await _enter(work, by, entry, homes[entry.community])
    if new:
        now = clock.now()
        await people.note(
            work.session, by.person_id or None, "volunteer:import", "roster", now=now,
            count=len(new),
        )  # fmt: skip
    return len(new)


async def newcomers(work: Work, reading: Reading) -> list[Entry]:
    """Who of a checked file is not on the roster yet. Raises Refusal("rosters.numbers_taken")."""
    homes = {row.name: row.id for row in await places.communities(work.session)}
    known = await volunteers.names_and_phones(work.session)
    new = [e for e in reading.entries if (e.name, e.phone, homes[e.community]) not in known]
    taken = {e.number for e in new if e.number} & await volunteers.numbers(work.session)
    if taken:
        raise Refusal("rosters.numbers_taken", numbers=" ".join(sorted(taken)[:5]))
    return new


async def _enter(work: Work, by: Actor, entry: Entry, community_id: int) -> None:
    now = clock.now()
    index = privacy.blind_index(entry.phone, PHONE).hex() if entry.phone else None
    row = Volunteer(
        name=entry.name,
        phone=entry.phone,
        phone_index=index,
        community_id=community_id,
        sex=entry.sex,
        birth_year=entry.birth_year,
        skills=entry.skills,
        free_times=[],
        number=entry.number or await new_number(work),
        brought_half_hours=entry.half_hours,
        state=State.ACTIVE,
        source="import",
        joined_on=entry.joined_on,
        created_at=now,
        changed_at=now,
    )
    await volunteers.add(work.session, row, entry.categories)
    change = VolunteerChange(
        volunteer_id=row.id, actor_id=by.person_id or None, what="imported", at=now
    )
    await volunteers.note_change(work.session, change)


# -- going out ----------------------------------------------------------------------------------


async def order_file(
    work: Work, by: Actor, *, chat_id: int, community_id: int | None, phones: bool
) -> None:
    """Have the roster of a community (None: of all that the actor sees) written and sent.

    Who took it, of what and whether with phones is in the audit log. Raises Refusal:
    common.not_allowed.
    """
    where = community(community_id) if community_id else None
    by.require(Permission.VOLUNTEER_VIEW, where)
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    if phones:
        for one in _places(community_id, reach):
            by.require(Permission.PERSON_VIEW_FULL, one)
    chosen = [community_id] if community_id else None if reach is None else sorted(reach)
    now = clock.now()
    await people.note(
        work.session, by.person_id, "volunteer:export", "roster", now=now,
        communities=chosen, phones=phones,
    )  # fmt: skip
    payload = {"chat_id": chat_id, "communities": chosen, "phones": phones}
    await jobs.add(work.session, "roster", payload, now=now)


def _places(community_id: int | None, reach: frozenset[int] | None) -> list[Scope]:
    if community_id:
        return [community(community_id)]
    return [STREET] if reach is None else [community(one) for one in reach]
