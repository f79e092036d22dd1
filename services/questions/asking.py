"""Residents' questions: answered from the base, offered as candidates, or handed to staff."""

from dataclasses import dataclass
from datetime import timedelta

from db.models.questions import AskedQuestion
from db.stores import entries as base
from db.stores import people, places, questions
from db.work import Work
from knowledge.entries import Entry
from knowledge.followups import FollowUp, Step, Turn, follow
from knowledge.index import Index
from knowledge.normalise import normalise
from knowledge.replies import Outcome, Reply
from services import clock
from services.deadlines import after_working_days
from services.entries import alias_proposals, local_facts
from services.entries.local_facts import Local
from services.errors import Refusal
from services.permissions import Actor, Role

ANSWER_WITHIN = 1
"""Working days: promised to the resident, watched by the timetable."""
HOT_DAYS = 30
TERSE = 2
"""Letters of a message that names a thing and no more: what holds the word is offered."""
ALARM_AGAIN = timedelta(minutes=30)
"""Time within which further words of one person's alarm join the first."""
LONGEST = 1000
SAID = ("said", "said_at")
"""Words offered to be made a report; they stay at hand while other things are asked."""
WANTED = ("hit", "tap", "open")
"""What counts as somebody wanting an entry."""


@dataclass(frozen=True)
class Found:
    """What the base says to a question, as a chat shows it."""

    outcome: Outcome
    question_id: int
    entry: Entry | None
    answer: str
    candidates: tuple[Entry, ...]
    phone: str | None


async def ask(
    work: Work, by: Actor, index: Index, text: str, *, chat_id: int, queue: bool = True
) -> Found:
    """Answer a question, offer what may be meant, or put it into the queue of staff.

    With `queue` off an unknown question is remembered but not handed over.
    """
    previous = await _turn_before(work, chat_id)
    known = await _communities(work)
    step, reply = follow(index, text, previous, communities=known, day=clock.today())
    entry_id, offered = _outcome(index, step, reply)
    outcome = Outcome.ANSWER if entry_id else reply.outcome
    if outcome is Outcome.UNKNOWN and _names_something(index, text):
        outcome = Outcome.CANDIDATES
    row = await _remember(work, by, _Said(step.question, outcome, entry_id, offered), chat_id)
    await _count(work, row)
    if outcome is Outcome.UNKNOWN and queue:
        await hand_over(work, row)
    await _set_turn(work, row, offered, step.community)
    return _found(index, row, await local_facts.of(work, by.community_id, step.community))


def _outcome(index: Index, step: FollowUp, reply: Reply) -> tuple[str | None, list[str]]:
    """The entry that answers, or the entries to offer."""
    if step.step is Step.COMMUNITY and step.entry_id in index:
        return step.entry_id, []
    if reply.outcome is Outcome.ANSWER:
        return reply.hits[0].entry_id, []
    return None, [hit.entry_id for hit in reply.candidates]


def _names_something(index: Index, text: str) -> bool:
    bare = normalise(text)
    return 0 < len(bare) <= TERSE and index.holds(bare)


async def in_group(work: Work, index: Index, text: str) -> Entry | None:
    """What a group is told: only an answer the base is sure of. It is counted, never kept."""
    reply = index.ask(text, day=clock.today())
    sure = reply.outcome is Outcome.ANSWER
    found = [reply.hits[0].entry_id] if sure else [""]
    await base.count(work.session, found, clock.today(), "hit" if sure else "miss")
    return index.entry(found[0]) if sure else None


async def pick(work: Work, by: Actor, index: Index, question_id: int, number: int) -> Found:
    """The asker says which candidate was meant; that proposes their words as an alias."""
    row = await _own(work, by, question_id)
    entry_id = row.offered[number] if 0 <= number < len(row.offered) else ""
    if entry_id not in index:
        raise Refusal("questions.gone")
    if row.entry_id != entry_id:
        await base.count(work.session, [entry_id], clock.today(), "tap")
        await alias_proposals.propose(work, index, entry_id, row.words)
    row.entry_id, row.outcome = entry_id, Outcome.ANSWER
    await _set_turn(work, row, [], "")
    return _found(index, row, await local_facts.of(work, by.community_id))


async def show_entry(work: Work, by: Actor, index: Index, entry_id: str, *, chat_id: int) -> Found:
    """An entry chosen from the menu of topics."""
    if entry_id not in index:
        raise Refusal("questions.gone")
    said = _Said(index.entry(entry_id).question, Outcome.ANSWER, entry_id, [])
    row = await _remember(work, by, said, chat_id)
    await base.count(work.session, [entry_id], clock.today(), "open")
    await _set_turn(work, row, [], "")
    return _found(index, row, await local_facts.of(work, by.community_id))


async def none_fits(work: Work, by: Actor, question_id: int) -> None:
    """None of the candidates was meant: staff get it, once."""
    row = await _own(work, by, question_id)
    if row.state == "closed":
        await base.count(work.session, [""], clock.today(), "miss")
        await hand_over(work, row)


async def rate(work: Work, by: Actor, question_id: int, *, useful: bool) -> None:
    """Thumb up or down; pressing again changes one's mind and counts once."""
    row = await _own(work, by, question_id)
    thumb = 1 if useful else -1
    if row.thumb != thumb and row.entry_id:
        await base.count(work.session, [row.entry_id], clock.today(), "up" if useful else "down")
    row.thumb = thumb
    await work.session.flush()


