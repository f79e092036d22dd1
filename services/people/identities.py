"""Who somebody is: recognising, binding to a community, contact, seeing in full, blocking."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.models.people import Person
from db.stores import people
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.people import consents
from services.people.consents import Purpose
from services.permissions import (
    STREET,
    Actor,
    HeldRole,
    Permission,
    Role,
    Scope,
    ScopeKind,
    community,
)
from services.volunteers import changes as volunteer_changes

PHONE = "phone"
LONGEST_NAME = 60


async def recognise(work: Work, *, telegram_id: int, is_admin: bool) -> tuple[Person, Actor]:
    """The person of a Telegram account and what they may do; entered now if they are new."""
    person = await people.meet(work.session, telegram_id, now=clock.now())
    held = [
        HeldRole(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))
        for row in await people.roles_of(work.session, person.id)
    ]
    if is_admin and not any(h.role is Role.ADMIN for h in held):
        await people.grant(
            work.session,
            person.id,
            Role.ADMIN,
            scope_kind=ScopeKind.STREET,
            scope_id=0,
            granted_by=None,
            now=clock.now(),
        )
        held.append(HeldRole(Role.ADMIN))
        work.notify(person.id, "people.rights_changed")
    return person, Actor(person.id, tuple(held), person.community_id)


async def myself(work: Work, by: Actor) -> Person:
    """The row of whoever acts."""
    person = await people.by_id(work.session, by.person_id)
    if person is None:
        raise Refusal("common.not_there")
    return person


@dataclass(frozen=True)
class Home:
    """Where somebody lives: a community, or outside all of them with an enterprise's name."""

    community_id: int
    enterprise: str | None = None


async def bind(work: Work, by: Actor, home: Home) -> None:
    """Say where one lives; moving later is the same act."""
    person = await myself(work, by)
    person.community_id = home.community_id
    person.enterprise = home.enterprise
    await work.session.flush()


async def set_large_print(work: Work, by: Actor, *, on: bool) -> None:
    """Larger, plainer messages with one button a row."""
    person = await myself(work, by)
    person.large_print = on
    await work.session.flush()


async def set_contact(
    work: Work, by: Actor, *, purpose: Purpose, name: str | None = None, phone: str | None = None
) -> None:
    """Keep a name, a phone or both; a new phone takes the place of the old one.

    Raises Refusal: consent.needed, people.bad_phone.
    """
    await consents.require(work, by, purpose)
    person = await myself(work, by)
    if name is not None:
        person.name = name.strip()[:LONGEST_NAME] or None
    if phone is not None:
        number = privacy.normalise_phone(phone)
        person.phone = number
        person.phone_index = privacy.blind_index(number, PHONE).hex()
        await volunteer_changes.new_phone(work, by, number)  # not two places to remember
    await work.session.flush()


# -- other people: for staff --------------------------------------------------------------------


class BlockReason(StrEnum):
    """Why somebody may not send any more."""

    ABUSE = "abuse"
    SPAM = "spam"
    FALSE_REPORTS = "false_reports"
    OTHER = "other"


def scope_of(person: Person) -> Scope:
    """Where a person belongs: their community, or the street."""
    return community(person.community_id) if person.community_id else STREET


async def access(work: Work, by: Actor, person_id: int, need: Permission) -> Person:
    """One person, for staff who may; Refusal("common.not_there") for everybody else."""
    person = await people.by_id(work.session, person_id)
    if person is None or person.forgotten_at or not by.can(need, scope_of(person)):
        raise Refusal("common.not_there")
    return person


async def find_by_phone(work: Work, by: Actor, phone: str) -> Sequence[Person]:
    """The people of this phone that the actor may see: two may share one. people.bad_phone."""
    by.require(Permission.PERSON_VIEW_FULL)
    number = privacy.normalise_phone(phone)
    indexes = [index.hex() for index in privacy.blind_indexes(number, PHONE)]
    found = await people.by_phone(work.session, indexes)
    return [p for p in found if by.can(Permission.PERSON_VIEW_FULL, scope_of(p))]


@dataclass(frozen=True)
class Particulars:
    """A name and a phone, in full or masked."""

    name: str
    phone: str


def masked(person: Person) -> Particulars:
    """What staff see without asking for more."""
    return Particulars(privacy.mask_name(person.name or ""), privacy.mask_phone(person.phone or ""))


async def in_full(work: Work, by: Actor, person_id: int) -> Particulars:
    """The unmasked name and phone; each look is in the audit log."""
    person = await access(work, by, person_id, Permission.PERSON_VIEW_FULL)
    await people.note(
        work.session, by.person_id, "person:view_full", "person", person.id, now=clock.now()
    )
    return Particulars(person.name or "", person.phone or "")


async def block(work: Work, by: Actor, person_id: int, reason: BlockReason) -> Person:
    """Take nothing more from somebody. Raises Refusal: common.not_there, people.is_staff."""
    person = await access(work, by, person_id, Permission.PERSON_BLOCK)
    held = {row.role for row in await people.roles_of(work.session, person_id)}
    if held - {Role.RESIDENT, Role.VOLUNTEER} or person_id == by.person_id:
        raise Refusal("people.is_staff")
    person.blocked_at, person.blocked_reason = clock.now(), reason
    await _note_block(work, by, person, "person:block", reason)
    return person


async def unblock(work: Work, by: Actor, person_id: int) -> Person:
    """Let somebody send again; they are told."""
    person = await access(work, by, person_id, Permission.PERSON_BLOCK)
    if person.blocked_at is not None:
        person.blocked_at = person.blocked_reason = None
        await _note_block(work, by, person, "person:unblock", "")
        work.notify(person.id, "people.unblocked")
    return person


async def blocked(work: Work, by: Actor) -> Sequence[Person]:
    """Those who are blocked, in the actor's scope, the newest first."""
    by.require(Permission.PERSON_BLOCK)
    rows = await people.blocked(work.session)
    return [p for p in rows if by.can(Permission.PERSON_BLOCK, scope_of(p))]


async def _note_block(work: Work, by: Actor, person: Person, act: str, reason: str) -> None:
    now = clock.now()
    await people.note(
        work.session, by.person_id, act, "person", person.id, now=now, reason=str(reason)
    )
