"""The lists of reports: of a community's desk, and the jobs of whoever handles them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from db.models.reports import Report
from handlers import menu, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.reports.cards import label
from handlers.reports.page import SLOT
from handlers.texts import moments, say
from services import clock
from services.permissions import Permission
from services.reports import queues

PAGE = 6
BESIDE_WAYS = 4
"""Reports a page of a list, so that the ways most used have room among the six choices."""
LISTS = ("new", "handled", "due", "open")
SELDOM = ("done",)


async def home(chat: Chat) -> None:
    """/reports: the desk for those who give out or check reports, else one's own jobs."""
    works = chat.actor.can(Permission.REPORT_HANDLE)
    if works and not queues.gives_out(chat.actor):
        await jobs(chat)
    else:
        await listing(chat)


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:list:<which>:<page>:<ways from>' and 'rdesk:jobs:<which>:<page>:<from>'."""
    act, which, *numbers = chat.press_parts(4)
    number, start = (int(one) if one.isdecimal() and len(one) < 6 else 0 for one in numbers)
    if act == "jobs":
        await jobs(chat, which if which in queues.JOBS else "", number, start)
    elif which in (*LISTS, *SELDOM):
        await listing(chat, which, number, start)
    else:
        await home(chat)


async def listing(chat: Chat, which: str = "new", number: int = 0, start: int = 0) -> None:
    """Counts, and one of the lists in reach; from `start` on the ways that had no room there."""
    counts = await queues.counts(chat.work, chat.actor)
    found = await queues.listed(chat.work, chat.actor, which, page=number, size=BESIDE_WAYS)
    key = "report_desk.list" if found else "report_desk.list_empty"
    text = say(key, **counts, which=say(f"report_desk.which.{which}"))
    others = [*_other_lists(LISTS, which), *_tools(chat, USUAL)]
    others += [*_other_lists(SELDOM, which), *_tools(chat, OFFICE)]
    await _turn(chat, text, _Page(found, number, f"rdesk:list:{which}"), others, start)


def _other_lists(lists: Sequence[str], which: str) -> list[Button]:
    return [
        Button(str(say(f"report_desk.which.{one}")), f"rdesk:list:{one}:0")
        for one in lists
        if one != which
    ]


Tool = tuple[str, str, Permission]
USUAL: tuple[Tool, ...] = (
    ("report_desk.button.find", "rdesk:find", Permission.REPORT_ASSIGN),
    ("report_desk.button.jobs", "rdesk:jobs", Permission.REPORT_HANDLE),
    ("sweeps.button.sweeps", "rdesk:sw:list", Permission.REPORT_HANDLE),
    ("report_pictures.button.pictures", "rdesk:pic", Permission.REPORT_VIEW),
    ("ledgers.button.export", "rdesk:ledger", Permission.REPORT_EXPORT),
)
OFFICE: tuple[Tool, ...] = (
    ("report_desk.button.setup", "rdesk:setup", Permission.REPORT_SETUP),
    ("category_desk.button.categories", "rdesk:cat", Permission.REPORT_SETUP),
)


def _tools(chat: Chat, offered: Sequence[Tool]) -> list[Button]:
    """The other pages of the desk that this person may open."""
    return [Button(str(say(key)), data) for key, data, need in offered if chat.actor.can(need)]


async def jobs(chat: Chat, which: str = "", number: int = 0, start: int = 0) -> None:
    """One's own jobs: not accepted, in hand, due soon, overdue; the fullest need first."""
    counts = await queues.count_jobs(chat.work, chat.actor)
    which = which or next((one for one in ("late", "soon", "new") if counts[one]), "doing")
    found = await queues.jobs(chat.work, chat.actor, which, page=number, size=BESIDE_WAYS)
    key = "report_queue.list" if found else "report_queue.empty"
    text = say(key, **counts, which=say(f"report_queue.which.{which}"))
    others = [_tab(one, counts[one]) for one in queues.JOBS if one != which]
    others.append(Button(str(say("report_queue.button.community")), "rdesk:list:new:0"))
    others.append(Button(str(say("sweeps.button.sweeps")), "rdesk:sw:list"))
    await _turn(chat, text, _Page(found, number, f"rdesk:jobs:{which}"), others, start)


@dataclass(frozen=True)
class _Page:
    """A page of a list, and the button that leads to it."""

    found: Sequence[Report]
    number: int
    data: str


async def _turn(
    chat: Chat, text: Markup, page: _Page, others: Sequence[Button], start: int
) -> None:
    """Six choices: the reports, then the ways most used; the others one press further."""
    room = menu.A_PAGE - (0 if start else len(page.found[:BESIDE_WAYS]))
    here = f"{page.data}:{page.number}"
    rows = [] if start else page_of(page.found, page.number, page.data)
    last = list(menu.way_back())
    if start:
        text = say("report_desk.more_ways")
        last = [Button(str(say("report_desk.button.back")), here)]
    if len(others) > start + room:
        last.insert(0, Button(str(say("paging.more")), f"{here}:{start + room}"))
    ways = paging.in_rows(others[start : start + room])
    await turn(chat, Screen(text, (*rows, *ways, tuple(last))), slot=SLOT)


def _tab(which: str, count: int) -> Button:
    name = say(f"report_queue.which.{which}")
    return Button(str(say("report_queue.tab", name=name, count=count)), f"rdesk:jobs:{which}:0")


def page_of(found: Sequence[Report], number: int, data: str) -> list[tuple[Button, ...]]:
    """A button for each report, and the ways to the pages before and after."""
    rows: list[tuple[Button, ...]] = [
        (Button(line(row), f"rdesk:show:{row.id}"),) for row in found[:BESIDE_WAYS]
    ]
    ways = paging.turning(data, number, more=len(found) > BESIDE_WAYS)
    return [*rows, ways] if ways else rows


def line(row: Report) -> str:
    """A report as a button: whether it presses, its number, what it is, until when."""
    mark = f"{say('report_desk.urgent')} " if row.urgent else ""
    due = (
        moments.short_day(clock.local(row.due_at).date())
        if row.due_at and not row.handled_at
        else ""
    )
    told = say("report_desk.line", mark=mark, number=row.number, category=label(row.category))
    return f"{told} {due}".strip()
