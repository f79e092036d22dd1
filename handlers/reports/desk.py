"""Staff and grid workers take reports on, handle them, check and close them."""

from collections.abc import Awaitable, Callable

from db.models.reports import Report
from handlers.chat import Button, Chat
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports import (
    assigning,
    category_desk,
    crosswise,
    finding,
    ledgers,
    lists,
    missing,
    notices,  # noqa: F401 - registers how news to staff look
    office_calendar,
    pictures,
    replies,
    requests,
    setup,
    sweeps,
)
from handlers.reports.page import changed, show
from handlers.reports.reporters import send_photos
from handlers.texts import say
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import Permission
from services.reports import desk, notes, queues
from services.reports.desk import Brought
from services.reports.transitions import State

#: Screens of their own behind the same prefix.
PAGES: dict[str, Callable[[Chat], Awaitable[None]]] = {
    "cal": office_calendar.pressed,
    "cat": category_desk.pressed,
    "find": finding.pressed,
    "jobs": lists.pressed,
    "ledger": ledgers.pressed,
    "list": lists.pressed,
    "pic": pictures.pressed,
    "req": requests.decide,
    "setup": setup.pressed,
    "sw": sweeps.pressed,
}
#: Moves that one press makes; the others ask for words, a photo or a person first.
ONE_PRESS = (State.FILED, State.IN_PROGRESS, State.CLOSED, State.SUBMITTED)
#: Acts that ask for a number or a photo first: where they lead, and the form that asks.
ASKED = {
    "handle": (State.HANDLED, "report_handled"),
    "merge": (State.MERGED, "report_merge"),
    "up": (State.ASSIGNED, "report_hand_up"),
}


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:<act>:<report>:<more>:<version of the report that was shown>'."""
    act, what, more, version = chat.press_parts(4)
    if act in PAGES:
        await PAGES[act](chat)
        return
    if not what.isdecimal() or len(what) > 17:
        await lists.home(chat)
        return
    row = await desk.access(chat.work, chat.actor, int(what))
    if not desk.in_reach(row, chat.actor, Permission.REPORT_VIEW):
        raise Refusal("common.not_there")
    if act in ASKED:
        after, form = ASKED[act]
        desk.check_moving(row, chat.actor, after)
        await runner.begin(chat, form, subject=str(row.id))
    elif act in PLAIN:
        await PLAIN[act](chat, row)
    elif act in WITH_MORE:
        await WITH_MORE[act](chat, row, more, version)
    else:
        await show(chat, row, int(more) if more.isdecimal() and len(more) < 3 else 0)


async def _to(chat: Chat, row: Report, after: str, version: str) -> None:
    """A move that one press makes."""
    if after not in ONE_PRESS:
        await show(chat, row)
    elif not await changed(chat, row, version):
        await desk.move(chat.work, chat.actor, row, State(after))
        chat.tell("report_desk.done", state=say(f"reports.state.{row.state}"))
        await office_calendar.warn_if_guessed(chat, row)
        await show(chat, row)


async def _accept(chat: Chat, row: Report) -> None:
    """From the notice of a job: accepted in one press."""
    await _to(chat, row, State.IN_PROGRESS, "")


PLAIN: dict[str, Callable[[Chat, Report], Awaitable[None]]] = {
    "accept": _accept,
    "cannot": requests.cannot,
    "hurry": requests.hurry,
    "missing": missing.enter,
    "more": requests.more_days,
    "note": replies.add_note,
    "photo": send_photos,
}
WITH_MORE: dict[str, Callable[[Chat, Report, str, str], Awaitable[None]]] = {
    "assign": assigning.choose,
    "bodies": assigning.choose_body,
    "body": assigning.give_body,
    "give": assigning.give,
    "reply": replies.reply,
    "say": replies.choose,
    "to": _to,
    "why": replies.why,
    "words": replies.write,
}


async def _handled(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    words, media = submission.values["words"], submission.media
    if await notes.keep_late(chat.work, chat.actor, row, words, media):
        state = say(f"reports.state.{row.state}")
        look = Button(str(say("report_desk.button.look")), f"rdesk:show:{row.id}")
        await chat.say("report_desk.late_kept", [look], number=row.number, state=state)
        return
    await desk.move(chat.work, chat.actor, row, State.HANDLED, Brought(words, media))
    await chat.say("report_desk.handled", number=row.number)


async def _merged(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    master = await queues.by_number(chat.work, chat.actor, submission.values["number"])
    await desk.move(chat.work, chat.actor, row, State.MERGED, Brought(master_id=master.id))
    await chat.say("report_desk.merged", number=row.number, master=master.number)


async def _handed_up(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    brought = Brought(outside_number=submission.values["number"])
    await desk.move(chat.work, chat.actor, row, State.ASSIGNED, brought)
    await chat.say("report_desk.handed_up", number=row.number, outside=row.outside_number)


registry.register(Form("report_handled", done=_handled, aside=crosswise.aside))
registry.register(Form("report_merge", done=_merged))
registry.register(Form("report_hand_up", done=_handed_up))
