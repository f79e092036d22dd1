"""Two questions against each other: counts, chi-square, and hiding what could tell on somebody.

A cell is hidden where it is small, and further cells with it until no hidden cell follows from the
ones shown and the totals. Nothing here knows of the database.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

Grid = tuple[tuple[int, ...], ...]
Cell = tuple[int, int]

_PRECISION = 1e-12
_ROUNDS = 500


@dataclass(frozen=True)
class ChiSquare:
    """Pearson's test of independence. `shaky` where over a fifth of the expected counts are
    under 5 or one is under 1 (Cochran's rule): the probability is then a rough one."""

    statistic: float
    freedom: int
    probability: float
    shaky: bool


@dataclass(frozen=True)
class Crosstab:
    """Counts by row and column; None is a hidden cell. `test` is left out with hidden cells,
    because the statistic could be solved for them."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]
    test: ChiSquare | None

    @property
    def total(self) -> int:
        return sum(self.row_totals)

    @property
    def has_hidden(self) -> bool:
        return any(cell is None for row in self.cells for cell in row)


def crosstab(
    pairs: Sequence[tuple[str, str]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    smallest: int = 0,
) -> Crosstab | None:
    """The table of (row, column) answers in the order of the choices; empty lines are left out.

    `smallest`: cells below it are hidden, and what they could be computed from. None where there
    is nothing to show: no answers, or no choice of cells would keep the hidden ones secret.
    """
    used_rows = [name for name in rows if any(row == name for row, _ in pairs)]
    used_columns = [name for name in columns if any(column == name for _, column in pairs)]
    if not used_rows or not used_columns:
        return None
    counts = [[0] * len(used_columns) for _ in used_rows]
    for row, column in pairs:
        if row in used_rows and column in used_columns:
            counts[used_rows.index(row)][used_columns.index(column)] += 1
    grid = tuple(map(tuple, counts))
    hidden = hidden_cells(grid, smallest)
    if hidden is None:
        return None
    shown = tuple(
        tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
        for i, row in enumerate(grid)
    )
    totals = tuple(map(sum, grid)), tuple(map(sum, zip(*grid, strict=True)))
    test = None if hidden else chi_square(grid)
    return Crosstab(tuple(used_rows), tuple(used_columns), shown, *totals, test)


@dataclass(frozen=True)
class ChoiceTable:
    """Each choice of a question that takes several, against another question: a row says how many
    of those who gave each answer (`column_totals`) picked the choice. Rows overlap, so there is
    no test of the whole; `tests` has one a choice, picked or not, left out with hidden cells."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]
    tests: tuple[ChiSquare | None, ...]

    @property
    def total(self) -> int:
        return sum(self.column_totals)

    @property
    def has_hidden(self) -> bool:
        return any(cell is None for row in self.cells for cell in row)


def choice_table(
    answers: Sequence[tuple[Collection[str], str]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    smallest: int = 0,
) -> ChoiceTable | None:
    """The table of (picked, other) answers; choices nobody picked are left out.

    A cell is hidden where it is under `smallest`, or where the others of its column are, and
    further ones of its row with it. Where the totals let everybody have picked just one choice,
    they are hidden as in `crosstab`: no sum over the choices tells a cell either.
    """
    used_rows = [name for name in rows if any(name in picked for picked, _ in answers)]
    used_columns = [name for name in columns if any(name == one for _, one in answers)]
    if not used_rows or not used_columns:
        return None
    of_column = {name: [picked for picked, one in answers if one == name] for name in used_columns}
    grid = tuple(
        tuple(sum(name in picked for picked in of_column[column]) for column in used_columns)
        for name in used_rows
    )
    most = tuple(len(of_column[column]) for column in used_columns)
    totals = tuple(map(sum, grid))
    hidden = hidden_cells(grid, smallest, most=most if smallest else None,
                          by_row=sum(totals) != sum(most))  # fmt: skip
    if hidden is None:
        return None
    shown = tuple(
        tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
        for i, row in enumerate(grid)
    )
    tests = tuple(
        None if None in cells else _picked_or_not(row, most)
        for row, cells in zip(grid, shown, strict=True)
    )
    return ChoiceTable(tuple(used_rows), tuple(used_columns), shown, totals, most, tests)


def _picked_or_not(row: tuple[int, ...], most: tuple[int, ...]) -> ChiSquare | None:
    """The test of one choice; None where everybody or nobody picked it."""
    rest = tuple(all_of - picked for picked, all_of in zip(row, most, strict=True))
    return chi_square((row, rest)) if any(row) and any(rest) else None


# -- hiding -------------------------------------------------------------------------------------


def hidden_cells(
    grid: Grid, smallest: int, *, most: Sequence[int] | None = None, by_row: bool = False
) -> frozenset[Cell] | None:
    """The cells to hide: those under `smallest`, and more until each hidden one could as well be
    another number. None where even hiding all of them does not help.

    `most`: the number that a cell of each column cannot pass, known to whoever looks; then what
    is left to it is a count of people too, and hides the cell where that is under `smallest`.
    `by_row`: nobody knows the sums of the columns.
    """
    everything = {(i, j) for i, row in enumerate(grid) for j in range(len(row))}
    hidden = {cell for cell in everything if _count(grid, cell) < smallest}
    if most is not None:
        hidden |= {cell for cell in everything if most[cell[1]] - _count(grid, cell) < smallest}
    while (exposed := next(_exposed(grid, hidden, most, by_row), None)) is not None:
        beside = [cell for cell in everything - hidden if _beside(cell, exposed, by_row)]
        more = beside or list(everything - hidden)
        if not more:
            return None
        hidden.add(min(more, key=lambda cell: (_count(grid, cell), cell)))
    return frozenset(hidden)


def _count(grid: Grid, cell: Cell) -> int:
    return grid[cell[0]][cell[1]]


def _beside(one: Cell, other: Cell, by_row: bool) -> bool:
    return one[0] == other[0] or (not by_row and one[1] == other[1])


def _exposed(
    grid: Grid, hidden: set[Cell], most: Sequence[int] | None, by_row: bool
) -> Iterator[Cell]:
    """Hidden cells that have the same number in every table with these totals and shown cells.

    Two such tables differ by a cycle of hidden cells, one up and the next down in turn, none
    below nought; so a cell can be another number if and only if such a cycle runs through it.
    """
    falling = {cell for cell in hidden if _count(grid, cell) > 0}
    rising = {cell for cell in hidden if most is None or _count(grid, cell) < most[cell[1]]}
    if by_row:  # a row below the table takes up whatever a column has too much or too little
        slack = {(len(grid), j) for j in range(len(grid[0]))}
        rising, falling = rising | slack, falling | slack
    for cell in sorted(hidden):
        row, column = ("row", cell[0]), ("column", cell[1])
        ways = rising - {cell}, falling - {cell}
        # one more here: the column must lose one elsewhere, and so on back to this row
        can_rise = cell in rising and _reaches(*ways, column, row)
        if not can_rise and not (cell in falling and _reaches(*ways, row, column)):
            yield cell


def _reaches(
    rising: set[Cell], falling: set[Cell], start: tuple[str, int], goal: tuple[str, int]
) -> bool:
    """A row gives one to a column by a cell that rises, a column to a row by one that falls."""
    seen, waiting = {start}, [start]
    while waiting:
        kind, at = waiting.pop()
        if kind == "row":
            found = {("column", j) for i, j in rising if i == at}
        else:
            found = {("row", i) for i, j in falling if j == at}
        waiting += found - seen
        seen |= found
    return goal in seen


# -- chi-square ---------------------------------------------------------------------------------


def chi_square(grid: Grid) -> ChiSquare | None:
    """The test for a table without empty rows or columns; None where it has only one of them."""
    rows, columns = [sum(row) for row in grid], [sum(column) for column in zip(*grid, strict=True)]
    freedom = (len(rows) - 1) * (len(columns) - 1)
    if not freedom:
        return None
    total = sum(rows)
    expected = [[row * column / total for column in columns] for row in rows]
    statistic = math.fsum(
        (seen - wanted) ** 2 / wanted
        for row, hoped in zip(grid, expected, strict=True)
        for seen, wanted in zip(row, hoped, strict=True)
    )
    flat = [wanted for row in expected for wanted in row]
    shaky = min(flat) < 1 or sum(wanted < 5 for wanted in flat) > len(flat) / 5
    return ChiSquare(statistic, freedom, upper_tail(statistic, freedom), shaky)


def upper_tail(statistic: float, freedom: int) -> float:
    """The probability of at least this statistic by chance: Q(freedom/2, statistic/2)."""
    shape, at = freedom / 2, statistic / 2
    if at <= 0:
        return 1.0
    scale = math.exp(shape * math.log(at) - at - math.lgamma(shape))
    if at < shape + 1:
        return max(0.0, 1 - scale * _series(shape, at))
    return scale * _fraction(shape, at)


def _series(shape: float, at: float) -> float:
    """Lower incomplete gamma by its power series (Abramowitz and Stegun 6.5.29), unscaled."""
    term = total = 1 / shape
    for n in range(1, _ROUNDS):
        term *= at / (shape + n)
        total += term
        if term < total * _PRECISION:
            break
    return total


def _fraction(shape: float, at: float) -> float:
    """Upper incomplete gamma by its continued fraction (6.5.31), Lentz's way, unscaled."""
    b = at + 1 - shape
    c, d = math.inf, 1 / b
    value = d
    for n in range(1, _ROUNDS):
        a = -n * (n - shape)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        value *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return value
