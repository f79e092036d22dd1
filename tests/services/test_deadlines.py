"""The office's clock of working hours: by example around holidays, by property everywhere."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import clock, deadlines
from services.deadlines import Calendar

SHIPPED = Calendar(
    {day: works for year in deadlines.published().values() for day, works in year.items()},
    frozenset(deadlines.published()),
)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 5 * 365 * 24 * 60).map(lambda n: FIRST + timedelta(minutes=n))
LENGTHS = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


def at(day: str, hour: int, minute: int = 0) -> datetime:
    moment = datetime.combine(clock.day(day), datetime.min.time(), clock.zone())
    return moment.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("filed", "days", "due"),
    [
        (at("2026-11-24", 10), 5, "2026-12-01"),
        (at("2026-11-24", 23), 1, "2026-11-25"),
        (at("2026-02-13", 10), 1, "2026-02-14"),  # a working Saturday before Spring Festival
        (at("2026-02-14", 10), 1, "2026-02-24"),
        (at("2026-12-31", 10), 1, "2027-01-01"),  # a year that nobody has announced yet
    ],
)
def test_due_days(filed: datetime, days: int, due: str) -> None:
    assert SHIPPED.after_days(filed, days) == at(due, 18)


def test_a_year_without_a_table_is_known_to_be_guessed() -> None:
    assert SHIPPED.knows(at("2026-12-31", 23))
    assert not SHIPPED.knows(at("2031-01-01", 0))


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at("2026-11-24", 11, 30), 60, at("2026-11-24", 14, 30)),
        (at("2026-11-24", 17, 30), 60, at("2026-11-25", 8, 30)),
        (at("2026-11-27", 20), 30, at("2026-11-30", 8, 30)),
    ],
)
def test_time_runs_in_working_hours_only(start: datetime, minutes: int, end: datetime) -> None:
    assert SHIPPED.add(start, timedelta(minutes=minutes)) == end
    assert SHIPPED.between(start, end) == timedelta(minutes=minutes)


@given(MOMENTS, LENGTHS)
def test_what_is_added_has_passed(start: datetime, working: timedelta) -> None:
    assert SHIPPED.between(start, SHIPPED.add(start, working)) == working


@given(MOMENTS, LENGTHS, LENGTHS)
def test_two_pauses_are_one(start: datetime, one: timedelta, two: timedelta) -> None:
    assert SHIPPED.add(SHIPPED.add(start, one), two) == SHIPPED.add(start, one + two)


@given(MOMENTS, MOMENTS)
def test_nothing_passes_backwards_and_never_more_than_the_wall_clock(
    start: datetime, end: datetime
) -> None:
    passed = SHIPPED.between(start, end)
    assert timedelta() <= passed <= max(timedelta(), end - start)
