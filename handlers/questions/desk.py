"""Staff answer what residents asked and the base could not: alike questions together."""

from datetime import datetime
from typing import Any

from handlers import notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.entries import words as entry_words
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.questions.topics import Rows, labels
from handlers.texts import join, say
from knowledge.entries import Entry
from services.entries import drafts as entries
from services.fillings import Open, Submission
from services.permissions import Permission
from services.questions import desk
from services.questions.desk import Group

A_PAGE = 6
WORDINGS_SHOWN = 6
LABEL = 40
"""Characters of a question on a button."""
NEAR = 5


async def listing(chat: Chat, page: int = 0) -> None:
    """What nobody could answer yet: the urgent first, then what most people ask."""
    groups = await desk.groups(chat.work, chat.actor)
    back = (Button(str(say("question_desk.button.home")), "kb:home"),)
    if not groups:
        await turn(chat, Screen(say("question_desk.empty"), (back,)))
        return
    shown = groups[page * A_PAGE : (page + 1) * A_PAGE]
    rows: Rows = [(Button(_label(group), f"kq:show:{group.first.id}"),) for group in shown]
    rows += paging.turning_row("kq:list", page, len(groups))
    count = sum(len(group.rows) for group in groups)
    text = say("question_desk.list", count=count, groups=len(groups))
    await turn(chat, Screen(text, (*rows, back)))


def _label(group: Group) -> str:
    words = " ".join(group.first.words.split())[:LABEL]
    if group.urgent:
        return str(say("question_desk.label_urgent", words=words).unescape())
    if len(group.rows) > 1:
        count = len(group.rows)
        return str(say("question_desk.label_many", words=words, count=count).unescape())
    return words


async def pressed(chat: Chat) -> None:
    """Buttons: 'kq:<act>:<question>:<entry>'."""
    act, what, entry_id = chat.press_parts(3)
    if act == "list" or not what.isdecimal():
        await listing(chat, int(what) if what.isdecimal() else 0)
        return
    group = await desk.group_of(chat.work, chat.actor, int(what))
    if act in ("answer", "find", "new"):
        await _begin(chat, group, act)
    elif act == "near":
        await _near(chat, group, group.first.words)
    elif act in ("attach", "sure"):
        await _attach(chat, group, entry_id, sure=act == "sure")
    elif act == "dismiss":
        await desk.dismiss(chat.work, chat.actor, group.first.id)
        chat.tell("question_desk.dismissed")
        await listing(chat)
    else:
        await _show(chat, group)


async def _show(chat: Chat, group: Group) -> None:
    """One matter: how it was asked, by how many, since when, and what can be done."""
    wordings = group.wordings
    lines = [say("question_desk.wording", words=words) for words in wordings[:WORDINGS_SHOWN]]
    parts = [
        say(
            "question_desk.group",
            lines=join(lines),
            count=len(group.rows),
            since=group.first.asked_at,
        ),
        say("question_desk.due", due=_due(group)),
    ]
    if group.urgent:
        parts.insert(0, say("question_desk.urgent"))
    number = group.first.id
    rows = [notices.button_row(("question_desk.button.answer", f"kq:answer:{number}"))]
    if not group.urgent:
        rows.append(notices.button_row(("question_desk.button.attach", f"kq:near:{number}")))
        if chat.actor.can(Permission.KNOWLEDGE_EDIT):
            rows.append(notices.button_row(("question_desk.button.new", f"kq:new:{number}")))
    rows.append(
        notices.button_row(
            ("question_desk.button.dismiss", f"kq:dismiss:{number}"),
            ("question_desk.button.back", "kq:list:0"),
        )
    )
    await turn(chat, Screen(join(parts, "\n\n"), tuple(rows)))


def _due(group: Group) -> datetime:
    return min((row.due_at for row in group.rows if row.due_at), default=group.first.asked_at)


async def _begin(chat: Chat, group: Group, act: str) -> None:
    before = say("question_desk.asked", words=group.first.words)
    subject = str(group.first.id)
    if act == "new":
        chat.actor.require(Permission.KNOWLEDGE_EDIT)
        known = {"question": group.first.words[: entries.LONGEST_QUESTION]}
        await runner.begin(chat, "entry_new", subject=subject, answers=known, before=before)
        return
    await runner.begin(chat, "answer" if act == "answer" else "entry_find", subject=subject)


async def find(chat: Chat) -> None:
    """Look for an entry."""
    await runner.begin(chat, "entry_find")


async def write_new(chat: Chat) -> None:
    """Write an entry nobody asked for yet."""
    chat.actor.require(Permission.KNOWLEDGE_EDIT)
    await runner.begin(chat, "entry_new")


# -- attaching to an entry ----------------------------------------------------------------------


async def _near(chat: Chat, group: Group, words: str) -> None:
    """The entries that may be meant, to choose the right one from."""
    index = chat.office.knowledge
    number = group.first.id
    rows: Rows = [
        (Button(index.entry(hit.entry_id).question, f"kq:attach:{number}:{hit.entry_id}"),)
        for hit in index.search(words, NEAR)
    ]
    rows.append(
        notices.button_row(
            ("question_desk.button.find", f"kq:find:{number}"),
            ("question_desk.button.back", f"kq:show:{number}"),
        )
    )
    text = say("question_desk.near", words=group.first.words)
    await turn(chat, Screen(text, tuple(rows)))


