"""What the office sets for itself: replies it repeats, hours of notices, its calendar."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports.page import SLOT
from handlers.texts import say
from services import notice_hours
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import STREET, Permission
from services.reports import stages, templates
from services.reports.transitions import State

HOME = "rdesk:setup"
QUIET = ((20, 8), (21, 7), (22, 7), (0, 0))
"""Hours of quiet on offer; the same hour twice is none."""
MORNINGS = ("7:30", "8:00", "8:30", "9:00")
LONGEST_LABEL = 40


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:setup:<act>:<value>:<more>'."""
    chat.actor.require(Permission.REPORT_SETUP, STREET)
    _, act, value, more = chat.press_parts(4)
    if act in ACTS:
        await ACTS[act](chat, value, more)
    else:
        await _home(chat)


async def _home(chat: Chat) -> None:
    rows = (
        (_button("replies", f"{HOME}:replies"), _button("hours", f"{HOME}:hours")),
        (_button("calendar", "rdesk:cal:show"), _button("stages", f"{HOME}:stages")),
        (_button("back", "rdesk:list:new:0"),),
    )
    await turn(chat, Screen(say("report_setup.home"), rows), slot=SLOT)


# -- hours --------------------------------------------------------------------------------------


async def _hours(chat: Chat, _value: str = "", _more: str = "") -> None:
    hours = await notice_hours.of(chat.work)
    text = say(
        "report_setup.hours",
        digest=f"{hours.digest:%H:%M}",
        quiet=_quiet(hours.quiet_from, hours.quiet_until),
    )
    mornings = [
        Button(str(say("report_setup.at", hour=one)), f"{HOME}:digest:{one.replace(':', '-')}")
        for one in MORNINGS
    ]
    quiet = [Button(_quiet(a, b), f"{HOME}:quiet:{a}-{b}") for a, b in QUIET]
    own = (_button("other_hour", f"{HOME}:digest:ask"),)
    rows = (*paging.in_rows(mornings, 4), own, *paging.in_rows(quiet), (_button("back", HOME),))
    await turn(chat, Screen(text, rows), slot=SLOT)


def _quiet(start: int, end: int) -> str:
    if start == end:
        return str(say("report_setup.no_quiet"))
    return str(say("report_setup.quiet", start=f"{start}:00", end=f"{end}:00"))


async def _digest(chat: Chat, value: str, _more: str) -> None:
    if value == "ask":
        await runner.begin(chat, "digest_hour")
        return
    await notice_hours.set_digest(chat.work, chat.actor, value.replace("-", ":"))
    await _hours(chat)


async def _set_quiet(chat: Chat, value: str, _more: str) -> None:
    start, _, end = value.partition("-")
    if not (start.isdecimal() and end.isdecimal()):
        raise Refusal("common.not_there")
    await notice_hours.set_quiet(chat.work, chat.actor, int(start), int(end))
    await _hours(chat)


async def _hour_written(chat: Chat, submission: Submission) -> None:
    await notice_hours.set_digest(chat.work, chat.actor, submission.values["hour"])
    await _hours(chat)


registry.register(Form("digest_hour", done=_hour_written))


# -- how long a report may wait -----------------------------------------------------------------


async def _stages(chat: Chat, _value: str = "", _more: str = "") -> None:
    await _show_stages(chat, await stages.of(chat.work))


async def _show_stages(chat: Chat, held: stages.Stages) -> None:
    def step(stage: str, days: int, way: str) -> Button:
        return _button(f"{stage}_{way}", f"{HOME}:stage:{stage}:{days}")

    rows = [
        (step(stage, max(0, days - 1), "less"), step(stage, min(stages.MOST, days + 1), "more"))
        for stage, days in asdict(held).items()
    ]
    text = say("report_setup.stages", accept=_days(held.accept), check=_days(held.check))
    await turn(chat, Screen(text, (*rows, (_button("back", HOME),))), slot=SLOT)


def _days(days: int) -> str:
    return str(say("report_setup.days", days=days) if days else say("report_setup.never"))


async def _set_stage(chat: Chat, value: str, more: str) -> None:
    days = int(more) if more.isdecimal() and len(more) < 4 else -1
    await _show_stages(chat, await stages.change(chat.work, chat.actor, value, days))


# -- replies ------------------------------------------------------------------------------------


async def _replies(chat: Chat, value: str = "", _more: str = "") -> None:
    """The replies for one move; the moves first."""
    if value not in templates.MOVES:
        buttons = [
            Button(str(say(f"report_setup.move.{move}")), f"{HOME}:replies:{move}")
            for move in templates.MOVES
        ]
        rows = (*paging.in_rows(buttons, 1), (_button("back", HOME),))
        await turn(chat, Screen(say("report_setup.which_move"), rows), slot=SLOT)
        return
    known = await templates.for_move(chat.work, State(value))
    buttons = [Button(_short(one.words), f"{HOME}:reply:{one.id}:{value}") for one in known]
    new = (_button("new_reply", f"{HOME}:new:{value}"),)
    rows = (*paging.in_rows(buttons, 1), new, (_button("back", f"{HOME}:replies"),))
    key = "report_setup.replies" if known else "report_setup.no_replies"
    text = say(key, move=say(f"report_setup.move.{value}"))
    await turn(chat, Screen(text, rows), slot=SLOT)


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_LABEL else f"{words[:LONGEST_LABEL]}…"


async def _reply(chat: Chat, value: str, more: str) -> None:
    """One reply in full, to take off the list."""
    if more not in templates.MOVES or not value.isdecimal():
        raise Refusal("common.not_there")
    found = await templates.find(chat.work, int(value), State(more))
    rows = (
        (_button("remove", f"{HOME}:remove:{found.id}:{more}"),),
        (_button("back", f"{HOME}:replies:{more}"),),
    )
    await turn(chat, Screen(say("report_setup.reply", words=found.words), rows), slot=SLOT)


async def _remove(chat: Chat, value: str, more: str) -> None:
    if value.isdecimal():
        await templates.remove(chat.work, chat.actor, int(value))
    await _replies(chat, more)


async def _new(chat: Chat, value: str, _more: str) -> None:
    if value not in templates.MOVES:
        raise Refusal("common.not_there")
    await runner.begin(chat, "reply_template", subject=value)


async def _written(chat: Chat, submission: Submission) -> None:
    move = State(submission.subject)
    await templates.add(chat.work, chat.actor, move, submission.values["words"])
    await _replies(chat, move)


registry.register(Form("reply_template", done=_written))

ACTS: dict[str, Callable[[Chat, str, str], Awaitable[None]]] = {
    "digest": _digest,
    "hours": _hours,
    "new": _new,
    "quiet": _set_quiet,
    "remove": _remove,
    "replies": _replies,
    "reply": _reply,
    "stage": _set_stage,
    "stages": _stages,
}


def _button(name: str, data: str) -> Button:
    return Button(str(say(f"report_setup.button.{name}")), data)
