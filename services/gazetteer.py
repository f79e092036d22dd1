"""Staff keep the gazetteer: one place at a time, or a whole workbook or none of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.models.places import Body, Building, Community, Estate, Landmark
from db.stores import people, places
from db.work import Work
from services import clock
from services.errors import Refusal
from services.imports import Outcome, Wrong
from services.permissions import Actor, Permission, community
from services.places import BodyKind, number_of

LONGEST_NAME = 40
MOST_ENTRANCES, LOWEST_TOP, HIGHEST_TOP = 30, 1, 60


# -- one at a time ------------------------------------------------------------------------------


async def access_estate(work: Work, by: Actor, estate_id: int) -> Estate:
    """One estate, for staff of its community; Refusal("common.not_there") otherwise."""
    row = await places.estate(work.session, estate_id)
    if row is None or not by.can(Permission.PLACE_EDIT, community(row.community_id)):
        raise Refusal("common.not_there")
    return row


async def access_building(work: Work, by: Actor, building_id: int) -> Building:
    """One building, for staff of its community; Refusal("common.not_there") otherwise."""
    row = await places.building(work.session, building_id)
    if row is None:
        raise Refusal("common.not_there")
    await access_estate(work, by, row.estate_id)
    return row


async def communities(work: Work, by: Actor) -> list[Community]:
    """The communities whose places somebody may edit."""
    by.require(Permission.PLACE_EDIT)
    rows = await places.communities(work.session)
    return [c for c in rows if by.can(Permission.PLACE_EDIT, community(c.id)) and not c.unattached]


async def add_estate(
    work: Work, by: Actor, community_id: int, *, name: str, aliases: Sequence[str] = ()
) -> Estate:
    """A new estate. Raises Refusal: common.not_allowed, places.bad_name, places.known_already."""
    by.require(Permission.PLACE_EDIT, community(community_id))
    name = _name(name)
    for known in await places.estates(work.session, community_id):
        if name in (known.name, *known.aliases):
            raise Refusal("places.known_already", name=name)
    row = Estate(community_id=community_id, name=name, aliases=list(aliases))
    await places.add(work.session, row)
    await _note(work, by, "place:add", "estate", row.id)
    return row


async def rename_estate(
    work: Work, by: Actor, estate_id: int, *, name: str, aliases: Sequence[str]
) -> Estate:
    """Another name, other aliases. Raises Refusal as add_estate does."""
    row = await access_estate(work, by, estate_id)
    name = _name(name)
    for known in await places.estates(work.session, row.community_id):
        if known.id != row.id and name in (known.name, *known.aliases):
            raise Refusal("places.known_already", name=name)
    row.name, row.aliases = name, list(aliases)
    await _note(work, by, "place:edit", "estate", row.id)
    return row


async def set_point(
    work: Work, by: Actor, estate_id: int, *, latitude: float, longitude: float
) -> Estate:
    """Say where an estate is on the map, in WGS 84 degrees. Raises Refusal("common.not_there")."""
    row = await access_estate(work, by, estate_id)
    row.latitude, row.longitude = latitude, longitude
    await _note(work, by, "place:edit", "estate", row.id)
    return row


async def add_building(
    work: Work, by: Actor, estate_id: int, *, name: str, entrances: int = 1, floors: int = 6
) -> Building:
    """A missing building, in one press; the known one where its number is there already.

    Raises Refusal: common.not_there, places.bad_name, places.bad_number.
    """
    estate = await access_estate(work, by, estate_id)
    name = _name(name)
    number = number_of(name)
    for known in await places.buildings(work.session, estate_id):
        names = (known.name, *known.aliases)
        if name in names or (number and number in {number_of(one) for one in names}):
            return known
    row = Building(estate_id=estate.id, name=name, aliases=[])
    row.managing_body_id, row.owner_body_id = estate.managing_body_id, estate.owner_body_id
    _set_size(row, entrances, floors)
    await places.add(work.session, row)
    await _note(work, by, "place:add", "building", row.id)
    return row


async def resize(
    work: Work, by: Actor, building_id: int, *, entrances: int, floors: int
) -> Building:
    """Say how many entrances and floors a building has. Raises Refusal("places.bad_number")."""
    row = await access_building(work, by, building_id)
    _set_size(row, entrances, floors)
    await _note(work, by, "place:edit", "building", row.id)
    return row


def _set_size(row: Building, entrances: int, floors: int) -> None:
    if not 1 <= entrances <= MOST_ENTRANCES or not LOWEST_TOP <= floors <= HIGHEST_TOP:
        raise Refusal("places.bad_number", entrances=MOST_ENTRANCES, floors=HIGHEST_TOP)
    row.entrances, row.floors = entrances, floors


async def set_body(
    work: Work, by: Actor, building_id: int, *, managing: int | None, owner: int | None
) -> Building:
    """Say who manages and who owns a building. Raises Refusal("common.not_there")."""
    row = await access_building(work, by, building_id)
    for body_id in (managing, owner):
        if body_id is not None and await places.body(work.session, body_id) is None:
            raise Refusal("common.not_there")
    row.managing_body_id, row.owner_body_id = managing, owner
    await _note(work, by, "place:edit", "building", row.id)
    return row


async def add_body(
    work: Work, by: Actor, *, name: str, kind: BodyKind, phone: str | None = None
) -> Body:
    """A new responsible body; the known one of that name, if there is one."""
    by.require(Permission.PLACE_EDIT)
    name = " ".join(name.split())[:120]
    if not name:
        raise Refusal("places.bad_name", longest=120)
    row = await places.body_by_name(work.session, name)
    if row is None:
        row = Body(name=name, kind=kind, phone=phone)
        await places.add(work.session, row)
        await _note(work, by, "place:add", "body", row.id)
    return row


async def add_landmark(
    work: Work, by: Actor, community_id: int, *, name: str, aliases: Sequence[str] = ()
) -> Landmark:
    """A named spot. Raises Refusal: common.not_allowed, places.bad_name, places.known_already."""
    by.require(Permission.PLACE_EDIT, community(community_id))
    name = _name(name)
    if any(name == known.name for known in await places.landmarks(work.session, community_id)):
        raise Refusal("places.known_already", name=name)
    row = Landmark(community_id=community_id, name=name, aliases=list(aliases))
    await places.add(work.session, row)
    await _note(work, by, "place:add", "landmark", row.id)
    return row


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refusal("places.bad_name", longest=LONGEST_NAME)
    return name


async def _note(work: Work, by: Actor, act: str, thing: str, thing_id: int) -> None:
    await people.note(work.session, by.person_id, act, thing, thing_id, now=clock.now())


# -- a whole workbook ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One row of the workbook: a building of an estate, or a landmark (then `estate` is empty)."""

    number: int
    community: str
    estate: str = ""
    estate_aliases: tuple[str, ...] = ()
    building: str = ""
    building_aliases: tuple[str, ...] = ()
    entrances: int | None = None
    floors: int | None = None
    managing: str = ""
    owner: str = ""
    landmark: str = ""
    landmark_aliases: tuple[str, ...] = ()


