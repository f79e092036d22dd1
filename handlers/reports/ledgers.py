"""Staff order a ledger: which, of where, for which days; a job writes it and sends it."""

from collections.abc import Sequence

from db.models.reports import Sweep
from db.stores import jobs
from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.paging import in_rows
from handlers.reports import periods as asking
from handlers.texts import say
from services import clock, places
from services.errors import Refusal
from services.permissions import Permission
from services.reports import ledgers, periods, sweeps
from services.reports.periods import Period

KINDS = ("problems", "events", "open311")
LIGHTS = "lights"
EVERYWHERE = "all"
PAGE = 6
Reach = Sequence[int] | None


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:ledger:<kind>:<where>:<period>', 'rdesk:ledger:lights:<round>:<where>'."""
    chat.actor.require(Permission.REPORT_EXPORT)
    _, kind, first, second, third = chat.press_parts(5)
    if kind == LIGHTS:
        await _lights(chat, first, second, third)
    elif kind not in KINDS:
        await choose(chat)
    elif first in ("", "page"):
        await _ask_where(chat, kind, second)
    elif not second:
        await _ask_period(chat, kind, first)
    elif second == "typed":
        await asking.ask(chat, "ledger", f"{kind}:{first}")
    else:
        await _order(chat, kind, first, periods.find(second))


async def choose(chat: Chat) -> None:
    """Which ledger."""
    kinds = (*KINDS[:2], LIGHTS, *KINDS[2:])
    buttons = [(Button(str(say(f"ledgers.button.{k}")), f"rdesk:ledger:{k}"),) for k in kinds]
    await _show(chat, "ledgers.which", buttons, "rdesk:list:new:0")


async def _ask_where(chat: Chat, kind: str, page: str = "") -> None:
    """The whole reach or one community of it; who has one community is not asked."""
    known = await _communities(chat)
    if len(known) == 1:
        await _ask_period(chat, kind, str(known[0][0]))
        return
    buttons = _wheres(known, f"rdesk:ledger:{kind}", int(page) if page.isdecimal() else 0)
    await _show(chat, "ledgers.where", buttons, "rdesk:ledger")


def _wheres(known: Sequence[tuple[int, str]], data: str, page: int) -> list[tuple[Button, ...]]:
    """All of them together, then each; six a screen."""
    every = Button(str(say("ledgers.everywhere")), f"{data}:{EVERYWHERE}")
    buttons = [every, *(Button(name, f"{data}:{key}") for key, name in known)]
    shown = in_rows(buttons[page * PAGE : (page + 1) * PAGE])
    turn = paging.turning(
        f"{data}:page", page, more=len(buttons) > (page + 1) * PAGE, onward="more"
    )
    return [*shown, *([turn] if turn else [])]


async def _communities(chat: Chat) -> list[tuple[int, str]]:
    reach = chat.actor.communities(Permission.REPORT_EXPORT)
    rows = await places.communities(chat.work)
    return [(c.id, c.name) for c in rows if reach is None or c.id in reach]


async def _ask_period(chat: Chat, kind: str, where: str) -> None:
    rows = asking.buttons(
        f"rdesk:ledger:{kind}:{where}:{{period}}", f"rdesk:ledger:{kind}:{where}:typed"
    )
    await _show(chat, "ledgers.when", list(rows), f"rdesk:ledger:{kind}")


async def _show(chat: Chat, key: str, buttons: Sequence[tuple[Button, ...]], back: str) -> None:
    rows = (*buttons, (Button(str(say("report_desk.button.back")), back),))
    await chat.show(Screen(say(key), rows), slot="rdesk", edit=True)


@asking.then("ledger")
async def _typed(chat: Chat, what: str, period: Period) -> None:
    kind, _, where = what.partition(":")
    await _order(chat, kind, where, period)
    await chat.say("ledgers.ordered")


async def _order(chat: Chat, kind: str, where: str, period: Period) -> None:
    communities = _within_reach(chat, where)
    await ledgers.check_size(chat.work, period, communities)
    payload = {"kind": kind, "chat_id": chat.id, "communities": communities, "period": period.code}
    await jobs.add(chat.work.session, "report_ledger", payload, now=clock.now())
    chat.tell("ledgers.ordered")


def _within_reach(chat: Chat, where: str) -> list[int] | None:
    """The communities a ledger is of; Refusal("common.not_allowed") for those of others."""
    reach = chat.actor.communities(Permission.REPORT_EXPORT)
    if where == EVERYWHERE:
        if reach is not None and not reach:
            raise Refusal("common.not_allowed")
        return None if reach is None else sorted(reach)
    if not where.isdecimal() or (reach is not None and int(where) not in reach):
        raise Refusal("common.not_allowed")
    return [int(where)]


# -- rounds through the stairwells --------------------------------------------------------------


async def _lights(chat: Chat, number: str, where: str, page: str) -> None:
    """Which round, of where for one of the whole street, and then the sheet."""
    if not number.isdecimal():
        await _ask_round(chat)
        return
    sweep = await sweeps.access_any(chat.work, chat.actor, int(number))
    known = await _communities(chat)
    if sweep.community_id is not None or len(known) == 1 or where not in ("", "page"):
        await _order_lights(chat, sweep, where)
        return
    data = f"rdesk:ledger:{LIGHTS}:{sweep.id}"
    buttons = _wheres(known, data, int(page) if page.isdecimal() else 0)
    await _show(chat, "ledgers.where", buttons, f"rdesk:ledger:{LIGHTS}")


async def _ask_round(chat: Chat) -> None:
    found = await sweeps.recent(chat.work, chat.actor, limit=PAGE)
    buttons = [(Button(row.title, f"rdesk:ledger:{LIGHTS}:{row.id}"),) for row in found]
    await _show(chat, "ledgers.round" if found else "ledgers.no_round", buttons, "rdesk:ledger")


async def _order_lights(chat: Chat, sweep: Sweep, where: str) -> None:
    if sweep.community_id is not None:
        where = str(sweep.community_id)
    payload = {
        "kind": LIGHTS,
        "chat_id": chat.id,
        "communities": _within_reach(chat, where or EVERYWHERE),
        "sweep_id": sweep.id,
        "period": Period(sweep.begins_on, sweep.ends_on).code,
    }
    await jobs.add(chat.work.session, "report_ledger", payload, now=clock.now())
    chat.tell("ledgers.ordered")
