"""Troupes, classes and teams of residents: who runs them, joins them, and hears their news."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.models.clubs import Club, ClubMember
from db.stores import clubs, people
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.people import consents
from services.people.consents import Purpose
from services.permissions import STREET, Actor, Permission, Role, Scope, community

LONGEST_NAME = 20


class Kind(StrEnum):
    """What a club is."""

    TROUPE = "troupe"
    CLASS = "class"
    TEAM = "team"


@dataclass(frozen=True, kw_only=True)
class Charter:
    """What staff write down about a club; `capacity` None is no limit, `community_id` None the
    whole street."""

    kind: Kind
    name: str
    about: str = ""
    meets: str = ""
    community_id: int | None = None
    capacity: int | None = None
    token: str | None = None


@dataclass(frozen=True)
class Listed:
    """A club in the list, with how many belong to it and whether whoever looks is one of them."""

    club: Club
    members: int
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody without Telegram who is signed up; `agreed` is that they know of it and agree."""

    name: str
    phone: str | None = None
    agreed: bool = False
    by_family: bool = True
    token: str | None = None


@dataclass(frozen=True)
class Audience:
    """Who hears the news: person ids, with the names they pass it on to; and the names of those
    whom nobody can reach here, for the leader to call."""

    reached: dict[int, tuple[str, ...]]
    unreached: tuple[ClubMember, ...]


# -- seeing -------------------------------------------------------------------------------------


async def listed(work: Work, by: Actor, *, closed: bool = False) -> list[Listed]:
    """The clubs: one's own first, then those of one's community, then the others.

    Closed ones are for whoever may open them again.
    """
    rows = await clubs.all_of_them(work.session, closed=closed)
    if closed:
        rows = [row for row in rows if may_edit(by, row)]
    counts = await clubs.counts(work.session)
    mine = {row.id for row in await clubs.of_person(work.session, by.person_id)}
    found = [Listed(row, counts.get(row.id, 0), row.id in mine) for row in rows]
    home = by.community_id
    return sorted(found, key=lambda one: (not one.mine, one.club.community_id != home))


async def access(work: Work, by: Actor, club_id: int) -> Club:
    """A club that runs, or for staff a closed one; Refusal("common.not_there") otherwise."""
    row = await clubs.by_id(work.session, club_id)
    if row is None or (row.closed_at is not None and not may_edit(by, row)):
        raise Refusal("common.not_there")
    return row


def scope_of(row: Club) -> Scope:
    """Where a club belongs: its community, or the street."""
    return community(row.community_id) if row.community_id else STREET


def may_edit(by: Actor, row: Club) -> bool:
    """Whether they are staff of its place."""
    return by.can(Permission.CLUB_EDIT, scope_of(row))


def may_lead(by: Actor, row: Club) -> bool:
    """Whether they are its leader, or staff of its place."""
    return row.leader_id == by.person_id or may_edit(by, row)


async def led(work: Work, by: Actor, club_id: int) -> Club:
    """A club for its leader and staff; Refusal("common.not_there") for everybody else."""
    row = await access(work, by, club_id)
    if not may_lead(by, row):
        raise Refusal("common.not_there")
    return row


async def mine(work: Work, by: Actor, club: Club) -> ClubMember | None:
    """The membership of whoever acts."""
    return await clubs.member_of_person(work.session, club.id, by.person_id)


async def family(work: Work, by: Actor, club: Club) -> Sequence[ClubMember]:
    """Whom they signed up."""
    return await clubs.entered_by(work.session, club.id, by.person_id)


# -- staff --------------------------------------------------------------------------------------


async def create(work: Work, by: Actor, charter: Charter) -> Club:
    """Found a club."""
    by.require(Permission.CLUB_EDIT, _where(charter))
    row = Club(form_token=charter.token, created_at=clock.now())
    _write(row, charter)
    await clubs.add(work.session, row)
    await _log(work, by, "club:create", row)
    return row


async def edit(work: Work, by: Actor, club_id: int, charter: Charter) -> Club:
    """Change what is written about a club; more places let in those who wait."""
    row = await access(work, by, club_id)
    by.require(Permission.CLUB_EDIT, scope_of(row))
    by.require(Permission.CLUB_EDIT, _where(charter))
    _write(row, charter)
    await _log(work, by, "club:edit", row)
    await fill_places(work, row)
    return row


