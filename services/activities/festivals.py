"""The seven festivals of the campaign's "our festivals" and their dates in any year."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from lunar_python import Lunar, LunarYear, Solar


class Festival(StrEnum):
    """In the order of the year."""

    SPRING = "spring"
    LANTERN = "lantern"
    QINGMING = "qingming"
    DRAGON_BOAT = "dragon_boat"
    DOUBLE_SEVENTH = "double_seventh"
    MID_AUTUMN = "mid_autumn"
    DOUBLE_NINTH = "double_ninth"


@dataclass(frozen=True)
class Coming:
    """A festival and the day it falls on."""

    festival: Festival
    day: date


def _lunar(month: int, day: int) -> Callable[[int], date]:
    """The day of a lunar date; a leap month of the same number does not count."""
    return lambda year: _plain(Lunar.fromYmd(year, month, day).getSolar())


def _qingming(year: int) -> date:
    """The solar term at 15 degrees of the sun's longitude (GB/T 33661-2017)."""
    return _plain(Solar.fromJulianDay(LunarYear.fromYear(year).getJieQiJulianDays()[_QINGMING]))


def _plain(found: Solar) -> date:
    return date(found.getYear(), found.getMonth(), found.getDay())


_QINGMING: Final = 8
"""Its place among the terms of a lunar year, which the library counts from major snow."""

_DAYS: Final[dict[Festival, Callable[[int], date]]] = {
    Festival.SPRING: _lunar(1, 1),
    Festival.LANTERN: _lunar(1, 15),
    Festival.QINGMING: _qingming,
    Festival.DRAGON_BOAT: _lunar(5, 5),
    Festival.DOUBLE_SEVENTH: _lunar(7, 7),
    Festival.MID_AUTUMN: _lunar(8, 15),
    Festival.DOUBLE_NINTH: _lunar(9, 9),
}


def day_of(festival: Festival, year: int) -> date:
    """The day of a festival in the year that begins with its spring festival."""
    return _DAYS[festival](year)


def upcoming(today: date, *, notice: timedelta = timedelta(0)) -> Coming:
    """The next festival that leaves this much time before it."""
    first = today + notice
    found = [
        Coming(one, day_of(one, year)) for year in (first.year, first.year + 1) for one in _DAYS
    ]
    return min((one for one in found if one.day >= first), key=lambda one: one.day)
