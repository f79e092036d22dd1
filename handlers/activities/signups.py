"""Volunteers see what is planned, sign up, wait, leave, and answer reminders."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from markupsafe import Markup

from db.models.activities import Activity, Signup
from db.stores import activities as rows
from db.stores.outbox import Outgoing
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import clock
from services.activities import planning, signups
from services.activities.planning import Place, State
from services.activities.records import WAS_THERE
from services.errors import Refusal

PAGE = 6


async def listing(chat: Chat, page: int = 0) -> None:
    """/activities: what is planned, the next one first."""
    found = await rows.upcoming(
        chat.work.session,
        now=clock.now(),
        state=State.PUBLISHED,
        offset=page * PAGE,
        limit=PAGE + 1,
    )
    lines = [say("activities.line", **planning.told(row)) for row in found[:PAGE]]
    text = say("activities.list", lines=join(lines)) if lines else say("activities.none")
    ways = (_button("mine", "act:mine:0"), Button(str(say("menu.back")), "home:menu"))
    await _show_list(chat, text, found, ("act:list", page), ways)


async def mine(chat: Chat, page: int = 0) -> None:
    """The person's own activities, to come and lately over, with where they stand."""
    found = await signups.mine(chat.work, chat.actor, page=page, size=PAGE)
    lines = [
        say("activities.my_line", **planning.told(row), state=_standing(signup, row))
        for signup, row in found[:PAGE]
    ]
    text = say("activities.mine", lines=join(lines)) if lines else say("activities.none_of_mine")
    back = (_button("back", "act:list:0"),)
    await _show_list(chat, text, [row for _, row in found], ("act:mine", page), back)


def _standing(signup: Signup, row: Activity) -> Markup:
    if row.state == State.CANCELLED:
        return say(f"activities.state.{row.state}")
    return say(f"activities.place.{signup.state}")


async def _show_list(
    chat: Chat,
    text: Markup,
    found: Sequence[Activity],
    at: tuple[str, int],
    last: tuple[Button, ...],
) -> None:
    data, page = at
    buttons = [(Button(row.title, f"act:show:{row.id}"),) for row in found[:PAGE]]
    turning = paging.turning(data, page, more=len(found) > PAGE)
    await desk_card.turn(chat, Screen(text, (*buttons, turning, last)), slot="act")


async def pressed(chat: Chat) -> None:
    """Buttons of an activity: 'act:<act>:<activity or page>'."""
    act, what = chat.press_parts(2)
    number = int(what) if what.isdecimal() else 0
    if act in ("list", "mine"):
        await (listing if act == "list" else mine)(chat, number)
    elif act in ANSWERS:
        await ANSWERS[act](chat, number)
    else:
        await show(chat, number)


async def _take(chat: Chat, activity_id: int) -> None:
    activity = await signups.accept(chat.work, chat.actor, activity_id)
    text = say("activities.confirmed", **planning.told(activity))
    await chat.show(Screen(text, _ways_on(activity)))


async def _leave(chat: Chat, activity_id: int) -> None:
    activity = await signups.leave(chat.work, chat.actor, activity_id)
    others = [_button("back", "act:list:0")]
    await chat.say("activities.left", others, **planning.told(activity))


async def _cannot_come(chat: Chat, activity_id: int) -> None:
    activity = await signups.cannot_come(chat.work, chat.actor, activity_id)
    others = [_button("back", "act:list:0")]
    await chat.say("activities.left", others, **planning.told(activity))


async def _coming(chat: Chat, activity_id: int) -> None:
    place = await signups.coming(chat.work, chat.actor, activity_id)
    await chat.say("activities.still_waiting" if place is Place.WAITING else "activities.coming")


async def _map(chat: Chat, activity_id: int) -> None:
    """The meeting point as a map one can open."""
    row = await _published(chat, activity_id)
    if row.latitude is None or row.longitude is None:
        raise Refusal("activities.no_point")
    point = {"chat_id": chat.id, "latitude": row.latitude, "longitude": row.longitude}
    await chat.send(Outgoing(chat.id, "sendLocation", point))


async def _calendar(chat: Chat, activity_id: int) -> None:
    """The date as a document that a phone puts into its calendar."""
    username = chat.office.bot_username
    await signups.order_date(
        chat.work, chat.actor, activity_id, chat_id=chat.id, bot_username=username
    )
    chat.tell("activities.calendar_ordered")


async def _join(chat: Chat, activity_id: int) -> None:
    joined = await signups.sign_up(chat.work, chat.actor, activity_id)
    activity = joined.activity
    params = planning.told(activity)
    if joined.place is Place.WAITING:
        text = say("activities.waiting", capacity=activity.capacity, ahead=joined.ahead)
    else:
        text = say("activities.confirmed", **params)
    if joined.overlaps:
        text += "\n" + say("activities.overlaps", other=joined.overlaps)
    await chat.show(Screen(text, _ways_on(activity, joined.place)))


def _ways_on(activity: Activity, place: Place = Place.CONFIRMED) -> tuple[tuple[Button, ...], ...]:
    """After signing up: where it is, what else one goes to, and the way out of it."""
    ways = [_button("mine", "act:mine:0")]
    if activity.latitude is not None:
        ways.append(_button("map", f"act:map:{activity.id}"))
    dates = [_button("calendar", f"act:cal:{activity.id}")] if place is Place.CONFIRMED else []
    return (tuple(ways), tuple(dates), (_button("leave", f"act:leave:{activity.id}"),))


