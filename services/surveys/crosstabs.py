"""Two questions against each other: counts, chi-square, and hiding what could tell on somebody.

A cell is hidden where it is small, and further cells with it until no hidden cell follows from the
ones shown and the totals. Nothing here knows of the database.
"""

import math
from collections.abc import Iterator, Sequence
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


# -- hiding -------------------------------------------------------------------------------------


def hidden_cells(grid: Grid, smallest: int) -> frozenset[Cell] | None:
    """The cells to hide: those under `smallest`, and more until each hidden one could as well be
    another number. None where even hiding all of them does not help."""
    everything = {(i, j) for i, row in enumerate(grid) for j in range(len(row))}
    hidden = {cell for cell in everything if _count(grid, cell) < smallest}
    while (exposed := next(_exposed(grid, hidden), None)) is not None:
        beside = [cell for cell in everything - hidden if _beside(cell, exposed)]
        more = beside or list(everything - hidden)
        if not more:
            return None
        hidden.add(min(more, key=lambda cell: (_count(grid, cell), cell)))
    return frozenset(hidden)


def _count(grid: Grid, cell: Cell) -> int:
    return grid[cell[0]][cell[1]]


def _beside(one: Cell, other: Cell) -> bool:
    return one[0] == other[0] or one[1] == other[1]


def _exposed(grid: Grid, hidden: set[Cell]) -> Iterator[Cell]:
    """Hidden cells that have the same number in every table with these totals and shown cells.

    Two such tables differ by a cycle of hidden cells, one up and the next down in turn, none
    below nought; so a cell can be another number if and only if such a cycle runs through it.
    """
    for cell in sorted(hidden):
        if not (_can_rise(grid, hidden, cell) or _can_fall(grid, hidden, cell)):
            yield cell


def _can_rise(grid: Grid, hidden: set[Cell], cell: Cell) -> bool:
    """One more here; the column must then lose one elsewhere, and so on back to this row."""
    return _reaches(grid, hidden - {cell}, ("column", cell[1]), ("row", cell[0]))


def _can_fall(grid: Grid, hidden: set[Cell], cell: Cell) -> bool:
    others = hidden - {cell}
    return _count(grid, cell) > 0 and _reaches(grid, others, ("row", cell[0]), ("column", cell[1]))


def _reaches(grid: Grid, cells: set[Cell], start: tuple[str, int], goal: tuple[str, int]) -> bool:
    """A row gives one to a column by a cell that rises, a column to a row by one that falls."""
    seen, waiting = {start}, [start]
    while waiting:
        kind, at = waiting.pop()
        if kind == "row":
            found = {("column", j) for i, j in cells if i == at}
        else:
            found = {("row", i) for i, j in cells if j == at and grid[i][j] > 0}
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
