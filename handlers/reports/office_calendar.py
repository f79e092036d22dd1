"""The office's year: holidays and working weekends, on which every time limit is counted."""

from datetime import date

from markupsafe import Markup

from db.models.reports import Report
from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports.lists import PAGE
from handlers.reports.page import SLOT
from handlers.texts import join, say
from services import clock, deadlines
from services.deadlines import Calendar, Span
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import STREET, Permission

FREE, WORKED = "free", "worked"
BACK = "rdesk:setup"
YEARS_AROUND = 3


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:cal:<act>:<year>:<days or page>'."""
    chat.actor.require(Permission.REPORT_SETUP, STREET)
    _, act, said, more = chat.press_parts(4)
    year = _year(said)
    if act in (FREE, WORKED):
        before = say(f"office_calendar.asks.{act}", year=year)
        await runner.begin(chat, "calendar_days", subject=f"{act}:{year}", before=before)
    elif act == "drop":
        await _choose(chat, year, int(more) if more.isdecimal() and len(more) < 4 else 0)
    elif act == "clear":
        await deadlines.clear_days(chat.work, chat.actor, _span(year, more))
        await show(chat, year)
    elif act in ("known", "unknown"):
        await deadlines.set_year(chat.work, chat.actor, year, known=act == "known")
        await show(chat, year)
    else:
        await show(chat, year)


def _year(said: str) -> int:
    """A year near this one; this one where the button says something else."""
    now = clock.today().year
    asked = int(said) if said.isdecimal() and len(said) == 4 else now
    return asked if abs(asked - now) <= YEARS_AROUND else now


def _span(year: int, said: str) -> Span:
    """Days as a button carries them: 0215-0223."""
    first, _, last = said.partition("-")
    try:
        days = [date(year, int(one[:2]), int(one[2:])) for one in (first, last)]
    except ValueError:
        raise Refusal("common.not_there") from None
    return Span(days[0], days[1], working=False)


async def show(chat: Chat, year: int) -> None:
    """A year with everything that is not as its weekdays say, and whether that is all."""
    calendar = await deadlines.calendar(chat.work)
    known = year in calendar.years
    lines = [
        say("office_calendar.year", year=year),
        say("office_calendar.known" if known else "office_calendar.unknown", year=year),
        *(_line(span) for span in deadlines.spans(calendar, year)),
        *_missing(calendar, year),
    ]
    now = clock.today().year
    ways = [
        Button(str(one), f"rdesk:cal:show:{one}")
        for one in (year - 1, year + 1)
        if abs(one - now) <= YEARS_AROUND
    ]
    rows = (
        (_button("free", f"rdesk:cal:free:{year}"), _button("worked", f"rdesk:cal:worked:{year}")),
        (_button("drop", f"rdesk:cal:drop:{year}:0"), _known(year, known=known)),
        tuple(ways),
        (_button("back", BACK),),
    )
    await turn(chat, Screen(join(lines), rows), slot=SLOT)


def _known(year: int, *, known: bool) -> Button:
    name = "unknown" if known else "known"
    return _button(name, f"rdesk:cal:{name}:{year}")


def _missing(calendar: Calendar, year: int) -> list[Markup]:
    """A word on the next year while this one is looked at."""
    following = clock.today().year + 1
    if year == following or following in calendar.years:
        return []
    return [say("office_calendar.missing", year=following)]


def _line(span: Span) -> Markup:
    key = "worked" if span.working else "free"
    return say(f"office_calendar.line.{key}", days=_days(span))


def _days(span: Span) -> str:
    first, last = f"{span.first:%m-%d}", f"{span.last:%m-%d}"
    return first if first == last else str(say("office_calendar.from_to", first=first, last=last))


async def _choose(chat: Chat, year: int, page: int) -> None:
    """Which days to take out."""
    found = deadlines.spans(await deadlines.calendar(chat.work), year)
    buttons = [
        Button(str(_line(s)), f"rdesk:cal:clear:{year}:{s.first:%m%d}-{s.last:%m%d}") for s in found
    ]
    ways = paging.turning(f"rdesk:cal:drop:{year}", page, more=len(buttons) > (page + 1) * PAGE)
    rows = paging.in_rows(buttons[page * PAGE : (page + 1) * PAGE], 1)
    back = (_button("back", f"rdesk:cal:show:{year}"),)
    key = "office_calendar.which" if buttons else "office_calendar.nothing"
    await turn(chat, Screen(say(key), (*rows, *([ways] if ways else []), back)), slot=SLOT)


async def _entered(chat: Chat, submission: Submission) -> None:
    """The days are those of the year that was looked at, whichever year the words made of them."""
    kind, said = submission.subject.split(":")
    year = int(said)
    first = clock.day(submission.values["first"])
    last = clock.day(submission.values.get("last") or submission.values["first"])
    try:
        span = Span(first.replace(year=year), last.replace(year=year), working=kind == WORKED)
    except ValueError:
        raise Refusal("office_calendar.no_such_day") from None
    await deadlines.set_days(chat.work, chat.actor, span)
    await show(chat, year)


registry.register(Form("calendar_days", done=_entered))


async def warn_if_guessed(chat: Chat, row: Report) -> None:
    """Say so where a promise falls into a year whose holidays nobody has entered."""
    calendar = await deadlines.calendar(chat.work)
    if row.due_at is not None and not calendar.knows(row.due_at):
        due = clock.local(row.due_at)
        chat.tell("office_calendar.guessed", alert=True, year=due.year, due=due.date())


def _button(name: str, data: str) -> Button:
    return Button(str(say(f"office_calendar.button.{name}")), data)
