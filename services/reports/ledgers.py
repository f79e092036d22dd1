"""The facts behind the office's ledgers: one row a report, names and last words looked up once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from db.models.places import Building, Estate
from db.models.reports import Report, SweepFloor
from db.stores import places, report_lists, sweeps
from db.work import Work
from services.errors import Refusal
from services.reports import categories
from services.reports.periods import Period

MOST_ROWS = 50_000
"""Rows of one sheet: more are slow to open on the office's machines, and more than anyone reads."""
MOST_BUILDINGS = 100_000
CLOSED = frozenset({"closed", "rejected", "merged", "void"})


@dataclass(frozen=True)
class Names:
    """Names of places and bodies by id."""

    communities: dict[int, str]
    estates: dict[int, str]
    buildings: dict[int, str]
    managers: dict[int, str]
    bodies: dict[int, str]


@dataclass(frozen=True)
class Entry:
    """One report with what the ledgers say about it."""

    report: Report
    category: str
    group: str
    external_code: str
    community: str
    where: str
    done: str
    assigned_at: datetime | None
    body: str = ""
    """The responsible unit that the report was given to, if any."""
    met: int = 0
    """How many other people said that they met the same."""


@dataclass(frozen=True)
class Light:
    """One floor of the stairwell round that is not in order."""

    community: str
    estate: str
    building: str
    entrance: int
    floor: int
    broken: int
    installed: bool
    manager: str
    seen_on: datetime
    due_at: datetime | None
    mended_at: datetime | None


async def check_size(work: Work, period: Period, communities: Collection[int] | None) -> None:
    """Say so before a ledger would be cut off: Refusal("ledgers.too_many")."""
    count = await report_lists.count_between(
        work.session, period.start, period.end, communities=communities
    )
    if count > MOST_ROWS:
        raise Refusal("ledgers.too_many", count=count, most=MOST_ROWS)


async def entries(work: Work, period: Period, communities: Collection[int] | None) -> list[Entry]:
    """Every report that came in during a period, in order; at most MOST_ROWS (`check_size`)."""
    span = work.session, period.start, period.end
    reports = await report_lists.filed_between(*span, communities=communities, limit=MOST_ROWS)
    known = await names(work)
    done = await report_lists.last_words(*span, after="handled", communities=communities)
    assigned = await report_lists.last_moments(*span, after="assigned", communities=communities)
    met = await report_lists.counts_same(*span, communities=communities)
    return [
        replace(
            _entry(row, known),
            done=done.get(row.id, ""),
            assigned_at=assigned.get(row.id),
            met=met.get(row.id, 0),
        )
        for row in reports
    ]


def _entry(row: Report, known: Names) -> Entry:
    category = categories.find(row.category)
    parts = [
        known.estates.get(row.estate_id or 0, ""),
        known.buildings.get(row.building_id or 0, ""),
        f"{row.entrance}-{row.floor or ''}".rstrip("-") if row.entrance else "",
        row.place,
    ]
    return Entry(
        report=row,
        category=category.label if category else row.category,
        group=_group_labels().get(category.group, "") if category else "",
        external_code=category.external_code if category else "",
        community=known.communities.get(row.community_id or 0, ""),
        where=" ".join(part for part in parts if part),
        done="",
        assigned_at=None,
        body=known.bodies.get(row.body_id or 0, ""),
    )


@cache
def _group_labels() -> dict[str, str]:
    return {group.code: group.label for page in (1, 2) for group in categories.groups(page)}


async def names(work: Work) -> Names:
    """The gazetteer's names, read once for a whole ledger."""
    buildings = await _walked(work)
    bodies = {body.id: body.name for body in await places.bodies(work.session)}
    return Names(
        {c.id: c.name for c in await places.communities(work.session)},
        {e.id: e.name for e in await places.estates(work.session)},
        {b.id: b.name for b, _ in buildings},
        {b.id: bodies.get(b.managing_body_id or e.managing_body_id or 0, "") for b, e in buildings},
        bodies,
    )


async def lights(
    work: Work, sweep_id: int, communities: Collection[int] | None = None
) -> list[Light]:
    """What a round found that is broken or missing, in the order of the walk."""
    known = await names(work)
    where = {building.id: (building, estate) for building, estate in await _walked(work)}
    floors = [
        floor
        for floor in await sweeps.floors_of(work.session, sweep_id)
        if (floor.broken or not floor.installed)
        and (communities is None or where[floor.building_id][1].community_id in communities)
    ]
    ids = [floor.report_id for floor in floors if floor.report_id]
    reports = {row.id: row for row in await report_lists.by_ids(work.session, ids)}
    return [
        _light(floor, where[floor.building_id], known, reports.get(floor.report_id or 0))
        for floor in floors
    ]


async def _walked(work: Work) -> Sequence[tuple[Building, Estate]]:
    return await sweeps.buildings(work.session, None, limit=MOST_BUILDINGS)


def _light(
    floor: SweepFloor, where: tuple[Building, Estate], known: Names, report: Report | None
) -> Light:
    building, estate = where
    return Light(
        community=known.communities.get(estate.community_id, ""),
        estate=estate.name,
        building=building.name,
        entrance=floor.entrance,
        floor=floor.floor,
        broken=floor.broken,
        installed=floor.installed,
        manager=known.managers.get(building.id, ""),
        seen_on=floor.at,
        due_at=report.due_at if report else None,
        mended_at=report.handled_at if report else None,
    )
