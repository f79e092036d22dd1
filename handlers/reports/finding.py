"""Finding reports by community, kind, state, delay and words; giving several out in one press."""

from collections.abc import Sequence

from db.models.reports import Report
from db.stores import people as person_rows
from handlers import colleagues, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports.assigning import bodies_for
from handlers.reports.cards import label
from handlers.reports.lists import PAGE, line
from handlers.reports.page import SLOT
from handlers.texts import say
from services import places
from services.fillings import Submission
from services.permissions import Permission
from services.reports import categories, desk, queues, views
from services.reports.desk import Brought
from services.reports.views import Filter, View

ALL = "0"
BACK = "rdesk:find"


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:find:<act>:<value>:<more>'."""
    chat.actor.require(Permission.REPORT_ASSIGN)
    _, act, value, more = chat.press_parts(4)
    if act in CHOICES:
        await _choose(chat, act, _number(value))
    elif act == "set" and value in SETS:
        await results(chat, await views.look_for(chat.work, chat.actor, **_wanted(value, more)))
    elif act == "clear":
        await results(chat, await views.forget(chat.work, chat.actor))
    elif act == "words":
        await runner.begin(chat, "report_find")
    elif act == "tick":
        await _tick(chat, value, more)
    elif act in GIVING:
        await GIVING[act](chat, value)
    else:
        view = await views.of(chat.work, chat.actor)
        page = _number(value) if act in ("page", "ticks") else 0
        await results(chat, view, page, ticking=act == "ticks")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


# -- what is looked for -------------------------------------------------------------------------

SETS = {"state": "state", "place": "community_id", "kind": "category", "late": "overdue"}


def _wanted(name: str, value: str) -> dict[str, str | int | bool]:
    """A pressed choice as a part of the filter."""
    if name == "place":
        return {"community_id": _number(value)}
    if name == "late":
        return {"overdue": value == "1"}
    return {SETS[name]: "" if value == ALL else value}


async def _states(_chat: Chat) -> list[tuple[str, str]]:
    return [(one, str(say(f"report_desk.which.{one}"))) for one in queues.LISTED]


async def _places(chat: Chat) -> list[tuple[str, str]]:
    mine = chat.actor.communities(Permission.REPORT_ASSIGN)
    known = await places.communities(chat.work)
    return [(str(c.id), c.name) for c in known if mine is None or c.id in mine]


async def _kinds(_chat: Chat) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in categories.table()]


CHOICES = {"state": _states, "place": _places, "kind": _kinds}


async def _choose(chat: Chat, name: str, page: int) -> None:
    """The values of one part of the filter, six a page."""
    offered = await CHOICES[name](chat)
    buttons = [Button(text, f"rdesk:find:set:{name}:{code}") for code, text in offered]
    ways = paging.turning(f"rdesk:find:{name}", page, more=len(buttons) > (page + 1) * PAGE)
    shown = paging.in_rows(buttons[page * PAGE : (page + 1) * PAGE])
    last = (_button("all", f"rdesk:find:set:{name}:{ALL}"), _button("back", BACK))
    screen = Screen(say(f"report_find.choose.{name}"), (*shown, *([ways] if ways else []), last))
    await turn(chat, screen, slot=SLOT)


async def _worded(chat: Chat, submission: Submission) -> None:
    words = submission.values["words"]
    await results(chat, await views.look_for(chat.work, chat.actor, words=words))


registry.register(Form("report_find", done=_worded, search=True))


# -- what was found -----------------------------------------------------------------------------


async def results(chat: Chat, view: View, page: int = 0, *, ticking: bool = False) -> None:
    """What the filter finds; a report opens when it is pressed, or is ticked while ticking."""
    found = await views.found(chat.work, chat.actor, view.filter, page=page, size=PAGE)
    key = "report_find.found" if found else "report_find.nothing"
    text = say(key, filter=await _in_words(chat, view.filter), ticked=len(view.ticked))
    if ticking:
        rows = [
            (_to_tick(row, view, page),) for row in found[:PAGE] if views.can_give(row, chat.actor)
        ]
    else:
        rows = [(Button(line(row), f"rdesk:show:{row.id}"),) for row in found[:PAGE]]
    data = "rdesk:find:ticks" if ticking else "rdesk:find:page"
    ways = paging.turning(data, page, more=len(found) > PAGE)
    tools = _ticking_tools(view) if ticking else _filter_tools(view, page)
    await turn(chat, Screen(text, (*rows, *([ways] if ways else []), *tools)), slot=SLOT)


