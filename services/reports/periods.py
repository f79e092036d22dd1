"""The days that ledgers and pictures cover: named periods, and from one day to another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services import clock
from services.errors import Refusal

YEARS = range(2000, 2100)
"""A slip of the finger as well; the ends of the calendar have no day before or after."""
LONGEST_DAYS = 3 * 366
"""More years on one sheet are a slip of the finger, not a ledger."""


@dataclass(frozen=True)
class Period:
    """Whole days of the office's calendar, both of them included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), clock.zone())

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), clock.zone())

    @property
    def code(self) -> str:
        """As buttons and jobs carry it; `find` reads it."""
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"


def last_days(count: int) -> Period:
    """That many days, today the last of them."""
    today = clock.today()
    return Period(today - timedelta(days=count - 1), today)


def _month() -> Period:
    return Period(clock.today().replace(day=1), clock.today())


def _last_month() -> Period:
    last = clock.today().replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _quarter() -> Period:
    today = clock.today()
    return Period(today.replace(month=today.month - (today.month - 1) % 3, day=1), today)


def _days90() -> Period:
    return last_days(90)


NAMED: Mapping[str, Callable[[], Period]] = {
    "month": _month,
    "last_month": _last_month,
    "quarter": _quarter,
    "days90": _days90,
}


def find(code: str) -> Period:
    """The period of a name or a code; the last 90 days for what is neither."""
    if code in NAMED:
        return NAMED[code]()
    first, _, last = code.partition("-")
    try:
        return between(date.fromisoformat(first), date.fromisoformat(last))
    except (ValueError, Refusal):
        return _days90()


def between(first: date, last: date) -> Period:
    """From one day to another. Raises Refusal: periods.wrong_dates, periods.too_long."""
    if last < first or first.year not in YEARS or last.year not in YEARS:
        raise Refusal("periods.wrong_dates")
    if (last - first).days >= LONGEST_DAYS:
        raise Refusal("periods.too_long", years=LONGEST_DAYS // 366)
    return Period(first, last)


def weeks(count: int) -> list[datetime]:
    """The first moments of that many weeks, oldest first, this one the last (Monday begins)."""
    today = clock.today()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), clock.zone())
    return [monday - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
