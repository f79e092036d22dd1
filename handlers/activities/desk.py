"""Leaders and staff plan activities, publish them, see who signed up, and call them off."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final

from markupsafe import Markup

from db.models.activities import Activity, Signup
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from handlers import desk_card, menu, paging
from handlers.activities import form
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import clock, privacy
from services.activities import audiences, festivals, planning
from services.activities.audiences import Audience
from services.activities.planning import Place, State
from services.errors import Refusal
from services.permissions import Permission
from services.volunteers.registration import Category

PAGE, LINES = 6, 20
STAND_THERE = tuple(place for place in Place if place is not Place.CANCELLED)
NOTICE: Final = timedelta(days=3)
"""A festival sooner than this is too near to gather people for."""


async def listing(chat: Chat, page: int = 0) -> None:
    """/plan: activities of the actor's communities, and a new one."""
    scope = chat.actor.communities(Permission.ACTIVITY_CREATE)
    found = await rows.of_scope(chat.work.session, scope, offset=page * PAGE, limit=PAGE + 1)
    lines = [_line(row) for row in found[:PAGE]]
    text = say("activity_desk.list", lines=join(lines) if lines else say("activity_desk.none"))
    buttons = [(Button(row.title, f"adesk:show:{row.id}"),) for row in found[:PAGE]]
    turning = paging.turning("adesk:list", page, more=len(found) > PAGE)
    coming = festivals.upcoming(clock.today(), notice=NOTICE)
    name = say(f"activity_desk.festival.{coming.festival}")
    text += "\n\n" + say("activity_desk.next_festival", name=name, day=_day(coming.day))
    propose = _button("festival", f"adesk:festival:{coming.day:%Y%m%d}", name=name)
    waiting = await rows.count_unsettled(chat.work.session, scope, person_id=chat.actor.person_id)
    hours = (_button("hours", "adesk:hours:0", count=waiting),) if waiting else ()
    last = (hours, (propose,), (_button("new", "adesk:new"),), menu.way_back())
    screen = Screen(text, (*buttons, turning, *last))
    await _turn(chat, screen)


async def _hours(chat: Chat, page: int) -> None:
    """Where hours wait to be approved, the longest first; one is settled in its list of names."""
    found = await rows.unsettled(
        chat.work.session,
        chat.actor.communities(Permission.ACTIVITY_CREATE),
        person_id=chat.actor.person_id,
        offset=page * PAGE,
        limit=PAGE + 1,
    )
    lines = [_line(row) for row in found[:PAGE]]
    text = say("activity_desk.hours", lines=join(lines)) if lines else say("activity_desk.no_hours")
    buttons = [(Button(row.title, f"att:list:{row.id}"),) for row in found[:PAGE]]
    turning = paging.turning("adesk:hours", page, more=len(found) > PAGE)
    back = (_button("back", "adesk:list:0"),)
    await _turn(chat, Screen(text, (*buttons, turning, back)))


def _day(day: date) -> Markup:
    return say("activity_desk.day", month=day.month, day=day.day)


