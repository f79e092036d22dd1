"""Exports of 10,000 answers to 30 questions, beside the same table by a plain peer.

Run: python -m bench.survey_exports
"""

import random
import statistics
import time
from collections.abc import Callable
from io import BytesIO

from openpyxl import Workbook

from handlers.files.survey_tables import as_csv, as_sav, as_xlsx, headings, rows
from services.forms.documents import Kind
from services.surveys.crosstabs import crosstab
from services.surveys.exports import Table, Variable, row_of

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


if __name__ == "__main__":
    main()
