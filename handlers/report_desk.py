"""Staff and grid workers take reports on, handle them, check and close them."""

from typing import Any

from db.models.reports import Report
from db.stores import people as person_rows
from db.stores import reports as rows
from handlers import ledgers, notices, report_pictures, sweeps
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.report_cards import label, page, timeline
from handlers.reports import send_photos
from handlers.texts import join, say
from services import privacy
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import Permission
from services.reports import desk, queues
from services.reports.desk import Brought
from services.reports.transitions import State

PAGE = 6
#: Screens of their own behind the same prefix.
PAGES = {"sw": sweeps.pressed, "ledger": ledgers.pressed, "pic": report_pictures.pressed}
#: Acts that ask for a number first, and the form that asks.
ASKED = {"merge": "report_merge", "up": "report_hand_up"}
REASONS = ("not_ours", "not_found", "repeated", "no_problem")
#: Moves that one press makes; the others ask for words, a photo or a person first.
ONE_PRESS = (State.FILED, State.IN_PROGRESS, State.CLOSED, State.SUBMITTED)
#: Buttons of a report's page: text key, where they lead, data, the only state they show in.
ACTS: tuple[tuple[str, State, str, State | None], ...] = (
    ("file", State.FILED, "rdesk:to:{id}:filed", State.SUBMITTED),
    ("assign", State.ASSIGNED, "rdesk:assign:{id}", None),
    ("accept", State.IN_PROGRESS, "rdesk:to:{id}:in_progress", None),
    ("handle", State.HANDLED, "rdesk:handle:{id}", None),
    ("close", State.CLOSED, "rdesk:to:{id}:closed", None),
    ("reopen", State.REOPENED, "rdesk:words:{id}:reopened", None),
    ("give_back", State.FILED, "rdesk:words:{id}:filed", State.ASSIGNED),
    ("ask", State.NEED_INFO, "rdesk:words:{id}:need_info", None),
    ("hand_up", State.ASSIGNED, "rdesk:up:{id}", State.FILED),
    ("merge", State.MERGED, "rdesk:merge:{id}", None),
    ("take_apart", State.SUBMITTED, "rdesk:to:{id}:submitted", State.MERGED),
    ("reject", State.REJECTED, "rdesk:reject:{id}", None),
)


async def listing(chat: Chat, which: str = "new", number: int = 0) -> None:
    """Counts, and one of the lists in reach."""
    counts = await queues.counts(chat.work, chat.actor)
    found = await queues.listed(chat.work, chat.actor, which, page=number, size=PAGE)
    text = say(
        "report_desk.list", **counts, which=say(f"report_desk.which.{which}"), shown=len(found)
    )
    buttons: list[tuple[Button, ...]] = [
        (Button(_line(row), f"rdesk:show:{row.id}"),) for row in found[:PAGE]
    ]
    turn = []
    if number:
        previous = str(say("forms.button.previous_page"))
        turn.append(Button(previous, f"rdesk:list:{which}:{number - 1}"))
    if len(found) > PAGE:
        turn.append(Button(str(say("forms.button.next_page")), f"rdesk:list:{which}:{number + 1}"))
    buttons += [tuple(turn)] if turn else []
    others = [
        Button(str(say(f"report_desk.which.{one}")), f"rdesk:list:{one}:0")
        for one in (*queues.LISTED, "due")
        if one != which
    ]
    if chat.actor.can(Permission.REPORT_HANDLE):
        others.append(Button(str(say("sweeps.button.sweeps")), "rdesk:sw:list"))
    others.append(Button(str(say("report_pictures.button.pictures")), "rdesk:pic"))
    if chat.actor.can(Permission.REPORT_EXPORT):
        others.append(Button(str(say("ledgers.button.export")), "rdesk:ledger"))
    pairs = [tuple(others[i : i + 2]) for i in range(0, len(others), 2)]
    await chat.show(Screen(text, (*buttons, *pairs)), slot="rdesk", edit=True)


def _line(row: Report) -> str:
    mark = f"{say('report_desk.urgent')} " if row.urgent else ""
    return str(say("report_desk.line", mark=mark, number=row.number, category=label(row.category)))


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:<act>:<report or list>:<more>'."""
    act, what, more = chat.press_parts(3)
    if act in PAGES:
        await PAGES[act](chat)
        return
    if act == "list":
        which = what if what in (*queues.LISTED, "due") else "new"
        await listing(chat, which, int(more) if more.isdecimal() else 0)
        return
    if not what.isdecimal():
        await listing(chat)
        return
    row = await desk.access(chat.work, chat.actor, int(what))
    if not desk.in_reach(row, chat.actor, Permission.REPORT_VIEW):
        raise Refusal("common.not_there")
    await _act(chat, act, row, more)


