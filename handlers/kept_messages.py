"""Staff listen to or look at what the bot cannot read itself, and answer its sender."""

from typing import Any

from db.stores.outbox import Outgoing
from handlers import menu, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.questions.topics import Rows
from handlers.texts import say
from services import kept_messages, places
from services.fillings import Submission
from services.kept_messages import Kept

A_PAGE = 6
SLOT = "kept"


async def listing(chat: Chat, page: int = 0) -> None:
    """What nobody has taken care of yet, the oldest first."""
    count = await kept_messages.waiting_count(chat.work, chat.actor)
    last = max(0, (count - 1) // A_PAGE)
    page = min(page, last)
    shown = await kept_messages.waiting(chat.work, chat.actor, limit=A_PAGE, offset=page * A_PAGE)
    rows: Rows = [(Button(await _label(chat, one), f"kept:show:{one.id}"),) for one in shown]
    rows += paging.turning_row("kept:list", page, count)
    rows.append(notices.button_row(("menu.back", "menu:home")))
    text = say("kept_desk.list", count=count) if count else say("kept_desk.empty")
    await turn(chat, Screen(text, tuple(rows)), slot=SLOT)


async def _label(chat: Chat, kept: Kept) -> str:
    return str(say("kept_desk.label", **await _facts(chat, kept)).unescape())


async def _facts(chat: Chat, kept: Kept) -> dict[str, object]:
    names = {one.id: one.name for one in await places.communities(chat.work)}
    return {
        "kind": str(say(f"kept_desk.kind.{kept.kind}")),
        "community": names.get(kept.community_id or 0) or str(say("kept_desk.nowhere")),
        "at": kept.at,
    }


async def pressed(chat: Chat) -> None:
    """Buttons: 'kept:<act>:<message or page>'."""
    act, what = chat.press_parts(2)
    number = int(what) if what.isdecimal() else 0
    if act == "list":
        await listing(chat, number)
    elif act == "play":
        await _play(chat, number)
    elif act == "reply":
        await kept_messages.access(chat.work, chat.actor, number)
        await runner.begin(chat, "kept_reply", subject=str(number))
    elif act == "done":
        await kept_messages.settle(chat.work, chat.actor, number)
        chat.tell("kept_desk.done")
        await listing(chat)
    else:
        await _show(chat, number)


async def _show(chat: Chat, number: int) -> None:
    kept = await kept_messages.access(chat.work, chat.actor, number)
    rows = (
        notices.button_row(
            (f"kept_desk.button.play_{kept.kind}", f"kept:play:{number}"),
            ("kept_desk.button.reply", f"kept:reply:{number}"),
        ),
        notices.button_row(
            ("kept_desk.button.done", f"kept:done:{number}"),
            ("kept_desk.button.back", "kept:list:0"),
        ),
    )
    await turn(chat, Screen(say("kept_desk.card", **await _facts(chat, kept)), rows), slot=SLOT)


async def _play(chat: Chat, number: int) -> None:
    """A copy of it comes into this chat, without the sender's name."""
    kept = await kept_messages.listen(chat.work, chat.actor, number)
    origin = {"from_chat_id": kept.chat_id, "message_id": kept.message_id}
    await chat.send(Outgoing(chat.id, "copyMessage", {"chat_id": chat.id, **origin}))
    chat.tell("kept_desk.coming")


async def _replied(chat: Chat, submission: Submission) -> None:
    number, words = int(submission.subject), str(submission.values["words"])
    await kept_messages.settle(chat.work, chat.actor, number, words)
    await chat.say(
        "kept_desk.reply_sent", notices.button_row(("kept_desk.button.others", "kept:list:0"))
    )


registry.register(Form("kept_reply", done=_replied, review="kept_desk.reply_review"))


@menu.counts("kept:list")
async def waiting_messages(chat: Chat) -> int:
    """Messages nobody has listened to yet."""
    return await kept_messages.waiting_count(chat.work, chat.actor)


@notices.screen_for("kept_desk.for_staff")
def _for_staff(params: dict[str, Any]) -> Screen:
    look = notices.button_row(("kept_desk.button.look", f"kept:show:{params['id']}"))
    return Screen(say("kept_desk.for_staff"), (look,))
