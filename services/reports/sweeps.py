"""The stairwell-light round: begun and ended by staff, and how far it is, place by place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from db.models.places import Building, Estate
from db.models.reports import Sweep
from db.stores import places, sweeps
from db.stores.sweeps import Seen
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Scope, community

MOST_BUILDINGS = 100_000


@dataclass(frozen=True)
class Line:
    """One building of a round and what was seen in it."""

    building: Building
    estate: Estate
    seen: Seen

    @property
    def floors(self) -> int:
        """Floors of stairwells there are to look at."""
        return self.building.entrances * self.building.floors

    @property
    def done(self) -> bool:
        return self.seen.floors >= self.floors


@dataclass(frozen=True)
class Totals:
    """How far some buildings are, and what was found in them."""

    buildings: int
    buildings_done: int
    floors: int
    floors_seen: int
    broken: int
    dark: int
    without: int
    reported: int

    @property
    def lit(self) -> int | None:
        """Floors in order, of those seen, in per cent; None before the first."""
        if not self.floors_seen:
            return None
        return round(100 * (self.floors_seen - self.dark - self.without) / self.floors_seen)


def added_up(lines: Iterable[Line]) -> Totals:
    """The totals of some buildings."""
    known = list(lines)
    return Totals(
        buildings=len(known),
        buildings_done=sum(line.done for line in known),
        floors=sum(line.floors for line in known),
        floors_seen=sum(min(line.seen.floors, line.floors) for line in known),
        broken=sum(line.seen.broken for line in known),
        dark=sum(line.seen.dark for line in known),
        without=sum(line.seen.without for line in known),
        reported=sum(line.seen.reported for line in known),
    )


def scope_of(community_id: int | None) -> Scope:
    """Where a round belongs."""
    return STREET if community_id is None else community(community_id)


async def begin(
    work: Work, by: Actor, title: str, *, community_id: int | None, begins: date, ends: date
) -> Sweep:
    """Start a round. Raises Refusal: common.not_allowed, sweeps.wrong_dates."""
    by.require(Permission.REPORT_ASSIGN, scope_of(community_id))
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


async def end(work: Work, by: Actor, sweep: Sweep) -> None:
    """Nobody walks in it any more; its numbers stay. Raises Refusal("common.not_allowed")."""
    by.require(Permission.REPORT_ASSIGN, scope_of(sweep.community_id))
    sweep.closed = True
    await work.session.flush()


async def running(work: Work, by: Actor) -> list[Sweep]:
    """The rounds somebody can walk in: those of their community and those of the street."""
    found = await sweeps.running(work.session, clock.today())
    return [sweep for sweep in found if _in_reach(by, sweep)]


async def recent(work: Work, by: Actor, *, limit: int) -> list[Sweep]:
    """The rounds begun last that somebody may look at, over or not."""
    found = await sweeps.recent(work.session, 10 * limit)
    return [sweep for sweep in found if _in_reach(by, sweep)][:limit]


def _in_reach(by: Actor, sweep: Sweep) -> bool:
    mine = by.communities(Permission.REPORT_HANDLE)
    return mine is None or (bool(mine) and sweep.community_id in (None, *mine))


async def access_any(work: Work, by: Actor, sweep_id: int) -> Sweep:
    """One round, over or not; Refusal("common.not_there") for those of others."""
    found = await sweeps.by_id(work.session, sweep_id)
    if found is None or not _in_reach(by, found):
        raise Refusal("common.not_there")
    return found


async def access(work: Work, by: Actor, sweep_id: int) -> Sweep:
    """One round to walk in. Raises Refusal: common.not_there, sweeps.over."""
    found = await access_any(work, by, sweep_id)
    if found.closed or found.ends_on < clock.today():
        raise Refusal("sweeps.over", title=found.title)
    return found


async def progress(work: Work, by: Actor, sweep: Sweep) -> list[Line]:
    """Every building of the round in somebody's reach, in the order of the gazetteer."""
    mine = by.communities(Permission.REPORT_HANDLE)
    return await lines(work, sweep, mine)


async def lines(work: Work, sweep: Sweep, communities: Iterable[int] | None = None) -> list[Line]:
    """Every building of the round, of these communities where they are given."""
    wanted = None if communities is None else set(communities)
    pairs = await sweeps.buildings(work.session, sweep.community_id, limit=MOST_BUILDINGS)
    seen = await sweeps.totals(work.session, sweep.id)
    return [
        Line(building, estate, seen.get(building.id, Seen()))
        for building, estate in pairs
        if wanted is None or estate.community_id in wanted
    ]


async def community_names(work: Work) -> dict[int, str]:
    """What the communities are called."""
    return {row.id: row.name for row in await places.communities(work.session)}


def by_community(found: Sequence[Line]) -> dict[int, list[Line]]:
    """The buildings of each community, in order."""
    groups: dict[int, list[Line]] = {}
    for line in found:
        groups.setdefault(line.estate.community_id, []).append(line)
    return groups


def by_estate(found: Sequence[Line]) -> dict[int, list[Line]]:
    """The buildings of each estate, in order."""
    groups: dict[int, list[Line]] = {}
    for line in found:
        groups.setdefault(line.estate.id, []).append(line)
    return groups
