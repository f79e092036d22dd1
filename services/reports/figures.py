"""What pictures of reports show: counts by kind, by place and by week, and how long things take."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from db.stores import places, report_figures
from db.stores.report_figures import Count, Span
from db.work import Work
from services import clock
from services.permissions import Actor, Permission
from services.reports import categories, periods
from services.reports.periods import Period

WEEKS = 12
MOST = 12
"""Bars of a picture; the smaller ones are added up in one more."""


class Kind(StrEnum):
    """What a picture is broken down by."""

    CATEGORY = "category"
    PLACE = "place"
    WEEKS = "weeks"
    DAYS = "days"


@dataclass(frozen=True)
class Bar:
    """A line of a picture; no label for what is added up, or has no place."""

    label: str
    total: int
    closed: int
    late: int

    @property
    def open(self) -> int:
        """Not closed, and in time."""
        return self.total - self.closed - self.late


@dataclass(frozen=True)
class Wait:
    """The median days from coming in to closing, and of how many reports."""

    label: str
    days: float
    count: int


@dataclass(frozen=True)
class Figures:
    """A picture's lines: `waits` for the days to close, `bars` for everything else."""

    kind: Kind
    period: Period
    bars: tuple[Bar, ...]
    waits: tuple[Wait, ...] = ()

    @property
    def all(self) -> Bar:
        return _added_up(self.bars)

    @property
    def fix_rate(self) -> int | None:
        """Closed of those that came, in per cent; None where none came."""
        return round(100 * self.all.closed / self.all.total) if self.all.total else None


def reach(by: Actor) -> list[int] | None:
    """The communities whose figures somebody of the office may see; None for all.

    Raises Refusal("common.not_allowed").
    """
    by.require(Permission.REPORT_VIEW)
    found = by.communities(Permission.REPORT_VIEW)
    return None if found is None else sorted(found)


async def figures(
    work: Work, kind: Kind, period: Period, communities: Collection[int] | None
) -> Figures:
    """One picture's numbers. By place: the communities, or the estates of a single one.

    Weeks are the last twelve whatever the period; days count what was closed in the period.
    """
    if kind is Kind.WEEKS:
        return await _weeks(work, communities)
    span = Span(period.start, period.end, communities)
    if kind is Kind.DAYS:
        return Figures(kind, period, (), await _waits(work, span))
    what = _place_of(communities) if kind is Kind.PLACE else "category"
    counted = await report_figures.by(work.session, what, span, now=clock.now())
    labels = await _labels(work, what)
    bars = [_bar(labels.get(key, ""), count) for key, count in counted.items()]
    return Figures(kind, period, _largest(bars))


def _place_of(communities: Collection[int] | None) -> str:
    return "estate" if communities is not None and len(communities) == 1 else "community"


async def _weeks(work: Work, communities: Collection[int] | None) -> Figures:
    starts = periods.weeks(WEEKS)
    period = Period(starts[0].date(), clock.today())
    span = Span(starts[0], period.end, communities)
    counted = await report_figures.by_week(work.session, starts, span, now=clock.now())
    bars = [_bar(f"{start:%m-%d}", count) for start, count in zip(starts, counted, strict=True)]
    return Figures(Kind.WEEKS, period, tuple(bars))


async def _waits(work: Work, span: Span) -> tuple[Wait, ...]:
    labels = await _labels(work, "category")
    found = await report_figures.median_days(work.session, "category", span)
    waits = [Wait(labels.get(key, ""), days, count) for key, (days, count) in found.items()]
    return tuple(sorted(waits, key=lambda one: (-one.count, one.label))[:MOST])


async def _labels(work: Work, what: str) -> dict[object, str]:
    if what == "category":
        return {one.code: one.label for one in categories.table()}
    if what == "community":
        return {one.id: one.name for one in await places.communities(work.session)}
    return {one.id: one.name for one in await places.estates(work.session)}


def _bar(label: str, count: Count) -> Bar:
    return Bar(label, count.total, count.closed, count.late)


def _largest(bars: Collection[Bar]) -> tuple[Bar, ...]:
    """The largest first; what has no label and what is too small for a line of its own, last."""
    named = sorted((b for b in bars if b.label), key=lambda bar: (-bar.total, bar.label))
    others = [*named[MOST:], *(b for b in bars if not b.label)]
    return (*named[:MOST], *((_added_up(others),) if others else ()))


def _added_up(bars: Collection[Bar]) -> Bar:
    return Bar("", sum(b.total for b in bars), sum(b.closed for b in bars),
               sum(b.late for b in bars))  # fmt: skip