async def _act(chat: Chat, act: str, row: Report, more: str) -> None:
    if act == "to" and more in {str(s) for s in ONE_PRESS}:
        await desk.move(chat.work, chat.actor, row, State(more))
        chat.tell("report_desk.done", state=say(f"reports.state.{row.state}"))
    elif act == "handle":
        await runner.begin(chat, "report_handled", subject=str(row.id))
        return
    elif act == "words" and more in (State.NEED_INFO, State.REOPENED, State.FILED):
        await runner.begin(chat, "report_words", subject=f"{row.id}:{more}")
        return
    elif act == "reject":
        await _ask_reason(chat, row)
        return
    elif act in ASKED:
        await runner.begin(chat, ASKED[act], subject=str(row.id))
        return
    elif act == "why" and more in REASONS:
        words = str(say(f"report_desk.reason.{more}"))
        await desk.move(chat.work, chat.actor, row, State.REJECTED, Brought(words))
    elif act == "assign":
        await _ask_whom(chat, row)
        return
    elif act == "give" and more.isdecimal():
        brought = Brought(assignee_id=int(more))
        await desk.move(chat.work, chat.actor, row, State.ASSIGNED, brought)
        chat.tell("report_desk.assigned")
    elif act == "photo":
        await send_photos(chat, row)
        return
    await show(chat, row)


async def show(chat: Chat, row: Report) -> None:
    """One report with everything this person may do with it now."""
    text = join([await page(chat, row), await timeline(chat, row)], "\n\n")
    buttons = await _acts(chat, row)
    await chat.show(Screen(text, buttons), slot="rdesk", edit=True)


async def _acts(chat: Chat, row: Report) -> tuple[tuple[Button, ...], ...]:
    """A button for every move this person may make now, the usual one first."""
    possible = {m.after for m in desk.allowed(row, chat.actor) if m.who is not None}
    acts = [
        Button(str(say(f"report_desk.button.{key}")), data.format(id=row.id))
        for key, after, data, only in ACTS
        if after in possible and (only is None or row.state == only)
    ]
    if await rows.photos_of(chat.work.session, row.id):
        acts.append(Button(str(say("report_desk.button.photos")), f"rdesk:photo:{row.id}"))
    pairs = [tuple(acts[i : i + 2]) for i in range(0, len(acts), 2)]
    back = Button(str(say("report_desk.button.back")), "rdesk:list:new:0")
    return (*pairs, (back,))


async def _ask_reason(chat: Chat, row: Report) -> None:
    buttons = tuple(
        (Button(str(say(f"report_desk.reason_short.{r}")), f"rdesk:why:{row.id}:{r}"),)
        for r in REASONS
    )
    back = notices.button_row(("report_desk.button.back", f"rdesk:show:{row.id}"))
    screen = Screen(say("report_desk.why_not", number=row.number), (*buttons, back))
    await chat.show(screen, slot="rdesk", edit=True)


async def _ask_whom(chat: Chat, row: Report) -> None:
    """The people who can be given this report: by name where they gave one."""
    able = await desk.handlers_of(chat.work, row)
    known = await person_rows.chats_of(chat.work.session, able)
    buttons = [
        (Button(_named(known[one].name, one), f"rdesk:give:{row.id}:{one}"),)
        for one in able
        if one in known
    ]
    back = notices.button_row(("report_desk.button.back", f"rdesk:show:{row.id}"))
    key = "report_desk.whom" if buttons else "report_desk.nobody"
    await chat.show(Screen(say(key), (*buttons, back)), slot="rdesk", edit=True)


def _named(name: str | None, person_id: int) -> str:
    words = privacy.mask_name(name) if name else ""
    return str(say("report_desk.worker", name=words, number=person_id))


async def _handled(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    brought = Brought(submission.values["words"], submission.media)
    await desk.move(chat.work, chat.actor, row, State.HANDLED, brought)
    await chat.say("report_desk.handled", number=row.number)


registry.register(Form("report_handled", done=_handled))


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


registry.register(Form("report_merge", done=_merged))
registry.register(Form("report_hand_up", done=_handed_up))


def _staff_notice(code: str) -> None:
    def screen(params: dict[str, Any]) -> Screen:
        due = params.get("due", "")
        text = say(code, number=params["number"], category=label(params["category"]), due=due)
        data = f"rdesk:show:{params['report_id']}"
        return Screen(text, (notices.button_row(("report_desk.button.look", data)),))

    notices.screen_for(code)(screen)


for _code in (
    "reports.new_for_staff",
    "reports.job.assigned",
    "reports.job.reopened",
    "reports.to_check",
    "reports.photos_for_assignee",
    "report_desk.escalated",
):
    _staff_notice(_code)


def _digest(params: dict[str, Any]) -> Screen:
    look = notices.button_row(
        ("report_desk.which.new", "rdesk:list:new:0"), ("report_desk.which.due", "rdesk:list:due:0")
    )
    return Screen(say("report_desk.digest", **params), (look,))


notices.screen_for("report_desk.digest")(_digest)
