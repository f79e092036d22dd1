"""Staff keep the knowledge base in chat: look, change, preview, publish, undo, history."""

from collections.abc import Awaitable, Callable

from markupsafe import Markup

from db.models.entries import KnowledgeEntry
from handlers import colleagues, menu, notices
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.entries import words
from handlers.entries.fields import (
    FIELDS,
    begin_field,
    begin_variant,
    choose_place,
    drop_attachment,
)
from handlers.questions import desk as question_desk
from handlers.questions.topics import Rows, labels
from handlers.texts import join, say
from knowledge.entries import Entry, placeholders
from services import clock
from services.entries import alias_proposals, drafts, local_facts
from services.errors import Refusal
from services.permissions import Permission
from services.questions import desk

A_PAGE = 6
CONFLICTS_SHOWN = 4


async def home(chat: Chat) -> None:
    """/kb: what waits, and what can be done with the base."""
    waiting = await desk.waiting_count(chat.work, chat.actor)
    rows: Rows = [
        (
            Button(str(say("entry_desk.button.queue", count=waiting)), "kq:list:0"),
            Button(str(say("entry_desk.button.find")), "kb:find"),
        )
    ]
    if chat.actor.can(Permission.KNOWLEDGE_EDIT):
        proposed = await alias_proposals.count(chat.work)
        rows.append(
            (
                Button(str(say("entry_desk.button.proposals", count=proposed)), "kb:props"),
                Button(str(say("entry_desk.button.new")), "kb:new"),
            )
        )
    more = Button(str(say("entry_desk.button.more")), "kb:more")
    rows.append((Button(str(say("entry_desk.button.facts")), "kf:home"), more))
    rows.append(menu.way_back())
    text = say("entry_desk.home", count=len(chat.office.knowledge))
    await turn(chat, Screen(text, tuple(rows)))


async def _more(chat: Chat) -> None:
    """What is needed less often."""
    edits = chat.actor.can(Permission.KNOWLEDGE_EDIT)
    found = [
        ("hot", "kt:hot", True),
        ("drafts", "kb:drafts", edits),
        ("files", "kx:home", edits),
        ("thresholds", "kt:th", edits),
        ("synonyms", "kt:syn", edits),
    ]
    buttons = [
        Button(str(say(f"entry_desk.button.{key}")), data) for key, data, may in found if may
    ]
    rows: Rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    rows.append(notices.button_row(("entry_desk.button.back", "kb:home")))
    await turn(chat, Screen(say("entry_desk.more"), tuple(rows)))


async def pressed(chat: Chat) -> None:
    """Buttons: 'kb:<act>:<entry>:<more>'."""
    act, what, more = chat.press_parts(3)
    simple: dict[str, Callable[[Chat], Awaitable[None]]] = {
        "more": _more,
        "queue": question_desk.listing,
        "find": question_desk.find,
        "new": question_desk.write_new,
        "props": _proposals,
        "drafts": _drafts,
    }
    if act in simple:
        await simple[act](chat)
    elif act in ("keep", "no") and what.isdecimal():
        await _decide(chat, int(what), keep=act == "keep", sure=more == "sure")
    elif what:
        await _about_entry(chat, act, what, more)
    else:
        await home(chat)


async def _about_entry(chat: Chat, act: str, entry_id: str, more: str) -> None:
    """What can be done with one entry; each act ends on its card."""
    row = await drafts.access(chat.work, chat.actor, entry_id)
    if act == "edit":
        await _edit(chat, row)
    elif act == "f" and more in FIELDS:
        await begin_field(chat, drafts.current(row), more)
    elif act == "place":
        await choose_place(chat, drafts.current(row))
    elif act == "v" and more.isdecimal():
        await begin_variant(chat, drafts.current(row), int(more))
    elif act == "see":
        await _preview(chat, row)
    elif act == "hist":
        await _history(chat, row)
    elif act == "nofile":
        await drop_attachment(chat, entry_id)
    else:
        await _change(chat, act, entry_id, more)


async def _change(chat: Chat, act: str, entry_id: str, more: str) -> None:
    if act == "pub":
        await _publish(chat, entry_id)
    elif act == "drop":
        await drafts.discard(chat.work, chat.actor, entry_id)
        chat.tell("entry_desk.dropped")
    elif act == "undo":
        await drafts.undo(chat.work, chat.actor, entry_id)
        chat.tell("entry_desk.undone")
    elif act == "back" and more.isdecimal():
        await drafts.bring_back(chat.work, chat.actor, entry_id, int(more))
        chat.tell("entry_desk.brought_back")
    elif act == "off":
        await drafts.withdraw(chat.work, chat.actor, entry_id)
        chat.tell("entry_desk.withdrawn")
    await show(chat, entry_id)


