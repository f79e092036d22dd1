"""Festivals fall on the days that the State Council's calendars and the almanacs name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activities import festivals
from services.activities.festivals import Festival

F = Festival
KNOWN = [
    (F.SPRING, (1985, 2, 20), (2000, 2, 5), (2020, 1, 25), (2024, 2, 10), (2025, 1, 29),
     (2026, 2, 17), (2027, 2, 6), (2033, 1, 31), (2034, 2, 19)),
    (F.LANTERN, (2020, 2, 8), (2024, 2, 24), (2025, 2, 12), (2026, 3, 3), (2027, 2, 20)),
    (F.QINGMING, (2000, 4, 4), (2020, 4, 4), (2023, 4, 5), (2024, 4, 4), (2025, 4, 4),
     (2026, 4, 5), (2027, 4, 5)),
    (F.DRAGON_BOAT, (2020, 6, 25), (2023, 6, 22), (2024, 6, 10), (2025, 5, 31), (2026, 6, 19)),
    (F.DOUBLE_SEVENTH, (2020, 8, 25), (2023, 8, 22), (2024, 8, 10), (2025, 8, 29),
     (2026, 8, 19)),
    (F.MID_AUTUMN, (2020, 10, 1), (2023, 9, 29), (2024, 9, 17), (2025, 10, 6), (2026, 9, 25)),
    (F.DOUBLE_NINTH, (2020, 10, 25), (2023, 10, 23), (2024, 10, 11), (2025, 10, 29),
     (2026, 10, 18), (2033, 10, 1)),
]  # fmt: skip
"""With leap months before or of the same number: 2020 (4), 2023 (2), 2025 (6), 2033 (11)."""


@pytest.mark.parametrize(("festival", "days"), [(one, days) for one, *days in KNOWN])
def test_known_dates(festival: Festival, days: list[tuple[int, int, int]]) -> None:
    for day in days:
        assert festivals.day_of(festival, day[0]) == date(*day)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_the_next_one_is_the_first_and_leaves_its_notice(today: date) -> None:
    coming = festivals.upcoming(today, notice=timedelta(days=3))
    assert coming.day - today >= timedelta(days=3)
    assert coming.day - today < timedelta(days=130)
    assert festivals.upcoming(coming.day) == coming
    assert festivals.upcoming(coming.day + timedelta(days=1)).festival != coming.festival


def test_they_come_in_the_order_of_the_year() -> None:
    for year in range(1950, 2100):
        days = [festivals.day_of(one, year) for one in Festival]
        assert days == sorted(days)
        assert len(set(days)) == 7
