"""Working days and hours of the office: when a promise falls due, and what a pause adds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import chinese_calendar

from db.stores import calendars
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission

HOURS = ((time(8), time(12)), (time(14), time(18)))
"""When the clock runs on a working day."""
CLOSING = HOURS[-1][1]
SATURDAY = 5
FIRST_YEAR = 2024
SOURCE, BY_OFFICE = "chinesecalendar", "office"
LONGEST_SPAN = 31
LONGEST_GAP = 3
"""Days of a weekend, and one, between two days of the same holiday."""


@dataclass(frozen=True)
class Calendar:
    """The office's days: `exceptions` say what a weekday does not, for the `years` known."""

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the office works; Monday to Friday where nothing else is said."""
        return self.exceptions.get(day, day.weekday() < SATURDAY)

    def knows(self, moment: datetime) -> bool:
        """Whether the holidays up to this moment's year are known, or only guessed."""
        return clock.local(moment).year in self.years

    def after_days(self, moment: datetime, days: int) -> datetime:
        """The close of the working day that many working days after this moment."""
        day = clock.local(moment).date()
        left = days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return datetime.combine(day, CLOSING, clock.zone())

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one moment to another; none where the end is not later."""
        total = timedelta()
        if end <= start:
            return total
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            total += max(timedelta(), min(closes, end) - max(opens, start))
        return total

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The moment that much working time later; the start itself for none."""
        if working <= timedelta():
            return start
        left = working
        for opens, closes in self._spans(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(timedelta(), closes - begins)
        raise AssertionError("working hours never end")

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working hours from a moment's day on, one half day after the other."""
        day = clock.local(start).date()
        while True:
            if self.is_working(day):
                for opens, closes in HOURS:
                    zone = clock.zone()
                    yield (
                        datetime.combine(day, opens, zone),
                        datetime.combine(day, closes, zone),
                    )
            day += timedelta(days=1)


async def calendar(work: Work) -> Calendar:
    """The calendar as the office keeps it."""
    return Calendar(await calendars.days(work.session), await calendars.years(work.session))


@dataclass(frozen=True)
class Span:
    """Days in a row that are all free, or all worked."""

    first: date
    last: date
    working: bool


def spans(calendar: Calendar, year: int) -> list[Span]:
    """What is not as the weekday says in a year: holidays and working weekends, in order.

    A weekend inside a holiday or beside it belongs to it.
    """
    found: list[Span] = []
    for day in sorted(day for day in calendar.exceptions if day.year == year):
        working = calendar.exceptions[day]
        if found and found[-1].working == working and _goes_on(calendar, found[-1].last, day):
            found[-1] = Span(found[-1].first, day, working)
        else:
            found.append(Span(day, day, working))
    return [span if span.working else _with_weekends(calendar, span) for span in found]


def _with_weekends(calendar: Calendar, span: Span) -> Span:
    """A holiday with the free days before and after it, within its year."""
    first, last, day = span.first, span.last, timedelta(days=1)
    while first.timetuple().tm_yday > 1 and not calendar.is_working(first - day):
        first -= day
    while (last + day).year == span.last.year and not calendar.is_working(last + day):
        last += day
    return Span(first, last, working=False)


def _goes_on(calendar: Calendar, last: date, day: date) -> bool:
    """Whether nothing of the other kind lies between two days."""
    working = calendar.is_working(day)
    between = (day - last).days
    return between <= LONGEST_GAP and all(
        calendar.is_working(last + timedelta(days=n)) == working for n in range(1, between)
    )


async def set_day(work: Work, by: Actor, day: date, *, working: bool) -> None:
    """Say that a day is free or worked, whatever its weekday."""
    await set_days(work, by, Span(day, day, working))


async def set_days(work: Work, by: Actor, span: Span) -> None:
    """Say that these days are all free, or all worked; what is promised already stays promised.

    Raises Refusal: common.not_allowed, office_calendar.wrong_days.
    """
    by.require(Permission.REPORT_SETUP, STREET)
    for day in _days(span):
        if span.working == (day.weekday() < SATURDAY):
            await calendars.clear_day(work.session, day)
        else:
            await calendars.set_day(work.session, day, working=span.working)


async def clear_days(work: Work, by: Actor, span: Span) -> None:
    """Let these days be what their weekdays say."""
    by.require(Permission.REPORT_SETUP, STREET)
    for day in _days(span):
        await calendars.clear_day(work.session, day)


def _days(span: Span) -> list[date]:
    length = (span.last - span.first).days + 1
    if not 1 <= length <= LONGEST_SPAN:
        raise Refusal("office_calendar.wrong_days", most=LONGEST_SPAN)
    return [span.first + timedelta(days=n) for n in range(length)]


async def set_year(work: Work, by: Actor, year: int, *, known: bool) -> None:
    """Say that a year's holidays are all entered, or are not."""
    by.require(Permission.REPORT_SETUP, STREET)
    if known:
        await calendars.add_year(work.session, year, {}, source=BY_OFFICE)
    else:
        await calendars.remove_year(work.session, year)


async def seed(work: Work) -> None:
    """Enter the published years that are not known yet; the office's own edits stay."""
    known = await calendars.years(work.session)
    for year, days in published().items():
        if year not in known:
            await calendars.add_year(work.session, year, days, source=SOURCE)


def published() -> dict[int, dict[date, bool]]:
    """The State Council's arrangements that chinesecalendar carries, by year.

    Only the days that are not what their weekday says: holidays, and working weekends.
    """
    said = dict.fromkeys(chinese_calendar.holidays, False)
    said |= dict.fromkeys(chinese_calendar.workdays, True)
    years: dict[int, dict[date, bool]] = {}
    for day, works in said.items():
        if day.year >= FIRST_YEAR and works != (day.weekday() < SATURDAY):
            years.setdefault(day.year, {})[day] = works
    return years


def after_working_days(moment: datetime, days: int) -> datetime:
    """As Calendar.after_days, by the published holidays alone."""
    shipped = {day: works for of_year in published().values() for day, works in of_year.items()}
    return Calendar(shipped).after_days(moment, days)
