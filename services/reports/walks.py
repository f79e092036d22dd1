"""Walking the stairwells of a round: floor after floor, corrected, photographed, reported."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.models.forms import FormMedia
from db.models.places import Building, Estate
from db.models.reports import Report, Sweep, SweepFloor
from db.stores import forms, people, places, reports, sweeps
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission, Role, community
from services.reports import desk, photos
from services.reports.desk import Draft
from services.reports.sweeps import Line

MOST_BROKEN = 20
CATEGORY = "stairwell_light"


@dataclass(frozen=True, order=True)
class Spot:
    """A floor of an entrance of a building."""

    building_id: int
    entrance: int
    floor: int


@dataclass(frozen=True)
class Walk:
    """A building on the walk and what was noted in it so far."""

    building: Building
    estate: Estate
    noted: dict[Spot, SweepFloor]

    @property
    def floors(self) -> int:
        return self.building.entrances * self.building.floors

    @property
    def broken(self) -> int:
        return sum(one.broken for one in self.noted.values())

    @property
    def without(self) -> int:
        return sum(not one.installed for one in self.noted.values())

    @property
    def unreported(self) -> int:
        """Floors with broken lamps and no report yet."""
        return sum(one.broken > 0 and one.report_id is None for one in self.noted.values())

    def route(self) -> list[Spot]:
        """Every floor in the order of the walk: up, then the next entrance."""
        return [
            Spot(self.building.id, entrance, floor)
            for entrance in range(1, self.building.entrances + 1)
            for floor in range(1, self.building.floors + 1)
        ]

    def next_after(self, spot: Spot | None) -> Spot | None:
        """The next floor nobody has noted, further on or else from the start; None at the end."""
        left = [one for one in self.route() if one not in self.noted]
        further = [one for one in left if spot is None or one > spot]
        return next(iter(further or left), None)

    def before(self, spot: Spot) -> Spot | None:
        """The floor before it on the walk, to be corrected."""
        return max((one for one in self.route() if one < spot), default=None)


async def enter(work: Work, by: Actor, sweep: Sweep, building_id: int) -> Walk:
    """A building of the round that this person may walk; Refusal("common.not_there")."""
    row = await places.building(work.session, building_id)
    estate = await places.estate(work.session, row.estate_id) if row else None
    if row is None or estate is None:
        raise Refusal("common.not_there")
    of_round = sweep.community_id in (None, estate.community_id)
    if not of_round or not by.can(Permission.REPORT_HANDLE, community(estate.community_id)):
        raise Refusal("common.not_there")
    floors = await sweeps.floors_of(work.session, sweep.id, row.id)
    return Walk(row, estate, {Spot(row.id, one.entrance, one.floor): one for one in floors})


async def resume(work: Work, by: Actor, sweep: Sweep) -> tuple[Walk, Spot] | None:
    """Where this person stopped: the next floor of the building they were in, if there is one."""
    last = await sweeps.last_of(work.session, sweep.id, by.person_id)
    if last is None:
        return None
    try:
        walk = await enter(work, by, sweep, last.building_id)
    except Refusal:  # they work in another community now
        return None
    spot = walk.next_after(Spot(last.building_id, last.entrance, last.floor))
    return None if spot is None else (walk, spot)


async def mark(work: Work, by: Actor, sweep: Sweep, spot: Spot, broken: int | None) -> Walk:
    """Write down a floor: how many lamps are broken (0: all good), None where none is installed.

    Marked again, by anybody, the latest holds. Raises Refusal("common.not_there") for a floor that
    the building does not have.
    """
    walk = await enter(work, by, sweep, spot.building_id)
    if spot not in walk.route() or (broken is not None and not 0 <= broken <= MOST_BROKEN):
        raise Refusal("common.not_there")
    await sweeps.mark(
        work.session,
        _key(sweep, spot),
        broken=broken or 0,
        installed=broken is not None,
        seen_by=by.person_id,
        now=clock.now(),
    )
    return await enter(work, by, sweep, spot.building_id)


async def photograph(work: Work, by: Actor, sweep: Sweep, spot: Spot, photo: FormMedia) -> Walk:
    """Keep a photo with a floor that was noted; its report, if it has one, gets it too."""
    walk = await enter(work, by, sweep, spot.building_id)
    noted = walk.noted.get(spot)
    if noted is None:
        raise Refusal("common.not_there")
    await sweeps.photograph(work.session, _key(sweep, spot), photo.id)
    if noted.report_id is not None:
        await photos.keep(work, by, noted.report_id, [photo], kind="before")
    return walk


async def report_broken(
    work: Work, by: Actor, sweep: Sweep, building_id: int, words: str
) -> tuple[int, int]:
    """Make reports of the building's broken floors: how many new, how many were there already.

    Pressing again, or two people at once, adds nothing: a floor that has its report, or an open
    one by somebody else, keeps it. A floor seen broken again after its report was closed gets a
    new one. The community's staff are told once for all of them.
    """
    await sweeps.lock(work.session, building_id)
    walk = await enter(work, by, sweep, building_id)
    new = known = 0
    for spot, noted in walk.noted.items():
        if not noted.broken or await _has_report(work, noted):
            continue
        old = await sweeps.open_light(work.session, building_id, str(spot.entrance), spot.floor)
        if old is None:
            old, new = await _report(work, by, sweep, walk, spot, words), new + 1
        else:
            known += 1
        await sweeps.link(work.session, _key(sweep, spot), old.id)
    if new:
        await _tell(work, by, walk, new)
    return new, known


async def _has_report(work: Work, noted: SweepFloor) -> bool:
    if noted.report_id is None:
        return False
    row = await reports.by_id(work.session, noted.report_id)
    return row is None or row.closed_at is None or row.closed_at >= noted.at


async def _report(
    work: Work, by: Actor, sweep: Sweep, walk: Walk, spot: Spot, words: str
) -> Report:
    noted = walk.noted[spot]
    photo = await forms.media(work.session, noted.media_id) if noted.media_id else None
    draft = Draft(
        CATEGORY,
        words,
        quantity=noted.broken,
        community_id=walk.estate.community_id,
        estate_id=walk.estate.id,
        building_id=walk.building.id,
        entrance=str(spot.entrance),
        floor=spot.floor,
        photos=(photo,) if photo else (),
    )
    row = await desk.file(work, by, draft, quietly=True)
    row.sweep_id = sweep.id
    return row


async def _tell(work: Work, by: Actor, walk: Walk, count: int) -> None:
    told = {"count": count, "estate": walk.estate.name, "name": walk.building.name}
    where = walk.estate.community_id
    for person_id in await people.holders_of(
        work.session, (Role.COMMUNITY_STAFF,), community_id=where
    ):
        if person_id != by.person_id:
            work.notify(person_id, "sweeps.reported_together", **told)


async def report_all(
    work: Work, by: Actor, sweep: Sweep, lines: Sequence[Line], words: str
) -> tuple[int, int]:
    """The same for every building of these; Refusal("common.not_allowed") for grid workers."""
    by.require(Permission.REPORT_ASSIGN)
    new = known = 0
    for line in lines:
        if line.seen.dark:
            made = await report_broken(work, by, sweep, line.building.id, words)
            new, known = new + made[0], known + made[1]
    return new, known


def _key(sweep: Sweep, spot: Spot) -> tuple[int, int, int, int]:
    return sweep.id, spot.building_id, spot.entrance, spot.floor
