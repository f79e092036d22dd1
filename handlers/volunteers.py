"""Residents become volunteers, see their entry, pause and leave."""

from typing import Any

from db.models.volunteers import Volunteer
from db.stores import volunteers as rows
from handlers import consent
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services import attendance, places, volunteers
from services.consents import Purpose
from services.fillings import Open, Submission
from services.volunteers import Application, Category, State

ON_THE_ROSTER = (State.PENDING, State.ACTIVE, State.PAUSED)


async def start(chat: Chat) -> None:
    """/volunteer: the person's own entry, or the registration."""
    row = await volunteers.mine(chat.work, chat.actor)
    if row is not None and row.state in ON_THE_ROSTER:
        await show(chat, row)
        return
    await chat.say("volunteers.invitation", [_button("register", "vol:new")])


async def pressed(chat: Chat) -> None:
    """Buttons of the volunteer's own page."""
    (act,) = chat.press_parts(1)
    if act == "new":
        await register(chat)
    elif act in ("pause", "back", "leave"):
        to = {"pause": State.PAUSED, "back": State.ACTIVE, "leave": State.LEFT}[act]
        row = await volunteers.change_own_state(chat.work, chat.actor, to)
        await show(chat, row)
    elif act == "leave_ask":
        buttons = [_button("really_leave", "vol:leave"), _button("stay", "vol:me")]
        await chat.say("volunteers.leave_asks", buttons)
    else:
        await start(chat)


async def register(chat: Chat) -> None:
    """The registration form, after consent: it asks for a name and a phone."""
    row = await volunteers.mine(chat.work, chat.actor)
    if row is not None and row.state in ON_THE_ROSTER:
        await show(chat, row)
    elif await consent.given_or_ask(chat, Purpose.VOLUNTEER, then="vol:new"):
        await runner.begin(chat, "volunteer", before=say("volunteers.before"))


async def show(chat: Chat, row: Volunteer) -> None:
    """The volunteer's own entry and what they can do with it."""
    chosen = await rows.categories_of(chat.work.session, row.id)
    text = say(
        f"volunteers.mine.{row.state}",
        number=row.number or "",
        categories=in_words(chosen),
        hours=attendance.written(await attendance.total(chat.work, row)),
    )
    buttons = {
        State.PENDING: [_button("leave", "vol:leave_ask")],
        State.ACTIVE: [_button("pause", "vol:pause"), _button("leave", "vol:leave_ask")],
        State.PAUSED: [_button("back", "vol:back"), _button("leave", "vol:leave_ask")],
    }.get(State(row.state), [])
    more = (_button("hours", "rec:me"),) if row.number else ()
    await chat.show(Screen(text, (tuple(buttons), more)))


def in_words(categories: Any) -> str:
    """The labels of categories, in the order of the list."""
    between = str(say("forms.value.between"))
    return between.join(str(say(f"volunteers.category.{c}")) for c in Category if c in categories)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"volunteers.button.{key}")), data)


async def _communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    """The communities, the person's own first."""
    known = list(await places.communities(chat.work))
    known.sort(key=lambda c: c.id != chat.actor.community_id)
    return [(str(c.id), c.name) for c in known]


async def _handed_in(chat: Chat, submission: Submission) -> None:
    application = _application(submission)
    await volunteers.apply(chat.work, chat.actor, application)
    await chat.say("volunteers.applied", categories=in_words(application.categories))


def _application(submission: Submission) -> Application:
    values = submission.values
    phone = values.get("phone") or {}
    return Application(
        name=values["full_name"],
        phone=phone.get("phone"),
        community_id=int(values["community"]),
        categories=tuple(Category(one) for one in values["categories"]),
        sex=values.get("sex"),
        birth_year=values.get("birth_year"),
        skills=values.get("skills"),
        free_times=tuple(values.get("free_times") or ()),
        guardian_consent="guardian" in values,
        token=submission.token,
        for_another=submission.for_another,
    )


FORM = registry.register(
    Form(
        "volunteer",
        done=_handed_in,
        lists={"communities": _communities},
        review="volunteers.review",
        for_another=True,
    )
)
