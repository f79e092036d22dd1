"""Counts of reports as text, and drawn on demand: for staff in their reach, and for everybody."""

from collections.abc import Sequence

from db.stores import jobs
from handlers.chat import Button, Chat, Screen
from handlers.files import report_charts
from handlers.menu import SLOT
from handlers.paging import in_rows
from handlers.reports import periods as asking
from handlers.texts import say
from services import clock, places
from services.reports import figures, periods
from services.reports.figures import Kind
from services.reports.periods import Period

FIRST = "days90"
"""The period that is shown first, and to residents."""
MAPS = ("map", "page")
"""The map of what everybody may see: a picture, or a page that can be enlarged."""
Reach = list[int] | None


async def pressed(chat: Chat) -> None:
    """Buttons of staff: 'rdesk:pic:<act or kind>:<kind or period>:<period>'."""
    _, act, first, second = chat.press_parts(4)
    if act == "when":
        await _ask_period(chat, _kind(first))
    elif act == "typed":
        await asking.ask(chat, "pic", _kind(first))
    elif act == "draw":
        await _draw(chat, _kind(first), second, figures.reach(chat.actor))
    else:
        await _show(chat, _kind(act), first or FIRST)


async def progress(chat: Chat) -> None:
    """/progress: how the whole street's reports are getting on, for everybody."""
    await _show_public(chat, Kind.CATEGORY)


async def pressed_by_anybody(chat: Chat) -> None:
    """Buttons of /progress: 'prog:<kind>', 'prog:draw:<kind>', 'prog:map', 'prog:page'."""
    act, kind = chat.press_parts(2)
    if act in MAPS:
        await _order_map(chat, act)
    elif act == "again":
        await _show_public(chat, Kind.CATEGORY, edit=False)
    elif act == "draw":
        await _draw(chat, _kind(kind), FIRST, None)
    else:
        await _show_public(chat, _kind(act))


def _kind(text: str) -> Kind:
    return Kind(text) if text in tuple(Kind) else Kind.CATEGORY


async def _show(chat: Chat, kind: Kind, period: str, *, edit: bool = True) -> None:
    """The numbers, and the ways on: other kinds, another time, the picture."""
    others = [
        _button(f"report_pictures.kind.{one}", f"rdesk:pic:{one}:{period}")
        for one in Kind
        if one != kind
    ]
    ways = [
        _button("report_pictures.button.draw", f"rdesk:pic:draw:{kind}:{period}"),
        _button("report_pictures.button.period", f"rdesk:pic:when:{kind}"),
        _button("report_maps.button.map", "prog:map"),
    ]
    back = _button("report_pictures.button.back", "rdesk:list:new:0")
    text = await _text(chat, kind, period, figures.reach(chat.actor))
    screen = Screen(text, (*in_rows([*others, *ways]), (back,)))
    await chat.show(screen, slot="rdesk", edit=edit)


async def _show_public(chat: Chat, kind: Kind, *, edit: bool = True) -> None:
    ways = [_button(f"report_pictures.kind.{one}", f"prog:{one}") for one in Kind if one != kind]
    ways.append(_button("report_pictures.button.draw", f"prog:draw:{kind}"))
    ways.append(_button("report_maps.button.map", "prog:map"))
    back = _button("report_pictures.button.menu", "menu:home")
    screen = Screen(await _text(chat, kind, FIRST, None), (*in_rows(ways), (back,)))
    await chat.show(screen, slot=SLOT, edit=edit)


async def _text(chat: Chat, kind: Kind, period: str, communities: Reach) -> str:
    found = await figures.figures(chat.work, kind, periods.find(period), communities)
    return report_charts.text(found, owner=await owner(chat, communities))


def _button(key: str, data: str) -> Button:
    return Button(str(say(key)), data)


async def owner(chat: Chat, communities: Sequence[int] | None) -> str:
    """Whose reports are counted."""
    if communities is None:
        return str(say("report_pictures.street"))
    return " ".join([c.name for c in await places.communities(chat.work) if c.id in communities])


async def _ask_period(chat: Chat, kind: Kind) -> None:
    rows = asking.buttons(f"rdesk:pic:{kind}:{{period}}", f"rdesk:pic:typed:{kind}")
    back = _button("report_pictures.button.back", f"rdesk:pic:{kind}:{FIRST}")
    screen = Screen(say("report_pictures.which_period"), (*rows, (back,)))
    await chat.show(screen, slot="rdesk", edit=True)


@asking.then("pic")
async def _typed(chat: Chat, kind: str, period: Period) -> None:
    await _show(chat, _kind(kind), period.code, edit=False)


async def _draw(chat: Chat, kind: Kind, period: str, communities: Reach) -> None:
    payload = {
        "chat_id": chat.id,
        "kind": kind,
        "period": periods.find(period).code,
        "communities": communities,
        "owner": await owner(chat, communities),
    }
    await jobs.add(chat.work.session, "report_picture", payload, now=clock.now())
    chat.tell("report_pictures.drawn")


async def _order_map(chat: Chat, form: str) -> None:
    payload = {"chat_id": chat.id, "form": form}
    await jobs.add(chat.work.session, "report_map", payload, now=clock.now())
    chat.tell("report_maps.drawn")