async def take_over(work: Work, by: Actor, lines: Sequence[Line]) -> Outcome:
    """Enter the rows of a workbook, the known ones brought up to date; nothing is ever deleted.

    All rows are checked first: with one wrong row none is entered.
    """
    by.require(Permission.PLACE_EDIT)
    outcome = Outcome()
    known = {c.name: c for c in await places.communities(work.session)}
    known |= {alias: c for c in known.values() for alias in c.aliases if alias not in known}
    seen: dict[tuple[str, ...], int] = {}
    for line in lines:
        outcome.wrong += _wrong(by, line, known, seen)
    if not outcome.wrong:
        for line in lines:
            await _enter(work, by, line, known[line.community], outcome)
        await people.note(
            work.session,
            by.person_id,
            "place:import",
            "places",
            now=clock.now(),
            added=outcome.added,
            changed=outcome.changed,
        )
    return outcome


def _wrong(
    by: Actor, line: Line, known: dict[str, Community], seen: dict[tuple[str, ...], int]
) -> list[Wrong]:
    """All that is wrong in one row."""
    found = []

    def add(code: str, **params: object) -> None:
        found.append(Wrong(line.number, f"place_import.{code}", params))

    where = known.get(line.community)
    if where is None:
        add("no_such_community", value=line.community)
    elif not by.can(Permission.PLACE_EDIT, community(where.id)):
        add("not_yours", value=line.community)
    if not line.estate and not line.landmark:
        add("nothing_named")
    for value in (line.estate, line.building, line.landmark):
        if len(value) > LONGEST_NAME:
            add("name_too_long", value=value[:LONGEST_NAME], longest=LONGEST_NAME)
    if line.entrances is not None and not 1 <= line.entrances <= MOST_ENTRANCES:
        add("bad_entrances", value=line.entrances, most=MOST_ENTRANCES)
    if line.floors is not None and not LOWEST_TOP <= line.floors <= HIGHEST_TOP:
        add("bad_floors", value=line.floors, most=HIGHEST_TOP)
    number = number_of(line.building) or line.building
    key = (str(where.id if where else line.community), line.estate, number, line.landmark)
    if key in seen:
        add("twice", other=seen[key])
    seen.setdefault(key, line.number)
    return found


