"""Exports of 10,000 answers to 30 questions, beside the same table by a plain peer; and how long
staff wait for a page of results, beside a look for which every answer is read anew.

Run: python -m bench.survey_exports
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from db import encryption
from db.engine import Database
from db.stores import surveys
from db.work import Work
from handlers.files.survey_tables import as_csv, as_sav, as_xlsx, headings, rows
from services import clock, privacy
from services.forms.documents import Kind
from services.forms.handwritten import from_mapping
from services.permissions import Actor, HeldRole, Role
from services.surveys import drafts, tallies
from services.surveys.crosstabs import crosstab
from services.surveys.drafts import Publication
from services.surveys.exports import Table, Variable, row_of
from tests.databases import Databases
from tests.telegram import TEST_KEY

ROWS, COLUMNS, ROUNDS = 10_000, 30, 3
LABELS = {f"c{i}": f"choice {i}" for i in range(5)}


def _variable(at: int) -> Variable:
    if at % 3 == 0:
        return Variable(f"q{at}", f"question {at}", Kind.CHOOSE_ONE, LABELS)
    return Variable(f"q{at}", f"question {at}", Kind.INTEGER if at % 3 == 1 else Kind.TEXT)


def _table() -> Table:
    chance = random.Random(1)
    variables = tuple(_variable(at) for at in range(COLUMNS))
    answers = [
        {
            one.name: chance.choice(list(LABELS)) if one.labels
            else chance.randrange(100) if one.kind is Kind.INTEGER else "\u706f\u4e0d\u4eae" * 3
            for one in variables
        }
        for _ in range(ROWS)
    ]  # fmt: skip
    made = tuple(row_of(variables, answer) for answer in answers)
    return Table("bench", variables, made, ("",) * ROWS, (None,) * ROWS, (False,) * ROWS)


def _peer(table: Table) -> bytes:
    """openpyxl, write only, one of the two sheets."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(headings(table, words=False))
    for row in rows(table, words=False):
        page.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


async def _filled(database: Database, table: Table) -> int:
    """A named questionnaire with the table's answers."""
    by = Actor(0, (HeldRole(Role.ADMIN),))
    questions = [
        {"name": one.name, "kind": one.kind.value, "label": one.label}
        | ({"choices": [list(pair) for pair in one.labels.items()]} if one.labels else {})
        for one in table.variables
    ]
    form = from_mapping({"name": "bench", "title": "bench", "question": questions})
    names = [one.name for one in table.variables]
    chance = random.Random(2)
    async with database.write() as session:
        survey = await drafts.create(Work(session), by, form)
        how = Publication(anonymous=False, once=False)
        await drafts.publish(Work(session), by, survey, how)
        beside = {"survey_id": survey.id, "document_id": survey.document_id, "person_id": None,
                  "community_id": None, "for_another": False, "example": False}  # fmt: skip
        rows = [
            beside
            | {"id": chance.randbytes(16).hex(), "answer": dict(zip(names, row, strict=True))}
            for row in table.rows
        ]
        await surveys.publish(session, rows, on=clock.today(), from_buffer=None)
        return survey.id


async def _looks(url: str, table: Table) -> tuple[float, float]:
    """Median seconds of a look at the results that reads everything, and of one after it."""
    database = Database(url)
    survey_id = await _filled(database, table)
    times: dict[bool, list[float]] = {True: [], False: []}
    for is_first in (True, False) * ROUNDS:
        if is_first:
            tallies.forget_all()
        start = time.perf_counter()
        async with database.read() as session:
            survey = await surveys.by_id(session, survey_id)
            assert survey is not None
            await tallies.of_questions(Work(session), survey)
        times[is_first].append(time.perf_counter() - start)
    await database.close()
    return statistics.median(times[True]), statistics.median(times[False])


def _results(table: Table) -> None:
    privacy.configure(TEST_KEY)
    encryption.install(privacy.encrypt, privacy.decrypt)
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder))
        first, again = asyncio.run(_looks(databases.sqlite(), table))
        databases.close()
    print(f"results, everything read: {1000 * first:.0f} ms, the next page: {1000 * again:.0f} ms")


def main() -> None:
    table = _table()
    book = _median(lambda: as_xlsx(table))
    peer = _median(lambda: _peer(table))
    print(f"xlsx, two sheets, codebook, charts: {book:.2f} s, {book / 2:.2f} s a sheet")
    print(f"peer, openpyxl write-only, one sheet: {peer:.2f} s")
    print(f"csv: {_median(lambda: as_csv(table)):.2f} s")
    print(f"sav: {_median(lambda: as_sav(table)):.2f} s")
    pairs = [(str(row[0]), str(row[3])) for row in table.rows]
    names = list(LABELS)
    found = _median(lambda: crosstab(pairs, names, names, smallest=5))
    print(f"cross-tabulation of two questions: {1000 * found:.1f} ms")
    _results(table)


if __name__ == "__main__":
    main()
