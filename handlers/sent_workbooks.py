"""Workbooks that staff send in chat: asked for, recognised, and read by a job after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.stores import jobs, people
from handlers.chat import Button, Chat, Kind, Screen
from handlers.files.workbooks import MAX_BYTES
from handlers.texts import join, say
from services import clock
from services.errors import Refusal
from services.imports import Wrong
from services.permissions import Permission, Scope

MOST_TOLD = 15
_TOPIC, _FILE = "file_for", "file"


@dataclass(frozen=True)
class Awaited:
    """A workbook that a desk takes, and the job that reads it.

    It was asked for just now (`topic`), or is named as those are that the desk gives out (`name`
    is the text with the beginning of it).
    """

    topic: str
    job: str
    need: Permission
    scope: Scope | None = None
    name: str = ""


async def ask(chat: Chat, topic: str, *, file: str = "") -> None:
    """From now on, and until something else is asked, a file in this chat is meant for `topic`.

    `file` is the Telegram id of one that came already.
    """
    await people.set_topic(
        chat.work.session, chat.id, {_TOPIC: topic, _FILE: file}, now=clock.now()
    )


async def forget(chat: Chat) -> None:
    """No file is asked for any more."""
    await people.set_topic(chat.work.session, chat.id, {}, now=clock.now())


async def asked(chat: Chat) -> str:
    """What a file was asked for in this chat; empty for nothing."""
    return str((await people.topic(chat.work.session, chat.id)).get(_TOPIC, ""))


async def kept(chat: Chat, topic: str) -> str:
    """The Telegram id of the file that came last for this topic; empty for none."""
    now = await people.topic(chat.work.session, chat.id)
    return str(now.get(_FILE, "")) if now.get(_TOPIC) == topic else ""


async def take(chat: Chat, awaited: Awaited) -> bool:
    """Take the workbook, to be read after the commit; False where the message is something else.

    Raises Refusal as `order`.
    """
    file = chat.given.file
    if chat.given.kind is not Kind.DOCUMENT or file is None:
        return False
    if not chat.actor.can(awaited.need, awaited.scope):
        return False
    named = bool(awaited.name) and (file.name or "").startswith(str(say(awaited.name)))
    if not named and await asked(chat) != awaited.topic:
        return False
    await order(chat, awaited.job)
    return True


async def order(chat: Chat, job: str, *, largest: int = MAX_BYTES, **more: object) -> None:
    """Have the job read the file that was sent, once; `more` goes into its payload.

    Raises Refusal("files.too_large", limit_mb=...) above `largest` bytes.
    """
    file = chat.given.file
    assert file is not None
    if (file.size or 0) > largest:
        raise Refusal("files.too_large", limit_mb=largest // 2**20)
    who = {"person_id": chat.actor.person_id, "chat_id": chat.id}
    payload = {**more, "file_id": file.file_id, **who}
    key = f"{job}:{file.unique_id}:{chat.given.message_id}"
    await jobs.add(chat.work.session, job, payload, now=clock.now(), key=key)
    await forget(chat)
    await chat.say("files.reading")


def failed_screen(wrong: Sequence[Wrong], again: str) -> Screen:
    """What to mend, row by row; the button `again` asks for the mended file."""
    lines = [
        say("files.wrong_row", row=one.number, what=say(one.code, **one.params))
        if one.number
        else say(one.code, **one.params)
        for one in wrong[:MOST_TOLD]
    ]
    if len(wrong) > MOST_TOLD:
        lines.append(say("files.more_wrong", count=len(wrong) - MOST_TOLD))
    text = say("files.nothing_taken", count=len(wrong), lines=join(lines))
    return Screen(text, ((Button(str(say("files.send_again")), again),),))
