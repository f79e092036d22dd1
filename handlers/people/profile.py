"""One's own settings and data: large print, moving, a copy, consents, being forgotten."""

from handlers import menu, welcome
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.menu import Page
from handlers.people import consents as consent
from handlers.texts import join, say
from services import clock
from services.errors import Refusal
from services.fillings import Submission
from services.people import consents, identities, personal_data
from services.people.consents import Purpose


async def show(chat: Chat) -> None:
    """/me: what is one's own."""
    await menu.show(chat, Page.MINE)


async def pressed(chat: Chat) -> None:
    """Buttons: 'me:<act>:<argument>'."""
    act, what = chat.press_parts(2)
    if act not in ACTS:
        raise Refusal("common.old_button")
    await ACTS[act](chat, what)


async def _large_print(chat: Chat, wanted: str) -> None:
    """The buttons say which state they set."""
    if wanted in ("on", "off"):
        chat.large_print = wanted == "on"
        await identities.set_large_print(chat.work, chat.actor, on=chat.large_print)
    other = "off" if chat.large_print else "on"
    row = [Button(str(say(f"profile.button.print_{other}")), f"me:print:{other}")]
    rows = (tuple(row), (Button(str(say("menu.back")), "menu:home"),))
    text = say("profile.print_on" if chat.large_print else "profile.print_off")
    await chat.show(Screen(text, rows), slot=menu.SLOT, edit=True)


async def _move(chat: Chat, _what: str) -> None:
    await welcome.ask_community(chat, "profile.where_to")


async def _phone(chat: Chat, _what: str) -> None:
    """Leave a name and a phone, or a new phone; after consent."""
    if await consent.given_or_ask(chat, Purpose.CONTACT, then="me:phone", otherwise="me:home"):
        await runner.begin(chat, "contact")


async def _contact_given(chat: Chat, submission: Submission) -> None:
    await identities.set_contact(
        chat.work,
        chat.actor,
        purpose=Purpose.CONTACT,
        name=submission.values.get("name") or None,
        phone=submission.values["phone"]["phone"],
    )
    await chat.say("profile.contact_kept", [Button(str(say("menu.back")), "me:home")])


registry.register(Form("contact", done=_contact_given))


async def _privacy(chat: Chat, _what: str) -> None:
    """What may be done with one's data; consents in force can be taken back here."""
    given = await consents.given(chat.work, chat.actor)
    lines = [
        say(
            "profile.consent",
            purpose=say(f"profile.purpose.{one.purpose}"),
            day=clock.local(one.at).date(),
            version=one.text_version,
        )
        for one in given
    ]
    rows: list[tuple[Button, ...]] = [
        (Button(str(say(f"profile.withdraw.{one.purpose}")), f"me:back:{one.purpose}"),)
        for one in given
    ]
    rows += [
        (
            Button(str(say("profile.button.export")), "me:export"),
            Button(str(say("profile.button.forget")), "me:forget"),
        ),
        (Button(str(say("menu.back")), "menu:mine"),),
    ]
    text = join([say("profile.privacy"), *lines])
    await chat.show(Screen(text, tuple(rows)), slot=menu.SLOT, edit=True)


async def _withdraw(chat: Chat, name: str) -> None:
    if name not in tuple(Purpose):
        raise Refusal("common.old_button")
    await personal_data.withdraw(chat.work, chat.actor, Purpose(name))
    chat.tell("profile.withdrawn")
    await _privacy(chat, "")


async def export(chat: Chat) -> None:
    """/mydata: a job gathers what is held and sends it."""
    await personal_data.ask_for_copy(chat.work, chat.actor)
    await chat.say("profile.export_under_way")


async def ask_to_forget(chat: Chat) -> None:
    """/forget: ask once, saying what goes and what cannot be taken back."""
    await personal_data.check_may_forget(chat.work, chat.actor)
    yes = Button(str(say("profile.button.forget_yes")), "me:gone")
    no = Button(str(say("profile.button.forget_no")), "home:menu")
    copy = Button(str(say("profile.button.export")), "me:export")
    await chat.show(Screen(say("profile.forget_asks"), ((yes,), (no, copy))), slot="forget")


async def _forget(chat: Chat, _what: str) -> None:
    await personal_data.forget(chat.work, chat.actor)
    await chat.show(Screen(say("profile.forgotten"), drop_keys=True))


async def _export(chat: Chat, _what: str) -> None:
    await export(chat)


async def _ask_to_forget(chat: Chat, _what: str) -> None:
    await ask_to_forget(chat)


async def _home(chat: Chat, _what: str) -> None:
    await show(chat)


ACTS = {
    "home": _home,
    "print": _large_print,
    "move": _move,
    "phone": _phone,
    "privacy": _privacy,
    "back": _withdraw,
    "export": _export,
    "forget": _ask_to_forget,
    "gone": _forget,
}