async def _attach(chat: Chat, group: Group, entry_id: str, *, sure: bool) -> None:
    """First shown with what is in the way, then done."""
    index = chat.office.knowledge
    if entry_id not in index:
        await _near(chat, group, group.first.words)
        return
    if not sure:
        await _confirm(chat, group, index.entry(entry_id))
        return
    told = await desk.attach(chat.work, chat.actor, index, group.first.id, entry_id)
    key = "attached" if chat.actor.can(Permission.KNOWLEDGE_EDIT) else "proposed"
    chat.tell(f"question_desk.{key}", count=told)
    await listing(chat)


async def _confirm(chat: Chat, group: Group, entry: Entry) -> None:
    index = chat.office.knowledge
    parts = [
        say("question_desk.attach_asks", words="\n".join(group.wordings[:WORDINGS_SHOWN])),
        say("entry_words.question", words=entry.question, topic=entry.topic, id=entry.id),
        say("entry_words.answer", words=entry_words.spelled(entry.answer)),
    ]
    for conflict in entries.in_the_way(index, entry.id, group.wordings):
        key = "same" if conflict.same else "leads"
        other = index.entry(conflict.entry_id).question
        parts.append(say(f"entry_desk.conflict.{key}", phrase=conflict.phrase, other=other))
    rows = (
        notices.button_row(
            ("question_desk.button.sure", f"kq:sure:{group.first.id}:{entry.id}"),
            ("question_desk.button.back", f"kq:near:{group.first.id}"),
        ),
    )
    await turn(chat, Screen(join(parts, "\n\n"), rows))


# -- forms --------------------------------------------------------------------------------------


async def _answered(chat: Chat, submission: Submission) -> None:
    words = str(submission.values["words"])
    told = await desk.answer(chat.work, chat.actor, int(submission.subject), words)
    back = notices.button_row(("question_desk.button.queue", "kq:list:0"))
    await chat.say("question_desk.answer_sent", back, count=told)


async def _found(chat: Chat, submission: Submission) -> None:
    """A search for the entry that a question means; with no question, for one to look at."""
    words = str(submission.values["words"])
    if submission.subject:
        group = await desk.group_of(chat.work, chat.actor, int(submission.subject))
        await _near(chat, group, words)
        return
    index = chat.office.knowledge
    hits = index.search(words, A_PAGE)
    rows: Rows = [
        (Button(index.entry(hit.entry_id).question, f"kb:e:{hit.entry_id}"),) for hit in hits
    ]
    rows.append((Button(str(say("question_desk.button.home")), "kb:home"),))
    key = "question_desk.found" if hits else "question_desk.not_found"
    await chat.show(Screen(say(key), tuple(rows)))


async def _written(chat: Chat, submission: Submission) -> None:
    """A new entry is a draft first; it is shown with a button that publishes it."""
    values = submission.values
    aliases: list[str] = []
    number: int | None = None
    if submission.subject:
        group = await desk.group_of(chat.work, chat.actor, int(submission.subject))
        aliases, number = group.wordings, group.first.id
    draft = Entry(
        "",
        str(values["question"]),
        entry_words.read_answer(str(values["answer"])),
        topic=str(values["topic"]),
        aliases=(*aliases, *entry_words.lines(str(values.get("aliases") or ""))),
    )
    row = await entries.new(chat.work, chat.actor, draft, written_for=number)
    look = notices.button_row(("question_desk.button.look_at_draft", f"kb:e:{row.id}"))
    await chat.show(Screen(say("question_desk.drafted"), (look,)))


async def _topics(_chat: Chat, _one: Open) -> list[tuple[str, str]]:
    return list(labels().items())


registry.register(Form("answer", done=_answered, review="question_desk.answer_review"))
registry.register(Form("entry_find", done=_found, search=True))
registry.register(
    Form("entry_new", done=_written, lists={"topics": _topics}, review="question_desk.new_review")
)


# -- notices ------------------------------------------------------------------------------------


@notices.screen_for("question_desk.new_for_staff")
def _new_for_staff(params: dict[str, Any]) -> Screen:
    return _staff_notice("question_desk.new_for_staff", params)


@notices.screen_for("question_desk.urgent_for_staff")
def _urgent_for_staff(params: dict[str, Any]) -> Screen:
    return _staff_notice("question_desk.urgent_for_staff", params)


@notices.screen_for("question_desk.late_for_staff")
def _late_for_staff(params: dict[str, Any]) -> Screen:
    return _staff_notice("question_desk.late_for_staff", params)


@notices.screen_for("question_desk.very_late_for_street")
def _very_late_for_street(params: dict[str, Any]) -> Screen:
    return _staff_notice("question_desk.very_late_for_street", params)


def _staff_notice(key: str, params: dict[str, Any]) -> Screen:
    data = f"kq:show:{params['question_id']}"
    return Screen(say(key), (notices.button_row(("question_desk.button.look", data)),))
