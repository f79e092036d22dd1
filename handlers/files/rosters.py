"""The roster of volunteers as an Excel file: read with row numbers, written with headings."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.files.workbooks import Cell, Column, Sheet, read_workbook, write_workbook
from handlers.texts import say
from services.volunteers.roster_files import WORDS, Line, Problem

KEYS = ("name", "sex", "community", "number", "categories", "hours", "phone", "joined", "birth",
        "skills")  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """One row of the roster as it is written."""

    name: str
    sex: str | None
    community: str
    number: str | None
    categories: tuple[str, ...]
    hours: float
    phone: str
    joined_on: date | None
    birth_year: int | None
    skills: str | None


def lines_of(data: bytes) -> list[Line]:
    """Every row of every sheet. Raises Refusal as read_workbook does."""
    return [
        Line(sheet.name, row.number, row.cells)
        for sheet in read_workbook(data)
        for row in sheet.rows
    ]


def sentence(problem: Problem) -> str:
    """A problem in words, with sheet and row."""
    what = str(say(f"rosters.problem.{problem.code}", value=problem.value).striptags())
    if not problem.row:
        return what
    at = {"sheet": problem.sheet, "row": problem.row, "column": problem.column}
    return str(say("rosters.at", **at, what=what).striptags())


def template() -> bytes:
    """An empty roster with its headings and one example."""
    example = Listed(str(say("rosters.example_name")), "female", "", None,
                     ("environment",), 0, "", None, 1960, None)  # fmt: skip
    return write_workbook([_roster([example])])


def written(people: Sequence[Listed], notes: Sequence[str] = ()) -> bytes:
    """The roster under these notes, and the counts by category and community."""
    by_category = Counter(_category(one) for row in people for one in row.categories)
    by_community = Counter(row.community for row in people)
    return write_workbook(
        [
            _roster(people, notes),
            _counts("rosters.by_category", "categories", by_category.most_common()),
            _counts("rosters.by_community", "community", by_community.most_common()),
        ]
    )


def notes(owner: str, day: date, *, phones: bool) -> tuple[str, ...]:
    """Whose roster it is, of which day, and that it is not for everybody."""
    secrecy = say("rosters.with_phones" if phones else "rosters.without_phones")
    return (str(say("rosters.of", owner=owner, day=day.isoformat())), str(secrecy))


def _roster(people: Sequence[Listed], notes: Sequence[str] = ()) -> Sheet:
    headings = [str(say("rosters.serial")), *(WORDS["headings"][key][0] for key in KEYS)]
    between = str(say("forms.value.between"))
    rows = [_row(serial, row, between) for serial, row in enumerate(people, start=1)]
    columns = [Column(heading=heading) for heading in headings]
    title = str(say("rosters.title"))
    return Sheet(name=title, columns=columns, rows=rows, title=title if notes else "", notes=notes)


def _row(serial: int, row: Listed, between: str) -> tuple[Cell, ...]:
    sex = WORDS["sex"][row.sex][0] if row.sex else None
    categories = between.join([_category(one) for one in row.categories])
    return (serial, row.name, sex, row.community, row.number, categories, row.hours, row.phone,
            row.joined_on, row.birth_year, row.skills)  # fmt: skip


def _category(code: str) -> str:
    return str(WORDS["categories"][code][0])


def _counts(title: str, key: str, counts: Iterable[tuple[str, int]]) -> Sheet:
    columns = [Column(heading=WORDS["headings"][key][0]), Column(heading=str(say("rosters.count")))]
    return Sheet(name=str(say(title)), columns=columns, rows=list(counts))