def _to_tick(row: Report, view: View, page: int) -> Button:
    on = row.id in view.ticked
    mark = say("report_find.ticked" if on else "report_find.unticked")
    return Button(f"{mark} {line(row)}", f"rdesk:find:tick:{row.id}:{0 if on else 1}-{page}")


def _ticking_tools(view: View) -> tuple[tuple[Button, ...], ...]:
    back = (_button("back", BACK),)
    if not view.ticked:
        return (back,)
    give = Button(str(say("report_find.button.give", count=len(view.ticked))), "rdesk:find:whom:0")
    return ((give,), back)


def _filter_tools(view: View, page: int) -> tuple[tuple[Button, ...], ...]:
    tools = [_button(name, f"rdesk:find:{name}:0") for name in (*CHOICES, "words")]
    late = "any_time" if view.filter.overdue else "late"
    tools.append(_button(late, f"rdesk:find:set:late:{0 if view.filter.overdue else 1}"))
    tools.append(_button("clear", "rdesk:find:clear"))
    last = (_button("ticks", f"rdesk:find:ticks:{page}"), _button("desk", "rdesk:list:new:0"))
    return (*paging.in_rows(tools, 3), last)


async def _in_words(chat: Chat, wanted: Filter) -> str:
    """The filter as people say it."""
    parts = [str(say(f"report_desk.which.{wanted.state}"))] if wanted.state else []
    if wanted.community_id:
        parts.append((await places.community(chat.work, wanted.community_id)).name)
    if wanted.category:
        parts.append(label(wanted.category))
    if wanted.overdue:
        parts.append(str(say("report_find.button.late")))
    if wanted.words:
        parts.append(str(say("report_find.quoted", words=wanted.words).striptags()))
    return " / ".join(parts) or str(say("report_find.everything"))


async def _tick(chat: Chat, report: str, more: str) -> None:
    """'rdesk:find:tick:<report>:<1 or 0>-<page>': says what it sets, so twice does no harm."""
    on, _, page = more.partition("-")
    row = await desk.access(chat.work, chat.actor, _number(report))
    view = await views.tick(chat.work, chat.actor, row, on=on == "1")
    await results(chat, view, _number(page), ticking=True)


# -- giving out ---------------------------------------------------------------------------------


async def _whom(chat: Chat, page: str) -> None:
    """The people who can be given all that is ticked, and the way to the bodies."""
    able = await views.able(chat.work, chat.actor)
    reached = await person_rows.chats_of(chat.work.session, able)
    known = await colleagues.called(chat.work, reached)
    people = [Button(known[one], f"rdesk:find:give:{one}") for one in able if one in known]
    bodies = Button(str(say("report_desk.button.bodies")), "rdesk:find:bodies:0")
    key = "report_find.whom" if people else "report_find.nobody"
    await _offer(chat, key, people, "rdesk:find:whom", _number(page), (bodies,))


async def _bodies(chat: Chat, page: str) -> None:
    buttons = [Button(b.name, f"rdesk:find:body:{b.id}") for b in await bodies_for(chat, None)]
    key = "report_desk.which_body" if buttons else "report_desk.no_body"
    await _offer(chat, key, buttons, "rdesk:find:bodies", _number(page), ())


async def _offer(
    chat: Chat, key: str, buttons: Sequence[Button], data: str, page: int, extra: tuple[Button, ...]
) -> None:
    ways = paging.turning(data, page, more=len(buttons) > (page + 1) * PAGE)
    shown = paging.in_rows(buttons[page * PAGE : (page + 1) * PAGE], 1)
    keys = (*shown, *([ways] if ways else []), (*extra, _button("back", BACK)))
    count = len(await views.ticked(chat.work, chat.actor))
    await turn(chat, Screen(say(key, count=count), keys), slot=SLOT)


async def _give(chat: Chat, person: str) -> None:
    await _given(chat, Brought(assignee_id=_number(person)))


async def _give_body(chat: Chat, body: str) -> None:
    await _given(chat, Brought(body_id=_number(body)))


async def _given(chat: Chat, brought: Brought) -> None:
    done = await views.give(chat.work, chat.actor, brought)
    key = "report_find.given_but" if done.left else "report_find.given"
    chat.tell(key, alert=bool(done.left), count=done.count, left=", ".join(done.left))
    await results(chat, await views.of(chat.work, chat.actor))


GIVING = {"whom": _whom, "bodies": _bodies, "give": _give, "body": _give_body}


def _button(name: str, data: str) -> Button:
    return Button(str(say(f"report_find.button.{name}")), data)
