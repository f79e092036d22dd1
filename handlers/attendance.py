"""Leaders show the check-in link and tick names, propose and approve hours; volunteers object."""

from typing import Any

from db.models.activities import Activity
from db.stores import activities as rows
from handlers import notices
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import activities, attendance, clock, privacy
from services.activities import Place
from services.errors import Refusal
from services.permissions import Permission, community

PAGE = 6


async def scanned(chat: Chat, said: str) -> None:
    """/start in_<code>: what the leader's link carries."""
    activity, place = await attendance.scan(chat.work, chat.actor, said)
    await chat.say(f"attendance.scanned.{place}", title=activity.title)


async def pressed(chat: Chat) -> None:
    """Buttons: 'att:<act>:<activity, sign-up or hours>:<page>'."""
    act, what, more = chat.press_parts(3)
    number = int(what) if what.isdecimal() else 0
    if act == "object":
        await attendance.dispute(chat.work, chat.actor, number)
        await chat.say("attendance.objected")
    elif act in ("more", "less"):
        await _correct(chat, number, 1 if act == "more" else -1)
    elif act == "code":
        await _show_code(chat, number)
    elif act == "tick":
        activity = await attendance.tick(chat.work, chat.actor, number)
        await names(chat, activity.id, int(more) if more.isdecimal() else 0)
    elif act in ("propose", "approve"):
        run = attendance.propose if act == "propose" else attendance.approve
        count = await run(chat.work, chat.actor, number)
        chat.tell(f"attendance.done.{act}", count=count)
        await names(chat, number)
    else:
        await names(chat, number, int(more) if more.isdecimal() else 0)


async def _show_code(chat: Chat, activity_id: int) -> None:
    """A link that is good for minutes; the button makes the next one."""
    activity = await activities.led(chat.work, chat.actor, activity_id)
    said = attendance.code(activity.id, clock.now())
    link = f"https://t.me/{chat.office.bot_username}?start=in_{said}"
    acts = (_button("code", f"att:code:{activity.id}"), _button("names", f"att:list:{activity.id}"))
    text = say("attendance.link", title=activity.title, link=link)
    await chat.show(Screen(text, (acts,)), slot="att", edit=True)


async def names(chat: Chat, activity_id: int, page: int = 0) -> None:
    """Who is here; pressing a name ticks it."""
    activity = await activities.led(chat.work, chat.actor, activity_id)
    hours = {row.signup_id: row for row in await attendance.proposals(chat.work, activity)}
    came = [
        (signup, volunteer)
        for signup, volunteer in await rows.everybody(chat.work.session, activity.id)
        if signup.state in (Place.CONFIRMED, Place.ARRIVED, Place.LEFT, Place.ABSENT)
    ]
    shown = came[page * PAGE : (page + 1) * PAGE]
    lines, buttons = [], []
    for signup, volunteer in shown:
        row = hours.get(signup.id)
        served = attendance.written(row.half_hours) if row else "-"
        state = say(f"activities.place.{signup.state}")
        name = privacy.mask_name(volunteer.name)
        lines.append(say("attendance.line", name=name, state=state, hours=served))
        label = f"{name} {volunteer.number or ''}"
        buttons.append((Button(label, f"att:tick:{signup.id}:{page}"),))
    turning = [_button("previous", f"att:list:{activity.id}:{page - 1}")] if page else []
    if len(came) > (page + 1) * PAGE:
        turning.append(_button("next", f"att:list:{activity.id}:{page + 1}"))
    acts = tuple(_button(act, f"att:{act}:{activity.id}") for act in ("code", "propose", "approve"))
    back = (_button("back", back_from(chat, activity)),)
    text = say("attendance.names", title=activity.title, lines=join(lines))
    await chat.show(Screen(text, (*buttons, tuple(turning), acts, back)), slot="att", edit=True)


def back_from(chat: Chat, activity: Activity) -> str:
    """Staff go back to the desk, a leader from among the volunteers to the activity."""
    at_desk = chat.actor.can(Permission.ACTIVITY_CREATE, community(activity.community_id))
    return f"adesk:show:{activity.id}" if at_desk else f"act:show:{activity.id}"


async def _correct(chat: Chat, hours_id: int, by_halves: int) -> None:
    row = await rows.hours(chat.work.session, hours_id)
    if row is None:
        raise Refusal("common.not_there")
    halves = row.half_hours + by_halves
    activity_id = await attendance.correct(chat.work, chat.actor, hours_id, halves)
    chat.tell("attendance.corrected")
    await names(chat, activity_id)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"attendance.button.{key}")), data)


@notices.screen_for("attendance.thanks")
def _thanks(params: dict[str, Any]) -> Screen:
    button = _button("object", f"att:object:{params['hours_id']}")
    return Screen(say("attendance.thanks", **params), ((button,),))


@notices.screen_for("attendance.disputed")
def _disputed(params: dict[str, Any]) -> Screen:
    number = params["hours_id"]
    buttons = (_button("less", f"att:less:{number}"), _button("more", f"att:more:{number}"))
    return Screen(say("attendance.disputed", **params), (buttons,))
