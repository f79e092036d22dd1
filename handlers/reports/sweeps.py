"""Rounds through the stairwells: begun, ended, and how far each community, estate, building is."""

from collections.abc import Sequence
from typing import Any

from db.models.reports import Sweep
from handlers import notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.paging import in_rows
from handlers.reports import walks as sweep_walks
from handlers.texts import join, moments, say
from services import clock, places
from services.fillings import Open, Submission
from services.permissions import Permission
from services.reports import sweeps, walks
from services.reports.sweeps import Line, Totals

PAGE = 6
EVERYWHERE = "0"


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:sw:<act>:<round>:<where or building>:<page or floor>…'."""
    _, act, number, *more = chat.press_parts(7)
    if act == "new":
        await _new(chat)
    elif not number.isdecimal() or len(number) > 9:
        await listing(chat)
    elif act == "at":
        sweep = await sweeps.access_any(chat.work, chat.actor, int(number))
        await show(chat, sweep, more[0], int(more[1]) if more[1].isdecimal() else 0)
    else:
        sweep = await sweeps.access(chat.work, chat.actor, int(number))
        await _act(chat, act, sweep, more)


async def _act(chat: Chat, act: str, sweep: Sweep, more: Sequence[str]) -> None:
    if act == "all":
        await _report_all(chat, sweep, more[0])
    elif act == "end":
        await _ask_to_end(chat, sweep)
    elif act == "ended":
        await sweeps.end(chat.work, chat.actor, sweep)
        chat.tell("sweeps.ended")
        await show(chat, sweep)
    elif act in sweep_walks.ACTS:
        await sweep_walks.pressed(chat, act, sweep, more)
    else:
        await show(chat, sweep)


async def listing(chat: Chat) -> None:
    """The rounds begun last; those that are over can be looked at."""
    found = await sweeps.recent(chat.work, chat.actor, limit=PAGE)
    buttons = [(Button(_round(sweep), f"rdesk:sw:at:{sweep.id}"),) for sweep in found]
    if chat.actor.can(Permission.REPORT_ASSIGN):
        buttons.append((Button(str(say("sweeps.button.new")), "rdesk:sw:new"),))
    buttons.append((Button(str(say("sweeps.button.back")), "rdesk:list:new:0"),))
    text = say("sweeps.list" if found else "sweeps.none")
    await chat.show(Screen(text, tuple(buttons)), slot="rdesk", edit=True)


def _is_over(sweep: Sweep) -> bool:
    return sweep.closed or sweep.ends_on < clock.today()


def _round(sweep: Sweep) -> str:
    """As a button: two rounds of a month are told apart by their first day."""
    return str(say("sweeps.round", title=_title(sweep), begins=moments.short_day(sweep.begins_on)))


def _title(sweep: Sweep) -> str:
    return str(say("sweeps.over_title", title=sweep.title)) if _is_over(sweep) else sweep.title


# -- how far it is, from the street down to a building ------------------------------------------


async def show(
    chat: Chat, sweep: Sweep, where: str = "", page: int = 0, *, edit: bool = True
) -> None:
    """Live totals of all in reach, of a community ('c12') or of an estate ('e34'); ways down."""
    lines = await sweeps.progress(chat.work, chat.actor, sweep)
    where = _narrowed(where, lines)
    here = _within(where, lines)
    names = await sweeps.community_names(chat.work)
    buttons = _ways_down(sweep, where, here, names)
    shown = buttons[page * PAGE : (page + 1) * PAGE]
    rows = [
        *(await _resuming(chat, sweep) if not page else []),
        *((button,) for button in shown),
        *paging.turning_row(
            f"rdesk:sw:at:{sweep.id}:{where or '-'}", page, len(buttons), PAGE, onward="more"
        ),
        *_tools(chat, sweep, where, here),
        (Button(str(say("sweeps.button.back")), _way_up(sweep, where, lines)),),
    ]
    text = join([_head(sweep, _place(where, here, names)), _told(sweeps.added_up(here))], "\n\n")
    await chat.show(Screen(text, tuple(rows)), slot="rdesk", edit=edit)


