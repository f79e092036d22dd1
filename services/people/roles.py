"""Who holds which role: invited by one-time links, listed, taken back; never more than one has."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from db.models.people import Grant, Invitation, Person
from db.stores import people, places
from db.work import Work
from services import clock
from services.errors import Refusal
from services.people import consents
from services.people.consents import Purpose
from services.permissions import Actor, HeldRole, Permission, Role, Scope, ScopeKind

VALID_FOR = timedelta(days=3)
#: Roles that are given by invitation; residents and volunteers come by themselves.
INVITED = (
    Role.GRID_WORKER,
    Role.COMMUNITY_STAFF,
    Role.SUPERVISOR,
    Role.STREET_STAFF,
    Role.ADMIN,
)
#: Roles that hold for the whole street only.
STREET_WIDE = frozenset({Role.STREET_STAFF, Role.ADMIN})


def scopes_of(role: Role) -> tuple[ScopeKind, ...]:
    """In which kinds of place or body a role can be held."""
    if role in STREET_WIDE:
        return (
            (ScopeKind.STREET, ScopeKind.DEPARTMENT)
            if role is not Role.ADMIN
            else (ScopeKind.STREET,)
        )
    if role is Role.GRID_WORKER:
        return (ScopeKind.COMMUNITY, ScopeKind.BODY)
    return (ScopeKind.COMMUNITY, ScopeKind.STREET)


def grantable(by: Actor, where: Scope) -> tuple[Role, ...]:
    """The roles that somebody may give in this scope."""
    return tuple(
        role for role in INVITED if where.kind in scopes_of(role) and by.may_grant(role, where)
    )


async def invite(work: Work, by: Actor, role: Role, where: Scope) -> str:
    """A one-time token for this role in this scope; only its hash is kept.

    Raises Refusal: common.not_allowed, roles.no_such_scope.
    """
    if role not in INVITED or not by.may_grant(role, where):
        raise Refusal("common.not_allowed")
    await _check_scope(work, role, where)
    token = secrets.token_urlsafe(24)
    work.session.add(
        Invitation(
            token_hash=_hash(token),
            role=role,
            scope_kind=where.kind,
            scope_id=where.id,
            invited_by=by.person_id,
            expires_at=clock.now() + VALID_FOR,
        )
    )
    await _note(work, by, "invite", None, role, where)
    return token


async def _check_scope(work: Work, role: Role, where: Scope) -> None:
    exists = where.kind is ScopeKind.STREET and where.id == 0
    if where.kind is ScopeKind.COMMUNITY:
        exists = await places.community(work.session, where.id) is not None
    elif where.kind in (ScopeKind.DEPARTMENT, ScopeKind.BODY):
        exists = await places.body(work.session, where.id) is not None
    if not exists or where.kind not in scopes_of(role):
        raise Refusal("roles.no_such_scope")


async def open_invitation(work: Work, by: Actor, token: str) -> HeldRole:
    """What an invitation offers. Raises Refusal: roles.unknown_, used_, expired_invitation."""
    return _offered(await _open(work, by, token))


async def accept(work: Work, by: Actor, token: str, *, name: str) -> HeldRole:
    """Take the offered role, once; `name` is what colleagues see. Consent comes before.

    Raises Refusal as open_invitation does; and when the inviter may no longer give the role.
    """
    await consents.require(work, by, Purpose.STAFF)
    row = await _open(work, by, token)
    offered = _offered(row)
    inviter = await actor_of(work, row.invited_by)
    if not inviter.may_grant(offered.role, offered.scope):
        raise Refusal("roles.unknown_invitation")
    row.used_by, row.used_at = by.person_id, clock.now()
    person = await people.by_id(work.session, by.person_id)
    assert person is not None
    person.name = person.name or name.strip()[:60] or None
    if offered.scope.kind is ScopeKind.COMMUNITY and person.community_id is None:
        person.community_id = offered.scope.id
    await people.grant(
        work.session,
        by.person_id,
        offered.role,
        scope_kind=offered.scope.kind,
        scope_id=offered.scope.id,
        granted_by=row.invited_by,
        now=clock.now(),
    )
    await _note(work, inviter, "grant", by.person_id, offered.role, offered.scope)
    work.notify(row.invited_by, "roles.invitation_taken", name=person.name or "")
    work.notify(by.person_id, "people.rights_changed")
    return offered


async def _open(work: Work, by: Actor, token: str) -> Invitation:
    row = await people.invitation(work.session, _hash(token))
    if row is None:
        raise Refusal("roles.unknown_invitation")
    if row.used_by is not None:
        same = row.used_by == by.person_id
        raise Refusal("roles.taken_by_yourself" if same else "roles.used_invitation")
    if row.expires_at <= clock.now():
        raise Refusal("roles.expired_invitation")
    return row


def _offered(row: Invitation) -> HeldRole:
    return HeldRole(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# -- who holds what -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Somebody with a role."""

    grant_id: int
    person_id: int
    name: str
    held: HeldRole
    may_take_back: bool


