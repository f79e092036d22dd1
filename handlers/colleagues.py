"""What a colleague is called: the name they gave, or else what they are and where."""

from collections import Counter
from collections.abc import Iterable, Sequence

from db.models.people import Grant, Person
from db.stores import people, places
from db.work import Work
from handlers.texts import say
from services import privacy
from services.permissions import Role, ScopeKind

#: Of several roles the one that says most is shown; a resident's or volunteer's is none of work.
OF_WORK = (
    *(Role.SUPERVISOR, Role.GRID_WORKER, Role.COMMUNITY_STAFF),
    *(Role.STREET_STAFF, Role.ADMIN),
)


async def called(work: Work, person_ids: Iterable[int], *, masked: bool = True) -> dict[int, str]:
    """By id: the name given (masked unless told), or "东湖社区工作人员" where none was.

    Two that would read alike get their numbers behind, so that a button still says who is meant.
    """
    rows = await people.by_ids(work.session, set(person_ids))
    nameless = [row.id for row in rows if not row.name]
    posts = await _posts(work, nameless) if nameless else {}
    words = {row.id: _name(row, masked=masked) or posts[row.id] for row in rows}
    alike = Counter(words.values())
    return {
        person_id: str(say("colleagues.alike", who=who, number=person_id))
        if alike[who] > 1
        else who
        for person_id, who in words.items()
    }


async def called_one(work: Work, person_id: int, *, masked: bool = True) -> str:
    """The same for one person; who is not there is a former colleague."""
    found = await called(work, [person_id], masked=masked)
    return found.get(person_id) or str(say("colleagues.former"))


def _name(person: Person, *, masked: bool) -> str:
    name = person.name or ""
    return privacy.mask_name(name) if masked and name else name


async def _posts(work: Work, person_ids: Sequence[int]) -> dict[int, str]:
    held: dict[int, Grant] = {}
    for row in await people.grants_of(work.session, person_ids):
        if row.role in OF_WORK and (
            row.person_id not in held or _rank(row) > _rank(held[row.person_id])
        ):
            held[row.person_id] = row
    former = str(say("colleagues.former"))
    return {one: await _post(work, held[one]) if one in held else former for one in person_ids}


def _rank(row: Grant) -> int:
    return OF_WORK.index(Role(row.role))


async def _post(work: Work, row: Grant) -> str:
    where = await _where(work, row)
    return str(say(f"colleagues.post.{row.role}", where=where))


async def _where(work: Work, row: Grant) -> str:
    if row.scope_kind == ScopeKind.STREET:
        return str(say("colleagues.street"))
    if row.scope_kind == ScopeKind.COMMUNITY:
        community = await places.community(work.session, row.scope_id)
        return community.name if community else ""
    body = await places.body(work.session, row.scope_id)
    return body.name if body else ""
