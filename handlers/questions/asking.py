"""Residents ask: an answer, a few candidates, or an honest "I do not know" and a person."""

import asyncio

from markupsafe import Markup

from db.stores import people
from handlers.chat import Button, Chat, Screen, Shared
from handlers.questions import topics as question_topics
from handlers.texts import join, say
from knowledge.explanations import Explanation, explain
from knowledge.index import Index
from knowledge.replies import Outcome
from services import clock, places, remarks
from services.entries import local_facts
from services.intents import Kind as Intent
from services.intents import Route, asking, route
from services.questions import asking as questions
from services.questions.asking import Found
from services.remarks import Remark
from services.reports import categories
from services.reports.dangers import Danger, danger

TOLD = 6
"""Related questions and actions under an answer, at most."""
NEAREST = 3
#: What a button under an answer starts: action of the entry -> text key and data.
ACTIONS = {
    "clubs": ("questions.button.clubs", "club:list"),
    "report": ("questions.button.report", "rep:new"),
    "survey": ("questions.button.survey", "svy:list"),
    "volunteer": ("questions.button.volunteer", "vol:new"),
}


async def message(chat: Chat) -> None:
    """A message that is no command and no answer to a form."""
    text = chat.given.text
    found = route(text, asking(chat.office.knowledge))
    remark = remarks.remark(text) if found.danger is None else None
    if remark is not None and (remark is Remark.PHONE or found.kind is Intent.OTHER):
        await _remark(chat, remark)
    elif found.kind is Intent.REPORT:
        await _offer(chat, found, "report")
    elif found.kind in (Intent.SURVEY, Intent.VOLUNTEER):
        await _offer(chat, found, str(found.kind))
    elif found.danger is None or found.kind is Intent.QUESTION:
        await _ask(chat, text)


async def _remark(chat: Chat, remark: Remark) -> None:
    """A greeting, thanks, an insult: a kind word, and where to go on."""
    topics = Button(str(say("questions.button.topics")), "ask:topics")
    rows = [] if remark is Remark.THANKS else [[topics]]
    if remark is Remark.PERSON:
        local = await local_facts.of(chat.work, chat.actor.community_id)
        parts = [say("questions.remark.person")]
        parts += [say("questions.phone", phone=local.phone)] if local.phone else []
        await chat.show(Screen(join(parts), ((topics,),)))
        return
    await chat.say(f"questions.remark.{remark}", *rows)


async def in_group(chat: Chat, words: str) -> None:
    """Asked in a group: only an answer the base is sure of, and nothing personal."""
    found = danger(words)
    if found is not None:
        await chat.say(f"questions.danger.{found}")
    entry = await questions.in_group(chat.work, chat.office.knowledge, words)
    if entry is not None:
        local = await local_facts.of(chat.work, chat.actor.community_id)
        answer = entry.answer_for(local.code, local.facts)
        await chat.say("questions.answer", question=entry.question, answer=answer)
    elif found is None:
        await chat.say("questions.group_unknown")


async def inline(chat: Chat) -> None:
    """`@bot 垃圾分类` in any chat: answers to share."""
    index = chat.office.knowledge
    words = chat.given.text.strip()
    hits = index.search(words, TOLD, day=clock.today()) if words else []
    chat.results = tuple(
        Shared(hit.entry_id, index.entry(hit.entry_id).question, _shared(index, hit.entry_id))
        for hit in hits
    )


def _shared(index: Index, entry_id: str) -> str:
    entry = index.entry(entry_id)
    answer = entry.answer_for(None)
    return str(say("questions.answer", question=entry.question, answer=answer))


async def warn(chat: Chat, found: Danger) -> None:
    """Emergency numbers, first and always; and a person is told."""
    await chat.say(f"questions.danger.{found}")
    await questions.alarm(chat.work, chat.actor, chat.given.text, chat_id=chat.id)


async def _offer(chat: Chat, found: Route, what: str) -> None:
    """It is not a question but a report or a wish: offer to do it, the words filled in."""
    key, data = ACTIONS[what]
    if what == "report" and found.category:
        data = f"rep:said:{found.category}"
    rows = [[Button(str(say(key)), data)]]
    if found.entry_id and found.entry_id in chat.office.knowledge:
        button = "who" if what == "report" else "more"
        rows[0].append(Button(str(say(f"questions.button.{button}")), f"ask:e:{found.entry_id}"))
    rows.append([Button(str(say("questions.button.only_asking")), "ask:only")])
    topic = await people.topic(chat.work.session, chat.id)
    now = clock.now()
    said = topic | {"said": chat.given.text[: questions.LONGEST], "said_at": now.isoformat()}
    await people.set_topic(chat.work.session, chat.id, said, now=now)
    category = categories.find(found.category) if found.category else None
    if category is None:
        await chat.say(f"questions.offer.{what}", *rows)
        return
    place = (await places.find(chat.work, chat.given.text)).text
    understood = " ".join(part for part in (category.label, place) if part)
    await chat.say("questions.offer.this", *rows, what=understood)


