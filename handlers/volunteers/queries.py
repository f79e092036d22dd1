"""Staff ask the roster: who changed a phone, who is free when, who has not come for long."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from markupsafe import Markup

from db.models.volunteers import Volunteer, VolunteerChange
from db.stores import volunteers as rows
from handlers import colleagues, desk_card, notices, paging
from handlers.chat import Button, Chat, Screen, number_in
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from handlers.volunteers.registration import in_words
from services import clock, places, privacy
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import STREET, Permission
from services.volunteers import changes, queries, registration, roster_files
from services.volunteers.queries import FreeTime, Wanted
from services.volunteers.registration import Category

T = TypeVar("T")

PAGE = 5
SLOT = "vdesk"
HISTORY = 8
MONTHS = (3, 6, 12)
TIMES, CATEGORIES = tuple(FreeTime), tuple(Category)


def _button(key: str, data: str, **params: object) -> Button:
    return Button(str(say(f"volunteer_queries.button.{key}", **params)), data)


async def _show(chat: Chat, text: Markup, *buttons: Sequence[Button]) -> None:
    found = tuple(tuple(row) for row in buttons if row)
    await desk_card.turn(chat, Screen(text, found), slot=SLOT)


async def pressed(chat: Chat) -> None:
    """Buttons: 'vq:<act>:<volunteer, page or choice>:<more>'."""
    act, what, more = chat.press_parts(3)
    if act not in ACTS:
        raise Refusal("common.old_button")
    await ACTS[act](chat, number_in(what), more)


async def _home(chat: Chat, _what: int, _more: str) -> None:
    changed = await changes.count_to_check(chat.work, chat.actor)
    acts = [
        _button("free", "vq:free"),
        _button("inactive", "vq:idle:0"),
        _button("check", "vq:check:0", count=changed),
        _button("export", "vq:export"),
    ]
    if chat.actor.can(Permission.VOLUNTEER_VERIFY):
        acts.append(_button("enter", "ve:new:0"))
    if chat.actor.can(Permission.VOLUNTEER_IMPORT):
        acts.append(_button("import", "roster:ask"))
    back = _button("back", "vdesk:list")
    await _show(chat, say("volunteer_queries.home"), *paging.in_rows(acts), (back,))


HOME, LOOK_UP = "vq:home", "vq:who"


async def _list(
    chat: Chat,
    text: Markup,
    found: Sequence[Volunteer],
    page: int,
    data: str,
    *,
    extra: Sequence[Button] = (),
) -> None:
    """A page of people, each leading to their page on the desk; `data` + number turns it."""
    shown = found[:PAGE]
    lines = [await _line(chat, row) for row in shown]
    buttons = [(Button(_name(row), f"vdesk:show:{row.id}"),) for row in shown]
    turn = paging.turning(data, page, more=len(found) > PAGE)
    words = join([text, *(lines or [say("volunteer_queries.nobody")])], "\n\n")
    await _show(chat, words, *buttons, turn, (*extra, _button("back", HOME)))


def _name(row: Volunteer) -> str:
    return f"{privacy.mask_name(row.name)} {row.number or ''}".strip()


async def _line(chat: Chat, row: Volunteer) -> Markup:
    categories = await rows.categories_of(chat.work.session, row.id)
    return say(
        "volunteer_queries.line",
        name=_name(row),
        categories=in_words(categories),
        skills=row.skills or "",
        times=times_in_words(row.free_times),
    )


def times_in_words(chosen: Sequence[str]) -> str:
    """When somebody is free, in words."""
    between = str(say("forms.value.between"))
    return between.join(str(say(f"volunteers.free_time.{t}")) for t in FreeTime if t in chosen)


# -- somebody by name, number or phone ----------------------------------------------------------


async def _who(chat: Chat, _what: int, _more: str) -> None:
    chat.actor.require(Permission.VOLUNTEER_VIEW)
    await runner.begin(chat, "volunteer_look_up")


async def _looked_up(chat: Chat, submission: Submission) -> None:
    """The first page is all: who is not on it is found with more of the name, or the number."""
    found = await queries.looked_up(chat.work, chat.actor, submission.values["words"])
    key = "looked_up" if len(found) <= PAGE else "looked_up_many"
    text = say(f"volunteer_queries.{key}", count=len(found), shown=PAGE)
    again = [_button("look_up_again", LOOK_UP)]
    await _list(chat, text, found[:PAGE], 0, HOME, extra=again)


registry.register(Form("volunteer_look_up", done=_looked_up, search=True))


# -- changed particulars ------------------------------------------------------------------------


async def _check(chat: Chat, page: int, _more: str) -> None:
    found = await changes.to_check(chat.work, chat.actor, page=page, size=PAGE)
    await _list(chat, say("volunteer_queries.to_check"), found, page, "vq:check")


async def _confirm(chat: Chat, volunteer_id: int, _more: str) -> None:
    await changes.confirm(chat.work, chat.actor, volunteer_id)
    chat.tell("volunteer_queries.confirmed")
    await _check(chat, 0, "")


async def _ask_again(chat: Chat, volunteer_id: int, _more: str) -> None:
    await changes.ask_again(chat.work, chat.actor, volunteer_id)
    chat.tell("volunteer_queries.asked_again")
    await _check(chat, 0, "")


async def _history(chat: Chat, volunteer_id: int, more: str) -> None:
    """What changed when; names and phones stay masked."""
    page = number_in(more)
    found = await changes.history(chat.work, chat.actor, volunteer_id)
    names = {str(one.id): one.name for one in await places.communities(chat.work)}
    shown = found[page * HISTORY : (page + 1) * HISTORY]
    own = await _person_of(chat, volunteer_id)
    actors = {row.actor_id for row in shown if row.actor_id}
    known = await colleagues.called(chat.work, actors - {own})
    lines = [_change(row, names, _by(row, own, known)) for row in shown]
    data = f"vq:hist:{volunteer_id}"
    turn = paging.turning(data, page, more=len(found) > (page + 1) * HISTORY)
    text = say("volunteer_queries.history", lines=join(lines) or say("volunteer_queries.no_change"))
    await _show(chat, text, turn, (_button("back", f"vdesk:show:{volunteer_id}"),))


async def _person_of(chat: Chat, volunteer_id: int) -> int | None:
    row = await registration.access(chat.work, chat.actor, volunteer_id, Permission.VOLUNTEER_VIEW)
    return row.person_id


def _by(row: VolunteerChange, own: int | None, known: dict[int, str]) -> str:
    """Who changed it: the volunteer, a colleague, or (nobody known) the clock or an import."""
    if row.actor_id and row.actor_id == own:
        return str(say("volunteer_queries.oneself"))
    return known.get(row.actor_id or 0, "")


def _change(row: VolunteerChange, communities: dict[str, str], who: str) -> Markup:
    return say(
        "volunteer_queries.change",
        at=f"{clock.local(row.at):%Y-%m-%d %H:%M}",
        who=who,
        what=say(f"volunteer_queries.what.{row.what}"),
        before=_value(row.what, row.before, communities),
        after=_value(row.what, row.after, communities),
    )


def _value(what: str, said: str | None, communities: dict[str, str]) -> str:
    """A kept value in words."""
    if not said:
        return str(say("volunteer_queries.empty"))
    words: dict[str, Callable[[str], str]] = {
        "name": privacy.mask_name,
        "phone": privacy.mask_phone,
        "community": lambda one: communities.get(one, one),
        "categories": lambda one: in_words(one.split()),
        "free_times": lambda one: times_in_words(one.split()),
        "state": lambda one: str(say(f"volunteer_desk.state.{one}")),
        "sex": lambda one: str(say(f"volunteer_queries.sex.{one}")),
        "checked": _fields,
        "asked_again": _fields,
    }
    return words.get(what, str)(said)


def _fields(said: str) -> str:
    between = str(say("forms.value.between"))
    return between.join(str(say(f"volunteers.field.{one}")) for one in said.split())


def to_check_line(row: Volunteer) -> Markup:
    """What of this volunteer waits for a look; empty where nothing does."""
    if not row.to_check:
        return Markup()
    return say("volunteer_queries.please_check", fields=_fields(row.to_check))


def acts_of(chat: Chat, row: Volunteer) -> list[tuple[Button, ...]]:
    """Buttons for the page of a volunteer on the desk."""
    acts = []
    if row.to_check and chat.actor.can(Permission.VOLUNTEER_VERIFY, registration.scope_of(row)):
        acts.append(
            (_button("confirm", f"vq:ok:{row.id}"), _button("ask_again", f"vq:again:{row.id}"))
        )
    return [*acts, (_button("history", f"vq:hist:{row.id}:0"),)]


@notices.screen_for("volunteers.changed_for_staff")
def _changed_for_staff(params: dict[str, Any]) -> Screen:
    look = (_button("look", f"vdesk:show:{params['volunteer_id']}"),)
    return Screen(say("volunteers.changed_for_staff"), (look,))


# -- who is free --------------------------------------------------------------------------------


async def _free(chat: Chat, _what: int, _more: str) -> None:
    await runner.begin(chat, "volunteer_find")


async def _asked(chat: Chat, submission: Submission) -> None:
    values = submission.values
    wanted = Wanted(
        time=FreeTime(values["time"]) if values.get("time") else None,
        category=Category(values["category"]) if values.get("category") else None,
        skill=(values.get("skill") or "").strip().replace(":", " "),
    )
    await _found(chat, wanted, 0)


async def _turn(chat: Chat, _what: int, _more: str) -> None:
    """Another page: 'vq:found:<time>.<category>.<skill>:<page>', the first two by position."""
    _, query, number = chat.press_parts(3)
    time, category, skill = (*query.split(".", 2), "", "")[:3]
    wanted = Wanted(time=_at(TIMES, time), category=_at(CATEGORIES, category), skill=skill)
    await _found(chat, wanted, number_in(number))


def _at(listed: Sequence[T], position: str) -> T | None:
    known = position.isdecimal() and int(position) < len(listed)
    return listed[int(position)] if known else None


async def _found(chat: Chat, wanted: Wanted, page: int) -> None:
    found = await queries.free(chat.work, chat.actor, wanted, page=page, size=PAGE)
    count = await queries.count_free(chat.work, chat.actor, wanted)
    time = TIMES.index(wanted.time) if wanted.time else ""
    category = CATEGORIES.index(wanted.category) if wanted.category else ""
    text = say(
        "volunteer_queries.found",
        count=count,
        time=times_in_words([wanted.time]) if wanted.time else say("volunteer_queries.any_time"),
        category=in_words([wanted.category]) if wanted.category else "",
        skill=wanted.skill,
    )
    await _list(chat, text, found, page, f"vq:found:{time}.{category}.{wanted.skill}")


registry.register(Form("volunteer_find", done=_asked, search=True))


# -- who has not come for long ------------------------------------------------------------------


async def _idle(chat: Chat, page: int, _more: str) -> None:
    months = await queries.idle_months(chat.work)
    found = await queries.idle(chat.work, chat.actor, page=page, size=PAGE)
    count = await queries.count_idle(chat.work, chat.actor)
    text = say("volunteer_queries.idle", months=months, count=count)
    sets = chat.actor.can(Permission.VOLUNTEER_VERIFY, STREET)
    extra = [_button("ask_idle", "vq:ask")] if count else []
    extra += [_button("set_months", "vq:months")] if sets else []
    await _list(chat, text, found, page, "vq:idle", extra=extra)


async def _ask_idle(chat: Chat, _what: int, _more: str) -> None:
    count = await queries.ask_idle(chat.work, chat.actor)
    chat.tell("volunteer_queries.asked_idle", alert=True, count=count)


async def _months(chat: Chat, months: int, _more: str) -> None:
    if months:
        await queries.set_idle_months(chat.work, chat.actor, months)
        await _idle(chat, 0, "")
        return
    buttons = [_button("months", f"vq:months:{one}", months=one) for one in MONTHS]
    await _show(
        chat, say("volunteer_queries.which_months"), buttons, (_button("back", "vq:idle:0"),)
    )


# -- the roster as a file -----------------------------------------------------------------------


async def _export(chat: Chat, page: int, _more: str) -> None:
    """Of which community; who has only one is asked no question."""
    reach = chat.actor.communities(Permission.VOLUNTEER_VIEW)
    known = [c for c in await places.communities(chat.work) if reach is None or c.id in reach]
    if len(known) == 1:
        await _with_phones(chat, known[0].id, "")
        return
    shown = known[page * PAGE : (page + 1) * PAGE]
    buttons = [(Button(one.name, f"vq:with:{one.id}"),) for one in shown]
    turn = paging.turning("vq:export", page, more=len(known) > (page + 1) * PAGE)
    last = (_button("all", "vq:with:0"), _button("back", HOME))
    await _show(chat, say("volunteer_queries.which_roster"), *buttons, turn, last)


async def _with_phones(chat: Chat, community_id: int, _more: str) -> None:
    buttons = [
        _button("with_phones", f"vq:file:{community_id}:1"),
        _button("without_phones", f"vq:file:{community_id}:0"),
    ]
    text = say("volunteer_queries.phones")
    await _show(chat, text, buttons, (_button("back", HOME),))


async def _file(chat: Chat, community_id: int, more: str) -> None:
    await roster_files.order_file(
        chat.work,
        chat.actor,
        chat_id=chat.id,
        community_id=community_id or None,
        phones=more == "1",
    )
    chat.tell("volunteer_queries.ordered")
    await _home(chat, 0, "")


ACTS = {
    "export": _export,
    "with": _with_phones,
    "file": _file,
    "home": _home,
    "check": _check,
    "ok": _confirm,
    "again": _ask_again,
    "hist": _history,
    "who": _who,
    "free": _free,
    "found": _turn,
    "idle": _idle,
    "ask": _ask_idle,
    "months": _months,
}
