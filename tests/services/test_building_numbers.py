"""A building is the same however its number is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.places import number_of

WAYS = ("{}栋", "{}号楼", "{}幢", "{} 栋", "{}#楼", "第{}栋", "{}")


@given(st.integers(1, 999), st.sampled_from(WAYS), st.sampled_from(WAYS))
def test_any_way_of_writing_a_number_is_the_same_building(
    number: int, one: str, other: str
) -> None:
    assert number_of(one.format(number)) == number_of(other.format(number)) == str(number)


@pytest.mark.parametrize(
    ("name", "number"),
    [("三号楼", "3"), ("十二栋", "12"), ("３栋", "3"), ("综合楼", None), ("", None)],
)
def test_numbers_in_words(name: str, number: str | None) -> None:
    assert number_of(name) == number


@given(st.text(max_size=60))
def test_no_name_breaks_it(name: str) -> None:
    number = number_of(name)
    assert number is None or number
