"""Photos that nobody asked for: with a caption, in an album or alone they begin a report."""

from datetime import datetime, timedelta
from typing import Any

from db.stores import forms as form_rows
from db.stores import people, reports
from handlers.chat import Button, Chat, Screen
from handlers.forms import asking
from handlers.questions import asking as questions
from handlers.reports import crosswise, form, hearing, same
from handlers.texts import say
from services import clock, fillings
from services.fillings import Open
from services.forms import fillings as engine
from services.forms.documents import MEDIA
from services.intents import Kind as Intent
from services.intents import asking as knowing
from services.intents import route
from services.permissions import Permission
from services.reports import additions, intake

JUST_SAID = timedelta(minutes=30)
"""Time in which a photo belongs to the words sent before it."""


async def joins(chat: Chat) -> bool:
    """A photo that belongs to a report begun, put aside or handed in, or that comes while
    something else is filled in. True where there is no more to say."""
    if not _may_begin(chat):
        return False
    busy = await fillings.under_way(chat.work, chat.actor, chat.id)
    known = await _of_album(chat)
    if known is not None and (busy is None or busy.row.id != known.row.id):
        await _straggler(chat, known, busy)
        return True
    if busy is None or busy.row.form in crosswise.USED_BY:
        return False
    if _wants_files(busy) or _has_of_album(chat, busy):
        return False
    if busy.row.form == "report":
        return await _another_matter(chat, busy)
    await _keep_beside(chat, busy)
    return False


def _may_begin(chat: Chat) -> bool:
    return hearing.is_photo(chat) and chat.actor.can(Permission.REPORT_FILE)


async def _of_album(chat: Chat) -> Open | None:
    """The report that an earlier photo of this album began or joined."""
    if chat.given.album is None:
        return None
    row = await form_rows.of_album(
        chat.work.session, chat.actor.person_id, "report", chat.given.album
    )
    return await fillings.opened(chat.work, row) if row else None


def _has_of_album(chat: Chat, one: Open) -> bool:
    """Whether photos of this album were given to a question that has enough of them now."""
    album = chat.given.album
    return album is not None and one.row.album in (album, f"no:{album}")


def _wants_files(one: Open) -> bool:
    step = engine.current(one.filling)
    return step is not None and step.kind in MEDIA


async def _straggler(chat: Chat, known: Open, busy: Open | None) -> None:
    """A late photo of an album: into the report that waits, or beside the one handed in."""
    if known.row.closed_at is None:
        if busy is not None:
            await hearing.keep_photo(chat, known)
            return
        await fillings.resume(chat.work, chat.actor, known, chat.id)
        await _add(chat, known)
        return
    row = await reports.by_token(chat.work.session, known.row.token)
    if row is None and known.row.outcome == same.ENDED:
        joined = known.row.state[same.ENDED]
        row = await additions.access(chat.work, chat.actor, joined)
    if row is None:  # given up: begin again with what comes now
        await take(chat)
        return
    await hearing.more_photos(chat, row)


async def _another_matter(chat: Chat, one: Open) -> bool:
    """A second captioned photo, telling of a problem itself, is a report of its own."""
    began_so = one.row.subject.startswith(hearing.SENT)
    said = (one.filling.answers.get("words") or "").splitlines()
    caption = chat.given.text.strip()
    if not (began_so and said) or caption in said or not intake.proposals(caption):
        return False
    return await take(chat)


async def _keep_beside(chat: Chat, busy: Open) -> None:
    """Something else is being filled in: the photo waits as a report of its own, one press away."""
    one = await _put_by(chat, chat.given.text.strip())
    await fillings.resume(chat.work, chat.actor, busy, chat.id)
    title = busy.filling.document.title.said()
    await chat.show(Screen(say("reports.kept_beside", title=title), (_use(one),)))


async def _put_by(chat: Chat, words: str) -> Open:
    """A report begun with this photo, for later."""
    one = await _begin(chat, words)
    await hearing.keep_photo(chat, one)
    await fillings.put_aside(chat.work, one)
    return one


def _use(one: Open) -> tuple[Button, ...]:
    return (Button(str(say("reports.button.use_photo")), f"f:{one.row.token}:0:r"),)


async def take(chat: Chat) -> bool:
    """Begin a report with a photo that came unasked; False for any other message."""
    if not _may_begin(chat):
        return False
    words = await _words(chat)
    if words and _is_question(chat, words):
        await _answer_and_keep(chat, words)
        return True
    await _add(chat, await _begin(chat, words))
    return True


async def _begin(chat: Chat, words: str) -> Open:
    known: dict[str, Any] = {}
    if intake.says_something(words):
        known = await intake.understood(chat.work, words, await hearing.home(chat))
    return await asking.open_form(
        chat,
        "report",
        subject=f"{hearing.SENT}{chat.given.album or chat.given.message_id}",
        answers=await form.completed(chat, known),
    )


async def _add(chat: Chat, one: Open) -> None:
    if intake.says_something(chat.given.text):
        await hearing.hear(chat, one, chat.given.text)
    await hearing.add_photo(chat, one)


async def _words(chat: Chat) -> str:
    """The caption, or the words sent just before that sounded like a report."""
    if intake.says_something(chat.given.text):
        return chat.given.text.strip()
    topic = await people.topic(chat.work.session, chat.id)
    said, at = topic.get("said", ""), topic.get("said_at")
    if not said or not at or clock.now() - datetime.fromisoformat(at) > JUST_SAID:
        return ""
    left = {key: one for key, one in topic.items() if key not in ("said", "said_at")}
    await people.set_topic(chat.work.session, chat.id, left, now=clock.now())
    return str(said)


def _is_question(chat: Chat, words: str) -> bool:
    return route(words, knowing(chat.office.knowledge)).kind is Intent.QUESTION


async def _answer_and_keep(chat: Chat, words: str) -> None:
    """The caption asks something: it is answered, and the photo waits to be used."""
    one = await _put_by(chat, words)
    await questions.message(chat)
    await chat.show(Screen(say("reports.kept_photo"), (_use(one),)))
