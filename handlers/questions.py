"""Residents ask: an answer, a few candidates, or an honest "I do not know" and a person."""

import tomllib
from functools import cache
from typing import Any

from db.stores import people
from handlers import notices
from handlers.chat import Button, Chat, Screen, Shared
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from knowledge.entries import CONTENT, Entry
from knowledge.explanations import explain
from knowledge.index import Index
from knowledge.replies import Outcome
from services import clock, questions
from services.fillings import Submission
from services.intents import Kind as Intent
from services.intents import Route, asking, route
from services.questions import Found
from services.reports.dangers import Danger

PAGE = 6
Rows = list[tuple[Button, ...]]
#: What a button under an answer starts: action of the entry -> text key and data.
ACTIONS = {
    "report": ("questions.button.report", "rep:new"),
    "survey": ("questions.button.survey", "svy:list"),
    "volunteer": ("questions.button.volunteer", "vol:new"),
}


async def message(chat: Chat) -> None:
    """A message that is no command and no answer to a form."""
    text = chat.given.text
    found = route(text, asking(chat.office.knowledge))
    if found.kind is Intent.REPORT:
        await _offer(chat, found, "report")
    elif found.kind in (Intent.SURVEY, Intent.VOLUNTEER) and not found.entry_id:
        await _offer(chat, found, str(found.kind))
    elif found.danger is None or found.kind is Intent.QUESTION:
        await _ask(chat, text)


async def in_group(chat: Chat, words: str) -> None:
    """Asked in a group: only an answer the base is sure of, and nothing personal."""
    reply = chat.office.knowledge.ask(words)
    if reply.outcome is not Outcome.ANSWER:
        await chat.say("questions.group_unknown")
        return
    entry = chat.office.knowledge.entry(reply.hits[0].entry_id)
    await chat.say("questions.answer", question=entry.question, answer=entry.answer_for(None))


async def inline(chat: Chat) -> None:
    """`@bot 垃圾分类` in any chat: answers to share."""
    index = chat.office.knowledge
    hits = index.search(chat.given.text, 5) if chat.given.text.strip() else []
    chat.results = tuple(
        Shared(hit.entry_id, index.entry(hit.entry_id).question, _shared(index, hit.entry_id))
        for hit in hits
    )


def _shared(index: Index, entry_id: str) -> str:
    entry = index.entry(entry_id)
    answer = entry.answer_for(None)
    return str(say("questions.answer", question=entry.question, answer=answer))


async def warn(chat: Chat, danger: Danger) -> None:
    """Emergency numbers, first and always."""
    await chat.say(f"questions.danger.{danger}")


async def _offer(chat: Chat, found: Route, what: str) -> None:
    """It is not a question but a report or a wish: offer to do it, the words filled in."""
    key, data = ACTIONS[what]
    if what == "report" and found.category:
        data = f"rep:said:{found.category}"
    rows = [[Button(str(say(key)), data)]]
    if found.entry_id:
        button = str(say("questions.button.who"))
        rows[0].append(Button(button, f"ask:e:{found.entry_id}"))
    rows.append([Button(str(say("questions.button.only_asking")), "ask:only")])
    await _remember_words(chat)
    await chat.say(f"questions.offer.{what}", *rows)


async def _remember_words(chat: Chat) -> None:
    topic = await people.topic(chat.work.session, chat.id)
    await people.set_topic(
        chat.work.session, chat.id, topic | {"said": chat.given.text[:1000]}, now=clock.now()
    )


async def _ask(chat: Chat, text: str) -> None:
    found = await questions.ask(chat.work, chat.actor, chat.office.knowledge, text, chat_id=chat.id)
    await show(chat, found)


async def show(chat: Chat, found: Found) -> None:
    """One of the three outcomes."""
    if found.outcome is Outcome.ANSWER and found.entry is not None:
        await _answer(chat, found, found.entry)
    elif found.outcome is Outcome.CANDIDATES and found.candidates:
        rows = [
            [Button(e.question, f"ask:p:{found.question_id}:{i}")]
            for i, e in enumerate(found.candidates)
        ]
        none = Button(str(say("questions.button.none")), f"ask:none:{found.question_id}")
        await chat.say("questions.candidates", *rows, [none])
    else:
        await _unknown(chat, found)


async def _answer(chat: Chat, found: Found, entry: Entry) -> None:
    rows: list[list[Button]] = []
    action, _, category = (entry.action or "").partition(":")
    if action in ACTIONS:
        key, data = ACTIONS[action]
        rows.append([Button(str(say(key)), f"{data}:{category}" if category else data)])
    index = chat.office.knowledge
    for one in [r for r in entry.related if r in index][:2]:
        rows.append([Button(index.entry(one).question, f"ask:e:{one}")])
    rows.append(
        [
            Button(str(say("questions.button.useful")), f"ask:up:{found.question_id}"),
            Button(str(say("questions.button.useless")), f"ask:down:{found.question_id}"),
        ]
    )
    await chat.say("questions.answer", *rows, question=entry.question, answer=found.answer)


async def _unknown(chat: Chat, found: Found) -> None:
    parts = [say("questions.unknown")]
    if found.phone:
        parts.append(say("questions.phone", phone=found.phone))
    rows = tuple(
        (Button(e.question, f"ask:p:{found.question_id}:{i}"),)
        for i, e in enumerate(found.candidates[:3])
    )
    await chat.show(Screen(join(parts), rows))


