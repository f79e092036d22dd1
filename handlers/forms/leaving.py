"""Leaves a form: puts it aside, offers it again, gives it up after asking once."""

from handlers.chat import Button, Chat, Screen
from handlers.forms import asking, cards
from handlers.forms.registry import FORMS
from handlers.texts import say
from services import fillings
from services.fillings import Open


async def put_aside(chat: Chat, one: Open) -> None:
    """Keep it for later."""
    await fillings.put_aside(chat.work, one)
    await chat.show(
        Screen(say("forms.saved"), (waiting_row(one),)), slot=asking.slot(one), edit=True
    )


def waiting_row(one: Open) -> tuple[Button, ...]:
    """What can be done with a form that waits: go on, or give it up (asked once)."""
    return (_button(one, "resume", "r"), _button(one, "cancel", "g"))


async def offer_waiting(chat: Chat) -> None:
    """Offer the newest form that was put aside."""
    open_ = await fillings.waiting(chat.work, chat.actor)
    others = [one for one in open_ if not FORMS[one.row.form].search]
    if others:
        title = others[0].filling.document.title.said()
        text = say("forms.still_waiting", title=title)
        await chat.show(Screen(text, (waiting_row(others[0]),)))


async def cancel(chat: Chat) -> None:
    """/cancel: asks where answers would be lost."""
    one = await fillings.under_way(chat.work, chat.actor, chat.id)
    if one is None:
        await chat.say("forms.nothing_open")
    else:
        await leave(chat, one)


async def leave(chat: Chat, one: Open) -> None:
    """Give it up, asking once where answers would be lost; a search is left at once."""
    answered = one.filling.answers or one.filling.unfinished
    if answered and not FORMS[one.row.form].search:
        await ask(chat, one)
    else:
        await give_up(chat, one)


async def ask(chat: Chat, one: Open) -> None:
    """Ask whether it is to be given up, in a card at the end of the chat."""
    title = one.filling.document.title.said()
    save = () if one.row.paused else (Button(str(say("forms.button.save")), cards.data(one, "s")),)
    buttons = (
        (_button(one, "really_cancel", "X"),),
        (*save, _button(one, "resume", "r")),
    )
    text = say("forms.cancel_asks", title=title, count=len(one.filling.answers))
    await chat.show(Screen(text, buttons), slot=_slot(one))


async def _sure(chat: Chat, one: Open) -> None:
    """The card that asked says what became of it."""
    title = one.filling.document.title.said()
    await chat.show(Screen(say("forms.cancelled", title=title)), slot=_slot(one), edit=True)
    await give_up(chat, one, told=True)


async def give_up(chat: Chat, one: Open, *, told: bool = False) -> None:
    """Close it for good; its own card loses its buttons."""
    title = one.filling.document.title.said()
    await FORMS[one.row.form].given_up(chat, one)
    await fillings.close(chat.work, one, "cancelled")
    key = "forms.given_up" if told else "forms.cancelled"
    if FORMS[one.row.form].search:
        key = "forms.search_left"
    await chat.show(Screen(say(key, title=title)), slot=asking.slot(one), edit=True)
    await offer_waiting(chat)


def _slot(one: Open) -> str:
    """Of the card that asks whether to give it up."""
    return f"form:{one.row.token}:aside"


def _button(one: Open, key: str, value: str) -> Button:
    return Button(str(say(f"forms.button.{key}")), f"f:{one.row.token}:0:{value}")


#: Buttons that hold whatever is asked meanwhile, and of a form that waits too.
AT_ANY_TIME = {"g": ask, "X": _sure}
