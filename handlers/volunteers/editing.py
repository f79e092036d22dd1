"""Staff change an entry of the roster for somebody who told them: particulars, pause, leave."""

from db.models.volunteers import Volunteer
from db.stores import forms as form_rows
from db.stores import people
from db.stores import volunteers as rows
from handlers import desk_card
from handlers.chat import Button, Chat, Screen, number_in
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from handlers.volunteers.registration import application_of, as_answers, communities
from services import clock, privacy
from services.errors import Refusal
from services.fillings import Open, Submission
from services.permissions import Permission
from services.volunteers import changes, registration
from services.volunteers.registration import State

SLOT = "vdesk"
#: What a press sets; leaving asks once.
STATES = {"pause": State.PAUSED, "resume": State.ACTIVE, "off": State.LEFT}
OFFERED = {
    State.ACTIVE: ("pause", "leave"),
    State.PAUSED: ("resume", "leave"),
    State.LEFT: ("resume",),
}


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"volunteer_edit.button.{key}")), data)


def acts_of(chat: Chat, row: Volunteer) -> list[tuple[Button, ...]]:
    """Buttons for the page of a volunteer on the desk."""
    if not chat.actor.can(Permission.VOLUNTEER_VERIFY, registration.scope_of(row)):
        return []
    acts = [_button(act, f"ve:{act}:{row.id}") for act in OFFERED.get(State(row.state), ())]
    if row.state in changes.MAY_CHANGE:
        acts.insert(0, _button("edit", f"ve:edit:{row.id}"))
    return [tuple(acts)] if acts else []


async def pressed(chat: Chat) -> None:
    """Buttons: 've:<act>:<volunteer>'."""
    act, what = chat.press_parts(2)
    number = number_in(what)
    if act in STATES:
        row = await changes.set_state(chat.work, chat.actor, number, STATES[act])
        chat.tell(f"volunteer_edit.now.{row.state}")
        await _done(chat, row)
    elif act == "leave":
        await _ask_to_leave(chat, number)
    elif act == "edit":
        await _edit(chat, number)
    elif act == "new":
        await _new(chat)
    else:
        raise Refusal("common.old_button")


async def _done(chat: Chat, row: Volunteer) -> None:
    text = say("volunteer_edit.done", name=privacy.mask_name(row.name), number=row.number or "")
    back = (_button("back", f"vdesk:show:{row.id}"),)
    await desk_card.turn(chat, Screen(text, (back,)), slot=SLOT)


async def _ask_to_leave(chat: Chat, volunteer_id: int) -> None:
    row = await registration.access(
        chat.work, chat.actor, volunteer_id, Permission.VOLUNTEER_VERIFY
    )
    text = say("volunteer_edit.leave_asks", name=privacy.mask_name(row.name))
    buttons = (_button("off", f"ve:off:{row.id}"), _button("back", f"vdesk:show:{row.id}"))
    await desk_card.turn(chat, Screen(text, (buttons,)), slot=SLOT)


async def _edit(chat: Chat, volunteer_id: int) -> None:
    """The registration form with the entry in it, in full: the look is in the audit log."""
    row = await registration.access(
        chat.work, chat.actor, volunteer_id, Permission.VOLUNTEER_VERIFY
    )
    chat.actor.require(Permission.PERSON_VIEW_FULL, registration.scope_of(row))
    session, now = chat.work.session, clock.now()
    await people.note(session, chat.actor.person_id, "view_full", "volunteer", row.id, now=now)
    document = await form_rows.latest(session, "volunteer")
    assert document is not None, "the registration form is published at the start"
    known = as_answers(row, await rows.categories_of(session, row.id))
    await runner.begin(
        chat, "volunteer_edit", document_id=document.id, subject=str(row.id), answers=known
    )


async def _edited(chat: Chat, submission: Submission) -> None:
    wanted = application_of(submission)
    number = int(submission.subject)
    changed = await changes.correct(chat.work, chat.actor, number, wanted)
    key = "kept" if changed else "same"
    back = [_button("back", f"vdesk:show:{number}")]
    await chat.say(f"volunteer_edit.{key}", back)


async def _new(chat: Chat) -> None:
    """The registration form for somebody who stands at the desk."""
    document = await form_rows.latest(chat.work.session, "volunteer")
    assert document is not None, "the registration form is published at the start"
    before = say("volunteer_edit.before_new")
    await runner.begin(chat, "volunteer_desk", document_id=document.id, before=before)


async def _entered(chat: Chat, submission: Submission) -> None:
    wanted = application_of(submission)
    row = await changes.enter(chat.work, chat.actor, wanted)
    back = [_button("back", f"vdesk:show:{row.id}")]
    name = privacy.mask_name(row.name)
    await chat.say("volunteer_edit.entered", back, name=name, number=row.number or "")


async def _own_communities(chat: Chat, one: Open) -> list[tuple[str, str]]:
    """Only those whose roster they keep."""
    mine = chat.actor.communities(Permission.VOLUNTEER_VERIFY)
    known = await communities(chat, one)
    return known if mine is None else [pair for pair in known if int(pair[0]) in mine]


registry.register(
    Form(
        "volunteer_desk",
        done=_entered,
        lists={"communities": _own_communities},
        review="volunteer_edit.review_new",
        handwritten=False,
    )
)
registry.register(
    Form(
        "volunteer_edit",
        done=_edited,
        lists={"communities": communities},
        review="volunteer_edit.review",
        handwritten=False,
    )
)
