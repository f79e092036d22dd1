"""Moments in words: what people read, and that the form reader understands every one of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.texts import moments, say
from services import clock
from services.clock import Span
from services.forms import typed

NOW = datetime(2026, 11, 24, 10, 5)  # a Tuesday, on the office's clock  # noqa: DTZ001


@pytest.fixture(autouse=True)
def _fixed_clock() -> None:
    clock.set_source(lambda: _moment(NOW))


def _moment(local: datetime) -> datetime:
    return local.replace(tzinfo=clock.zone()).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-24 15:00", "今天下午 3:00"), ("2026-11-25 09:00", "明天上午 9:00"),
        ("2026-11-26 12:30", "后天中午 12:30"), ("2026-11-23 20:15", "昨天晚上 8:15"),
        ("2026-11-28 09:00", "周六(11 月 28 日)上午 9:00"),
        ("2026-11-29 00:05", "周日(11 月 29 日)凌晨 0:05"),
        ("2026-12-01 07:00", "12 月 1 日(周二)早上 7:00"),
        ("2026-11-20 18:00", "11 月 20 日(周五)晚上 6:00"),
        ("2027-01-03 09:00", "2027 年 1 月 3 日(周日)上午 9:00"),
    ],
)  # fmt: skip
def test_a_moment_in_words(at: str, words: str) -> None:
    assert moments.moment(_moment(datetime.fromisoformat(at))) == words


def test_the_day_is_the_one_on_the_office_clock() -> None:
    assert moments.moment(datetime(2026, 11, 24, 16, 30, tzinfo=UTC)) == "明天凌晨 0:30"


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("2026-11-25 11:30", "明天上午 9:00 到 11:30"),
        ("2026-11-25 14:00", "明天上午 9:00 到下午 2:00"),
        ("2026-11-26 11:30", "明天上午 9:00 到后天上午 11:30"),
    ],
)
def test_a_span_says_only_what_changes(end: str, words: str) -> None:
    start = _moment(datetime(2026, 11, 25, 9))  # noqa: DTZ001
    assert moments.span(Span(start, _moment(datetime.fromisoformat(end)))) == words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 25), "明天"), (date(2026, 11, 26), "后天"),
        (date(2026, 11, 28), "11 月 28 日(周六)"), (date(2027, 1, 3), "2027 年 1 月 3 日(周日)"),
    ],
)  # fmt: skip
def test_a_day_in_words(on: date, words: str) -> None:
    assert moments.day(on) == words
    assert words in say("activities.extra.opens", value=on)


def test_what_is_read_tomorrow_is_seen_from_tomorrow() -> None:
    at = _moment(datetime(2026, 11, 25, 9))  # noqa: DTZ001
    with moments.read_at(at - timedelta(hours=1)):
        assert moments.moment(at) == "今天上午 9:00"
    assert moments.moment(at) == "明天上午 9:00"


def test_every_day_of_three_years_is_read_back_as_it_was_written() -> None:
    for away in range(-365, 730):
        for hour in (0, 4, 5, 7, 8, 11, 12, 13, 17, 18, 23):
            at = datetime(2026, 11, 24, hour, 45) + timedelta(days=away)  # noqa: DTZ001
            words = moments.moment(_moment(at))
            assert typed.moment(words, NOW) == at, words


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
)
def test_words_and_reader_agree_whatever_day_it_is(at: datetime, now: datetime) -> None:
    at = at.replace(second=0, microsecond=0)
    clock.set_source(lambda: _moment(now))
    assert typed.moment(moments.moment(_moment(at)), now) == at
    assert typed.day(moments.day(at.date()), now.date()) == at.date()


def test_words_stand_in_a_sentence_without_odd_spaces() -> None:
    facts = {"category": "C", "number": "N", "words": ""}
    for on, words in (
        (date(2026, 11, 25), "会在明天前"),
        (date(2026, 11, 28), "会在 11 月 28 日(周六)前"),
    ):
        assert words in say("reports.told.filed", due=on, **facts)
