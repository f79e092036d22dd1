"""The office keeps its knowledge base: drafts, publishing, undoing, proposals, counts."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from db.models.entries import EntryVersion, KnowledgeEntry
from db.models.places import Community
from db.stores import entries, settings
from db.work import Work
from knowledge.confidence import DEFAULT_THRESHOLDS, Thresholds
from knowledge.entries import Entry, entry_from
from knowledge.index import Index
from knowledge.reviews import Conflict, conflicts
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission, community

VERSION, TUNING = "knowledge_version", "knowledge_tuning"
HISTORY = 6
"""Versions that staff see, and can bring back."""
LONGEST_QUESTION, LONGEST_ANSWER, MOST_ALIASES = 120, 3000, 200


@dataclass(frozen=True)
class Base:
    """All that a process needs to answer: the mark of this state, entries, synonyms, thresholds."""

    version: str
    entries: tuple[Entry, ...]
    synonyms: tuple[tuple[str, ...], ...]
    thresholds: Thresholds


# -- reading ------------------------------------------------------------------------------------


async def version(work: Work) -> str:
    """A mark that is another one after each change of the base."""
    row = await settings.value(work.session, VERSION)
    return str(row["mark"]) if row else ""


async def base(work: Work) -> Base:
    """The base as it stands; its mark is read first, so that no later change is missed."""
    mark = await version(work)
    tuned = await settings.value(work.session, TUNING) or {}
    rows = tuple(entry_from(body) for body in await entries.bodies(work.session))
    return Base(
        mark,
        rows,
        tuple(tuple(row) for row in tuned.get("synonyms", ())),
        _thresholds(tuned),
    )


def _thresholds(tuned: Mapping[str, Any]) -> Thresholds:
    return Thresholds(
        tuned.get("answer", DEFAULT_THRESHOLDS.answer), tuned.get("offer", DEFAULT_THRESHOLDS.offer)
    )


def body_of(entry: Entry) -> dict[str, Any]:
    """An entry as it is stored: as a row of the content files, nothing empty in it."""
    found: dict[str, Any] = {}
    for one in fields(entry):
        value = getattr(entry, one.name)
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, Mapping):
            value = dict(value)
        if value:
            found[one.name] = value
    return found


# -- the content that comes with the project ----------------------------------------------------


async def load(work: Work, shipped: Sequence[Entry]) -> int:
    """Take over new and changed starter entries, except those that staff edited; how many."""
    known = {row.id: row for row in await entries.every(work.session)}
    taken = 0
    for position, entry in enumerate(shipped, start=1):
        body = body_of(entry)
        digest = _digest(body)
        row = known.get(entry.id)
        if row is None:
            row = KnowledgeEntry(id=entry.id, position=position, version=0)
        elif row.edited or row.shipped == digest:
            continue
        row.shipped = digest
        await _put(work, row, body, act="load", by=None)
        taken += 1
    if taken:
        await _changed(work)
    return taken


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


async def _put(
    work: Work, row: KnowledgeEntry, body: dict[str, Any] | None, *, act: str, by: int | None
) -> None:
    """Make `body` what residents see, and keep who did it and when."""
    kept = _change(row, body, act=act, by=by)
    await entries.add(work.session, [row])
    await entries.add(work.session, [kept])


def _change(
    row: KnowledgeEntry, body: dict[str, Any] | None, *, act: str, by: int | None
) -> EntryVersion:
    row.body, row.version = body, row.version + 1
    row.changed_by, row.changed_at = by, clock.now()
    row.edited = row.edited or by is not None
    return EntryVersion(
        entry_id=row.id, number=row.version, body=body, act=act, by=by, at=clock.now()
    )


async def _changed(work: Work) -> None:
    """Let every process know, within half a second, that there is something new."""
    mark = {"mark": secrets.token_hex(8)}
    await settings.put(work.session, VERSION, mark, now=clock.now())


async def counts(work: Work, days: int) -> dict[str, dict[str, int]]:
    """What happened with each entry in the last days: entry -> what -> how often."""
    return await entries.counts(work.session, clock.today() - timedelta(days=days))


# -- editing ------------------------------------------------------------------------------------


async def access(work: Work, by: Actor, entry_id: str) -> KnowledgeEntry:
    """One entry for staff who keep the base; Refusal("common.not_there") otherwise."""
    row = await entries.one(work.session, entry_id)
    if row is None or not by.can(Permission.KNOWLEDGE_REPLY):
        raise Refusal("common.not_there")
    return row


def published(row: KnowledgeEntry) -> Entry | None:
    """What residents see of it."""
    return entry_from(row.body) if row.body else None


def current(row: KnowledgeEntry) -> Entry:
    """What staff are working on: the draft, or else what residents see, or saw last."""
    return entry_from(row.draft or row.body or {"id": row.id, "question": row.id})


async def new(
    work: Work, by: Actor, draft: Entry, *, written_for: int | None = None
) -> KnowledgeEntry:
    """Write a new entry as a draft under an id of its own; residents see it when published."""
    by.require(Permission.KNOWLEDGE_EDIT)
    entry = checked(replace(draft, id=f"own_{secrets.token_hex(5)}"))
    row = KnowledgeEntry(
        id=entry.id,
        draft=body_of(entry),
        written_for=written_for,
        edited=True,
        position=await entries.last_position(work.session) + 1,
        version=0,
        changed_by=by.person_id,
        changed_at=clock.now(),
    )
    await entries.add(work.session, [row])
    return row


async def change(work: Work, by: Actor, entry_id: str, **changes: Any) -> Entry:
    """Change fields of the draft; what residents see stays as it is until `publish`."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await access(work, by, entry_id)
    entry = checked(replace(current(row), **changes))
    row.draft, row.changed_by, row.changed_at = body_of(entry), by.person_id, clock.now()
    await work.session.flush()
    return entry


