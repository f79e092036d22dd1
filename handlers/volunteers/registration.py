"""Residents become volunteers, see their entry, pause and leave."""

from collections.abc import Collection
from typing import Any

from db.models.volunteers import Volunteer
from db.stores import forms as form_rows
from db.stores import volunteers as rows
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.people import consents as consent
from handlers.texts import join, say
from services import places
from services.activities import attendance
from services.fillings import Open, Submission
from services.people.consents import Purpose
from services.volunteers import changes, registration
from services.volunteers.registration import Application, Category, State

ON_THE_ROSTER = (State.PENDING, State.ACTIVE, State.PAUSED)
SLOT = "vol"
STATES = {
    "pause": State.PAUSED,
    "back": State.ACTIVE,
    "leave": State.LEFT,
    "again": State.PENDING,
}


async def start(chat: Chat) -> None:
    """/volunteer: the person's own entry, or the registration."""
    row = await registration.mine(chat.work, chat.actor)
    if row is not None and (row.state in ON_THE_ROSTER or row.state == State.LEFT):
        await show(chat, row)
        return
    await chat.say("volunteers.invitation", [_button("register", "vol:new")])


async def pressed(chat: Chat) -> None:
    """Buttons of the volunteer's own page."""
    (act,) = chat.press_parts(1)
    if act == "new":
        await register(chat)
    elif act in STATES:
        row = await registration.change_own_state(chat.work, chat.actor, STATES[act])
        await show(chat, row)
    elif act == "leave_ask":
        buttons = (_button("really_leave", "vol:leave"), _button("stay", "vol:me"))
        screen = Screen(say("volunteers.leave_asks"), (buttons,))
        await desk_card.turn(chat, screen, slot=SLOT)
    elif act == "change":
        await change(chat)
    elif act == "still":
        await chat.say("volunteers.still", [_button("activities", "act:list:0")])
    else:
        await start(chat)


async def register(chat: Chat) -> None:
    """The registration form, after consent: it asks for a name and a phone."""
    row = await registration.mine(chat.work, chat.actor)
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
    if row.to_check:
        text = join([text, say("volunteers.being_checked")])
    acts = ACTS.get(State(row.state), ())
    buttons = [_button(act, f"vol:{data}") for act, data in acts]
    if row.number:
        buttons.append(_button("hours", "rec:me"))
    home = Button(str(say("menu.back")), "home:menu")
    await desk_card.turn(chat, Screen(text, (*paging.in_rows(buttons), (home,))), slot=SLOT)


#: What a volunteer can do with their entry, by where they stand: text key and button.
CHANGE, LEAVE = ("change", "change"), ("leave", "leave_ask")
ACTS: dict[State, tuple[tuple[str, str], ...]] = {
    State.PENDING: (CHANGE, LEAVE),
    State.ACTIVE: (CHANGE, ("pause", "pause"), LEAVE),
    State.PAUSED: (("back", "back"), CHANGE, LEAVE),
    State.LEFT: (("again", "again"), ("anew", "new")),
}


async def change(chat: Chat) -> None:
    """The registration form with everything as it stands: the review page comes at once."""
    row = await registration.mine(chat.work, chat.actor)
    if row is None or row.state not in ON_THE_ROSTER:
        await start(chat)
        return
    document = await form_rows.latest(chat.work.session, "volunteer")
    assert document is not None, "the registration form is published at the start"
    known = as_answers(row, await rows.categories_of(chat.work.session, row.id))
    await runner.begin(
        chat, "volunteer_change", document_id=document.id, subject=str(row.id), answers=known
    )


def as_answers(row: Volunteer, categories: Collection[str]) -> dict[str, Any]:
    """A volunteer's particulars as answers of the registration form."""
    known: dict[str, Any] = {
        "full_name": row.name,
        "sex": row.sex,
        "birth_year": row.birth_year,
        "community": str(row.community_id) if row.community_id else None,
        "phone": {"phone": row.phone} if row.phone else None,
        "categories": [one for one in Category if one in categories],
        "skills": row.skills,
        "free_times": list(row.free_times) or None,
    }
    if row.guardian_consent:
        known["guardian"] = "OK"
    asked_anew = ("birth_year", "community", "phone", "categories")
    return {key: value for key, value in known.items() if value or key not in asked_anew}


async def _changed(chat: Chat, submission: Submission) -> None:
    wanted = application_of(submission)
    changed = await changes.change(chat.work, chat.actor, wanted)
    checked = any(one in changes.CHECKED for one in changed)
    key = "checked" if checked else "kept" if changed else "same"
    await chat.say(f"volunteers.changes.{key}", [_button("look", "vol:me")])


def in_words(categories: Any) -> str:
    """The labels of categories, in the order of the list."""
    between = str(say("forms.value.between"))
    return between.join(str(say(f"volunteers.category.{c}")) for c in Category if c in categories)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"volunteers.button.{key}")), data)


async def communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    """The communities, the person's own first."""
    known = list(await places.communities(chat.work))
    known.sort(key=lambda c: c.id != chat.actor.community_id)
    return [(str(c.id), c.name) for c in known]


async def _handed_in(chat: Chat, submission: Submission) -> None:
    application = application_of(submission)
    await registration.apply(chat.work, chat.actor, application)
    await chat.say("volunteers.applied", categories=in_words(application.categories))


def application_of(submission: Submission) -> Application:
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


registry.register(
    Form(
        "volunteer_change",
        done=_changed,
        lists={"communities": communities},
        review="volunteers.review_change",
        handwritten=False,
    )
)
FORM = registry.register(
    Form(
        "volunteer",
        done=_handed_in,
        lists={"communities": communities},
        review="volunteers.review",
        for_another=True,
    )
)


@notices.screen_for("volunteers.still_there")
def _still_there(_params: dict[str, Any]) -> Screen:
    """To who has not come for long: one press, whatever the answer."""
    buttons = (
        (_button("still", "vol:still"), _button("pause", "vol:pause")),
        (_button("leave", "vol:leave_ask"),),
    )
    return Screen(say("volunteers.still_there"), buttons)
