"""Asks, before a report is handed in, whether it is one that somebody made already."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from db.models.reports import Report
from db.stores import forms as form_rows
from db.stores import reports as rows
from handlers import notices
from handlers.chat import Button, Chat, Screen
from handlers.forms import asking
from handlers.reports.cards import label, where
from handlers.texts import join, say
from services import clock, fillings
from services.errors import Refusal
from services.fillings import Open
from services.forms.amendments import learn
from services.forms.fillings import Filling
from services.forms.steps import Step
from services.reports import additions, sameness
from services.reports.desk import Draft
from services.reports.transitions import State

QUESTION, NONE, ENDED = "same", "none", "joined"
FIRST = (
    *("proposal", "group", "category"),
    *("community", "estate", "building", "entrance", "floor", "place"),
)
"""What must be known before: the kind, and the place as far as it is asked for."""
SHOWN = ("maybe", "pictured", QUESTION, "apart")
"""What was offered and answered: looked up anew where the kind or the place becomes another."""


def is_due(filling: Filling) -> bool:
    """Whether kind and place are known by now and nothing was offered yet."""
    asks = any(question.name == QUESTION for question in filling.document.questions())
    if not asks or "maybe" in filling.answers or not filling.state.values.get("what"):
        return False
    return all(
        place.path in filling.answers for place in filling.state.asked if place.path in FIRST
    )


async def look(chat: Chat, draft: Draft) -> Mapping[str, Any]:
    """The answer that makes the question come; nothing where nothing is like it."""
    found = await sameness.known(chat.work, draft)
    return {"maybe": " ".join(str(row.id) for row in found)} if found else {}


async def _offered(chat: Chat, one: Open) -> list[Report]:
    ids = str(one.filling.answers.get("maybe") or "").split()
    found = [await rows.by_id(chat.work.session, int(number)) for number in ids]
    return [row for row in found if row is not None]


async def choices(chat: Chat, one: Open) -> Sequence[tuple[str, str]]:
    """Each of them, and none of them."""
    found = await _offered(chat, one)
    if len(found) == 1:
        this = str(say("reports.button.same"))
        return [(str(found[0].id), this), (NONE, str(say("reports.same.not_it")))]
    numbered = [
        (str(row.id), str(say("reports.same.it", number=n))) for n, row in enumerate(found, 1)
    ]
    return [*numbered, (NONE, str(say("reports.same.none")))]


async def lead(chat: Chat, one: Open) -> Markup:
    """What is known of each: kind, place, day and state."""
    found = await _offered(chat, one)
    lines = [await _line(chat, row) for row in found]
    if len(lines) > 1:
        lines = [say("reports.same.numbered", number=n, line=x) for n, x in enumerate(lines, 1)]
    return join([say("reports.same.lead"), *lines], "\n\n")


async def _line(chat: Chat, row: Report) -> Markup:
    return say(
        "reports.same.line",
        category=label(row.category),
        where=await where(chat, row),
        state=say(f"reports.state.{row.state}"),
        day=clock.local(row.created_at).date(),
    )


async def pictures(chat: Chat, one: Open, step: Step) -> tuple[Screen, ...]:
    """Once, above the question: the first photo of each."""
    if step.path != QUESTION or one.filling.answers.get("pictured"):
        return ()
    one.put(learn(one.filling, {"pictured": "yes"}))
    screens = []
    found = await _offered(chat, one)
    for number, row in enumerate(found, 1):
        small = await thumbnail(chat, row)
        if small:
            key = "photo_of" if len(found) > 1 else "photo"
            text = say(f"reports.same.{key}", number=number, category=label(row.category))
            screens.append(Screen(text, picture={"sha256": small}))
    return tuple(screens)


async def thumbnail(chat: Chat, row: Report) -> str | None:
    """The small form of a report's first photo, if it has one."""
    photos = await rows.photos_of(chat.work.session, row.id, "before")
    return (photos[0].thumbnail_sha256 or photos[0].sha256) if photos else None


# -- the answer ---------------------------------------------------------------------------------


async def ends(chat: Chat, one: Open, step: Step, words: str) -> bool:
    """ "That is the one": it is followed and the filling ends; else it goes on, not asked again."""
    if step.path != QUESTION:
        return False
    chosen = str(one.filling.answers.get(QUESTION) or NONE)
    row = await sameness.still(chat.work, int(chosen)) if chosen.isdecimal() else None
    if row is None or row.state == State.CLOSED:
        if chosen != NONE:
            chat.tell("reports.same.over", alert=True)
        one.put(learn(one.filling, {"apart": "yes"}))
        return False
    await asking.settle(chat, one, step)
    await _join(chat, one, row, words)
    return True


async def _join(chat: Chat, one: Open, row: Report, words: str) -> None:
    media = [
        file
        for file in await form_rows.media_of(chat.work.session, one.row.token)
        if file.state != "refused"
    ]
    joined = await sameness.join(chat.work, chat.actor, row, words)
    await fillings.close(chat.work, one, ENDED)
    one.row.state = {ENDED: row.id}
    told = "own" if joined.own else "joined"
    parts = [say(f"reports.same.{told}", number=row.number, count=joined.count + 1)]
    if words.strip():
        parts.append(say("reports.same.words_kept"))
    buttons = [notices.button_row(("reports.button.progress", f"rep:show:{row.id}"))]
    if media:
        parts.append(say("reports.same.photos_kept", count=len(media)))
        buttons.insert(0, notices.button_row(("reports.same.give", f"rep:give:{one.row.token}")))
    await chat.show(Screen(join(parts), tuple(buttons)))


async def give_photos(chat: Chat, token: str) -> None:
    """Add the photos of a filling that ended so to the report it joined; once only."""
    filling = await form_rows.by_token(chat.work.session, token)
    if filling is None or filling.person_id != chat.actor.person_id or filling.outcome != ENDED:
        raise Refusal("forms.stale_closed")
    row = await additions.access(chat.work, chat.actor, filling.state[ENDED])
    held = await form_rows.media_of(chat.work.session, token)
    media = await sameness.new_to(chat.work, row, held)
    if not media:
        chat.tell("reports.same.given_already", alert=True)
        return
    row, count = await additions.add_photos(chat.work, chat.actor, row.id, media)
    button = Button(str(say("reports.button.progress")), f"rep:show:{row.id}")
    await chat.say("reports.photos_added", [button], number=row.number, count=count)