async def pressed(chat: Chat) -> None:
    """Buttons: 'ask:<act>:<question or entry or topic>:<index>'."""
    act, what, more = chat.press_parts(3)
    index = chat.office.knowledge
    if act == "e":
        found = await questions.show_entry(chat.work, chat.actor, index, what, chat_id=chat.id)
        await show(chat, found)
    elif act in ("p", "none", "up", "down") and what.isdecimal():
        await _about_one(chat, act, int(what), more)
    elif act == "t":
        await _topic(chat, what, int(more) if more.isdecimal() else 0)
    elif act == "only":
        await _only_asking(chat)
    else:
        await topics(chat)


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
        await topics(chat)


# -- the menu of topics -------------------------------------------------------------------------


@cache
def _labels() -> dict[str, dict[str, Any]]:
    """Topics and their labels, in the order of the menu."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(CONTENT.glob("topics*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return dict(sorted(found.items(), key=lambda pair: pair[1]["order"]))


async def topics(chat: Chat) -> None:
    """What can be asked: the questions asked most, then the topics."""
    index = chat.office.knowledge
    hot = [one for one in await questions.hot(chat.work, 3) if one in index]
    rows: Rows = [(Button(index.entry(one).question, f"ask:e:{one}"),) for one in hot]
    labels = list(_labels().items())
    page = [Button(row["label"], f"ask:t:{topic}:0") for topic, row in labels]
    rows += [tuple(page[i : i + 3]) for i in range(0, len(page), 3)]
    await chat.show(Screen(say("questions.topics"), tuple(rows)), slot="topics", edit=True)


async def _topic(chat: Chat, topic: str, page: int) -> None:
    entries = [e for e in chat.office.knowledge.entries if e.topic == topic]
    if not entries:
        await topics(chat)
        return
    shown = entries[page * PAGE : (page + 1) * PAGE]
    rows: Rows = [(Button(e.question, f"ask:e:{e.id}"),) for e in shown]
    turn = []
    if page:
        turn.append(Button(str(say("questions.button.previous")), f"ask:t:{topic}:{page - 1}"))
    if (page + 1) * PAGE < len(entries):
        turn.append(Button(str(say("questions.button.next")), f"ask:t:{topic}:{page + 1}"))
    rows += [tuple(turn)] if turn else []
    rows.append((Button(str(say("questions.button.topics")), "ask:topics"),))
    label = _labels().get(topic, {}).get("label", "")
    screen = Screen(say("questions.topic", label=label), tuple(rows))
    await chat.show(screen, slot="topics", edit=True)


async def why(chat: Chat) -> None:
    """/why: what the last answer rests on, in words."""
    last = (await people.topic(chat.work.session, chat.id)).get("question")
    if not last or not last["words"]:
        await chat.say("questions.why_nothing")
        return
    index = chat.office.knowledge
    told = explain(index, index.ask(last["words"]))
    between = str(say("forms.value.between"))
    lines = [say("questions.why.phrase", phrase=told.phrase)] if told.phrase else []
    for key, words in (("matched", told.matched), ("missing", told.missing)):
        if words:
            lines.append(say(f"questions.why.{key}", words=between.join(words)))
    if told.second in index:
        lines.append(say("questions.why.second", question=index.entry(told.second).question))
    await chat.show(Screen(join(lines or [say("questions.why_nothing")])))


# -- staff --------------------------------------------------------------------------------------


async def queue(chat: Chat, page: int = 0) -> None:
    """What nobody could answer yet, the oldest first."""
    rows = await questions.queue(chat.work, chat.actor, page=page, size=PAGE)
    count = await questions.waiting_count(chat.work, chat.actor)
    if not rows:
        await chat.say("questions.queue_empty")
        return
    buttons = [(Button(row.words[:40] or "…", f"kb:show:{row.id}"),) for row in rows[:PAGE]]
    if len(rows) > PAGE:
        buttons.append((Button(str(say("questions.button.next")), f"kb:queue:{page + 1}"),))
    screen = Screen(say("questions.queue", count=count), tuple(buttons))
    await chat.show(screen, slot="kb", edit=True)


async def desk_pressed(chat: Chat) -> None:
    """Buttons of the queue: 'kb:<act>:<question>'."""
    act, what = chat.press_parts(2)
    if act == "queue" or not what.isdecimal():
        await queue(chat, int(what) if what.isdecimal() else 0)
        return
    row = await questions.access(chat.work, chat.actor, int(what))
    if act == "answer":
        await runner.begin(
            chat, "answer", subject=what, before=say("questions.asked", words=row.words)
        )
    elif act == "dismiss":
        await questions.dismiss(chat.work, chat.actor, row.id)
        chat.tell("questions.dismissed")
        await queue(chat)
    else:
        rows = (
            notices.button_row(
                ("questions.button.answer", f"kb:answer:{row.id}"),
                ("questions.button.dismiss", f"kb:dismiss:{row.id}"),
            ),
            notices.button_row(("questions.button.back", "kb:queue:0")),
        )
        text = say("questions.asked", words=row.words)
        await chat.show(Screen(text, rows), slot="kb", edit=True)


async def _answered(chat: Chat, submission: Submission) -> None:
    words = submission.values["words"]
    await questions.answer(chat.work, chat.actor, int(submission.subject), words)
    await chat.say("questions.answer_sent")


FORM = registry.register(Form("answer", done=_answered, review="questions.answer_review"))


@notices.screen_for("questions.new_for_staff")
def _new_for_staff(params: dict[str, Any]) -> Screen:
    return _staff_notice("questions.new_for_staff", params)


@notices.screen_for("questions.late_for_staff")
def _late_for_staff(params: dict[str, Any]) -> Screen:
    return _staff_notice("questions.late_for_staff", params)


def _staff_notice(key: str, params: dict[str, Any]) -> Screen:
    data = f"kb:show:{params['question_id']}"
    return Screen(say(key), (notices.button_row(("questions.button.look", data)),))