async def _propose(chat: Chat, number: int) -> None:
    """The form for the festival on this day, its title, kind and date filled in."""
    with suppress(ValueError):
        day = datetime.strptime(str(number), "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        coming = festivals.upcoming(day)
        if coming.day == day:
            name = say(f"activity_desk.festival.{coming.festival}")
            title = str(say("activity_desk.festival_title", name=name))
            known = {"title": title, "category": Category.CULTURE.value, "day": day.isoformat()}
            await form.begin(chat, known, subject=f"{day:%Y%m%d}")
            return
    raise Refusal("common.old_button")


def _line(row: Activity) -> Markup:
    state = say(f"activities.state.{planning.stage(row)}")
    return say("activity_desk.line", **planning.told(row), state=state)


async def pressed(chat: Chat) -> None:
    """Buttons of the desk: 'adesk:<act>:<activity or page>:<more>'."""
    act, what, more = chat.press_parts(3)
    number = int(what) if what.isdecimal() else 0
    if act == "new":
        await form.begin(chat)
    elif act == "show":
        await show(chat, number, int(more) if more.isdecimal() else 0)
    elif act == "pub":
        await _publish(chat, number, more)
    elif act in PAGES:
        await PAGES[act](chat, number)
    else:
        await listing(chat, number)


async def _ask_to_cancel(chat: Chat, activity_id: int) -> None:
    row = await planning.access(chat.work, chat.actor, activity_id)
    act = "void" if row.ends_at <= clock.now() else "cancel"
    buttons: list[tuple[Button, ...]]
    buttons = [(_button(f"really_{act}", f"adesk:off:{activity_id}"), _back(activity_id))]
    later = len(await planning.series(chat.work, row))
    if later and act == "cancel":
        all_of_it = _button("cancel_series", f"adesk:offall:{activity_id}", count=later + 1)
        buttons.append((all_of_it,))
    await _turn(chat, Screen(say(f"activity_desk.{act}_asks"), tuple(buttons)))


async def _cancel(chat: Chat, activity_id: int) -> None:
    await planning.cancel(chat.work, chat.actor, activity_id)
    await show(chat, activity_id)


async def _cancel_series(chat: Chat, activity_id: int) -> None:
    count = await planning.cancel_series(chat.work, chat.actor, activity_id)
    chat.tell("activity_desk.series_off", count=count)
    await show(chat, activity_id)


async def _ask_whom(chat: Chat, activity_id: int) -> None:
    """Before it is published: who would be told, and how many that is."""
    row = await planning.access(chat.work, chat.actor, activity_id)
    if row.state != State.DRAFT:
        raise Refusal("activities.moved_on")
    weeks = 1 + len(await planning.series(chat.work, row))
    found = await audiences.choices(chat.work, chat.actor, row)
    buttons = [
        (_button(f"tell_{audience}", f"adesk:pub:{row.id}:{audience}", count=count),)
        for audience, count in found.items()
    ]
    buttons.append((_button("tell_nobody", f"adesk:pub:{row.id}:{Audience.NOBODY}"),))
    text = say("activity_desk.whom", **planning.told(row))
    if weeks > 1:
        text += "\n" + say("activity_desk.whole_series", weeks=weeks)
    await _turn(chat, Screen(text, (*buttons, (_back(row.id),))))


async def _publish(chat: Chat, activity_id: int, audience: str) -> None:
    """Open the sign-up and tell the chosen people, each at most once."""
    if audience not in tuple(Audience):
        raise Refusal("common.old_button")
    _, count = await audiences.publish(chat.work, chat.actor, activity_id, Audience(audience))
    chat.tell("activity_desk.told", count=count)
    await show(chat, activity_id)


async def _turn(chat: Chat, screen: Screen) -> None:
    await desk_card.turn(chat, screen, slot="adesk")


async def show(chat: Chat, activity_id: int, page: int = 0) -> None:
    """An activity with those who signed up, a page at a time."""
    row = await planning.access(chat.work, chat.actor, activity_id)
    found = await rows.listed(
        chat.work.session, row.id, STAND_THERE, offset=page * LINES, limit=LINES + 1
    )
    lines = [_signup_line(signup, volunteer) for signup, volunteer in found[:LINES]]
    taken = await rows.places_taken(chat.work.session, row.id)
    facts = {
        "taken": taken,
        "capacity": row.capacity,
        "state": say(f"activities.state.{planning.stage(row)}"),
    }
    nobody = say("activity_desk.nobody")
    text = say("activity_desk.page", **planning.told(row), **facts, lines=join(lines) or nobody)
    turning = paging.turning(f"adesk:show:{row.id}", page, more=len(found) > LINES)
    back = _button("back", "adesk:list:0")
    await _turn(chat, Screen(text, (turning, *in_pairs(_acts(row)), (back,))))


def _acts(row: Activity) -> list[Button]:
    """What staff can do with an activity now."""
    is_over, acts = row.ends_at <= clock.now(), []
    if row.state == State.DRAFT:
        acts.append(_button("publish", f"adesk:publish:{row.id}"))
    if row.state != State.CANCELLED and not is_over:
        acts.append(_button("change", f"adesk:change:{row.id}"))
    if row.state != State.CANCELLED:
        acts.append(_button("void" if is_over else "cancel", f"adesk:cancel:{row.id}"))
    if row.state == State.PUBLISHED:
        acts.append(_button("names", f"att:list:{row.id}"))
    return acts


def _signup_line(signup: Signup, volunteer: Volunteer) -> Markup:
    coming = say("activity_desk.coming") if signup.coming_at else ""
    return say(
        "activity_desk.signup",
        name=privacy.mask_name(volunteer.name),
        number=volunteer.number or "",
        place=say(f"activities.place.{signup.state}"),
        coming=coming,
    )


def in_pairs(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    """Two buttons a row."""
    return [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]


def _button(key: str, data: str, **params: object) -> Button:
    return Button(str(say(f"activity_desk.button.{key}", **params)), data)


def _back(activity_id: int) -> Button:
    return _button("back", f"adesk:show:{activity_id}")


PAGES: dict[str, Callable[[Chat, int], Awaitable[None]]] = {
    "cancel": _ask_to_cancel,
    "change": form.begin_change,
    "festival": _propose,
    "hours": _hours,
    "off": _cancel,
    "offall": _cancel_series,
    "publish": _ask_whom,
}
