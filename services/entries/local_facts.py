"""What is true of one place only: phones, address and hours that staff fill in for their own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.models.places import Community
from db.stores import people, places, settings
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, community

STREET_FACTS = "street_facts"
LONGEST = 120
_PHONE = re.compile(r"[0-9][0-9 \-]{2,24}[0-9](?:\D{1,3}[0-9 \-]{1,20})*")


class Fact(StrEnum):
    """Names as answers use them: {{community_phone}} and so on."""

    COMMUNITY_PHONE = "community_phone"
    COMMUNITY_ADDRESS = "community_address"
    OFFICE_HOURS = "office_hours"
    STREET_PHONE = "street_phone"


COLUMNS = {
    Fact.COMMUNITY_PHONE: "phone",
    Fact.COMMUNITY_ADDRESS: "address",
    Fact.OFFICE_HOURS: "office_hours",
}


@dataclass(frozen=True)
class Local:
    """A person's place: the code for variants of answers, and the facts that are filled in."""

    code: str | None
    facts: Mapping[str, str]

    @property
    def phone(self) -> str | None:
        """The number to call: the community's, or else the street office's."""
        return self.facts.get(Fact.COMMUNITY_PHONE) or self.facts.get(Fact.STREET_PHONE)


async def of(work: Work, community_id: int | None, code: str = "") -> Local:
    """The facts of a community, named by its code or else its id; only the street's for none."""
    facts = dict(await settings.value(work.session, STREET_FACTS) or {})
    for row in await places.communities(work.session):
        if row.code == code or (not code and row.id == community_id):
            own = {fact.value: getattr(row, column) for fact, column in COLUMNS.items()}
            return Local(row.code, facts | {name: words for name, words in own.items() if words})
    return Local(None, facts)


async def access(work: Work, by: Actor, community_id: int) -> Community:
    """A community whose facts the actor may fill in; Refusal("common.not_there") otherwise."""
    row = await places.community(work.session, community_id)
    if row is None or not by.can(Permission.KNOWLEDGE_REPLY, community(community_id)):
        raise Refusal("common.not_there")
    return row


async def fill_in(work: Work, by: Actor, community_id: int, fact: Fact, words: str) -> None:
    """Store a fact; empty words take it back. Refusal("local_facts.no_phone" or ".too_long")."""
    words = _checked(fact, words)
    before: str | None
    if fact is Fact.STREET_PHONE:
        by.require(Permission.KNOWLEDGE_EDIT, STREET)
        facts = dict(await settings.value(work.session, STREET_FACTS) or {})
        before = facts.pop(fact, None)
        await settings.put(
            work.session, STREET_FACTS, facts | ({fact: words} if words else {}), now=clock.now()
        )
    else:
        row = await access(work, by, community_id)
        before = getattr(row, COLUMNS[fact])
        setattr(row, COLUMNS[fact], words or None)
        await work.session.flush()
    await people.note(
        work.session,
        by.person_id,
        "local_facts.fill_in",
        "community",
        community_id or None,
        now=clock.now(),
        fact=fact.value,
        before=before or "",
        after=words,
    )


def _checked(fact: Fact, words: str) -> str:
    words = " ".join(words.split())
    if len(words) > LONGEST:
        raise Refusal("local_facts.too_long", limit=LONGEST)
    is_phone = fact in (Fact.COMMUNITY_PHONE, Fact.STREET_PHONE)
    if words and is_phone and not _PHONE.fullmatch(words):
        raise Refusal("local_facts.no_phone")
    return words