async def actor_of(work: Work, person_id: int) -> Actor:
    """What somebody else may do now."""
    person = await people.by_id(work.session, person_id)
    rows = await people.roles_of(work.session, person_id)
    return Actor(
        person_id, tuple(held(row) for row in rows), person.community_id if person else None
    )


def held(row: Grant) -> HeldRole:
    return HeldRole(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))


async def holders(work: Work, by: Actor) -> tuple[Holder, ...]:
    """The holders of invited roles that somebody may see: those in their scopes."""
    by.require(Permission.ROLE_GRANT)
    rows = await people.grants(work.session, INVITED)
    return tuple(
        Holder(
            row.id,
            person.id,
            person.name or "",
            held(row),
            by.may_grant(Role(row.role), _where(row)),
        )
        for row, person in rows
        if by.can(Permission.ROLE_GRANT, _where(row))
    )


def _where(row: Grant) -> Scope:
    return held(row).scope


async def grant_row(work: Work, by: Actor, grant_id: int) -> tuple[Grant, Person]:
    """One held role, for whoever may take it back; others get Refusal("common.not_there")."""
    row = await people.grant_by_id(work.session, grant_id)
    person = await people.by_id(work.session, row.person_id) if row else None
    if row is None or person is None or not by.may_grant(Role(row.role), _where(row)):
        raise Refusal("common.not_there")
    return row, person


async def take_back(
    work: Work, by: Actor, grant_id: int, *, named_in_settings: frozenset[int] = frozenset()
) -> None:
    """Take a role from somebody. `named_in_settings`: Telegram ids of ADMIN_IDS.

    Raises Refusal: common.not_there, roles.last_admin, roles.named_in_settings.
    """
    row, person = await grant_row(work, by, grant_id)
    if row.role == Role.ADMIN and person.telegram_id in named_in_settings:
        raise Refusal("roles.named_in_settings")
    await remove(work, by, row)
    if row.person_id != by.person_id:
        work.notify(row.person_id, "roles.taken_from_you")


async def remove(work: Work, by: Actor, row: Grant) -> None:
    """Remove a role, whoever's it is. Raises Refusal("roles.last_admin")."""
    if row.role == Role.ADMIN and await people.count_holders(work.session, Role.ADMIN) <= 1:
        raise Refusal("roles.last_admin")
    await people.revoke(work.session, row.id)
    await _note(work, by, "take_back", row.person_id, Role(row.role), _where(row))
    work.notify(row.person_id, "people.rights_changed")


async def _note(
    work: Work, by: Actor, act: str, person_id: int | None, role: Role, where: Scope
) -> None:
    await people.note(
        work.session,
        by.person_id,
        f"role:{act}",
        "person",
        person_id,
        now=clock.now(),
        role=role,
        scope=where.kind,
        scope_id=where.id,
    )