def _narrowed(where: str, lines: Sequence[Line]) -> str:
    """Where there is only one community, or one estate, nobody is asked which."""
    if where[:1] not in ("c", "e"):
        groups = sweeps.by_community(lines)
        where = f"c{next(iter(groups))}" if len(groups) == 1 else ""
    estates = sweeps.by_estate(_within(where, lines))
    if where.startswith("c") and len(estates) == 1:
        where = f"e{next(iter(estates))}"
    return where


def _within(where: str, lines: Sequence[Line]) -> list[Line]:
    key = int(where[1:]) if where[1:].isdecimal() else 0
    if where.startswith("c"):
        return sweeps.by_community(lines).get(key, [])
    if where.startswith("e"):
        return sweeps.by_estate(lines).get(key, [])
    return list(lines)


def _ways_down(
    sweep: Sweep, where: str, here: Sequence[Line], names: dict[int, str]
) -> list[Button]:
    """Communities of the street, estates of a community, buildings of an estate."""
    if where.startswith("e"):
        return [_building(sweep, line) for line in here]
    if where.startswith("c"):
        groups = sweeps.by_estate(here)
        labels = {key: group[0].estate.name for key, group in groups.items()}
    else:
        groups, labels = sweeps.by_community(here), names
    level = "e" if where else "c"
    return [
        Button(_line(labels.get(key, ""), sweeps.added_up(group)),
               f"rdesk:sw:at:{sweep.id}:{level}{key}")
        for key, group in groups.items()
    ]  # fmt: skip


def _building(sweep: Sweep, line: Line) -> Button:
    label = say(
        "sweeps.building",
        estate=line.estate.name,
        name=line.building.name,
        seen=line.seen.floors,
        floors=line.floors,
        broken=say("sweeps.broken_too", count=line.seen.broken) if line.seen.broken else "",
    )
    return Button(str(label), f"rdesk:sw:go:{sweep.id}:{line.building.id}")


def _line(name: str, whole: Totals) -> str:
    return str(say("sweeps.place", name=name, done=whole.buildings_done,
                   buildings=whole.buildings, broken=whole.broken))  # fmt: skip


def _way_up(sweep: Sweep, where: str, lines: Sequence[Line]) -> str:
    """One level up, past those that offer no choice."""
    groups = sweeps.by_community(lines)
    if where.startswith("e"):
        here = _within(where, lines)
        community = here[0].estate.community_id if here else 0
        if len(sweeps.by_estate(groups.get(community, []))) > 1:
            return f"rdesk:sw:at:{sweep.id}:c{community}"
    return f"rdesk:sw:at:{sweep.id}" if where and len(groups) > 1 else "rdesk:sw:list"


def _place(where: str, here: Sequence[Line], names: dict[int, str]) -> str:
    if not here or not where:
        return str(say("sweeps.everywhere")) if len(sweeps.by_community(here)) > 1 else ""
    if where.startswith("e"):
        return here[0].estate.name
    return names.get(here[0].estate.community_id, "")


def _head(sweep: Sweep, place: str) -> Any:
    return say("sweeps.head", title=_title(sweep), place=place,
               begins=sweep.begins_on, ends=sweep.ends_on)  # fmt: skip


def _told(whole: Totals) -> Any:
    if not whole.buildings:
        return say("sweeps.no_buildings")
    told = say("sweeps.totals", **vars(whole))
    if whole.lit is None:
        return told
    return join([told, say("sweeps.lit", percent=whole.lit)])


async def _resuming(chat: Chat, sweep: Sweep) -> list[tuple[Button, ...]]:
    """Straight back to the floor where this person stopped."""
    found = None if _is_over(sweep) else await walks.resume(chat.work, chat.actor, sweep)
    if found is None:
        return []
    walk, spot = found
    label = say("sweeps.resume", name=walk.building.name, entrance=spot.entrance, floor=spot.floor)
    return [(Button(str(label), f"rdesk:sw:go:{sweep.id}:{walk.building.id}"),)]


