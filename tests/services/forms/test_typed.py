"""Numbers, dates and times as people type them."""

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import Refusal
from services.forms import typed
from tests.services.forms.forms import NOW

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("12", 12), ("１２", 12), ("十二", 12), ("一百二十", 120), ("3楼", 3), ("三楼", 3),
        ("两个", 2),
        ("半", 0.5), ("一个半", 1.5), ("三百二", 320), ("一万二", 12000), ("三点五", 3.5),
        ("1,200", 1200),
        ("大概30左右", 30), ("-3", -3), ("零下五度", -5), ("一千零五", 1005), ("120岁了", 120),
        ("没有", 0),
        ("十万", 100_000), ("第三层", 3), (" 5 ", 5), ("５．５", 5.5),
    ],
)  # fmt: skip
def test_numbers(said: str, meant: float) -> None:
    assert typed.decimal(said) == meant


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("三四个", "number_vague"), ("十几", "number_vague"), ("30多", "number_vague"),
        ("3-5", "number_range"), ("三到五", "number_range"), ("abc", "not_a_number"),
        ("", "not_a_number"), ("1e5", "not_a_number"), ("9" * 500, "not_a_number"),
        ("1.2.3", "not_a_number"), ("<b>3</b>", "not_a_number"),
    ],
)  # fmt: skip
def test_what_is_no_single_number_is_refused(said: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        typed.decimal(said)
    assert no.value.code == f"forms.{code}"


def test_a_whole_number_is_not_a_half() -> None:
    with pytest.raises(Refusal, match=r"forms\.not_whole"):
        typed.integer("3.5")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("明天", "2026-11-25"), ("大后天", "2026-11-27"), ("下周三", "2026-12-02"),
        ("周三", "2026-11-25"), ("星期天", "2026-11-29"), ("上周五", "2026-11-20"),
        ("11月3日", "2026-11-03"), ("十一月三号", "2026-11-03"), ("2026.11.3", "2026-11-03"),
        ("２０２６－１１－０３", "2026-11-03"), ("20261103", "2026-11-03"), ("11/3", "2026-11-03"),
        ("二〇二六年十一月三日", "2026-11-03"), ("26年1月2日", "2026-01-02"), ("3号", "2026-11-03"),
        ("1月5日", "2027-01-05"), ("去年3月5日", "2025-03-05"), ("三天前", "2026-11-21"),
        ("两周后", "2026-12-08"), ("下个月5号", "2026-12-05"),
        ("11 月 28 日(周六)", "2026-11-28"), ("周六(11 月 28 日)", "2026-11-28"),
        ("下周的星期六", "2026-12-05"), ("明天星期三", "2026-11-25"),
        ("1月3日周六", "2026-01-03"), ("1月3日星期天", "2027-01-03"),
    ],
)  # fmt: skip
def test_days(said: str, meant: str) -> None:
    assert typed.day(said, TODAY).isoformat() == meant


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("2月31日", "no_such_day"), ("2026-02-29", "no_such_day"), ("31号", "no_such_day"),
        ("周一", "date_which_week"), ("11月28日周五", "date_other_weekday"),
         ("农历三月三", "date_lunar"), ("13/11", "no_such_day"),
        ("随便", "not_a_date"), ("2026年", "not_a_date"), ("11月3日吃饭", "not_a_date"),
        ("9999天后" * 30, "not_a_date"),
    ],
)  # fmt: skip
def test_what_is_no_single_day_is_refused(said: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        typed.day(said, TODAY)
    assert no.value.code == f"forms.{code}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("15:30", "15:30"), ("１５：３０", "15:30"), ("下午3点半", "15:30"),
        ("下午三点一刻", "15:15"), ("今晚7点", "19:00"), ("凌晨12点半", "00:30"),
        ("晚上8点", "20:00"), ("晚上12点", "00:00"), ("中午1点", "13:00"), ("凌晨2点", "02:00"),
        ("十五点三十分", "15:30"), ("早上七点四十五", "07:45"), ("中午", "12:00"),
        ("现在", "10:05"),
        ("3:30pm", "15:30"), ("8:05", "08:05"),
    ],
)  # fmt: skip
def test_times(said: str, meant: str) -> None:
    assert typed.clock(said, NOW).isoformat("minutes") == meant


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("3点", "time_which_half"), ("三点五十", "time_which_half"), ("25:00", "no_such_time"),
        ("15:70", "no_such_time"), ("一会儿", "not_a_time"),
    ],
)  # fmt: skip
def test_what_is_no_single_time_is_refused(said: str, code: str) -> None:
    with pytest.raises(Refusal) as no:
        typed.clock(said, NOW)
    assert no.value.code == f"forms.{code}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("明天下午3点", "2026-11-25T15:00"), ("11月3日 15:30", "2026-11-03T15:30"),
        ("2026-11-03T15:30", "2026-11-03T15:30"), ("下午3点", "2026-11-24T15:00"),
        ("前天晚上10点半", "2026-11-22T22:30"), ("明天上午9点", "2026-11-25T09:00"),
        ("下周六 9:00", "2026-12-05T09:00"), ("11月28号下午三点", "2026-11-28T15:00"),
        ("今晚七点半", "2026-11-24T19:30"), ("明早8点", "2026-11-25T08:00"),
        ("明天晚上12点", "2026-11-26T00:00"), ("明天凌晨12点半", "2026-11-25T00:30"),
        ("周六(11 月 28 日)上午 9:00", "2026-11-28T09:00"),
        ("11 月 28 日(周六)上午 9:00", "2026-11-28T09:00"),
        ("周六,9:00", "2026-11-28T09:00"),
    ],
)  # fmt: skip
def test_moments(said: str, meant: str) -> None:
    assert typed.moment(said, NOW).replace(tzinfo=None).isoformat(timespec="minutes") == meant


def test_a_day_alone_is_no_moment() -> None:
    with pytest.raises(Refusal, match=r"forms\.time_missing"):
        typed.moment("明天", NOW)


@given(st.integers(0, 99_999_999))
def test_every_number_is_understood_in_full_width_figures(number: int) -> None:
    assert typed.integer(str(number).translate({48 + i: 0xFF10 + i for i in range(10)})) == number


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_every_day_is_understood_as_it_is_written(day: date) -> None:
    assert typed.day(f"{day.year}年{day.month}月{day.day}日", TODAY) == day
    assert typed.day(f"{day.year}.{day.month}.{day.day}", TODAY) == day


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="一二三十百千万零半点几月日号周天明后下上个-.:/0123456789 ", max_size=40))
def test_anything_typed_is_understood_or_refused(said: str) -> None:
    for read in (
        typed.decimal,
        lambda text: typed.day(text, TODAY),
        lambda text: typed.clock(text, NOW),
        lambda text: typed.moment(text, NOW),
    ):
        with contextlib.suppress(Refusal):
            read(said)
