"""The roster as a file that staff send: checked row by row first, entered when they say so."""

from collections.abc import Sequence

from db.stores import jobs
from handlers import desk_card, sent_workbooks
from handlers.chat import Button, Chat, Screen
from handlers.files.rosters import sentence
from handlers.sent_workbooks import Awaited
from handlers.texts import join, plain, say
from services import clock
from services.errors import Refusal
from services.permissions import Permission
from services.volunteers.roster_files import Problem

FILE = "roster"
WORKBOOK = Awaited(FILE, "roster_check", Permission.VOLUNTEER_IMPORT)
MOST_WRONG = 12
SLOT = "vdesk"


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"rosters.button.{key}")), data)


async def pressed(chat: Chat) -> None:
    """Buttons: 'roster:<act>'."""
    (act,) = chat.press_parts(1)
    if act not in ACTS:
        raise Refusal("common.old_button")
    await ACTS[act](chat)


async def _ask_for_file(chat: Chat) -> None:
    await sent_workbooks.ask(chat, FILE)
    buttons = (_button("template", "roster:template"), _button("back", "vq:home"))
    screen = Screen(say("rosters.send_file"), (buttons,))
    await desk_card.turn(chat, screen, slot=SLOT)


async def _template(chat: Chat) -> None:
    await _order(chat, "roster_template", {})
    chat.tell("rosters.making_template")


async def take(chat: Chat) -> bool:
    """Take a workbook that was asked for; False where the message is something else.

    It stays asked for: whoever mends the file sends it again.
    """
    file = chat.given.file
    if not await sent_workbooks.take(chat, WORKBOOK) or file is None:
        return False
    await sent_workbooks.ask(chat, FILE, file=file.file_id)
    return True


async def _enter(chat: Chat) -> None:
    """Enter the file that was checked last; a second press has no file any more."""
    file_id = await sent_workbooks.kept(chat, FILE)
    if not file_id:
        raise Refusal("common.old_button")
    await sent_workbooks.forget(chat)
    await _order(chat, "roster_import", {"file_id": file_id})
    chat.tell("rosters.entering")


async def _drop(chat: Chat) -> None:
    await sent_workbooks.forget(chat)
    await chat.say("rosters.dropped", [_button("back", "vq:home")])


async def _order(chat: Chat, kind: str, payload: dict[str, str]) -> None:
    chat.actor.require(Permission.VOLUNTEER_IMPORT)
    whole = {**payload, "person_id": chat.actor.person_id, "chat_id": chat.id}
    await jobs.add(chat.work.session, kind, whole, now=clock.now())


ACTS = {"ask": _ask_for_file, "template": _template, "enter": _enter, "drop": _drop}


# -- what the jobs say --------------------------------------------------------------------------


def wrong_screen(problems: Sequence[Problem]) -> Screen:
    """What to mend, row by row; nobody was entered."""
    lines = [plain(sentence(one)) for one in problems[:MOST_WRONG]]
    if len(problems) > MOST_WRONG:
        lines.append(say("files.more_wrong", count=len(problems) - MOST_WRONG))
    text = say("rosters.wrong", count=len(problems), lines=join(lines))
    again = Button(str(say("files.send_again")), "roster:ask")
    return Screen(text, ((again, _button("back", "vq:home")),))


def checked_screen(found: int, new: int) -> Screen:
    """What would happen; who is on the roster already stays as they are."""
    text = say("rosters.checked", found=found, new=new, known=found - new)
    if not new:
        return Screen(text, ((_button("back", "vq:home"),),))
    buttons = (_button("enter", "roster:enter"), _button("drop", "roster:drop"))
    return Screen(text, (buttons,))


def entered_screen(count: int) -> Screen:
    """How many were entered."""
    return Screen(say("rosters.entered", count=count), ((_button("back", "vq:home"),),))
