"""Cross-tabulation: chi-square by known values, and hidden cells that nobody can compute."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.surveys.crosstabs import (
    Grid,
    chi_square,
    choice_table,
    crosstab,
    hidden_cells,
    upper_tail,
)


@pytest.mark.parametrize(
    ("statistic", "freedom", "probability"),
    [(3.841, 1, 0.05), (6.635, 1, 0.01), (5.991, 2, 0.05), (18.307, 10, 0.05), (0, 3, 1.0),
     (43.773, 30, 0.05), (124.342, 100, 0.05)],
)  # fmt: skip
def test_probabilities_are_those_of_the_printed_tables(
    statistic: float, freedom: int, probability: float
) -> None:
    assert upper_tail(statistic, freedom) == pytest.approx(probability, abs=2e-5)


def test_chi_square_of_a_textbook_table() -> None:
    found = chi_square(((20, 30), (30, 20)))
    assert found is not None
    assert found.statistic == pytest.approx(4.0)
    assert found.freedom == 1
    assert found.probability == pytest.approx(0.0455, abs=1e-4)
    assert not found.shaky


def test_a_single_small_cell_hides_three_more() -> None:
    hidden = hidden_cells(((10, 3), (10, 10)), 5)
    assert sorted(hidden or ()) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_one_column_cannot_be_kept_secret_and_is_not_shown() -> None:
    assert hidden_cells(((3,), (10,)), 5) is None
    assert crosstab([("a", "x")] * 3 + [("b", "x")] * 9, ["a", "b"], ["x"], smallest=5) is None


def test_large_cells_are_all_shown_and_tested() -> None:
    pairs = [("a", "x")] * 20 + [("a", "y")] * 30 + [("b", "x")] * 30 + [("b", "y")] * 20
    table = crosstab(pairs, ["a", "b", "never"], ["x", "y"], smallest=5)
    assert table is not None
    assert not table.has_hidden
    assert table.cells == ((20, 30), (30, 20))
    assert table.rows == ("a", "b")
    assert table.total == 100
    assert table.test is not None


def test_the_statistic_is_not_told_beside_hidden_cells() -> None:
    pairs = [("a", "x")] * 20 + [("a", "y")] * 3 + [("b", "x")] * 30 + [("b", "y")] * 20
    table = crosstab(pairs, ["a", "b"], ["x", "y"], smallest=5)
    assert table is not None
    assert table.has_hidden
    assert table.test is None


def _rows_of(total: int, pattern: tuple[int | None, ...]) -> Iterator[tuple[int, ...]]:
    """Every row with this total that agrees with what is shown."""
    rest = total - sum(one for one in pattern if one is not None)
    free = pattern.count(None)
    for fill in product(range(rest + 1), repeat=free):
        if sum(fill) == rest:
            values = iter(fill)
            yield tuple(next(values) if one is None else one for one in pattern)


def _possible(grid: Grid, hidden: frozenset[tuple[int, int]]) -> list[Grid]:
    """By brute force: every table an onlooker must hold possible."""
    patterns = [
        tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
        for i, row in enumerate(grid)
    ]
    columns = [sum(column) for column in zip(*grid, strict=True)]
    choices = [list(_rows_of(sum(row), p)) for row, p in zip(grid, patterns, strict=True)]
    return [
        table
        for table in product(*choices)
        if [sum(column) for column in zip(*table, strict=True)] == columns
    ]


GRIDS = st.sampled_from([(2, 2), (2, 3), (3, 2), (3, 3)]).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 7), min_size=size[1], max_size=size[1]).map(tuple),
        min_size=size[0],
        max_size=size[0],
    ).map(tuple)
)


@settings(max_examples=60, deadline=None)
@given(GRIDS)
def test_no_hidden_cell_can_be_computed_from_what_is_shown(grid: Grid) -> None:
    hidden = hidden_cells(grid, 3)
    if hidden is None:
        return
    assert all(grid[i][j] >= 3 for i in range(len(grid)) for j in range(len(grid[0]))
               if (i, j) not in hidden)  # fmt: skip
    possible = _possible(grid, hidden)
    assert grid in possible
    for i, j in hidden:
        assert len({table[i][j] for table in possible}) > 1


# -- questions that take several choices ----------------------------------------------------------


def test_each_choice_stands_against_those_who_gave_each_answer() -> None:
    answers = [(["lift", "door"], "old")] * 20 + [(["door"], "old")] * 10
    answers += [(["lift"], "young")] * 6 + [(["door"], "young")] * 24
    table = choice_table(answers, ["lift", "door", "never"], ["old", "young"], smallest=5)
    assert table is not None
    assert table.rows == ("lift", "door")
    assert table.column_totals == (30, 30)
    assert table.row_totals == (26, 54)
    assert table.total == 60
    assert table.cells[0] == (20, 6)
    assert table.tests[0] is not None
    assert table.tests[0].statistic == pytest.approx(13.30, abs=0.01)  # 20/10 against 6/24
    assert table.cells[1] == (None, None)  # everybody of the old picked it: nobody is left


def test_one_choice_that_everybody_picked_has_no_test() -> None:
    table = choice_table([(["a"], "x")] * 9 + [(["a"], "y")] * 9, ["a"], ["x", "y"])
    assert table is not None
    assert table.tests == (None,)


def test_nothing_is_shown_of_nobody() -> None:
    assert choice_table([], ["a"], ["x"]) is None
    assert choice_table([(["gone"], "x")], ["a"], ["x"]) is None


PICKS = st.lists(
    st.tuples(st.frozensets(st.sampled_from("abc"), min_size=1), st.sampled_from("xyz")),
    min_size=1,
    max_size=45,
)


@settings(max_examples=150, deadline=None)
@given(PICKS)
def test_no_choice_of_few_people_is_shown_nor_follows(
    answers: list[tuple[frozenset[str], str]],
) -> None:
    smallest = 3
    table = choice_table(answers, "abc", "xyz", smallest=smallest)
    if table is None:
        return
    for at, row in enumerate(table.cells):
        for place, count in enumerate(row):
            left = table.column_totals[place] - (count or 0)
            assert count is None or (count >= smallest and left >= smallest)
        assert row.count(None) != 1  # the total of the row would tell it
        assert (table.tests[at] is None) or None not in row


SINGLE = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=50)


@settings(max_examples=100, deadline=None)
@given(SINGLE)
def test_where_everybody_picked_one_no_sum_over_the_choices_tells_a_cell(
    pairs: list[tuple[str, str]],
) -> None:
    """Whoever sees from the totals that the choices exclude each other learns no more."""
    table = choice_table([([row], column) for row, column in pairs], "abc", "xyz", smallest=3)
    if table is None:
        return
    patterns = table.cells
    options = [
        list(_rows_of(total, row)) for total, row in zip(table.row_totals, patterns, strict=True)
    ]
    possible = [
        grid
        for grid in product(*options)
        if tuple(map(sum, zip(*grid, strict=True))) == table.column_totals
    ]
    for i, row in enumerate(patterns):
        for j, count in enumerate(row):
            assert count is not None or len({grid[i][j] for grid in possible}) > 1
