"""Working days of the office: when a promise falls due."""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from services import clock

CLOSING = time(18, 0)
"""The end of a working day (8-12 and 14-18 o'clock)."""


def is_working_day(day: date) -> bool:
    """Whether the office works; a year without a published table counts Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def after_working_days(moment: datetime, days: int) -> datetime:
    """The close of the working day that many working days after this moment."""
    day = clock.local(moment).date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, CLOSING, clock.zone())
