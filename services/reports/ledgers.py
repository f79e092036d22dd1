"""The facts behind the office's ledgers: one row a report, names and last words looked up once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from db.models.reports import Report
from db.stores import places, report_lists, sweeps
from db.work import Work
from services import clock
from services.reports import categories

MOST_ROWS = 50_000
PERIOD = timedelta(days=30)
CLOSED = frozenset({"closed", "rejected", "merged", "void"})


@dataclass(frozen=True)
class Names:
    """Names of places and bodies by id."""

    communities: dict[int, str]
    estates: dict[int, str]
    buildings: dict[int, str]
    managers: dict[int, str]


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


async def entries(
    work: Work, start: datetime, end: datetime, communities: Collection[int] | None
) -> list[Entry]:
    """Every report that came in from `start` to `end`, in order."""
    reports = await report_lists.filed_between(
        work.session, start, end, communities=communities, limit=MOST_ROWS
    )
    known = await names(work)
    done = await report_lists.last_words(work.session, start, end, after="handled")
    assigned = await report_lists.last_moments(work.session, start, end, after="assigned")
    return [_entry(row, known, done.get(row.id, ""), assigned.get(row.id)) for row in reports]


def _entry(row: Report, known: Names, done: str, assigned_at: datetime | None) -> Entry:
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
        done=done,
        assigned_at=assigned_at,
    )


@cache
def _group_labels() -> dict[str, str]:
    return {group.code: group.label for page in (1, 2) for group in categories.groups(page)}


async def names(work: Work) -> Names:
    """The gazetteer's names, read once for a whole ledger."""
    buildings = await sweeps.buildings(work.session, None, limit=100_000)
    bodies = {body.id: body.name for body in await places.bodies(work.session)}
    return Names(
        {c.id: c.name for c in await places.communities(work.session)},
        {e.id: e.name for e in await places.estates(work.session)},
        {b.id: b.name for b, _ in buildings},
        {b.id: bodies.get(b.managing_body_id or e.managing_body_id or 0, "") for b, e in buildings},
    )


async def lights(work: Work, sweep_id: int) -> list[Light]:
    """What a round found that is broken or missing, in the order of the walk."""
    known = await names(work)
    pairs = await sweeps.buildings(work.session, None, limit=100_000)
    where = {building.id: (building, estate) for building, estate in pairs}
    floors = [
        floor
        for floor in await sweeps.floors_of(work.session, sweep_id)
        if floor.broken or not floor.installed
    ]
    ids = [floor.report_id for floor in floors if floor.report_id]
    reports = {row.id: row for row in await report_lists.by_ids(work.session, ids)}
    found = []
    for floor in floors:
        building, estate = where[floor.building_id]
        report = reports.get(floor.report_id or 0)
        found.append(
            Light(
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
        )
    return found


def last_days(period: timedelta = PERIOD) -> tuple[datetime, datetime]:
    """From the first moment of that many days ago until now."""
    return clock.now() - period, clock.now()


def open311(entry: Entry) -> dict[str, object]:
    """A report as Open311 GeoReport v2 shows a service request; no names, no phones."""
    row = entry.report
    return {
        "service_request_id": row.number,
        "status": "closed" if row.state in CLOSED else "open",
        "status_notes": row.state,
        "service_name": entry.category,
        "service_code": entry.external_code or row.category,
        "description": row.words,
        "agency_responsible": entry.community,
        "requested_datetime": clock.local(row.created_at).isoformat(timespec="seconds"),
        "updated_datetime": _moment(row.closed_at or row.handled_at or row.filed_at),
        "expected_datetime": _moment(row.due_at),
        "address": " ".join(part for part in (entry.community, entry.where) if part),
        "lat": row.latitude,
        "long": row.longitude,
        "media_url": None,
    }


def _moment(value: datetime | None) -> str | None:
    return clock.local(value).isoformat(timespec="seconds") if value else None
