"""Rows of people, roles, invitations, groups and kept messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.people import (
    AuditEntry,
    Conversation,
    Grant,
    GroupChat,
    Invitation,
    Person,
)

#: Made once: these run for every update.
BY_TELEGRAM_ID = select(Person).where(Person.telegram_id == bindparam("telegram_id"))
ROLES = select(Grant).where(Grant.person_id == bindparam("person_id"))


async def by_telegram_id(session: AsyncSession, telegram_id: int) -> Person | None:
    return await session.scalar(BY_TELEGRAM_ID, {"telegram_id": telegram_id})


async def meet(session: AsyncSession, telegram_id: int, *, now: datetime) -> Person:
    """The person of this Telegram account, entered now if they are new."""
    found = await by_telegram_id(session, telegram_id)
    if found is not None:
        return found
    statement = insert_for(session, Person).values(
        telegram_id=telegram_id, large_print=False, reachable=True, created_at=now
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=["telegram_id"]))
    person = await by_telegram_id(session, telegram_id)
    assert person is not None
    return person


async def by_id(session: AsyncSession, person_id: int) -> Person | None:
    return await session.get(Person, person_id)


async def by_ids(session: AsyncSession, person_ids: Iterable[int]) -> Sequence[Person]:
    rows = await session.scalars(
        select(Person).where(Person.id.in_(list(person_ids))).order_by(Person.id)
    )
    return rows.all()


async def with_telegram(session: AsyncSession) -> Sequence[Person]:
    """Everybody who has a Telegram account here."""
    return (await session.scalars(select(Person).where(Person.telegram_id.is_not(None)))).all()


async def by_phone(session: AsyncSession, indexes: Iterable[str]) -> Sequence[Person]:
    """People whose phone has one of these blind indexes."""
    rows = await session.scalars(
        select(Person).where(Person.phone_index.in_(list(indexes))).order_by(Person.id)
    )
    return rows.all()


async def blocked(session: AsyncSession) -> Sequence[Person]:
    """Everybody who is blocked, the newest first."""
    rows = await session.scalars(
        select(Person).where(Person.blocked_at.is_not(None)).order_by(Person.blocked_at.desc())
    )
    return rows.all()


async def roles_of(session: AsyncSession, person_id: int) -> Sequence[Grant]:
    return (await session.scalars(ROLES, {"person_id": person_id})).all()


async def grants_of(session: AsyncSession, person_ids: Iterable[int]) -> Sequence[Grant]:
    """What these people hold, in the order it was given."""
    rows = await session.scalars(
        select(Grant).where(Grant.person_id.in_(list(person_ids))).order_by(Grant.id)
    )
    return rows.all()


async def holders_of(
    session: AsyncSession,
    roles: Iterable[str],
    *,
    community_id: int | None = None,
) -> Sequence[int]:
    """Ids of the people who hold one of these roles, for the street or for this community."""
    statement = select(Grant.person_id).where(Grant.role.in_(list(roles))).distinct()
    if community_id is not None:
        statement = statement.where(
            (Grant.scope_kind == "street")
            | ((Grant.scope_kind == "community") & (Grant.scope_id == community_id))
        )
    return (await session.scalars(statement.order_by(Grant.person_id))).all()


async def of_body(session: AsyncSession, body_id: int) -> Sequence[int]:
    """Ids of the people who hold a role for this responsible body or department."""
    kinds = ("body", "department")
    statement = select(Grant.person_id).distinct().order_by(Grant.person_id)
    rows = await session.scalars(
        statement.where(Grant.scope_kind.in_(kinds), Grant.scope_id == body_id)
    )
    return rows.all()


async def grant(
    session: AsyncSession,
    person_id: int,
    role: str,
    *,
    scope_kind: str,
    scope_id: int,
    granted_by: int | None,
    now: datetime,
) -> None:
    """Give a role; giving it twice changes nothing."""
    statement = insert_for(session, Grant).values(
        person_id=person_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        granted_by=granted_by,
        granted_at=now,
    )
    await session.execute(
        statement.on_conflict_do_nothing(
            index_elements=["person_id", "role", "scope_kind", "scope_id"]
        )
    )


async def grants(session: AsyncSession, roles: Iterable[str]) -> Sequence[tuple[Grant, Person]]:
    """Everybody who holds one of these roles, and where."""
    rows = await session.execute(
        select(Grant, Person)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.role.in_(list(roles)))
        .order_by(Grant.role, Grant.scope_id, Grant.id)
    )
    return [(grant_row, person) for grant_row, person in rows]


async def grant_by_id(session: AsyncSession, grant_id: int) -> Grant | None:
    return await session.get(Grant, grant_id)


async def count_holders(session: AsyncSession, role: str) -> int:
    """How many people hold a role; their rows stay locked, so that two cannot leave at once."""
    rows = await session.scalars(select(Grant.id).where(Grant.role == role).with_for_update())
    return len(rows.all())


async def revoke(session: AsyncSession, grant_id: int) -> None:
    await session.execute(delete(Grant).where(Grant.id == grant_id))


async def chats_of(session: AsyncSession, person_ids: Iterable[int]) -> dict[int, Person]:
    """The people of these ids who can be reached in a private chat."""
    rows = await session.scalars(
        select(Person).where(Person.id.in_(list(person_ids)), Person.telegram_id.is_not(None))
    )
    return {person.id: person for person in rows}


async def set_reachable(session: AsyncSession, telegram_id: int, *, reachable: bool) -> None:
    await session.execute(
        update(Person).where(Person.telegram_id == telegram_id).values(reachable=reachable)
    )


async def note(
    session: AsyncSession,
    actor_id: int | None,
    act: str,
    thing: str,
    thing_id: object = None,
    *,
    now: datetime,
    **details: Any,
) -> None:
    """Write an act into the audit log."""
    session.add(
        AuditEntry(
            actor_id=actor_id,
            act=act,
            thing=thing,
            thing_id=None if thing_id is None else str(thing_id),
            details=details,
            at=now,
        )
    )


async def invitation(session: AsyncSession, token_hash: str) -> Invitation | None:
    return await session.scalar(
        select(Invitation).where(Invitation.token_hash == token_hash).with_for_update()
    )


async def topic(session: AsyncSession, chat_id: int) -> dict[str, Any]:
    """What the chat was last about; opened once a transaction, since every desk asks for it."""
    known = _topics(session)
    if chat_id not in known:
        row = await session.get(Conversation, chat_id)
        known[chat_id] = dict(row.sealed_topic or {}) if row else {}
    return dict(known[chat_id])


async def set_topic(
    session: AsyncSession, chat_id: int, new: dict[str, Any], *, now: datetime
) -> None:
    """Keep what a chat is about; it may hold people's words, so it is sealed."""
    fields = {"sealed_topic": new, "changed_at": now}
    statement = insert_for(session, Conversation).values(chat_id=chat_id, **fields)
    await session.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=fields))
    _topics(session)[chat_id] = dict(new)


