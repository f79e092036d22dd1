"""Who somebody is: recognising, binding to a community, roles, blocking."""

from dataclasses import dataclass

from db.models.people import Person
from db.stores import people
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Role, Scope, ScopeKind


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
