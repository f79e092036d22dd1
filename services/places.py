"""The gazetteer's rules: which communities there are, what a building belongs to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.models.places import Body, Building, Community, Estate, Landmark
from db.stores import places
from db.work import Work
from services.errors import Refusal
from services.permissions import Scope, ScopeKind
from services.reports import places as spoken

METRES_A_DEGREE = 111_320.0
FAR = 5_000.0
"""Metres from the nearest known place at which a point is taken to be outside the street."""


class BodyKind(StrEnum):
    """What a responsible body is."""

    DEPARTMENT = "department"
    PROPERTY_COMPANY = "property_company"
    OWNER = "owner"
    CITY_BODY = "city_body"
    DISTRICT_BODY = "district_body"
    OTHER = "other"


async def communities(work: Work) -> Sequence[Community]:
    """All communities in the order of the menu, the one for places outside them last."""
    return await places.communities(work.session)


async def community(work: Work, community_id: int) -> Community:
    """One community; Refusal("places.no_such_community") if there is none."""
    found = await places.community(work.session, community_id)
    if found is None:
        raise Refusal("places.no_such_community")
    return found


async def bodies(work: Work) -> Sequence[Body]:
    """Departments, property companies, owners and other units in use."""
    return await places.bodies(work.session)


async def body(work: Work, body_id: int) -> Body:
    """One of them; Refusal("common.not_there") if there is none."""
    found = await places.body(work.session, body_id)
    if found is None:
        raise Refusal("common.not_there")
    return found


def scope_of_body(body: Body) -> Scope:
    """The scope of whoever works for it."""
    is_department = body.kind == BodyKind.DEPARTMENT
    return Scope(ScopeKind.DEPARTMENT if is_department else ScopeKind.BODY, body.id)


async def estates(work: Work, community_id: int) -> Sequence[Estate]:
    """The housing estates of a community."""
    return await places.estates(work.session, community_id)


async def buildings(work: Work, estate_id: int) -> Sequence[Building]:
    """The buildings of an estate, in the order of their numbers."""
    return sorted(await places.buildings(work.session, estate_id), key=_by_number)


def _by_number(building: Building) -> tuple[int, str]:
    number = number_of(building.name) or ""
    return (int(number) if number.isdecimal() else 10**6, building.name)


def number_of(name: str) -> str | None:
    """The number in a building's name however it is written: 3栋, 3号楼, 三幢 and 3 are one."""
    bare = name.strip()
    if bare.isdecimal():
        return str(int(bare))
    return spoken.parse(bare).building


async def landmarks(work: Work, community_id: int) -> Sequence[Landmark]:
    """The named spots of a community."""
    return await places.landmarks(work.session, community_id)


async def is_far_away(work: Work, latitude: float, longitude: float) -> bool:
    """Whether a point lies outside the street: far from every place whose own point is known."""
    spots: list[Estate | Landmark] = [
        *await places.estates(work.session),
        *await places.all_landmarks(work.session),
    ]
    known = [(s.latitude, s.longitude) for s in spots if s.latitude and s.longitude]
    here = (latitude, longitude)
    return bool(known) and min(metres(here, spot) for spot in known) > FAR


def metres(one: tuple[float, float], two: tuple[float, float]) -> float:
    """The distance of two points in degrees; flat, which is exact enough within a city."""
    east = (two[1] - one[1]) * math.cos(math.radians(one[0]))
    return math.hypot(two[0] - one[0], east) * METRES_A_DEGREE


def metres_to(here: tuple[float, float], spot: Estate | Landmark) -> float:
    """How far a place is; infinitely, where nobody entered its point."""
    if spot.latitude is None or spot.longitude is None:
        return math.inf
    return metres(here, (spot.latitude, spot.longitude))


# -- finding a place in words -------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A place as far as words say it and the gazetteer knows it; `text` is the words."""

    community: Community | None = None
    estate: Estate | None = None
    building: Building | None = None
    entrance: str | None = None
    floor: str | None = None
    text: str | None = None


async def known(work: Work) -> tuple[spoken.Known, ...]:
    """Every name of the gazetteer, for services.reports.suggestions."""
    named = [
        spoken.Known(one.name, tuple(one.aliases), "community")
        for one in await places.communities(work.session)
        if not one.unattached
    ]
    for estate in await places.estates(work.session):
        named.append(spoken.Known(estate.name, tuple(estate.aliases), "estate"))
    return tuple(named)


async def find(work: Work, text: str, *, community_id: int | None = None) -> Found:
    """The place that somebody typed. An estate name in two communities: that of `community_id`."""
    said = spoken.parse(text, gazetteer=await known(work))
    communities = await places.communities(work.session)
    community = next((c for c in communities if c.name == said.community), None)
    home = community.id if community else community_id
    alike = [e for e in await places.estates(work.session) if e.name == said.estate]
    here = [e for e in alike if e.community_id == home]
    estate = here[0] if here else alike[0] if len(alike) == 1 else None
    if estate is not None:
        community = next((c for c in communities if c.id == estate.community_id), None)
    building = None
    if estate is not None and said.building is not None:
        building = await building_numbered(work, estate.id, said.building)
    return Found(community, estate, building, said.entrance, said.floor, said.text)


async def building_numbered(work: Work, estate_id: int, number: str) -> Building | None:
    """The building of an estate that goes by this number, in its name or another name."""
    rows = await places.buildings(work.session, estate_id)
    return next((b for b in rows if number in _numbers(b)), None)


def _numbers(building: Building) -> set[str | None]:
    return {number_of(name) for name in (building.name, *building.aliases)}


@dataclass(frozen=True)
class Answerable:
    """Who looks after a building and who owns it, where that is known."""

    managing: Body | None
    owner: Body | None


async def who_answers_for(work: Work, building_id: int) -> Answerable:
    """Of the building itself, or else of its estate. Refusal("common.not_there")."""
    building = await places.building(work.session, building_id)
    estate = await places.estate(work.session, building.estate_id) if building else None
    if building is None or estate is None:
        raise Refusal("common.not_there")
    managing = building.managing_body_id or estate.managing_body_id
    owner = building.owner_body_id or estate.owner_body_id
    return Answerable(
        await places.body(work.session, managing) if managing else None,
        await places.body(work.session, owner) if owner else None,
    )
