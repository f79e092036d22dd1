"""Finds reports that may be about the same thing, when one comes in."""

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from db.models.reports import Report
from db.stores import report_lists
from db.work import Work
from services import clock
from services.reports import categories, duplicates
from services.reports.duplicates import Prepared
from services.reports.transitions import State

MOST = 3
CLOSED_WITHIN = timedelta(days=30)
OPEN_WITHIN = timedelta(days=365)
AT_THE_PLACE, IN_THE_COMMUNITY = 15, 30
"""Newest reports of a building or around a point, and of a community, that are looked at."""
NOT_SHOWN = (State.MERGED, State.VOID, State.REJECTED)
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Candidate:
    """An older report and how likely it is the same; 0 to 1."""

    report: Report
    likeness: float


async def candidates(work: Work, row: Report) -> list[Candidate]:
    """At most three older reports that may be the same thing, the likeliest first.

    The kind of problem need not be equal: of judged pairs one in seven differs in it.
    """
    found: dict[int, Report] = {}
    for group in await _groups(work, row):
        found |= {one.id: one for one in group if _counts(one, row)}
    scored = [Candidate(one, _likeness(row, one)) for one in found.values()]
    likely = [one for one in scored if one.likeness >= duplicates.SAME]
    return sorted(likely, key=lambda one: (-one.likeness, -one.report.id))[:MOST]


async def _groups(work: Work, row: Report) -> list[list[Report]]:
    since = clock.now() - OPEN_WITHIN
    groups = []
    if row.building_id is not None:
        rows = await report_lists.in_building(
            work.session, row.building_id, since=since, limit=AT_THE_PLACE
        )
        groups.append(list(rows))
    if row.community_id is not None and row.latitude is not None and row.longitude is not None:
        box = _box(row.latitude, row.longitude, _reach(row))
        rows = await report_lists.in_box(
            work.session, row.community_id, box, since=since, limit=AT_THE_PLACE
        )
        groups.append(list(rows))
    if row.community_id is not None:
        rows = await report_lists.in_community(
            work.session,
            row.community_id,
            since=clock.now() - CLOSED_WITHIN,
            limit=IN_THE_COMMUNITY,
        )
        groups.append(list(rows))
    return groups


def _counts(one: Report, row: Report) -> bool:
    recent = one.closed_at is None or one.closed_at >= clock.now() - CLOSED_WITHIN
    return one.id != row.id and recent and State(one.state) not in NOT_SHOWN


def _likeness(row: Report, other: Report) -> float:
    """By place where both say it exactly, else by words."""
    if row.building_id is not None and other.building_id is not None:
        if row.building_id != other.building_id or _apart(row, other):
            return 0.0
        if row.category == other.category:
            return 1.0
    elif row.category == other.category and _near(row, other):
        return 1.0
    if not row.words or not other.words:
        return 0.0
    one, two = _prepared(row.words, row.category), _prepared(other.words, other.category)
    return duplicates.score(one, two).score


def _apart(row: Report, other: Report) -> bool:
    """Another entrance or another floor is another lamp."""
    pairs = ((row.entrance, other.entrance), (row.floor, other.floor))
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _near(row: Report, other: Report) -> bool:
    if row.latitude is None or row.longitude is None:
        return False
    if other.latitude is None or other.longitude is None:
        return False
    east = (other.longitude - row.longitude) * math.cos(math.radians(row.latitude))
    degrees = math.hypot(other.latitude - row.latitude, east)
    return degrees * METRES_A_DEGREE <= _reach(row)


def _reach(row: Report) -> float:
    """The category's radius and the fix's own doubt, in metres."""
    found = categories.find(row.category)
    return (found.radius if found else 50) + min(row.accuracy or 0.0, 100.0)


def _box(latitude: float, longitude: float, metres: float) -> tuple[float, float, float, float]:
    high = metres / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(latitude)), 0.01)
    return latitude - high, longitude - wide, latitude + high, longitude + wide


@lru_cache(maxsize=4096)
def _prepared(words: str, category: str) -> Prepared:
    return duplicates.prepare(words, category=category)
