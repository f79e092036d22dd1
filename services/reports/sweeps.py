"""The stairwell-light round: walk entrance by entrance, count, make reports of what is broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.models.places import Building
from db.models.reports import Sweep, SweepFloor
from db.stores import places, sweeps
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Scope, community
from services.reports import desk
from services.reports.desk import Draft

MOST_BROKEN = 20
CATEGORY = "stairwell_light"


@dataclass(frozen=True)
class Spot:
    """A floor of an entrance of a building."""

    building_id: int
    entrance: int
    floor: int


@dataclass(frozen=True)
class Totals:
    """How far a round is: of the gazetteer's buildings and floors, and what was found."""

    buildings: int
    floors: int
    buildings_seen: int
    floors_seen: int
    broken: int
    without: int


def _scope(community_id: int | None) -> Scope:
    return STREET if community_id is None else community(community_id)


async def begin(
    work: Work, by: Actor, title: str, *, community_id: int | None, begins: date, ends: date
) -> Sweep:
    """Start a round. Raises Refusal: common.not_allowed, sweeps.wrong_dates."""
    by.require(Permission.REPORT_ASSIGN, _scope(community_id))
    if ends < begins:
        raise Refusal("sweeps.wrong_dates")
    row = Sweep(
        title=title[:80],
        community_id=community_id,
        begins_on=begins,
        ends_on=ends,
        made_by=by.person_id,
    )
    return await sweeps.add(work.session, row)


async def running(work: Work, by: Actor) -> list[Sweep]:
    """The rounds somebody can walk in: those of their community and those of the street."""
    mine = by.communities(Permission.REPORT_HANDLE)
    found = await sweeps.running(work.session, clock.today())
    return [s for s in found if mine is None or s.community_id is None or s.community_id in mine]


async def access(work: Work, by: Actor, sweep_id: int) -> Sweep:
    """One running round; Refusal("common.not_there") for others."""
    found = next((s for s in await running(work, by) if s.id == sweep_id), None)
    if found is None:
        raise Refusal("common.not_there")
    return found


async def building(work: Work, by: Actor, sweep: Sweep, building_id: int) -> Building:
    """A building of the round that this person may walk; Refusal("common.not_there")."""
    row = await places.building(work.session, building_id)
    estate = await places.estate(work.session, row.estate_id) if row else None
    if row is None or estate is None:
        raise Refusal("common.not_there")
    of_round = sweep.community_id in (None, estate.community_id)
    if not of_round or not by.can(Permission.REPORT_HANDLE, community(estate.community_id)):
        raise Refusal("common.not_there")
    return row


async def mark(work: Work, by: Actor, sweep: Sweep, spot: Spot, broken: int | None) -> None:
    """Write down a floor: how many lamps are broken (0: all good), None where none is installed.

    Raises Refusal: common.not_there for a floor that the building does not have.
    """
    row = await building(work, by, sweep, spot.building_id)
    known = 1 <= spot.entrance <= row.entrances and 1 <= spot.floor <= row.floors
    if not known or (broken is not None and not 0 <= broken <= MOST_BROKEN):
        raise Refusal("common.not_there")
    await sweeps.mark(
        work.session,
        (sweep.id, spot.building_id, spot.entrance, spot.floor),
        broken=broken or 0,
        installed=broken is not None,
        seen_by=by.person_id,
        now=clock.now(),
    )


def after(row: Building, spot: Spot) -> Spot | None:
    """The next floor of the walk: up, then the next entrance; None at the end of the building."""
    if spot.floor < row.floors:
        return Spot(row.id, spot.entrance, spot.floor + 1)
    if spot.entrance < row.entrances:
        return Spot(row.id, spot.entrance + 1, 1)
    return None


async def totals(work: Work, sweep: Sweep) -> Totals:
    """Live totals of a round."""
    buildings, floors = await sweeps.count_floors(work.session, sweep.community_id)
    seen = await sweeps.totals(work.session, sweep.id)
    return Totals(
        buildings,
        floors,
        len(seen),
        sum(one[0] for one in seen.values()),
        sum(one[1] for one in seen.values()),
        sum(one[2] for one in seen.values()),
    )


async def report_broken(
    work: Work, by: Actor, sweep: Sweep, building_id: int, words: str
) -> tuple[int, int]:
    """Make reports of the building's broken floors: how many new, how many were there already.

    Pressing again adds nothing: a floor that has its report, or an open one by somebody else,
    keeps it.
    """
    row = await building(work, by, sweep, building_id)
    estate = await places.estate(work.session, row.estate_id)
    assert estate is not None
    new = known = 0
    for floor in await _broken(work, sweep, building_id):
        old = await sweeps.open_light(work.session, row.id, str(floor.entrance), floor.floor)
        if old is None:
            draft = Draft(
                CATEGORY,
                words,
                quantity=floor.broken,
                community_id=estate.community_id,
                estate_id=estate.id,
                building_id=row.id,
                entrance=str(floor.entrance),
                floor=floor.floor,
            )
            old = await desk.file(work, by, draft)
            old.sweep_id = sweep.id
            new += 1
        else:
            known += 1
        place = (sweep.id, building_id, floor.entrance, floor.floor)
        await sweeps.link(work.session, place, old.id)
    return new, known


async def _broken(work: Work, sweep: Sweep, building_id: int) -> Sequence[SweepFloor]:
    floors = await sweeps.floors_of(work.session, sweep.id, building_id)
    return [floor for floor in floors if floor.broken and floor.report_id is None]