ANSWERS: dict[str, Callable[[Chat, int], Awaitable[None]]] = {
    "cal": _calendar,
    "join": _join,
    "leave": _leave,
    "map": _map,
    "no": _cannot_come,
    "pass": _leave,
    "take": _take,
    "yes": _coming,
}


async def _published(chat: Chat, activity_id: int) -> Activity:
    row = await rows.by_id(chat.work.session, activity_id)
    if row is None or row.state == State.DRAFT:
        raise Refusal("common.not_there")
    return row


async def show(chat: Chat, activity_id: int) -> None:
    """One activity, and what this person can do with it."""
    row = await _published(chat, activity_id)
    place = await signups.my_place(chat.work, chat.actor, row)
    mine = say(f"activities.place.{place}") if place else say("activities.not_in")
    screen = Screen(await card(chat, row, mine), _acts(chat, row, place))
    await desk_card.turn(chat, screen, slot="act")


DOES = {Place.CONFIRMED: "leave", Place.WAITING: "leave", Place.OFFERED: "take"}


def _acts(chat: Chat, row: Activity, place: Place | None) -> tuple[tuple[Button, ...], ...]:
    """What can be done with an activity now, by who stands there."""
    acts = []
    if row.state == State.PUBLISHED and row.starts_at > clock.now():
        act = DOES.get(place or Place.CANCELLED, "join")
        acts.append((_button(act, f"act:{act}:{row.id}"),))
        if place is Place.CONFIRMED:
            acts.append((_button("calendar", f"act:cal:{row.id}"),))
    more = []
    if row.latitude is not None:
        more.append(_button("map", f"act:map:{row.id}"))
    if row.state == State.PUBLISHED and row.starts_at <= clock.now() and place in WAS_THERE:
        more.append(_button("photos", f"alb:send:{row.id}"))
    if row.leader_id == chat.actor.person_id and row.state == State.PUBLISHED:
        more.append(_button("lead", f"att:list:{row.id}"))
    return (*acts, tuple(more), (_button("back", "act:list:0"),))


async def card(chat: Chat, row: Activity, mine: Markup) -> Markup:
    """An activity as it is shown to everybody."""
    taken = await rows.places_taken(chat.work.session, row.id)
    extra = [
        say(f"activities.extra.{key}", value=value)
        for key, value in (
            ("opens", row.opens_at),
            ("closes", row.closes_at),
            ("age", row.min_age),
            ("skill", row.skill),
            ("risk", row.risk_note),
        )
        if value
    ]
    state = say(f"activities.state.{planning.stage(row)}")
    facts = {"taken": taken, "capacity": row.capacity, "state": state, "mine": mine}
    return say("activities.card", **planning.told(row), **facts, extra=join(extra))


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"activities.button.{key}")), data)


@notices.screen_for("activities.offer")
def _offer(params: dict[str, Any]) -> Screen:
    number = params["activity_id"]
    buttons = (_button("take", f"act:take:{number}"), _button("pass", f"act:pass:{number}"))
    return Screen(say("activities.offer", **params), (buttons,))


@notices.screen_for("activities.reminder")
def _reminder(params: dict[str, Any]) -> Screen:
    number = params["activity_id"]
    buttons = (_button("yes", f"act:yes:{number}"), _button("no", f"act:no:{number}"))
    return Screen(say("activities.reminder", **params), (buttons,))


@notices.screen_for("activities.changed")
def _changed(params: dict[str, Any]) -> Screen:
    number, none = params["activity_id"], say("activities.change.nothing")
    lines = [
        say(f"activities.change.{what}", before=before or none, after=after or none)
        for what, before, after in params["changes"]
    ]
    facts = {"title": params["title"], "when": params["when"], "place": params["place"]}
    text = say("activities.changed", **facts, lines=join(lines))
    buttons = (_button("go", f"act:yes:{number}"), _button("not_go", f"act:no:{number}"))
    return Screen(text, (buttons, (_button("look", f"act:show:{number}"),)))


def _to_the_leader(code: str) -> None:
    def screen(params: dict[str, Any]) -> Screen:
        number = params["activity_id"]
        buttons = (_button("look", f"act:show:{number}"), _button("lead", f"att:list:{number}"))
        return Screen(say(code, **params), (buttons,))

    notices.screen_for(code)(screen)


_to_the_leader("activities.you_lead")
_to_the_leader("activities.lead_soon")


@notices.screen_for("activities.published")
def _published_notice(params: dict[str, Any]) -> Screen:
    lines = [say("activities.published", **params)]
    if params["times"] > 1:
        lines.append(say("activities.weekly", times=params["times"]))
    if params["opens"]:
        lines.append(say("activities.extra.opens", value=params["opens"]))
    lines.append(say("activities.how_to_join"))
    number = params["activity_id"]
    return Screen(join(lines), ((_button("look", f"act:show:{number}"),),))


@notices.screen_for("activities.entered")
def _entered(params: dict[str, Any]) -> Screen:
    number = params["activity_id"]
    buttons = (_button("look", f"act:show:{number}"), _button("leave", f"act:leave:{number}"))
    return Screen(say("activities.entered", **params), (buttons,))