def _topics(session: AsyncSession) -> dict[int, dict[str, Any]]:
    """What this transaction knows of topics; what removes rows clears it (personal_data)."""
    known: dict[int, dict[str, Any]] = session.info.setdefault("topics", {})
    return known


async def group(session: AsyncSession, chat_id: int) -> GroupChat | None:
    return await session.get(GroupChat, chat_id)


async def set_group(
    session: AsyncSession, chat_id: int, *, title: str, active: bool, now: datetime
) -> None:
    """The bot was put into a group, or taken out of it."""
    statement = insert_for(session, GroupChat).values(
        chat_id=chat_id, title=title[:200], settings={}, active=active, changed_at=now
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["chat_id"],
            set_={"title": title[:200], "active": active, "changed_at": now},
        )
    )


async def move_group(session: AsyncSession, old: int, new: int, *, now: datetime) -> None:
    """A group became a supergroup: its settings go with it."""
    row = await session.get(GroupChat, old)
    if row is None:
        return
    statement = insert_for(session, GroupChat).values(
        chat_id=new,
        title=row.title,
        community_id=row.community_id,
        settings=row.settings,
        active=row.active,
        changed_at=now,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["chat_id"],
            set_={"community_id": row.community_id, "settings": row.settings},
        )
    )
    await session.delete(row)
