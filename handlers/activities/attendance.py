"""Leaders show the check-in code and tick names, propose and approve hours; volunteers object."""

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from db.models.activities import Activity, ServiceHours, Signup
from db.stores import activities as rows
from db.stores import outbox
from db.work import Work
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Key, Screen, compose
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from services import clock, privacy
from services.activities import attendance, planning, signups
from services.activities.attendance import Hint
from services.activities.planning import Place
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import Permission, community

PAGE = 6
ON_THE_LIST = (Place.CONFIRMED, Place.ARRIVED, Place.LEFT, Place.ABSENT)


async def scanned(chat: Chat, said: str) -> None:
    """/start in_<code>: what the leader's link carries."""
    activity, place = await attendance.scan(chat.work, chat.actor, said)
    rows_of_buttons = []
    if place is Place.ARRIVED and activity.latitude is not None:
        rows_of_buttons.append([_button("where", f"att:where:{activity.id}")])
    await chat.say(f"attendance.scanned.{place}", *rows_of_buttons, title=activity.title)


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
    elif act == "where":
        await _ask_where(chat, number)
    elif act == "add":
        await planning.led(chat.work, chat.actor, number)
        await runner.begin(chat, "activity_enter", subject=str(number))
    elif act == "refuse":
        await attendance.check_to_settle(chat.work, chat.actor, number)
        await runner.begin(chat, "activity_hours_refuse", subject=str(number))
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


# -- the code -----------------------------------------------------------------------------------


async def _show_code(chat: Chat, activity_id: int) -> None:
    """The code as a picture and a link; it is drawn anew in place while the activity goes on."""
    activity = await attendance.show_code(chat.work, chat.actor, activity_id, chat_id=chat.id)
    screen = _code_screen(activity, chat.office.bot_username)
    await chat.show(screen, slot=_code_slot(activity), edit=bool(chat.given.query_id))


def _code_screen(activity: Activity, bot_username: str) -> Screen:
    said = attendance.code(activity.id, clock.now())
    link = f"https://t.me/{bot_username}?start=in_{said}"
    at = f"{clock.local():%H:%M}"
    acts = (
        _button("code", f"att:code:{activity.id}"),
        _button("names", f"att:list:{activity.id}"),
    )
    text = say("attendance.link", title=activity.title, link=link, at=at)
    return Screen(text, (acts,), picture={"qr": link})


def _code_slot(activity: Activity) -> str:
    return f"code:{activity.id}"


async def refresh_codes(work: Work, bot_username: str) -> None:
    """Clock work: a code that is being shown is drawn anew when its window is over, once."""
    for activity in await attendance.codes_shown(work):
        assert activity.code_to is not None
        screen = _code_screen(activity, bot_username)
        calls = compose(activity.code_to, screen, slot=_code_slot(activity), edit=True)
        key = f"code:{attendance.code(activity.id, clock.now())}"
        fresh = [replace(call, dedup=key, priority=outbox.NOTICE) for call in calls]
        await outbox.add(work.session, fresh, now=clock.now())


# -- a location as a hint -----------------------------------------------------------------------


async def _ask_where(chat: Chat, activity_id: int) -> None:
    await attendance.check_arrived(chat.work, chat.actor, activity_id)
    keys = ((Key(str(say("attendance.key.where")), "location"),), (Key(_no()),))
    await chat.show(Screen(say("attendance.where"), keys=keys))


def _no() -> str:
    return str(say("attendance.key.no"))


async def take(chat: Chat) -> bool:
    """A location from somebody who has just checked in, or their no; False for all else."""
    if chat.given.text == _no():
        await chat.show(Screen(say("attendance.no_hint"), drop_keys=True))
        return True
    point = chat.given.point
    if point is None:
        return False
    where = Hint(point.latitude, point.longitude, point.accuracy)
    activity = await attendance.hint(chat.work, chat.actor, where, own=not chat.given.forwarded)
    if activity is None:
        return False
    await chat.show(Screen(say("attendance.hinted", title=activity.title), drop_keys=True))
    return True


# -- names and hours ----------------------------------------------------------------------------