async def _publish(chat: Chat, entry_id: str) -> None:
    """Residents see it; whoever asked the question it was written for is told."""
    row = await drafts.access(chat.work, chat.actor, entry_id)
    entry = await drafts.publish(chat.work, chat.actor, entry_id)
    told = 0
    if row.written_for is not None:
        try:
            told = await desk.answer_with(chat.work, chat.actor, row.written_for, entry)
        except Refusal as no:  # settled by somebody else meanwhile: the entry stands all the same
            if no.code not in ("question_desk.settled", "common.not_there"):
                raise
        row.written_for = None
    chat.tell("entry_desk.published_and_told" if told else "entry_desk.published", count=told)


# -- one entry ----------------------------------------------------------------------------------


async def show(chat: Chat, entry_id: str) -> None:
    """The card of an entry: its draft where there is one, and what is in its way."""
    try:
        row = await drafts.access(chat.work, chat.actor, entry_id)
    except Refusal:  # a draft that was dropped takes its entry along
        await home(chat)
        return
    entry = drafts.current(row)
    parts = [_state(row, entry), words.card(entry, labels().get(entry.topic, entry.topic))]
    if row.draft is not None:
        parts += conflicts(chat, entry)
    rows = _acts(chat, row)
    await turn(chat, Screen(join(parts, "\n\n"), rows))


def _state(row: KnowledgeEntry, entry: Entry) -> Markup:
    if row.draft is not None:
        return say("entry_desk.state.draft" if row.body else "entry_desk.state.new")
    return words.when(entry) if row.body else say("entry_desk.state.off")


def conflicts(chat: Chat, entry: Entry) -> list[Markup]:
    """Phrases of an entry that lead elsewhere already, for staff to decide about."""
    index = chat.office.knowledge
    found = drafts.in_the_way(index, entry.id, entry.phrases)
    said = [
        say(
            "entry_desk.conflict.same" if one.same else "entry_desk.conflict.leads",
            phrase=one.phrase,
            other=index.entry(one.entry_id).question,
        )
        for one in found[:CONFLICTS_SHOWN]
    ]
    twin = next((e for e in index.entries if e.answer == entry.answer and e.id != entry.id), None)
    if twin is not None:
        said.append(say("entry_desk.conflict.twin", other=twin.question))
    return said


def _acts(chat: Chat, row: KnowledgeEntry) -> tuple[tuple[Button, ...], ...]:
    rows: Rows = []
    see = ("entry_desk.button.see", f"kb:see:{row.id}")
    if not chat.actor.can(Permission.KNOWLEDGE_EDIT):
        rows.append(notices.button_row(see, ("entry_desk.button.place", f"kb:place:{row.id}")))
    elif row.draft is not None:
        rows.append(notices.button_row(("entry_desk.button.publish", f"kb:pub:{row.id}"), see))
        rows.append(
            notices.button_row(
                ("entry_desk.button.edit", f"kb:edit:{row.id}"),
                ("entry_desk.button.drop", f"kb:drop:{row.id}"),
            )
        )
    else:
        rows.append(notices.button_row(("entry_desk.button.edit", f"kb:edit:{row.id}"), see))
        rows.append(
            notices.button_row(
                ("entry_desk.button.undo", f"kb:undo:{row.id}"),
                ("entry_desk.button.history", f"kb:hist:{row.id}"),
            )
        )
    rows.append(notices.button_row(("entry_desk.button.back", "kb:home")))
    return tuple(rows)


async def _edit(chat: Chat, row: KnowledgeEntry) -> None:
    """Which part to change: two pages, as there are more than six."""
    chat.actor.require(Permission.KNOWLEDGE_EDIT)
    buttons = [
        Button(str(say(f"entry_fields.name.{field}")), f"kb:f:{row.id}:{field}") for field in FIELDS
    ]
    rows: Rows = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    last = [("entry_desk.button.place", f"kb:place:{row.id}")]
    if row.body is not None:
        last.append(("entry_desk.button.off", f"kb:off:{row.id}"))
    rows.append(notices.button_row(*last, ("entry_desk.button.back", f"kb:e:{row.id}")))
    text = say("entry_desk.which", question=drafts.current(row).question)
    await turn(chat, Screen(text, tuple(rows)))