def checked(entry: Entry) -> Entry:
    """An entry tidied up. Raises Refusal (entries.no_question, .too_long, .dates ...)."""
    own = entry.question.strip()
    if not own:
        raise Refusal("entries.no_question")
    if len(own) > LONGEST_QUESTION:
        raise Refusal("entries.question_too_long", limit=LONGEST_QUESTION)
    if not entry.answer.strip():
        raise Refusal("entries.no_answer")
    if len(entry.answer) > LONGEST_ANSWER:
        raise Refusal("entries.answer_too_long", limit=LONGEST_ANSWER)
    if entry.valid_from and entry.valid_to and entry.valid_from > entry.valid_to:
        raise Refusal("entries.dates_crossed")
    said = dict.fromkeys(alias.strip()[:LONGEST_QUESTION] for alias in entry.aliases)
    aliases = tuple(alias for alias in said if alias and alias != own)
    if len(aliases) > MOST_ALIASES:
        raise Refusal("entries.too_many_aliases", limit=MOST_ALIASES)
    return replace(entry, question=own, answer=entry.answer.strip(), aliases=aliases)


async def publish(work: Work, by: Actor, entry_id: str) -> Entry:
    """Residents see the draft from now on. Refusal("entries.no_draft") where there is none."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await access(work, by, entry_id)
    if row.draft is None:
        raise Refusal("entries.no_draft")
    body, row.draft = row.draft, None
    await _put(work, row, body, act="publish", by=by.person_id)
    await _changed(work)
    return entry_from(body)


async def drafts(work: Work, by: Actor) -> Sequence[KnowledgeEntry]:
    """Entries with something not published yet, the newest first."""
    by.require(Permission.KNOWLEDGE_EDIT)
    return await entries.drafts(work.session)


async def discard(work: Work, by: Actor, entry_id: str) -> None:
    """Drop the draft, and with it an entry that was never published."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await access(work, by, entry_id)
    row.draft = None
    if not row.version:
        await entries.remove(work.session, row)
    await work.session.flush()


async def withdraw(work: Work, by: Actor, entry_id: str) -> None:
    """Residents see the entry no more; it can be brought back from its history."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await access(work, by, entry_id)
    if row.body is None:
        raise Refusal("entries.not_published")
    await _put(work, row, None, act="withdraw", by=by.person_id)
    await _changed(work)


async def history(work: Work, by: Actor, entry_id: str) -> Sequence[EntryVersion]:
    """The last changes, the newest first."""
    await access(work, by, entry_id)
    return await entries.versions(work.session, entry_id, HISTORY)


async def bring_back(work: Work, by: Actor, entry_id: str, number: int) -> None:
    """Make an earlier version what residents see; that is a change of its own."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await access(work, by, entry_id)
    kept = await entries.version(work.session, entry_id, number)
    if kept is None:
        raise Refusal("common.not_there")
    await _put(work, row, kept.body, act="undo", by=by.person_id)
    await _changed(work)


