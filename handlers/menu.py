"""The menu: a table of buttons, shown to whoever may press them once their feature is there.

A feature needs one line in LINES and its press prefix in handlers/commands.py; a desk that wants
its count of waiting things beside its name registers it with @counts.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from handlers import links, paging
from handlers.chat import Button, Chat, Screen
from handlers.texts import say
from services.permissions import Permission, Role

A_PAGE = 6
SLOT = "menu"
"""The message that shows the menu, and the desks that are reached from it."""


class Page(StrEnum):
    """Which menu a line stands in."""

    RESIDENT = "resident"
    MINE = "mine"
    STAFF = "staff"
    OFFICE = "office"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Line:
    """A button of a menu: what it is called, what it sends, and the right it needs."""

    page: Page
    label: str
    data: str
    need: Permission | None = None


P = Permission
LINES: tuple[Line, ...] = (
    Line(Page.RESIDENT, "menu.ask", "ask:topics"),
    Line(Page.RESIDENT, "menu.report", "rep:new"),
    Line(Page.RESIDENT, "menu.surveys", "svy:list"),
    Line(Page.RESIDENT, "menu.volunteer", "vol:new"),
    Line(Page.RESIDENT, "menu.mine", "menu:mine"),
    Line(Page.RESIDENT, "menu.clubs", "club:list"),
    Line(Page.RESIDENT, "menu.activities", "act:list"),
    Line(Page.RESIDENT, "menu.progress", "prog:category"),
    Line(Page.MINE, "menu.my_reports", "rep:mine"),
    Line(Page.MINE, "menu.my_volunteering", "vol:me"),
    Line(Page.MINE, "menu.large_print", "me:print"),
    Line(Page.MINE, "menu.move", "me:move"),
    Line(Page.MINE, "menu.phone", "me:phone"),
    Line(Page.MINE, "menu.privacy", "me:privacy"),
    Line(Page.MINE, "menu.survey_reminders", "svy:remind:0"),
    Line(Page.STAFF, "menu.desk_reports", "rdesk:list", P.REPORT_VIEW),
    Line(Page.STAFF, "menu.desk_volunteers", "vdesk:list", P.VOLUNTEER_VIEW),
    Line(Page.STAFF, "menu.desk_surveys", "sdesk:list", P.SURVEY_RESULTS),
    Line(Page.STAFF, "menu.questions", "kb:queue", P.KNOWLEDGE_REPLY),
    Line(Page.STAFF, "menu.office", "menu:office", P.PLACE_EDIT),
    Line(Page.STAFF, "menu.as_resident", "menu:resident"),
    Line(Page.OFFICE, "menu.kept", "kept:list", P.KEPT_VIEW),
    Line(Page.OFFICE, "menu.people", "ppl:home", P.PERSON_BLOCK),
    Line(Page.OFFICE, "menu.places", "place:home", P.PLACE_EDIT),
    Line(Page.OFFICE, "menu.desk_activities", "adesk:list", P.ACTIVITY_CREATE),
    Line(Page.OFFICE, "menu.desk_clubs", "cdesk:list", P.CLUB_EDIT),
    Line(Page.OFFICE, "menu.checks", "sup:home", P.REPORT_CHECK),
    Line(Page.OFFICE, "menu.leave", "role:leave"),
    Line(Page.SUPERVISOR, "menu.finding", "sup:new", P.REPORT_CHECK),
    Line(Page.SUPERVISOR, "menu.checks", "sup:home", P.REPORT_CHECK),
    Line(Page.SUPERVISOR, "menu.check_record", "sup:mine:0", P.REPORT_CHECK),
    Line(Page.SUPERVISOR, "menu.desk_reports", "rdesk:list", P.REPORT_VIEW),
    Line(Page.SUPERVISOR, "menu.leave", "role:leave"),
    Line(Page.SUPERVISOR, "menu.as_resident", "menu:resident"),
)

Count = Callable[[Chat], Awaitable[int]]
COUNTS: dict[str, Count] = {}


def counts(data: str) -> Callable[[Count], Count]:
    """Register how many things wait behind a button of the menu, for whoever looks at it."""

    def register(count: Count) -> Count:
        COUNTS[data] = count
        return count

    return register


AT_HOME = (Page.RESIDENT, Page.STAFF, Page.SUPERVISOR)
#: The first menu of those who are not staff.
HOMES = {
    Role.RESIDENT: Page.RESIDENT,
    Role.VOLUNTEER: Page.RESIDENT,
    Role.SUPERVISOR: Page.SUPERVISOR,
}


async def home(chat: Chat) -> None:
    """The menu that fits the role."""
    await show(chat, HOMES.get(chat.actor.role, Page.STAFF))


async def show(chat: Chat, page: Page, *, number: int = 0, edit: bool = False) -> None:
    """One menu, six buttons at a time."""
    lines = [line for line in LINES if line.page is page and _is_open(chat, line)]
    size = _size(page, len(lines))
    shown = lines[number * size : (number + 1) * size]
    buttons = [Button(await _label(chat, line), line.data) for line in shown]
    more = len(lines) > (number + 1) * size
    last = paging.turning(f"menu:{page}", number, more=more, onward="more")
    if page not in AT_HOME:
        last = (*last, *way_back())
    rows = (*paging.in_rows(buttons), *((last,) if last else ()))
    await chat.show(Screen(say(f"menu.title.{page}"), rows), slot=SLOT, edit=edit)


def way_back() -> tuple[Button, ...]:
    """The last row of a desk: to the menu that fits the role."""
    return (Button(str(say("menu.back")), "menu:home"),)


def six_of(
    buttons: Sequence[Button], number: int, data: str, *last: Button
) -> tuple[tuple[Button, ...], ...]:
    """One page of buttons, two a row; under it the ways to turn ('<data>:<page>') and `last`."""
    number = min(number, max(0, len(buttons) - 1) // A_PAGE)
    rows = paging.in_rows(buttons[number * A_PAGE : (number + 1) * A_PAGE])
    more = len(buttons) > (number + 1) * A_PAGE
    turning = paging.turning(data, number, more=more, onward="more")
    return (*rows, (*turning, *last))


def _size(page: Page, count: int) -> int:
    """On a home page the button to the rest is one of the six."""
    return A_PAGE - 1 if page in AT_HOME and count > A_PAGE else A_PAGE


def _is_open(chat: Chat, line: Line) -> bool:
    if line.need is not None and not chat.actor.can(line.need):
        return False
    return links.leads_somewhere(line.data)


async def _label(chat: Chat, line: Line) -> str:
    label = str(say(line.label))
    count = await COUNTS[line.data](chat) if line.data in COUNTS else 0
    return f"{label} ({count})" if count else label


async def pressed(chat: Chat) -> None:
    """Turns to another menu: 'menu:<page>:<number>'."""
    name, number = chat.press_parts(2)
    if name not in tuple(Page):
        await home(chat)
        return
    await show(chat, Page(name), number=int(number) if number.isdecimal() else 0, edit=True)