def _where(charter: Charter) -> Scope:
    return community(charter.community_id) if charter.community_id else STREET


def _write(row: Club, charter: Charter) -> None:
    row.kind, row.name = charter.kind, charter.name.strip()
    row.about, row.meets = charter.about.strip(), charter.meets.strip()
    row.community_id, row.capacity = charter.community_id, charter.capacity


async def set_closed(work: Work, by: Actor, club_id: int, *, closed: bool) -> Club:
    """Close a club, or open it again; members hear of the closing. Twice changes nothing."""
    row = await access(work, by, club_id)
    by.require(Permission.CLUB_EDIT, scope_of(row))
    if closed == (row.closed_at is not None):
        return row
    row.closed_at = clock.now() if closed else None
    await _log(work, by, "club:close" if closed else "club:open", row)
    if closed:
        once = f"club:closed:{row.id}:{clock.now():%Y%m%d%H%M}"
        await tell(work, by, row, "clubs.told.closed", once=once)
    return row


async def name_leader(work: Work, by: Actor, club_id: int, member_id: int | None) -> Club:
    """Make a member with Telegram the leader (None: nobody); they are told.

    Raises Refusal: common.not_there, clubs.leader_needs_telegram.
    """
    row = await access(work, by, club_id)
    by.require(Permission.CLUB_EDIT, scope_of(row))
    chosen = await member_of(work, by, row, member_id) if member_id else None
    if chosen is not None and chosen.person_id is None:
        raise Refusal("clubs.leader_needs_telegram")
    before, row.leader_id = row.leader_id, chosen.person_id if chosen else None
    if row.leader_id == before:
        return row
    await _log(work, by, "club:leader", row, before=before, after=row.leader_id)
    if before is not None:
        work.notify(before, "clubs.told.no_longer_leader", club=row.name)
    if row.leader_id is not None:
        work.notify(row.leader_id, "clubs.told.leader", club=row.name, club_id=row.id)
    return row


async def _log(work: Work, by: Actor, act: str, row: Club, **details: object) -> None:
    now = clock.now()
    await people.note(work.session, by.person_id, act, "club", row.id, now=now, **details)
    await work.session.flush()


# -- members ------------------------------------------------------------------------------------


async def known_name(work: Work, by: Actor) -> str | None:
    """How whoever acts is called, where they said so before."""
    person = await people.by_id(work.session, by.person_id)
    return person.name if person else None


async def join(work: Work, by: Actor, club_id: int, *, name: str) -> ClubMember:
    """Become a member, or wait where it is full; joining twice changes nothing.

    Raises Refusal: consent.needed, clubs.closed, common.not_there.
    """
    by.require(Permission.CLUB_JOIN)
    await consents.require(work, by, Purpose.CLUB)
    club = await _open(work, by, club_id)
    known = await mine(work, by, club)
    if known is not None:
        return known
    row = ClubMember(person_id=by.person_id, name=name.strip()[:LONGEST_NAME])
    return await _enter(work, by, club, row)


async def sign_up(work: Work, by: Actor, club_id: int, newcomer: Newcomer) -> ClubMember:
    """Enter somebody without Telegram: by their family, or by the leader and staff.

    Raises Refusal: clubs.must_agree, clubs.closed, people.bad_phone, common.not_there.
    """
    by.require(Permission.CLUB_JOIN)
    club = await _open(work, by, club_id)
    if not newcomer.by_family:
        await led(work, by, club_id)
    if not newcomer.agreed:
        raise Refusal("clubs.must_agree")
    row = ClubMember(
        name=newcomer.name.strip()[:LONGEST_NAME],
        phone=privacy.normalise_phone(newcomer.phone) if newcomer.phone else None,
        entered_by=by.person_id,
        by_family=newcomer.by_family,
        form_token=newcomer.token,
    )
    return await _enter(work, by, club, row)


async def _open(work: Work, by: Actor, club_id: int) -> Club:
    club = await access(work, by, club_id)
    if club.closed_at is not None:
        raise Refusal("clubs.closed")
    return club


async def _enter(work: Work, by: Actor, club: Club, row: ClubMember) -> ClubMember:
    row.club_id, row.joined_at = club.id, clock.now()
    row.waiting = not await _has_place(work, club)
    await clubs.add(work.session, row)
    if club.leader_id not in (None, by.person_id):
        work.notify(
            club.leader_id or 0, "clubs.told.joined", name=row.name, club=club.name, club_id=club.id
        )
    return row