async def undo(work: Work, by: Actor, entry_id: str) -> None:
    """Back to what it was before the last change. Refusal("entries.nothing_before")."""
    kept = await history(work, by, entry_id)
    if len(kept) < 2:
        raise Refusal("entries.nothing_before")
    await bring_back(work, by, entry_id, kept[1].number)


async def put_at_once(work: Work, by: Actor, changed: Sequence[Entry], *, act: str) -> int:
    """Publish several entries together, new ones at the end; how many."""
    by.require(Permission.KNOWLEDGE_EDIT)
    known = {row.id: row for row in await entries.every(work.session)}
    last, kept = max((row.position for row in known.values()), default=0), []
    for entry in changed:
        row = known.get(entry.id)
        if row is None:
            last += 1
            row = known[entry.id] = KnowledgeEntry(id=entry.id, position=last, version=0)
        row.draft = None
        kept.append(_change(row, body_of(checked(entry)), act=act, by=by.person_id))
    await entries.add(work.session, [known[entry.id] for entry in changed])
    await entries.add(work.session, kept)
    if kept:
        await _changed(work)
    return len(kept)


# -- other ways of asking -----------------------------------------------------------------------


def in_the_way(index: Index, entry_id: str, phrases: Iterable[str]) -> list[Conflict]:
    """Phrases that lead to another entry already, to be shown before saving."""
    return conflicts(index, phrases, own=entry_id)


async def add_aliases(work: Work, by: Actor, entry_id: str, words: Sequence[str]) -> None:
    """Add ways of asking, seen by residents at once; a draft under way gets them too."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await access(work, by, entry_id)
    await _in_both(work, by, row, lambda one: {"aliases": (*one.aliases, *words)}, act="alias")


async def set_variant(work: Work, by: Actor, entry_id: str, place: Community, words: str) -> None:
    """Say what holds in one community, at once; its own staff may. Empty words take it back."""
    by.require(Permission.KNOWLEDGE_REPLY, community(place.id))
    row = await access(work, by, entry_id)

    def changed(one: Entry) -> dict[str, Any]:
        others = {code: text for code, text in one.variants.items() if code != place.code}
        return {"variants": others | ({place.code: words.strip()} if words.strip() else {})}

    await _in_both(work, by, row, changed, act="variant")


async def _in_both(
    work: Work,
    by: Actor,
    row: KnowledgeEntry,
    change: Callable[[Entry], dict[str, Any]],
    *,
    act: str,
) -> None:
    """Change what residents see, and the draft under way in the same manner."""
    shown = published(row)
    if shown is None:
        raise Refusal("entries.not_published")
    if row.draft is not None:
        drafted = entry_from(row.draft)
        row.draft = body_of(checked(replace(drafted, **change(drafted))))
    body = body_of(checked(replace(shown, **change(shown))))
    await _put(work, row, body, act=act, by=by.person_id)
    await _changed(work)


# -- how the base answers -----------------------------------------------------------------------


async def tune(
    work: Work,
    by: Actor,
    *,
    thresholds: Thresholds | None = None,
    synonyms: Sequence[Sequence[str]] | None = None,
) -> None:
    """Change the thresholds or the rows of synonyms for everybody."""
    by.require(Permission.KNOWLEDGE_EDIT)
    tuned = dict(await settings.value(work.session, TUNING) or {})
    if thresholds is not None:
        tuned |= {"answer": thresholds.answer, "offer": thresholds.offer}
    if synonyms is not None:
        tuned |= {"synonyms": [list(row) for row in synonyms]}
    await settings.put(work.session, TUNING, tuned, now=clock.now())
    await _changed(work)


async def synonyms(work: Work) -> list[list[str]]:
    """The office's own rows of words of one meaning."""
    tuned = await settings.value(work.session, TUNING) or {}
    return [list(row) for row in tuned.get("synonyms", ())]
