"""Residents' questions: answered from the base, offered as candidates, or handed to staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models.questions import AskedQuestion
from db.stores import people, places, questions
from db.work import Work
from knowledge.entries import Entry
from knowledge.followups import Step, Turn, follow
from knowledge.index import Index
from knowledge.replies import Outcome
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Role, Scope, community

ANSWER_WITHIN = timedelta(days=1)
"""A working day: promised to the resident, watched by the timetable."""
KEEP_WORDS = timedelta(days=90)
HOT_WITHIN = timedelta(days=30)
STAFF = (Role.COMMUNITY_STAFF, Role.STREET_STAFF)


@dataclass(frozen=True)
class Found:
    """What the base says to a question, as a chat shows it."""

    outcome: Outcome
    question_id: int
    entry: Entry | None
    answer: str
    candidates: tuple[Entry, ...]
    phone: str | None


@dataclass(frozen=True)
class Local:
    """The asker's community: its code for variants, its facts for placeholders."""

    code: str | None
    facts: dict[str, str]
    phone: str | None


async def ask(work: Work, by: Actor, index: Index, text: str, *, chat_id: int) -> Found:
    """Answer a question, offer what may be meant, or put it into the queue of staff."""
    previous = await _turn_before(work, chat_id)
    known = {c.name: c.code for c in await places.communities(work.session)}
    step, reply = follow(index, text, previous, communities=known, day=clock.today())
    local = await _local(work, by, step.community if step.step is Step.COMMUNITY else None)
    entry_id = reply.hits[0].entry_id if reply.outcome is Outcome.ANSWER else None
    if step.step is Step.COMMUNITY and step.entry_id in index:
        entry_id = step.entry_id
    offered = [hit.entry_id for hit in reply.candidates] if entry_id is None else []
    outcome = Outcome.ANSWER if entry_id else reply.outcome
    row = await _remember(work, by, step.question, outcome, entry_id, offered, chat_id)
    if outcome is Outcome.UNKNOWN:
        await _hand_over(work, by, row)
    return _found(index, row, local)


async def pick(work: Work, by: Actor, index: Index, question_id: int, number: int) -> Found:
    """The asker says which of the offered candidates was meant."""
    row = await _own(work, by, question_id)
    entry_id = row.offered[number] if 0 <= number < len(row.offered) else ""
    if entry_id not in index:
        raise Refusal("questions.gone")
    row.entry_id, row.outcome = entry_id, Outcome.ANSWER
    await _set_turn(work, row, [])
    return _found(index, row, await _local(work, by, None))


async def show_entry(work: Work, by: Actor, index: Index, entry_id: str, *, chat_id: int) -> Found:
    """An entry chosen from the menu of topics."""
    if entry_id not in index:
        raise Refusal("questions.gone")
    words = index.entry(entry_id).question
    row = await _remember(work, by, words, Outcome.ANSWER, entry_id, [], chat_id)
    return _found(index, row, await _local(work, by, None))


async def none_fits(work: Work, by: Actor, question_id: int) -> AskedQuestion:
    """None of the candidates was meant: staff get it."""
    row = await _own(work, by, question_id)
    if row.state != "open":
        await _hand_over(work, by, row)
    return row


async def rate(work: Work, by: Actor, question_id: int, *, useful: bool) -> None:
    """Thumb up or down; down is counted as a miss that staff see."""
    row = await _own(work, by, question_id)
    row.thumb = 1 if useful else -1
    await work.session.flush()


async def hot(work: Work, limit: int = 5) -> list[str]:
    """The entries asked for most in the last month."""
    since = clock.now() - HOT_WITHIN
    return [one for one, _ in await questions.most_asked(work.session, since=since, limit=limit)]


async def _own(work: Work, by: Actor, question_id: int) -> AskedQuestion:
    row = await questions.by_id(work.session, question_id)
    if row is None or row.person_id != by.person_id:
        raise Refusal("common.not_there")
    return row