async def _has_place(work: Work, club: Club) -> bool:
    """Nobody passes those who wait."""
    if club.capacity is None:
        return True
    if await clubs.count_members(work.session, club.id, waiting=True):
        return False
    return await clubs.count_members(work.session, club.id) < club.capacity


async def leave(work: Work, by: Actor, club_id: int) -> Club:
    """Leave; the row goes, and the first who waits comes in. Twice changes nothing."""
    club = await access(work, by, club_id)
    row = await mine(work, by, club)
    if row is not None:
        await _take_out(work, club, row)
    return club


async def take_out(work: Work, by: Actor, club: Club, member_id: int) -> None:
    """Take somebody out: the leader, staff, or who signed them up. They are told if they can be."""
    row = await member_of(work, by, club, member_id)
    if row.person_id not in (None, by.person_id):
        work.notify(row.person_id or 0, "clubs.told.taken_out", club=club.name)
    await _take_out(work, club, row)


async def member_of(work: Work, by: Actor, club: Club, member_id: int) -> ClubMember:
    """A member, for the leader, staff, and the family that signed them up."""
    row = await clubs.member(work.session, member_id)
    if row is None or row.club_id != club.id:
        raise Refusal("common.not_there")
    if not (may_lead(by, club) or (row.by_family and row.entered_by == by.person_id)):
        raise Refusal("common.not_there")
    return row


async def phone_of(work: Work, by: Actor, club: Club, member_id: int) -> ClubMember:
    """A member whose phone is looked at in full: each look is in the audit log."""
    row = await member_of(work, by, club, member_id)
    now = clock.now()
    await people.note(work.session, by.person_id, "view_full", "club_member", row.id, now=now)
    return row


async def _take_out(work: Work, club: Club, row: ClubMember) -> None:
    if row.person_id is not None and row.person_id == club.leader_id:
        club.leader_id = None
        staff = (Role.COMMUNITY_STAFF, Role.STREET_STAFF)
        for one in await people.holders_of(work.session, staff, community_id=club.community_id):
            work.notify(one, "clubs.told.leader_left", club=club.name, club_id=club.id)
    await clubs.remove(work.session, row)
    await fill_places(work, club)


async def fill_places(work: Work, club: Club) -> None:
    """Let in those who wait while there is room; they are told at once."""
    rows = await clubs.members(work.session, club.id)
    waiting = [row for row in rows if row.waiting]
    room = len(waiting)
    if club.capacity is not None:
        room = max(0, club.capacity - (len(rows) - len(waiting)))
    for row in waiting[:room]:
        row.waiting = False
        hearer = row.person_id or row.entered_by
        if hearer is not None:
            work.notify(hearer, "clubs.told.let_in", name=row.name, club=club.name, club_id=club.id)
    await work.session.flush()


async def fill_all(work: Work) -> None:
    """Clock work: places that came free otherwise (somebody had everything deleted)."""
    for club_id in await clubs.with_waiting(work.session):
        club = await clubs.by_id(work.session, club_id)
        if club is not None and club.closed_at is None:
            await fill_places(work, club)


# -- who hears ----------------------------------------------------------------------------------


async def audience(work: Work, club: Club) -> Audience:
    """Who hears the news of a club, whether they belong or hear it for their family."""
    reached: dict[int, list[str]] = {}
    unreached: list[ClubMember] = []
    for row in await clubs.members(work.session, club.id):
        if row.waiting:
            continue
        if row.person_id is not None:
            reached.setdefault(row.person_id, [])
        elif row.by_family and row.entered_by is not None:
            reached.setdefault(row.entered_by, []).append(row.name)
        else:
            unreached.append(row)
    if club.leader_id is not None:
        reached.setdefault(club.leader_id, [])
    return Audience({one: tuple(names) for one, names in reached.items()}, tuple(unreached))


async def tell(
    work: Work, by: Actor, club: Club, code: str, *, once: str, **params: object
) -> Audience:
    """Broadcast to everybody who hears a club's news, apart from whoever does it."""
    found = await audience(work, club)
    for person_id, names in found.reached.items():
        if person_id != by.person_id or names:
            told = {"club": club.name, "club_id": club.id, "for_names": list(names), **params}
            work.broadcast(person_id, code, once=once, **told)
    return found
