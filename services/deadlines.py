"""Working days and hours of the office: when a promise falls due, and what a pause adds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import chinese_calendar

from db.stores import calendars
from db.work import Work
from services import clock
from services.permissions import Actor, Permission

HOURS = ((time(8), time(12)), (time(14), time(18)))
"""When the clock runs on a working day."""
CLOSING = HOURS[-1][1]
SATURDAY = 5
FIRST_YEAR = 2024
SOURCE = "chinesecalendar"


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


async def set_day(work: Work, by: Actor, day: date, *, working: bool) -> None:
    """Say that a day is free or worked, whatever its weekday."""
    by.require(Permission.REPORT_VOID)
    await calendars.set_day(work.session, day, working=working)


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
