"""Voice, video and sound that the bot cannot read: kept, passed on to staff, answered by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from db.models.people import KeptMessage, Person
from db.stores import kept_messages, people
from db.work import Work
from services import clock
from services.errors import Refusal
from services.people.identities import scope_of
from services.permissions import Actor, Permission, Role


class Kind(StrEnum):
    """What was sent."""

    VOICE = "voice"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True)
class Kept:
    """A message that waits for staff; `chat_id` and `message_id` are where it stands."""

    id: int
    kind: Kind
    at: datetime
    community_id: int | None
    chat_id: int
    message_id: int


def _kept(row: KeptMessage, person: Person) -> Kept:
    where = person.community_id
    return Kept(row.id, Kind(row.kind), row.at, where, row.chat_id, row.message_id)


async def keep(
    work: Work, by: Actor, kind: Kind, *, chat_id: int, message_id: int, file_id: str | None
) -> None:
    """Keep what somebody sent; staff of their community and of the street are told."""
    row = KeptMessage(
        person_id=by.person_id,
        chat_id=chat_id,
        message_id=message_id,
        kind=kind,
        file_id=file_id,
        at=clock.now(),
    )
    kept_id = await kept_messages.add(work.session, row)
    staff = await people.holders_of(
        work.session,
        [Role.COMMUNITY_STAFF, Role.STREET_STAFF],
        community_id=by.community_id,
    )
    for person_id in staff:
        work.notify(person_id, "kept_desk.for_staff", id=kept_id)


async def waiting(work: Work, by: Actor, *, limit: int, offset: int = 0) -> Sequence[Kept]:
    """What waits in the actor's scope, the oldest first."""
    by.require(Permission.KEPT_VIEW)
    scope = by.communities(Permission.KEPT_VIEW)
    rows = await kept_messages.waiting(work.session, scope, limit=limit, offset=offset)
    return [_kept(*row) for row in rows]


async def waiting_count(work: Work, by: Actor) -> int:
    scope = by.communities(Permission.KEPT_VIEW)
    return await kept_messages.count_waiting(work.session, scope)


async def access(work: Work, by: Actor, kept_id: int) -> Kept:
    """One message. Refusal: common.not_there, or kept_desk.settled if it is handled."""
    return _kept(*await _open(work, by, kept_id))


async def listen(work: Work, by: Actor, kept_id: int) -> Kept:
    """The message to be played to this member of staff; that they did is in the audit log."""
    kept = await access(work, by, kept_id)
    await people.note(
        work.session, by.person_id, Permission.KEPT_VIEW, "kept_message", kept.id, now=clock.now()
    )
    return kept


async def settle(work: Work, by: Actor, kept_id: int, words: str = "") -> None:
    """It is handled; with words its sender is told them. Refusal as of access."""
    row, person = await _open(work, by, kept_id)
    row.handled_by, row.handled_at = by.person_id, clock.now()
    if words:
        work.notify(person.id, f"kept_desk.reply_{row.kind}", words=words)


async def _open(work: Work, by: Actor, kept_id: int) -> tuple[KeptMessage, Person]:
    found = await kept_messages.one(work.session, kept_id)
    if found is None or not by.can(Permission.KEPT_VIEW, scope_of(found[1])):
        raise Refusal("common.not_there")
    if found[0].handled_at is not None:
        raise Refusal("kept_desk.settled")
    return found
