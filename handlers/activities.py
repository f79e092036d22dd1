"""Volunteers see what is planned, sign up, wait, leave, and answer reminders."""

from typing import Any

from markupsafe import Markup

from db.models.activities import Activity
from db.stores import activities as rows
from handlers import notices
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import activities, clock
from services.activities import Place, State
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
    if not found:
        await chat.say("activities.none")
        return
    lines = [say("activities.line", **activities.told(row)) for row in found[:PAGE]]
    buttons = [(Button(row.title, f"act:show:{row.id}"),) for row in found[:PAGE]]
    turning = [_button("previous", f"act:list:{page - 1}")] if page else []
    if len(found) > PAGE:
        turning.append(_button("next", f"act:list:{page + 1}"))
    screen = Screen(say("activities.list", lines=join(lines)), (*buttons, tuple(turning)))
    await chat.show(screen, slot="act", edit=bool(chat.given.query_id))


async def pressed(chat: Chat) -> None:
    """Buttons of an activity: 'act:<act>:<activity or page>'."""
    act, what = chat.press_parts(2)
    number = int(what) if what.isdecimal() else 0
    if act == "list":
        await listing(chat, number)
    elif act == "join":
        await _join(chat, number)
    elif act == "take":
        activity = await activities.accept(chat.work, chat.actor, number)
        await chat.say("activities.confirmed", **activities.told(activity))
    elif act in ("leave", "pass", "no"):
        run = activities.cannot_come if act == "no" else activities.leave
        activity = await run(chat.work, chat.actor, number)
        await chat.say("activities.left", **activities.told(activity))
    elif act == "yes":
        await chat.say("activities.coming")
    else:
        await show(chat, number)


async def _join(chat: Chat, activity_id: int) -> None:
    joined = await activities.sign_up(chat.work, chat.actor, activity_id)
    activity = await _published(chat, activity_id)
    params = activities.told(activity)
    if joined.place is Place.WAITING:
        text = say("activities.waiting", capacity=activity.capacity, ahead=joined.ahead)
    else:
        text = say("activities.confirmed", **params)
    if joined.overlaps:
        text += "\n" + say("activities.overlaps", other=joined.overlaps)
    await chat.show(Screen(text, ((_button("leave", f"act:leave:{activity_id}"),),)))


async def _published(chat: Chat, activity_id: int) -> Activity:
    row = await rows.by_id(chat.work.session, activity_id)
    if row is None or row.state == State.DRAFT:
        raise Refusal("common.not_there")
    return row


async def show(chat: Chat, activity_id: int) -> None:
    """One activity, and what this person can do with it."""
    row = await _published(chat, activity_id)
    place = await activities.my_place(chat.work, chat.actor, row)
    act = {
        Place.CONFIRMED: "leave",
        Place.WAITING: "leave",
        Place.OFFERED: "take",
    }.get(place or Place.CANCELLED, "join")
    buttons = [(_button("back", "act:list:0"),)]
    if row.state == State.PUBLISHED and row.starts_at > clock.now():
        buttons.insert(0, (_button(act, f"act:{act}:{row.id}"),))
    mine = say(f"activities.place.{place}") if place else say("activities.not_in")
    screen = Screen(await card(chat, row, mine), tuple(buttons))
    await chat.show(screen, slot="act", edit=bool(chat.given.query_id))


async def card(chat: Chat, row: Activity, mine: Markup) -> Markup:
    """An activity as it is shown to everybody."""
    taken = await rows.places_taken(chat.work.session, row.id)
    extra = [
        say(f"activities.extra.{key}", value=value)
        for key, value in (("age", row.min_age), ("skill", row.skill), ("risk", row.risk_note))
        if value
    ]
    state = say(f"activities.state.{row.state}")
    facts = {"taken": taken, "capacity": row.capacity, "state": state, "mine": mine}
    return say("activities.card", **activities.told(row), **facts, extra=join(extra))


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
