"""Staff look at the statistics of voluntary service; the street sets levels, points, issuer."""

import re
import unicodedata

from markupsafe import Markup

from handlers import desk_card
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services import clock
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import STREET, Permission
from services.recognition import certificates, standing, statistics
from services.recognition.certificates import State

SLOT = "vdesk"  # these pages are turned to from the volunteers' desk


async def pressed(chat: Chat) -> None:
    """Buttons: 'recd:<act>:<year or number>'."""
    act, what = chat.press_parts(2)
    number = int(what) if what.isdecimal() else 0
    if act == "stats":
        await statistics.order(chat.work, chat.actor, number, chat_id=chat.id)
        chat.tell("recognition_desk.ordered")
    elif act in ("rules", "points", "levels", "issuer"):
        await _rules(chat, act, number)
    else:
        await home(chat)


async def home(chat: Chat) -> None:
    """What staff can do for recognition."""
    chat.actor.require(Permission.VOLUNTEER_VIEW)
    year = clock.today().year
    rows: list[tuple[Button, ...]] = [
        tuple(
            Button(str(say("recognition_desk.button.stats", year=one)), f"recd:stats:{one}")
            for one in (year, year - 1)
        )
    ]
    if chat.actor.can(Permission.CERTIFICATE_ISSUE):
        waiting = (await certificates.counts(chat.work, chat.actor)).get(State.ASKED, 0)
        label = say("recognition_desk.button.certificates", count=waiting)
        rows.insert(0, (Button(str(label), "certd:list:asked:0"),))
    if chat.actor.can(Permission.RECOGNITION_SET, STREET):
        rows.append((_button("rules", "recd:rules"),))
    await _show(chat, say("recognition_desk.home"), *rows, (_button("back", "vdesk:list"),))


async def _rules(chat: Chat, act: str, number: int) -> None:
    chat.actor.require(Permission.RECOGNITION_SET, STREET)
    if act == "levels":
        await runner.begin(chat, "recognition_levels")
    elif act == "issuer":
        await runner.begin(chat, "recognition_issuer")
    else:
        if act == "points":
            await standing.set_points(chat.work, chat.actor, number)
            chat.tell("recognition_desk.kept")
        await show_rules(chat)


async def show_rules(chat: Chat) -> None:
    """The office's settings, and how to change them."""
    rules = await standing.rules(chat.work)
    blank = str(say("recognition_desk.by_hand"))
    text = say(
        "recognition_desk.rules",
        levels=str(say("forms.value.between")).join(str(level) for level in rules.levels),
        points=_points(rules.points_an_hour),
        issuer=rules.issuer or blank,
        head=rules.head or blank,
        contact=rules.contact or blank,
    )
    points = tuple(
        Button(str(_points(n)), f"recd:points:{n}")
        for n in standing.POINTS_AN_HOUR
        if n != rules.points_an_hour
    )
    await _show(
        chat, text, (_button("levels", "recd:levels"), _button("issuer", "recd:issuer")),
        points, (_button("back", "recd:home"),))  # fmt: skip


def _points(an_hour: int) -> Markup:
    if not an_hour:
        return say("recognition_desk.no_points")
    return say("recognition_desk.points", count=an_hour)


async def _show(chat: Chat, text: Markup, *rows: tuple[Button, ...]) -> None:
    await desk_card.turn(chat, Screen(text, rows), slot=SLOT)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"recognition_desk.button.{key}")), data)


# -- the forms ----------------------------------------------------------------------------------


def hours_in(text: str) -> list[int]:
    """The whole numbers of a line, however they are set apart. Raises recognition.bad_levels."""
    plain = unicodedata.normalize("NFKC", text)
    words = [word for word in re.split(r"[^0-9.]+", plain) if word]
    if not words or any(not word.isdecimal() or len(word) > 6 for word in words):
        raise Refusal("recognition.bad_levels", most=standing.MOST_LEVELS)
    return [int(word) for word in words]


async def _levels_given(chat: Chat, submission: Submission) -> None:
    levels = hours_in(str(submission.values["levels"]))
    await standing.set_levels(chat.work, chat.actor, levels)
    await show_rules(chat)


async def _issuer_given(chat: Chat, submission: Submission) -> None:
    words = {key: str(submission.values.get(key) or "") for key in ("issuer", "head", "contact")}
    await standing.set_issuer(chat.work, chat.actor, **words)
    await show_rules(chat)


registry.register(Form("recognition_levels", done=_levels_given))
registry.register(Form("recognition_issuer", done=_issuer_given))
