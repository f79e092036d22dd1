"""The building that a reporter wrote in words because the gazetteer lacks it."""

from dataclasses import dataclass

from db.models.places import Building, Estate
from db.models.reports import Report
from db.stores import places as place_rows
from db.work import Work
from services import gazetteer, places
from services.errors import Refusal
from services.permissions import Actor, Permission, community
from services.reports import places as spoken
from services.reports.intake import floor_number

FLOORS = 6
"""Floors of a building about which nobody said how high it is."""


@dataclass(frozen=True)
class Missing:
    """What can be entered: the building's number, and its estate's name where that lacks too."""

    number: str
    estate: str | None
    entrance: int
    floor: int | None


async def missing(work: Work, by: Actor, row: Report) -> Missing | None:
    """The building that a report speaks of and the gazetteer lacks, for who may enter places."""
    if row.building_id is not None or row.community_id is None:
        return None
    if not by.can(Permission.PLACE_EDIT, community(row.community_id)):
        return None
    said = spoken.parse(f"{row.place}\n{row.words}", gazetteer=await places.known(work))
    if said.building is None or (row.estate_id is None and said.estate is None):
        return None
    entrance = int(said.entrance) if said.entrance and said.entrance.isdecimal() else 0
    estate = None if row.estate_id is not None else said.estate
    entrance = entrance if entrance <= gazetteer.MOST_ENTRANCES else 0
    return Missing(said.building, estate, entrance, floor_number(said))


async def enter(work: Work, by: Actor, row: Report, *, name: str) -> Building:
    """Enter the building (and its estate) and put the report there; pressed twice it is one.

    `name` is how the building is called. Raises Refusal: reports.nothing_missing, and what
    services.gazetteer.add_building raises.
    """
    found = await missing(work, by, row)
    if found is None:
        raise Refusal("reports.nothing_missing")
    estate_id = row.estate_id or (await _estate(work, by, row, found.estate or "")).id
    building = await gazetteer.add_building(
        work,
        by,
        estate_id,
        name=name,
        entrances=max(1, found.entrance),
        floors=min(max(FLOORS, found.floor or 0), gazetteer.HIGHEST_TOP),
    )
    row.estate_id, row.building_id = estate_id, building.id
    if found.entrance and found.entrance <= building.entrances:
        row.entrance = row.entrance or str(found.entrance)
    row.floor = found.floor if row.floor is None else row.floor
    await work.session.flush()
    return building


async def _estate(work: Work, by: Actor, row: Report, name: str) -> Estate:
    """The estate of this name in the report's community, entered if it is new."""
    assert row.community_id is not None
    for known in await place_rows.estates(work.session, row.community_id):
        if name in (known.name, *known.aliases):
            return known
    return await gazetteer.add_estate(work, by, row.community_id, name=name)
