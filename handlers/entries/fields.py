"""Staff change one part of an entry: asked as a form, kept in the draft."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from handlers import notices, sent_workbooks
from handlers.chat import Button, Chat, Kind, Screen
from handlers.desk_card import turn
from handlers.entries import words as entry_words
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.questions.topics import Rows, labels
from handlers.texts import join, say
from knowledge.entries import Entry
from services import places
from services.entries import drafts, local_facts
from services.fillings import Open, Submission
from services.permissions import Permission, community

ASKED = "entries:"
"""What a file is asked for by this desk begins so; see handlers.sent_workbooks."""
FILES = {Kind.PHOTO: "photo", Kind.DOCUMENT: "document"}
#: Fields that are changed by typing: how a text becomes the field's value.
TYPED: dict[str, Callable[[str], dict[str, Any]]] = {
    "question": lambda text: {"question": text},
    "answer": lambda text: {"answer": entry_words.read_answer(text)},
    "aliases": lambda text: {"aliases": entry_words.lines(text)},
    "keywords": lambda text: {"keywords": entry_words.lines(text)},
    "sources": lambda text: {"sources": entry_words.lines(text)},
    "days": lambda text: dict(zip(("valid_from", "valid_to"), entry_words.days(text), strict=True)),
}
NOTHING: dict[str, dict[str, Any]] = {
    "aliases": {"aliases": ()},
    "keywords": {"keywords": ()},
    "sources": {"sources": ()},
    "days": {"valid_from": None, "valid_to": None},
}
FIELDS = (*TYPED, "topic", "attachment")
A_PAGE = 6


async def begin_field(chat: Chat, entry: Entry, field: str) -> None:
    """Ask for the new content of a field, the present one shown above."""
    chat.actor.require(Permission.KNOWLEDGE_EDIT)
    if field == "attachment":
        await _await_file(chat, entry)
    elif field == "topic":
        await runner.begin(chat, "entry_topic", subject=entry.id)
    else:
        before = say("entry_fields.now", name=_name(field), words=_present(entry, field))
        hint = say(f"entry_fields.hint.{field}")
        subject = f"{field}:{entry.id}"
        await runner.begin(
            chat, "entry_field", subject=subject, before=join([before, hint], "\n\n")
        )


def _name(field: str) -> Markup:
    return say(f"entry_fields.name.{field}")


def _present(entry: Entry, field: str) -> str:
    if field == "answer":
        return entry_words.spelled(entry.answer)
    if field == "days":
        return f"{entry.valid_from or ''} {entry.valid_to or ''}".strip() or _none()
    value = getattr(entry, field)
    return str(value if isinstance(value, str) else "\n".join(value)) or _none()


def _none() -> str:
    return str(say("entry_words.none"))


async def _changed(chat: Chat, submission: Submission) -> None:
    field, _, rest = submission.subject.partition(":")
    words = str(submission.values["words"])
    if field == "variant":
        await _vary(chat, rest, words)
        return
    if entry_words.is_none(words) and field in NOTHING:
        changes = NOTHING[field]
    else:
        changes = TYPED[field](words)
    await drafts.change(chat.work, chat.actor, rest, **changes)
    await _look(chat, rest)


async def _look(chat: Chat, entry_id: str) -> None:
    row = notices.button_row(("entry_fields.button.look", f"kb:e:{entry_id}"))
    await chat.show(Screen(say("entry_fields.changed"), (row,)))


async def _filed(chat: Chat, submission: Submission) -> None:
    topic = str(submission.values["topic"])
    await drafts.change(chat.work, chat.actor, submission.subject, topic=topic)
    await _look(chat, submission.subject)


async def _topics(_chat: Chat, _one: Open) -> list[tuple[str, str]]:
    return list(labels().items())


registry.register(Form("entry_field", done=_changed, review="entry_fields.review"))
registry.register(
    Form("entry_topic", done=_filed, lists={"topics": _topics}, review="entry_fields.review")
)


# -- what holds in one community ----------------------------------------------------------------


async def choose_place(chat: Chat, entry: Entry) -> None:
    """The communities for which the actor may say something else."""
    known = await places.communities(chat.work)
    mine = [c for c in known if chat.actor.can(Permission.KNOWLEDGE_REPLY, community(c.id))]
    buttons = [Button(_place_label(entry, c.code, c.name), f"kb:v:{entry.id}:{c.id}") for c in mine]
    rows: Rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    rows.append(notices.button_row(("entry_desk.button.back", f"kb:e:{entry.id}")))
    text = say("entry_fields.which_place", question=entry.question)
    await turn(chat, Screen(text, tuple(rows)))


def _place_label(entry: Entry, code: str, name: str) -> str:
    key = "entry_fields.place_varied" if code in entry.variants else "entry_fields.place"
    return str(say(key, name=name).unescape())


async def begin_variant(chat: Chat, entry: Entry, community_id: int) -> None:
    """Ask how the answer reads in one community."""
    place = await local_facts.access(chat.work, chat.actor, community_id)
    words = entry_words.spelled(entry.variants.get(place.code, "")) or _none()
    before = join(
        [
            say("entry_fields.now", name=place.name, words=words),
            say("entry_fields.hint.variant", answer=entry_words.spelled(entry.answer)),
        ],
        "\n\n",
    )
    subject = f"variant:{community_id}:{entry.id}"
    await runner.begin(chat, "entry_field", subject=subject, before=before)


async def _vary(chat: Chat, rest: str, words: str) -> None:
    number, _, entry_id = rest.partition(":")
    place = await local_facts.access(chat.work, chat.actor, int(number))
    answer = "" if entry_words.is_none(words) else entry_words.read_answer(words)
    await drafts.set_variant(chat.work, chat.actor, entry_id, place, answer)
    row = notices.button_row(("entry_fields.button.look", f"kb:e:{entry_id}"))
    await chat.show(Screen(say("entry_fields.varied", name=place.name), (row,)))


# -- a file beside the answer -------------------------------------------------------------------


async def _await_file(chat: Chat, entry: Entry) -> None:
    """The next photo or document is the attachment; anything else that is asked ends the wait."""
    await sent_workbooks.ask(chat, f"{ASKED}attach:{entry.id}")
    rows = []
    if entry.attachment:
        rows.append(notices.button_row(("entry_fields.button.drop_file", f"kb:nofile:{entry.id}")))
    await chat.say("entry_fields.send_file", *rows)


async def take_attachment(chat: Chat, entry_id: str) -> None:
    """A photo or document for the answer; Telegram keeps the file, the entry its id."""
    file = chat.given.file
    assert file is not None
    attachment = f"{FILES[chat.given.kind]}:{file.file_id}"
    await drafts.change(chat.work, chat.actor, entry_id, attachment=attachment)
    await sent_workbooks.forget(chat)
    await _look(chat, entry_id)


async def drop_attachment(chat: Chat, entry_id: str) -> None:
    """The answer goes out without a file again."""
    await drafts.change(chat.work, chat.actor, entry_id, attachment="")
    await _look(chat, entry_id)