async def _preview(chat: Chat, row: KnowledgeEntry) -> None:
    """As a resident of one's own community will read it."""
    entry = drafts.current(row)
    local = await local_facts.of(chat.work, chat.actor.community_id)
    parts = [
        say("entry_desk.preview"),
        say(
            "questions.answer",
            question=entry.question,
            answer=entry.answer_for(local.code, local.facts),
        ),
    ]
    lacking = [f for f in sorted(placeholders(entry.answer)) if not local.facts.get(f)]
    if lacking:
        between = str(say("questions.why.between"))
        names = between.join(str(say(f"entry_words.name.{fact}")) for fact in lacking)
        parts.append(say("entry_desk.lacking", names=names))
    back = notices.button_row(("entry_desk.button.back", f"kb:e:{row.id}"))
    await turn(chat, Screen(join(parts, "\n\n"), (back,)))


async def _history(chat: Chat, row: KnowledgeEntry) -> None:
    """Who changed what and when; each state can be brought back."""
    kept = await drafts.history(chat.work, chat.actor, row.id)
    names = await colleagues.called(chat.work, [one.by for one in kept if one.by], masked=False)
    lines = [
        say(
            "entry_desk.version",
            number=one.number,
            at=clock.local(one.at).strftime("%Y-%m-%d %H:%M"),
            who=names.get(one.by or 0) or say("entry_desk.by_project"),
            act=say(f"entry_desk.act.{one.act}"),
        )
        for one in kept
    ]
    rows: Rows = []
    if chat.actor.can(Permission.KNOWLEDGE_EDIT):
        label = "entry_desk.button.bring_back"
        buttons = [
            Button(str(say(label, number=one.number)), f"kb:back:{row.id}:{one.number}")
            for one in kept[1:]
        ]
        rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    rows.append(notices.button_row(("entry_desk.button.back", f"kb:e:{row.id}")))
    text = say("entry_desk.history", question=drafts.current(row).question, lines=join(lines))
    await turn(chat, Screen(text, tuple(rows)))


async def _drafts(chat: Chat) -> None:
    found = await drafts.drafts(chat.work, chat.actor)
    rows: Rows = [
        (Button(drafts.current(row).question, f"kb:e:{row.id}"),) for row in found[:A_PAGE]
    ]
    rows.append(notices.button_row(("entry_desk.button.back", "kb:more")))
    text = say("entry_desk.drafts", count=len(found))
    await turn(chat, Screen(text, tuple(rows)))


# -- proposed wordings --------------------------------------------------------------------------


async def _proposals(chat: Chat) -> None:
    """One wording at a time: what residents say, and the entry they then chose."""
    waiting = await alias_proposals.waiting(chat.work, chat.actor)
    index = chat.office.knowledge
    row = next((one for one in waiting if one.entry_id in index), None)
    if row is None:
        back = notices.button_row(("entry_desk.button.back", "kb:home"))
        await turn(chat, Screen(say("entry_desk.no_proposals"), (back,)))
        return
    entry = index.entry(row.entry_id)
    parts = [
        say(
            "entry_desk.proposal",
            words=row.words,
            question=entry.question,
            times=row.times,
            count=len(waiting),
        )
    ]
    clash = drafts.in_the_way(index, entry.id, [row.words])
    for one in clash:
        other = index.entry(one.entry_id).question
        key = "entry_desk.conflict.same" if one.same else "entry_desk.conflict.leads"
        parts.append(say(key, phrase=one.phrase, other=other))
    rows = (
        notices.button_row(
            ("entry_desk.button.keep", f"kb:keep:{row.id}:{'sure' if clash else ''}".rstrip(":")),
            ("entry_desk.button.no", f"kb:no:{row.id}"),
        ),
        notices.button_row(("entry_desk.button.back", "kb:home")),
    )
    await turn(chat, Screen(join(parts, "\n\n"), rows))


async def _decide(chat: Chat, proposal_id: int, *, keep: bool, sure: bool) -> None:
    """One press decides; a clash that came up since the card was shown is shown first."""
    row = await alias_proposals.access(chat.work, chat.actor, proposal_id)
    clash = drafts.in_the_way(chat.office.knowledge, row.entry_id, [row.words])
    if keep and clash and not sure:
        await _proposals(chat)
        return
    await alias_proposals.decide(chat.work, chat.actor, proposal_id, keep=keep)
    chat.tell("entry_desk.kept" if keep else "entry_desk.not_kept")
    await _proposals(chat)
