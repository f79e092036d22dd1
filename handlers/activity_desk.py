"""Leaders and staff plan activities, publish them, see who signed up, and call them off."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from db.models.activities import Activity, Signup
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import outbox, people
from handlers import activity_form
from handlers.chat import Button, Chat, Screen, compose
from handlers.texts import join, say
from services import activities, clock, privacy
from services.activities import Place, State
from services.permissions import Permission

PAGE = 6


async def listing(chat: Chat, page: int = 0) -> None:
    """/plan: activities of the actor's communities, and a new one."""
    scope = chat.actor.communities(Permission.ACTIVITY_CREATE)
    found = await rows.of_scope(chat.work.session, scope, offset=page * PAGE, limit=PAGE + 1)
    lines = [_line(row) for row in found[:PAGE]]
    text = say("activity_desk.list", lines=join(lines) if lines else say("activity_desk.none"))
    buttons = [(Button(row.title, f"adesk:show:{row.id}"),) for row in found[:PAGE]]
    turning = [_button("previous", f"adesk:list:{page - 1}")] if page else []
    if len(found) > PAGE:
        turning.append(_button("next", f"adesk:list:{page + 1}"))
    screen = Screen(text, (*buttons, tuple(turning), (_button("new", "adesk:new"),)))
    await chat.show(screen, slot="adesk", edit=bool(chat.given.query_id))


def _line(row: Activity) -> Markup:
    state = say(f"activities.state.{row.state}")
    return say("activity_desk.line", **activities.told(row), state=state)


async def pressed(chat: Chat) -> None:
    """Buttons of the desk: 'adesk:<act>:<activity or page>'."""
    act, what = chat.press_parts(2)
    number = int(what) if what.isdecimal() else 0
    if act == "new":
        await activity_form.begin(chat)
    elif act == "change":
        await activity_form.begin_change(chat, number)
    elif act == "publish":
        await _publish(chat, number)
    elif act == "cancel":
        await activities.access(chat.work, chat.actor, number)
        buttons = (_button("really_cancel", f"adesk:off:{number}"), _back(number))
        await chat.show(
            Screen(say("activity_desk.cancel_asks"), (buttons,)), slot="adesk", edit=True
        )
    elif act == "off":
        await activities.cancel(chat.work, chat.actor, number)
        await show(chat, number)
    elif act == "show":
        await show(chat, number)
    else:
        await listing(chat, number)


async def _publish(chat: Chat, activity_id: int) -> None:
    """Open the sign-up and tell the fitting volunteers, each at most once."""
    row, persons = await activities.publish(chat.work, chat.actor, activity_id)
    button = Button(str(say("activity_desk.button.look")), f"act:look:{row.id}")
    screen = Screen(say("activity_desk.published", **activities.told(row)), ((button,),))
    calls = []
    for person in (await people.chats_of(chat.work.session, persons)).values():
        if person.telegram_id is None or person.id == chat.actor.person_id:
            continue
        for i, call in enumerate(compose(person.telegram_id, screen, person.large_print)):
            calls.append(
                replace(
                    call,
                    priority=outbox.BROADCAST,
                    at_most_once=True,
                    dedup=f"activity:{row.id}:{person.id}:{i}",
                )
            )
    if calls:
        await outbox.add(chat.work.session, calls, now=clock.now())
    chat.tell("activity_desk.told", count=len(calls))
    await show(chat, activity_id)


async def show(chat: Chat, activity_id: int) -> None:
    """An activity with everybody who signed up."""
    row = await activities.access(chat.work, chat.actor, activity_id)
    lines = [
        _signup_line(signup, volunteer)
        for signup, volunteer in await rows.everybody(chat.work.session, row.id)
        if signup.state != Place.CANCELLED
    ]
    taken = await rows.places_taken(chat.work.session, row.id)
    facts = {
        "taken": taken,
        "capacity": row.capacity,
        "state": say(f"activities.state.{row.state}"),
    }
    nobody = say("activity_desk.nobody")
    text = say("activity_desk.page", **activities.told(row), **facts, lines=join(lines) or nobody)
    acts = []
    if row.state == State.DRAFT:
        acts.append(_button("publish", f"adesk:publish:{row.id}"))
    if row.state != State.CANCELLED and row.ends_at > clock.now():
        acts.append(_button("change", f"adesk:change:{row.id}"))
    if row.state != State.CANCELLED:
        acts.append(_button("cancel", f"adesk:cancel:{row.id}"))
    if row.state == State.PUBLISHED:
        acts.append(_button("names", f"att:list:{row.id}"))
    back = _button("back", "adesk:list:0")
    await chat.show(Screen(text, (*in_pairs(acts), (back,))), slot="adesk", edit=True)


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


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"activity_desk.button.{key}")), data)


def _back(activity_id: int) -> Button:
    return _button("back", f"adesk:show:{activity_id}")
