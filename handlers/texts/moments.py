"""Moments as people say them, seen from the day on which they are read."""

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


def in_words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a text with its moments, spans and days in words."""
    return {key: _said(value) for key, value in params.items()}


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