async def _local(work: Work, by: Actor, code: str | None) -> Local:
    rows = await places.communities(work.session)
    mine = next((c for c in rows if (c.code == code if code else c.id == by.community_id)), None)
    if mine is None:
        return Local(None, {}, None)
    facts = {
        "community_phone": mine.phone,
        "community_address": mine.address,
        "office_hours": mine.office_hours,
    }
    return Local(mine.code, {k: v for k, v in facts.items() if v}, mine.phone)


async def _remember(
    work: Work,
    by: Actor,
    words: str,
    outcome: Outcome,
    entry_id: str | None,
    offered: list[str],
    chat_id: int,
) -> AskedQuestion:
    row = AskedQuestion(
        person_id=by.person_id,
        chat_id=chat_id,
        community_id=by.community_id,
        words=words[:1000],
        outcome=outcome,
        entry_id=entry_id,
        offered=offered,
        state="closed",
        asked_at=clock.now(),
    )
    await questions.add(work.session, row)
    await _set_turn(work, row, offered)
    return row


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
    )


async def _set_turn(work: Work, row: AskedQuestion, offered: list[str]) -> None:
    topic = {"question": {"words": row.words, "entry": row.entry_id, "offered": offered}}
    await people.set_topic(work.session, row.chat_id, topic, now=clock.now())


async def _hand_over(work: Work, by: Actor, row: AskedQuestion) -> None:
    row.state, row.due_at = "open", _next_working_day()
    await work.session.flush()
    for person_id in await people.holders_of(work.session, STAFF, community_id=row.community_id):
        work.notify(person_id, "questions.new_for_staff", question_id=row.id)


def _next_working_day() -> datetime:
    due = clock.now() + ANSWER_WITHIN
    while clock.local(due).weekday() >= 5:
        due += timedelta(days=1)
    return due


# -- staff --------------------------------------------------------------------------------------


def scope_of(row: AskedQuestion) -> Scope:
    return community(row.community_id) if row.community_id else STREET


async def access(work: Work, by: Actor, question_id: int) -> AskedQuestion:
    """One question, for staff who may answer it; Refusal("common.not_there") otherwise."""
    row = await questions.by_id(work.session, question_id)
    if row is None or not by.can(Permission.KNOWLEDGE_REPLY, scope_of(row)):
        raise Refusal("common.not_there")
    return row


async def queue(work: Work, by: Actor, *, page: int, size: int) -> list[AskedQuestion]:
    """A page of unanswered questions in the actor's scope, the oldest first."""
    by.require(Permission.KNOWLEDGE_REPLY)
    scope = by.communities(Permission.KNOWLEDGE_REPLY)
    rows = await questions.waiting(work.session, scope, limit=size + 1, offset=page * size)
    return list(rows)


async def waiting_count(work: Work, by: Actor) -> int:
    """How many questions wait in the actor's scope."""
    scope = by.communities(Permission.KNOWLEDGE_REPLY)
    return await questions.count_waiting(work.session, scope)


async def answer(work: Work, by: Actor, question_id: int, words: str) -> None:
    """Answer a resident's question; they are told. Refusal("questions.answered") if it was."""
    row = await access(work, by, question_id)
    if row.state != "open":
        raise Refusal("questions.answered")
    row.state, row.answer, row.answered_by = "answered", words, by.person_id
    row.answered_at = clock.now()
    await work.session.flush()
    work.notify(row.person_id, "questions.staff_answer", question=row.words, answer=words)


async def dismiss(work: Work, by: Actor, question_id: int) -> None:
    """Not a question for the office: it leaves the queue without an answer."""
    row = await access(work, by, question_id)
    row.state = "dismissed"
    await work.session.flush()


async def remind(work: Work) -> None:
    """Remind staff, once, of what was promised and is late."""
    for row in await questions.overdue(work.session, clock.now()):
        row.reminded_at = clock.now()
        for person_id in await people.holders_of(
            work.session, STAFF, community_id=row.community_id
        ):
            work.notify(person_id, "questions.late_for_staff", question_id=row.id)


async def forget_old_words(work: Work) -> None:
    """Nobody's words are kept longer than needed; the counts stay."""
    await questions.empty_older_than(work.session, clock.now() - KEEP_WORDS)