async def names(chat: Chat, activity_id: int, page: int = 0) -> None:
    """Who is here; pressing a name ticks it."""
    activity = await planning.led(chat.work, chat.actor, activity_id)
    proposed = await attendance.proposals(chat.work, activity)
    hours = {row.signup_id: row for row in proposed if row.refused_at is None}
    came = await rows.listed(
        chat.work.session, activity.id, ON_THE_LIST, offset=page * PAGE, limit=PAGE + 1
    )
    shown = came[:PAGE]
    lines, buttons = [], []
    for signup, volunteer in shown:
        name = privacy.mask_name(volunteer.name)
        lines.append(_name_line(name, signup, hours.get(signup.id)))
        label = f"{name} {volunteer.number or ''}"
        buttons.append((Button(label, f"att:tick:{signup.id}:{page}"),))
    turning = paging.turning(f"att:list:{activity.id}", page, more=len(came) > PAGE)
    pairs = (("show_code", "code"), ("propose", "propose"), ("approve", "approve"))
    acts = tuple(_button(key, f"att:{act}:{activity.id}") for key, act in pairs)
    add = _button("add", f"att:add:{activity.id}")
    back = (add, _button("back", back_from(chat, activity)))
    at_desk = back[1].data.startswith("adesk:")
    unsettled = sum(row.approved_at is None for row in hours.values())
    refuse = (_button("refuse", f"att:refuse:{activity.id}"),) if unsettled and at_desk else ()
    text = say("attendance.names", title=activity.title, lines=join(lines))
    more = records_buttons(activity)
    if unsettled:
        text += "\n\n" + say("attendance.unsettled", count=unsettled)
    screen = Screen(text, (*buttons, turning, acts, refuse, more, back))
    await desk_card.turn(chat, screen, slot="att")


def _name_line(name: str, signup: Signup, row: ServiceHours | None) -> Markup:
    served = attendance.written(row.half_hours) if row else "-"
    state = say(f"activities.place.{signup.state}")
    return say("attendance.line", name=name, state=state, hours=served, hint=_hint_words(signup))


def records_buttons(activity: Activity) -> tuple[Button, ...]:
    """The way to the photos and to what people thought, once it has begun."""
    if activity.starts_at > clock.now():
        return ()
    pairs = (("photos", f"alb:album:{activity.id}:0"), ("feedback", f"fbk:sum:{activity.id}:0"))
    return tuple(_button(key, data) for key, data in pairs)


def _hint_words(signup: Signup) -> Markup:
    if signup.hint_metres is None:
        return say("attendance.hint.none")
    if signup.hint_accuracy is None:
        return say("attendance.hint.rough", metres=signup.hint_metres)
    return say("attendance.hint.exact", metres=signup.hint_metres, accuracy=signup.hint_accuracy)


def back_from(chat: Chat, activity: Activity) -> str:
    """Staff go back to the desk, a leader from among the volunteers to the activity."""
    at_desk = chat.actor.can(Permission.ACTIVITY_CREATE, community(activity.community_id))
    return f"adesk:show:{activity.id}" if at_desk else f"act:show:{activity.id}"


async def _entered(chat: Chat, submission: Submission) -> None:
    joined, volunteer = await signups.enter(
        chat.work, chat.actor, int(submission.subject), submission.values["who"]
    )
    again = _button("add", f"att:add:{joined.activity.id}")
    names_button = _button("names", f"att:list:{joined.activity.id}")
    name = privacy.mask_name(volunteer.name)
    if joined.place is Place.WAITING:
        await chat.say("attendance.waits", [again, names_button], name=name, ahead=joined.ahead)
    else:
        await chat.say("attendance.entered", [again, names_button], name=name)


registry.register(Form("activity_enter", done=_entered))


async def _refused(chat: Chat, submission: Submission) -> None:
    activity, count = await attendance.refuse(
        chat.work, chat.actor, int(submission.subject), submission.values["words"]
    )
    more = _button("unsettled", "adesk:hours:0")
    names_button = _button("names", f"att:list:{activity.id}")
    await chat.say("attendance.refused_done", [more, names_button], count=count)


registry.register(Form("activity_hours_refuse", done=_refused))


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


@notices.screen_for("attendance.refused")
def _not_approved(params: dict[str, Any]) -> Screen:
    button = _button("names", f"att:list:{params['activity_id']}")
    return Screen(say("attendance.refused", **params), ((button,),))


@notices.screen_for("attendance.disputed")
def _disputed(params: dict[str, Any]) -> Screen:
    number = params["hours_id"]
    buttons = (_button("less", f"att:less:{number}"), _button("more", f"att:more:{number}"))
    return Screen(say("attendance.disputed", **params), (buttons,))
