"""Moments as people say them, seen from the day on which they are read."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any, Final

from handlers.texts.catalogues import catalogue
from services import clock
from services.clock import Span

NEAR: Final = {
    -1: "moments.yesterday",
    0: "moments.today",
    1: "moments.tomorrow",
    2: "moments.day_after",
}
WEEK: Final = 7
HAN: Final = r"\u4e00-\u9fff"
#: The parts of the day by the hour with which each ends.
PARTS: Final = (
    (5, "moments.part.small_hours"),
    (8, "moments.part.early"),
    (12, "moments.part.morning"),
    (13, "moments.part.noon"),
    (18, "moments.part.afternoon"),
    (24, "moments.part.evening"),
)

_read_at: ContextVar[datetime | None] = ContextVar("_read_at", default=None)


@contextmanager
def read_at(moment: datetime) -> Iterator[None]:
    """Words made within are for somebody who reads them at this moment, not now."""
    token = _read_at.set(moment)
    try:
        yield
    finally:
        _read_at.reset(token)


def in_words(text: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A text and its parameters, with moments, spans and days in words.

    The space that sets figures off in the text goes where the words begin or end with no figure.
    """
    worded = dict(params)
    for key, value in params.items():
        words = worded[key] = _said(value)
        if words is value:
            continue
        if not words[0].isdecimal():
            text = re.sub(rf"(?<=[{HAN}]) (?=\{{{key}\}})", "", text)
        if not words[-1].isdecimal():
            text = re.sub(rf"(?<=\{{{key}\}}) (?=[{HAN}])", "", text)
    return text, worded


def _said(value: Any) -> Any:
    if isinstance(value, Span):
        return span(value)
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else value


def moment(at: datetime) -> str:
    """An aware moment on the office's clock: the day, the part of it, the time."""
    return f"{_day_of_moment(clock.local(at).date())}{_time(at)}"


def span(of: Span) -> str:
    """From when to when; the day and the part of the day are said again only where they change."""
    start, end = clock.local(of.start), clock.local(of.end)
    if start.date() != end.date():
        return _fill("moments.span", start=moment(of.start), end=moment(of.end))
    if _part(start) != _part(end):
        return _fill("moments.span", start=moment(of.start), end=_time(end))
    return _fill("moments.span_short", start=moment(of.start), end=_figures(end))


def day(on: date) -> str:
    """A day without a time, with its weekday where it has no word of its own."""
    away = (on - _today()).days
    return catalogue()[NEAR[away]] if away in NEAR else _on_calendar(on)


def short_day(on: date) -> str:
    """A day where there is little room, as on a button: without its weekday."""
    near = NEAR.get((on - _today()).days)
    return catalogue()[near] if near else _fill("moments.short", month=on.month, day=on.day)


def _day_of_moment(on: date) -> str:
    away = on - _today()
    if timedelta(days=2) < away < timedelta(days=WEEK):
        key = "moments.week" if on.year == _today().year else "moments.week_year"
        return _fill(key, **_figures_of(on))
    return day(on)


def _on_calendar(on: date) -> str:
    key = "moments.date" if on.year == _today().year else "moments.date_year"
    return _fill(key, **_figures_of(on))


def _figures_of(on: date) -> dict[str, Any]:
    weekday = catalogue()[f"forms.weekday.{on.isoweekday()}"]
    return {"year": on.year, "month": on.month, "day": on.day, "weekday": weekday}


def _today() -> date:
    return clock.local(_read_at.get()).date()


def _time(at: datetime) -> str:
    local = clock.local(at)
    return f"{_part(local)} {_figures(local)}"


def _part(local: datetime) -> str:
    return next(catalogue()[key] for before, key in PARTS if local.hour < before)


def _figures(local: datetime) -> str:
    """The time on a clock face: the part of the day says which half it is."""
    hour = local.hour - 12 if local.hour > 12 else local.hour
    return f"{hour}:{local:%M}"


def _fill(key: str, **params: Any) -> str:
    return catalogue()[key].format(**params)