async def _ask(chat: Chat, text: str) -> None:
    foreign = remarks.is_foreign(text)
    found = await questions.ask(
        chat.work, chat.actor, chat.office.knowledge, text, chat_id=chat.id, queue=not foreign
    )
    if foreign and found.outcome is Outcome.UNKNOWN:
        hand_over = Button(str(say("questions.button.hand_over")), f"ask:none:{found.question_id}")
        await chat.say("questions.foreign", [hand_over])
        return
    await show(chat, found)


async def show(chat: Chat, found: Found) -> None:
    """One of the three outcomes."""
    if found.outcome is Outcome.ANSWER and found.entry is not None:
        await _answer(chat, found)
    elif found.outcome is Outcome.CANDIDATES and found.candidates:
        none = Button(str(say("questions.button.none")), f"ask:none:{found.question_id}")
        await chat.say("questions.candidates", *_candidates(found), [none])
    else:
        await _unknown(chat, found)


def _candidates(found: Found) -> list[list[Button]]:
    return [
        [Button(entry.question, f"ask:p:{found.question_id}:{i}")]
        for i, entry in enumerate(found.candidates)
    ]


async def _answer(chat: Chat, found: Found) -> None:
    """The answer, what can be done about it, what else belongs to it, and two thumbs."""
    entry = found.entry
    assert entry is not None
    rows: list[tuple[Button, ...]] = []
    action, _, category = entry.action.partition(":")
    if action in ACTIONS:
        key, data = ACTIONS[action]
        rows.append((Button(str(say(key)), f"{data}:{category}" if category else data),))
    index = chat.office.knowledge
    for one in [related for related in entry.related if related in index][:2]:
        rows.append((Button(index.entry(one).question, f"ask:e:{one}"),))
    rows.append(
        (
            Button(str(say("questions.button.useful")), f"ask:up:{found.question_id}"),
            Button(str(say("questions.button.useless")), f"ask:down:{found.question_id}"),
        )
    )
    text = say("questions.answer", question=entry.question, answer=found.answer)
    kind, _, file_id = entry.attachment.partition(":")
    await chat.show(
        Screen(
            text,
            tuple(rows),
            picture={"file_id": file_id} if kind == "photo" else None,
            document={"file_id": file_id} if kind == "document" else None,
        )
    )


async def _unknown(chat: Chat, found: Found) -> None:
    parts = [say("questions.unknown")]
    if found.phone:
        parts.append(say("questions.phone", phone=found.phone))
    rows = _candidates(found)[:NEAREST]
    if rows:
        parts.append(say("questions.nearest"))
    await chat.show(Screen(join(parts), tuple(map(tuple, rows))))


async def pressed(chat: Chat) -> None:
    """Buttons: 'ask:<act>:<question or entry or topic>:<number>'."""
    act, what, more = chat.press_parts(3)
    index = chat.office.knowledge
    if act == "e":
        found = await questions.show_entry(chat.work, chat.actor, index, what, chat_id=chat.id)
        await show(chat, found)
    elif act in ("p", "none", "up", "down") and what.isdecimal():
        await _about_one(chat, act, int(what), more)
    elif act == "only":
        await _only_asking(chat)
    else:
        await question_topics.pressed(chat, act, what, more)


async def _about_one(chat: Chat, act: str, question_id: int, more: str) -> None:
    if act == "none":
        await questions.none_fits(chat.work, chat.actor, question_id)
        await chat.say("questions.handed_over")
    elif act in ("up", "down"):
        await questions.rate(chat.work, chat.actor, question_id, useful=act == "up")
        chat.tell(f"questions.thanks_{act}")
    else:
        number = int(more) if more.isdecimal() else -1
        index = chat.office.knowledge
        found = await questions.pick(chat.work, chat.actor, index, question_id, number)
        await show(chat, found)


async def _only_asking(chat: Chat) -> None:
    """It looked like a report but was a question after all."""
    said = (await people.topic(chat.work.session, chat.id)).get("said", "")
    if said:
        await _ask(chat, said)
    else:
        await question_topics.topics(chat)


async def why(chat: Chat) -> None:
    """/why: what the last answer rests on, in words."""
    words = await questions.last_words(chat.work, chat.id)
    if not words:
        await chat.say("questions.why_nothing")
        return
    index = chat.office.knowledge
    told = await asyncio.to_thread(lambda: explain(index, index.ask(words)))
    await chat.show(Screen(join(_reasons(words, told))))


def _reasons(words: str, told: Explanation) -> list[Markup]:
    between = str(say("questions.why.between"))
    lines = [say("questions.why.asked", words=words[:100])]
    if told.phrase:
        key = "exact" if told.exact else "phrase"
        lines.append(say(f"questions.why.{key}", phrase=told.phrase))
    pairs = tuple(str(say("questions.why.pair", one=a, other=b)) for a, b in told.similar)
    for key, found in (
        ("matched", told.matched),
        ("similar", pairs),
        ("sounds", told.sounds),
        ("keywords", told.keywords),
        ("missing", told.missing),
        ("unknown", told.unknown),
    ):
        if found:
            lines.append(say(f"questions.why.{key}", words=between.join(found)))
    if told.phrase and not told.exact:
        lines.append(say("questions.why.covered", share=round(100 * told.covered)))
    if told.second:
        lines.append(say("questions.why.second", question=told.second))
    return lines