def _tools(chat: Chat, sweep: Sweep, where: str, here: Sequence[Line]) -> list[tuple[Button, ...]]:
    """Staff report everything broken here at once, order the table, and end the round."""
    tools = []
    open_round = not _is_over(sweep) and chat.actor.can(Permission.REPORT_ASSIGN)
    if open_round and any(line.seen.dark > line.seen.reported for line in here):
        label = str(say("sweeps.button.all"))
        tools.append(Button(label, f"rdesk:sw:all:{sweep.id}:{where or '-'}"))
    if chat.actor.can(Permission.REPORT_EXPORT):
        label = str(say("sweeps.button.table"))
        tools.append(Button(label, f"rdesk:ledger:lights:{sweep.id}"))
    scope = sweeps.scope_of(sweep.community_id)
    if open_round and chat.actor.can(Permission.REPORT_ASSIGN, scope):
        tools.append(Button(str(say("sweeps.button.end")), f"rdesk:sw:end:{sweep.id}"))
    return list(in_rows(tools))


async def _report_all(chat: Chat, sweep: Sweep, where: str) -> None:
    lines = await sweeps.progress(chat.work, chat.actor, sweep)
    here = _within(_narrowed(where, lines), lines)
    words = str(say("sweeps.words"))
    new, known = await walks.report_all(chat.work, chat.actor, sweep, here, words)
    chat.tell("sweeps.reported", alert=True, new=new, known=known)
    await show(chat, sweep, where)


async def _ask_to_end(chat: Chat, sweep: Sweep) -> None:
    chat.actor.require(Permission.REPORT_ASSIGN, sweeps.scope_of(sweep.community_id))
    whole = sweeps.added_up(await sweeps.progress(chat.work, chat.actor, sweep))
    buttons = notices.button_row(
        ("sweeps.button.really_end", f"rdesk:sw:ended:{sweep.id}"),
        ("sweeps.button.back", f"rdesk:sw:at:{sweep.id}"),
    )
    left = whole.floors - whole.floors_seen
    screen = Screen(say("sweeps.end_asks", title=sweep.title, left=left), (buttons,))
    await chat.show(screen, slot="rdesk", edit=True)


# -- beginning one ------------------------------------------------------------------------------


async def _new(chat: Chat) -> None:
    """Where only one community is in reach, it is the one."""
    chat.actor.require(Permission.REPORT_ASSIGN)
    known = await _in_reach(chat)
    only = {"community": known[0][0]} if len(known) == 1 else {}
    await runner.begin(chat, "sweep", answers=only)


async def _communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    return await _in_reach(chat)


async def _in_reach(chat: Chat) -> list[tuple[str, str]]:
    mine = chat.actor.communities(Permission.REPORT_ASSIGN)
    known = [
        (str(c.id), c.name)
        for c in await places.communities(chat.work)
        if mine is None or c.id in mine
    ]
    return [*known, *([(EVERYWHERE, str(say("sweeps.everywhere")))] if mine is None else [])]


async def _begun(chat: Chat, submission: Submission) -> None:
    values = submission.values
    begins, ends = clock.day(values["begins"]), clock.day(values["ends"])
    community = int(values["community"]) or None
    title = str(say("sweeps.title", month=f"{begins:%Y-%m}"))
    await sweeps.begin(
        chat.work, chat.actor, title, community_id=community, begins=begins, ends=ends
    )
    await chat.say("sweeps.begun")
    await listing(chat)


registry.register(Form("sweep", done=_begun, lists={"communities": _communities}))


@notices.screen_for("sweeps.reported_together")
def _reported_together(params: dict[str, Any]) -> Screen:
    look = notices.button_row(("report_desk.which.new", "rdesk:list:new:0"))
    return Screen(say("sweeps.reported_together", **params), (look,))
