"""Staff answer what the base could not: alike questions together, the asker told, time watched."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models.questions import AskedQuestion
from db.stores import questions
from db.work import Work
from knowledge.entries import Entry
from knowledge.index import Index
from knowledge.reviews import grouped
from services import clock
from services.deadlines import after_working_days
from services.entries import alias_proposals, local_facts
from services.entries import drafts as entries
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Scope, community
from services.questions.asking import responsible, street_staff, tally

MOST = 300
"""Open questions that are put into groups at once; the oldest come first."""
PAST = timedelta(days=30)
PAST_SHOWN = 200
WEEK_SHOWN = 2000
MONDAY = 0


@dataclass(frozen=True)
class Group:
    """Open questions that are alike, the oldest first."""

    rows: tuple[AskedQuestion, ...]

    @property
    def first(self) -> AskedQuestion:
        return self.rows[0]

    @property
    def urgent(self) -> bool:
        return any(row.urgent for row in self.rows)

    @property
    def wordings(self) -> list[str]:
        """The different ways it was asked."""
        return list(dict.fromkeys(row.words for row in self.rows))


def scope_of(row: AskedQuestion) -> Scope:
    return community(row.community_id) if row.community_id else STREET


async def access(work: Work, by: Actor, question_id: int) -> AskedQuestion:
    """One question, for staff who may answer it; Refusal("common.not_there") otherwise."""
    row = await questions.by_id(work.session, question_id)
    if row is None or not by.can(Permission.KNOWLEDGE_REPLY, scope_of(row)):
        raise Refusal("common.not_there")
    return row


async def groups(work: Work, by: Actor) -> list[Group]:
    """What waits in the actor's scope: the urgent first, then what most ask, then the oldest."""
    by.require(Permission.KNOWLEDGE_REPLY)
    scope = by.communities(Permission.KNOWLEDGE_REPLY)
    rows = await questions.waiting(work.session, scope, limit=MOST)
    if any(row.alike is None for row in rows):
        await _group(rows)
        await work.session.flush()
    found: dict[int, list[AskedQuestion]] = {}
    for row in rows:
        found.setdefault(row.alike or row.id, []).append(row)
    made = [Group(tuple(alike)) for alike in found.values()]
    return sorted(made, key=lambda group: (not group.urgent, -len(group.rows), group.first.id))


async def _group(rows: Sequence[AskedQuestion]) -> None:
    """Mark rows that are alike; what staff have seen together stays together."""
    said: dict[str, list[AskedQuestion]] = {}
    for row in rows:
        said.setdefault(row.words, []).append(row)
    for texts in await asyncio.to_thread(grouped, list(said)):
        alike = [row for text in dict.fromkeys(texts) for row in said[text]]
        mark = min(row.alike or row.id for row in alike)
        for row in alike:
            row.alike = row.alike or mark


async def group_of(work: Work, by: Actor, question_id: int) -> Group:
    """The open questions alike to this one. Refusal("question_desk.settled") if it is settled."""
    row = await access(work, by, question_id)
    if row.state != "open":
        raise Refusal("question_desk.settled")
    for group in await groups(work, by):
        if any(one.id == row.id for one in group.rows):
            return group
    return Group((row,))


async def waiting_count(work: Work, by: Actor) -> int:
    """How many questions wait in the actor's scope."""
    scope = by.communities(Permission.KNOWLEDGE_REPLY)
    return await questions.count_waiting(work.session, scope)


async def answer(work: Work, by: Actor, question_id: int, words: str) -> int:
    """Answer a question and those alike; each asker is told. How many were."""
    return await _settle(work, by, question_id, lambda _local: words)


async def answer_with(work: Work, by: Actor, question_id: int, entry: Entry) -> int:
    """Answer with an entry of the base, as it reads in each asker's community."""
    return await _settle(
        work, by, question_id, lambda local: entry.answer_for(local.code, local.facts)
    )


async def attach(work: Work, by: Actor, index: Index, question_id: int, entry_id: str) -> int:
    """The question means this entry: the askers get its answer, their words become aliases.

    Staff who may not edit the base propose the aliases instead. How many were told.
    """
    group = await group_of(work, by, question_id)
    if entry_id not in index or group.urgent:
        raise Refusal("common.not_there")
    if by.can(Permission.KNOWLEDGE_EDIT):
        await entries.add_aliases(work, by, entry_id, group.wordings)
    else:
        for words in group.wordings:
            await alias_proposals.propose(work, index, entry_id, words)
    return await answer_with(work, by, question_id, index.entry(entry_id))


async def _settle(
    work: Work, by: Actor, question_id: int, answer: Callable[[local_facts.Local], str]
) -> int:
    group = await group_of(work, by, question_id)
    for row in group.rows:
        words = answer(await local_facts.of(work, row.community_id))
        row.state, row.answer, row.answered_by = "answered", words, by.person_id
        row.answered_at = clock.now()
        work.notify(row.person_id, "questions.staff_answer", question=row.words, answer=words)
    await work.session.flush()
    return len(group.rows)


async def dismiss(work: Work, by: Actor, question_id: int) -> None:
    """Not a matter of the office: the question and those alike leave the queue unanswered."""
    for row in (await group_of(work, by, question_id)).rows:
        row.state, row.answered_by, row.answered_at = "dismissed", by.person_id, clock.now()
    await work.session.flush()


async def past_questions(work: Work) -> list[str]:
    """What was asked lately, for trying other thresholds."""
    return list(await questions.recent_words(work.session, clock.now() - PAST, PAST_SHOWN))


async def words_by_person(work: Work, days: int) -> list[str]:
    """What each person asked in the last days, one text a person."""
    since = clock.now() - timedelta(days=days)
    return list(await questions.words_by_person(work.session, since, WEEK_SHOWN))


async def tell_weekly(work: Work) -> None:
    """Mondays: the street office hears how the week went; a quiet week is not worth a message."""
    if clock.today().weekday() != MONDAY:
        return
    counted = await tally(work, days=7)
    if counted["hit"] + counted["miss"]:
        for person_id in await street_staff(work):
            work.notify(person_id, "entry_tuning.weekly", hit=counted["hit"], miss=counted["miss"])


# -- the clock ----------------------------------------------------------------------------------


async def watch(work: Work) -> None:
    """Remind staff once of what is late; a working day later the street office is told."""
    now = clock.now()
    for row in await questions.overdue(work.session, now):
        row.reminded_at = now
        for person_id in await responsible(work, row.community_id):
            work.notify(person_id, "question_desk.late_for_staff", question_id=row.id)
    for row in await questions.still_open(work.session, now):
        if row.reminded_at is None or now < _patience(row.reminded_at):
            continue
        row.escalated_at = now
        for person_id in await street_staff(work):
            work.notify(person_id, "question_desk.very_late_for_street", question_id=row.id)


def _patience(reminded_at: datetime) -> datetime:
    return after_working_days(reminded_at, 1)
