"""The map everybody may see: reports counted by estate or rounded point, and nothing about people.

A spot says its place, its kinds of problem and how many are mended. Not on it: who reported, words,
photos, numbers, building, entrance and floor, and what the office has not looked at yet.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from db.models.places import Estate
from db.stores import places, report_spots
from db.stores.report_spots import Counted, Point
from db.work import Work
from services.reports import categories, periods
from services.reports.periods import Period

DAYS = 90
STRAY = 0.15
"""Degrees (some 15 km) from the middle of all beyond which a place cannot be in the street."""


@dataclass(frozen=True)
class Spot:
    """A place with its reports; `label` is the estate's name, empty for a point outside of them.

    Latitude and longitude are WGS 84 degrees as phones give them, None where nobody knows.
    """

    label: str
    community: str
    latitude: float | None
    longitude: float | None
    total: int
    closed: int
    kinds: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Map:
    """All spots of a period, the busiest first; `quiet` are named places without reports."""

    period: Period
    spots: tuple[Spot, ...]
    quiet: tuple[Spot, ...]

    @property
    def total(self) -> int:
        return sum(spot.total for spot in self.spots)

    @property
    def closed(self) -> int:
        return sum(spot.closed for spot in self.spots)


async def public(work: Work) -> Map:
    """What came in the last 90 days."""
    period = periods.last_days(DAYS)
    estates = {row.id: row for row in await places.estates(work.session)}
    communities = {row.id: row.name for row in await places.communities(work.session)}
    found = await report_spots.points(work.session, period.start)
    spots = _of_estates(await report_spots.by_estate(work.session, period.start), estates,
                        _middles(found), communities)  # fmt: skip
    spots += _of_points(found, communities)
    quiet = await _quiet(work, estates, {spot.label for spot in spots}, communities)
    spots = sorted(_without_strays(spots), key=lambda one: (-one.total, one.label))
    return Map(period, tuple(spots), quiet)


def _without_strays(spots: list[Spot]) -> list[Spot]:
    """A location sent from another town would shrink the street to a dot: it loses its place."""
    places = [(s.latitude, s.longitude) for s in spots if s.latitude is not None]
    if not places:
        return spots
    north = median(place[0] for place in places if place[0] is not None)
    east = median(place[1] for place in places if place[1] is not None)
    return [
        spot if _near(spot, north, east) else replace(spot, latitude=None, longitude=None)
        for spot in spots
    ]


def _near(spot: Spot, north: float, east: float) -> bool:
    if spot.latitude is None or spot.longitude is None:
        return True
    return abs(spot.latitude - north) < STRAY and abs(spot.longitude - east) < STRAY


def _of_estates(
    counted: Sequence[Counted],
    estates: dict[int, Estate],
    middles: dict[int, tuple[float, float]],
    communities: dict[int, str],
) -> list[Spot]:
    """A spot for every estate, where the gazetteer has it or where its reports lie.

    One more for each community's reports that name no estate and have no location.
    """
    groups: dict[tuple[int, int], list[Counted]] = defaultdict(list)
    for one in counted:
        groups[one.estate_id or 0, one.community_id or 0].append(one)
    spots = []
    for (key, where), group in groups.items():
        row = estates.get(key)
        place = (_own_point(row) if row else None) or middles.get(key)
        name = row.name if row else ""
        spots.append(_spot(name, communities.get(where, ""), place, group))
    return spots


def _of_points(found: Sequence[Point], communities: dict[int, str]) -> list[Spot]:
    """A spot for every rounded point outside the estates."""
    groups: dict[tuple[float, float], list[Counted]] = defaultdict(list)
    for point in found:
        if point.counted.estate_id is None:
            groups[point.latitude, point.longitude].append(point.counted)
    return [
        _spot("", communities.get(group[0].community_id or 0, ""), place, group)
        for place, group in groups.items()
    ]


def _spot(
    label: str, community: str, place: tuple[float, float] | None, group: Sequence[Counted]
) -> Spot:
    kinds: Counter[str] = Counter()
    for one in group:
        category = categories.find(one.category)
        kinds[category.label if category else one.category] += one.total
    return Spot(
        label=label,
        community=community,
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        total=sum(one.total for one in group),
        closed=sum(one.closed for one in group),
        kinds=tuple(kinds.most_common()),
    )


def _own_point(row: Estate) -> tuple[float, float] | None:
    if row.latitude is None or row.longitude is None:
        return None
    return row.latitude, row.longitude


def _middles(found: Sequence[Point]) -> dict[int, tuple[float, float]]:
    """The middle of each estate's reports, for those whose place the gazetteer does not know."""
    sums: dict[int, tuple[float, float, int]] = {}
    for point in found:
        key = point.counted.estate_id
        if key is not None:
            north, east, count = sums.get(key, (0.0, 0.0, 0))
            more = point.counted.total
            sums[key] = (
                north + point.latitude * more, east + point.longitude * more, count + more
            )  # fmt: skip
    return {key: (north / count, east / count) for key, (north, east, count) in sums.items()}


async def _quiet(
    work: Work, estates: dict[int, Estate], busy: set[str], communities: dict[int, str]
) -> tuple[Spot, ...]:
    """Estates and landmarks with a point and without reports: they help to find one's way."""
    named = [(row, row.community_id) for row in estates.values() if row.name not in busy]
    spots = [
        Spot(row.name, communities.get(where, ""), row.latitude, row.longitude, 0, 0)
        for row, where in named
        if row.latitude is not None
    ]
    for where in communities:
        for row in await places.landmarks(work.session, where):
            if row.latitude is not None:
                at = row.latitude, row.longitude
                spots.append(Spot(row.name, communities[where], *at, 0, 0))
    return tuple(spots)