async def _enter(work: Work, by: Actor, line: Line, where: Community, outcome: Outcome) -> None:
    if line.landmark:
        await _enter_landmark(work, line, where, outcome)
    if not line.estate:
        return
    managing, owner = await _body(work, by, line.managing), await _body(work, by, line.owner)
    estate = await _enter_estate(work, line, where, outcome)
    if not line.building:
        estate.managing_body_id = managing or estate.managing_body_id
        estate.owner_body_id = owner or estate.owner_body_id
        return
    row = await _known_building(work, estate.id, line.building)
    if row is None:
        row = Building(estate_id=estate.id, name=line.building, aliases=[], entrances=1, floors=6)
        row.managing_body_id, row.owner_body_id = estate.managing_body_id, estate.owner_body_id
        await places.add(work.session, row)
        outcome.added += 1
    else:
        outcome.changed += 1
    row.aliases = _joined(row.aliases, line.building_aliases)
    row.entrances, row.floors = line.entrances or row.entrances, line.floors or row.floors
    row.managing_body_id = managing or row.managing_body_id
    row.owner_body_id = owner or row.owner_body_id
    await work.session.flush()


async def _enter_estate(work: Work, line: Line, where: Community, outcome: Outcome) -> Estate:
    rows = await places.estates(work.session, where.id)
    row = next((e for e in rows if line.estate in (e.name, *e.aliases)), None)
    if row is None:
        row = Estate(community_id=where.id, name=line.estate, aliases=[])
        await places.add(work.session, row)
        outcome.added += 1
    row.aliases = _joined(row.aliases, line.estate_aliases)
    return row


async def _enter_landmark(work: Work, line: Line, where: Community, outcome: Outcome) -> None:
    rows = await places.landmarks(work.session, where.id)
    row = next((one for one in rows if one.name == line.landmark), None)
    if row is None:
        row = Landmark(community_id=where.id, name=line.landmark, aliases=[])
        await places.add(work.session, row)
        outcome.added += 1
    row.aliases = _joined(row.aliases, line.landmark_aliases)


async def _known_building(work: Work, estate_id: int, name: str) -> Building | None:
    number = number_of(name)
    for row in await places.buildings(work.session, estate_id):
        names = (row.name, *row.aliases)
        if name in names or (number and number in {number_of(one) for one in names}):
            return row
    return None


async def _body(work: Work, by: Actor, name: str) -> int | None:
    if not name:
        return None
    return (await add_body(work, by, name=name, kind=BodyKind.PROPERTY_COMPANY)).id


def _joined(old: Sequence[str], new: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*old, *new]))


async def all_lines(work: Work, by: Actor) -> list[Line]:
    """The gazetteer within somebody's reach as rows of the workbook: to be edited and sent back."""
    lines: list[Line] = []
    bodies = {body.id: body.name for body in await places.bodies(work.session)}
    for where in await communities(work, by):
        for estate in await places.estates(work.session, where.id):
            lines += await _lines_of(work, where, estate, bodies)
        for spot in await places.landmarks(work.session, where.id):
            aliases = tuple(spot.aliases)
            lines.append(Line(0, where.name, landmark=spot.name, landmark_aliases=aliases))
    return lines


async def _lines_of(
    work: Work, where: Community, estate: Estate, bodies: dict[int, str]
) -> list[Line]:
    rows = await places.buildings(work.session, estate.id)
    if not rows:
        return [Line(0, where.name, estate.name, tuple(estate.aliases))]
    return [
        Line(
            0,
            where.name,
            estate.name,
            tuple(estate.aliases),
            row.name,
            tuple(row.aliases),
            row.entrances,
            row.floors,
            bodies.get(row.managing_body_id or 0, ""),
            bodies.get(row.owner_body_id or 0, ""),
        )
        for row in rows
    ]