async def alarm(work: Work, by: Actor, text: str, *, chat_id: int) -> None:
    """Somebody writes of danger: staff are told at once, whatever else is under way."""
    row = await questions.last_alarm(work.session, by.person_id, clock.now() - ALARM_AGAIN)
    if row is not None:
        row.words = f"{row.words}\n{text}"[:LONGEST]
        await work.session.flush()
        return
    row = await _remember(work, by, _Said(text, Outcome.UNKNOWN, None, []), chat_id)
    row.urgent = True
    await hand_over(work, row, notice="question_desk.urgent_for_staff")
    row.due_at = clock.now()
    await work.session.flush()


async def hot(work: Work, limit: int = 5, days: int = HOT_DAYS) -> list[tuple[str, int]]:
    """The entries wanted most in the last days, with how often."""
    since = clock.today() - timedelta(days=days)
    return list(await base.most(work.session, WANTED, since, limit))


async def tally(work: Work, days: int) -> dict[str, int]:
    """How the last days went: questions answered, candidates chosen, misses, thumbs."""
    counted = await base.counts(work.session, clock.today() - timedelta(days=days))
    return {
        what: sum(one.get(what, 0) for one in counted.values())
        for what in ("hit", "tap", "miss", "up", "down")
    }


async def last_words(work: Work, chat_id: int) -> str:
    """The last question of this chat, for explaining its answer."""
    kept = (await people.topic(work.session, chat_id)).get("question")
    return str(kept["words"]) if kept else ""


async def forget_old_words(work: Work, keep: timedelta) -> None:
    """Nobody's words are kept longer than needed; the counts stay."""
    await questions.empty_older_than(work.session, clock.now() - keep)
    await alias_proposals.forget_old_words(work, keep)


# -- inside -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    words: str
    outcome: Outcome
    entry_id: str | None
    offered: list[str]


async def _own(work: Work, by: Actor, question_id: int) -> AskedQuestion:
    row = await questions.by_id(work.session, question_id)
    if row is None or row.person_id != by.person_id:
        raise Refusal("common.not_there")
    return row


async def _communities(work: Work) -> dict[str, str]:
    """Names by which a community is called, with its code."""
    rows = await places.communities(work.session)
    return {name: row.code for row in rows for name in (row.name, *row.aliases)}


async def _remember(work: Work, by: Actor, said: _Said, chat_id: int) -> AskedQuestion:
    row = AskedQuestion(
        person_id=by.person_id,
        chat_id=chat_id,
        community_id=by.community_id,
        words=said.words[:LONGEST],
        outcome=said.outcome,
        entry_id=said.entry_id,
        offered=said.offered,
        state="closed",
        urgent=False,
        asked_at=clock.now(),
    )
    return await questions.add(work.session, row)


async def _count(work: Work, row: AskedQuestion) -> None:
    found = {
        Outcome.ANSWER: ([row.entry_id or ""], "hit"),
        Outcome.CANDIDATES: (row.offered, "shown"),
        Outcome.UNKNOWN: ([""], "miss"),
    }
    ids, what = found[Outcome(row.outcome)]
    await base.count(work.session, ids, clock.today(), what)


def _found(index: Index, row: AskedQuestion, local: Local) -> Found:
    entry = index.entry(row.entry_id) if row.entry_id and row.entry_id in index else None
    candidates = tuple(index.entry(one) for one in row.offered if one in index)
    answer = entry.answer_for(local.code, local.facts) if entry else ""
    return Found(Outcome(row.outcome), row.id, entry, answer, candidates, local.phone)


async def _turn_before(work: Work, chat_id: int) -> Turn | None:
    kept = (await people.topic(work.session, chat_id)).get("question")
    if not kept:
        return None
    return Turn(
        question=kept["words"],
        entry_id=kept["entry"] or "",
        candidates=tuple(kept["offered"]),
        community=kept.get("community", ""),
    )


async def _set_turn(work: Work, row: AskedQuestion, offered: list[str], place: str) -> None:
    turn = {"words": row.words, "entry": row.entry_id, "offered": offered, "community": place}
    before = await people.topic(work.session, row.chat_id)
    said = {key: before[key] for key in SAID if key in before}
    await people.set_topic(work.session, row.chat_id, {"question": turn, **said}, now=clock.now())


async def hand_over(
    work: Work, row: AskedQuestion, *, notice: str = "question_desk.new_for_staff"
) -> None:
    """Put a question into the queue; staff of the community, or else of the street, are told."""
    row.state = "open"
    row.due_at = after_working_days(clock.now(), ANSWER_WITHIN)
    await work.session.flush()
    for person_id in await responsible(work, row.community_id):
        work.notify(person_id, notice, question_id=row.id)


async def responsible(work: Work, community_id: int | None) -> list[int]:
    """Who is told: staff of the community, else of the street, else the administrators."""
    if community_id is not None:
        own = await people.holders_of(
            work.session, [Role.COMMUNITY_STAFF], community_id=community_id
        )
        if own:
            return list(own)
    return await street_staff(work)


async def street_staff(work: Work) -> list[int]:
    """Staff of the street office, or else the administrators."""
    for role in (Role.STREET_STAFF, Role.ADMIN):
        found = await people.holders_of(work.session, [role])
        if found:
            return list(found)
    return []
