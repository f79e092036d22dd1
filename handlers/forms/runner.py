"""Runs forms in a chat: takes what is given, goes back, puts aside, hands in."""

import secrets

from handlers.chat import Chat, Kind, Screen
from handlers.forms import asking, cards, languages, leaving
from handlers.forms.registry import FORMS
from handlers.texts import say
from services import fillings, privacy
from services.errors import Refusal
from services.fillings import Open
from services.forms import amendments
from services.forms import fillings as engine
from services.forms.documents import MEDIA
from services.forms.documents import Kind as Asks
from services.forms.givens import Contact, Given, Location, Media
from services.forms.reviews import review
from services.forms.steps import Step

begin = asking.begin
cancel = leaving.cancel

MEDIA_KINDS = {
    Kind.PHOTO: "photo",
    Kind.DOCUMENT: "file",
    Kind.VOICE: "audio",
    Kind.AUDIO: "audio",
    Kind.VIDEO: "video",
}


# -- messages ---------------------------------------------------------------------------------


async def take(chat: Chat) -> bool:
    """Give a message to the form under way; False where there is none."""
    one = await fillings.under_way(chat.work, chat.actor, chat.id)
    if one is None:
        return False
    form = FORMS[one.row.form]
    step = await asking.current(chat, one, form)
    if await form.aside(chat, one, step):
        return True
    if step is None:
        await asking.ask_anew(chat, one, None, say("forms.all_answered"))
        return True
    try:
        media_id = secrets.token_urlsafe(12)
        after = engine.answer(one.filling, _given(chat, step, media_id))
    except Refusal as no:
        await _refused(chat, one, step, no)
        return True
    if engine.path_of(after, media_id) is not None:
        await _note_media(chat, one, media_id, step.kind)
    await _moved_on(chat, one, step, after)
    return True


async def wants_file(chat: Chat) -> bool:
    """Whether the question asked now takes files."""
    one = await fillings.under_way(chat.work, chat.actor, chat.id)
    step = engine.current(one.filling) if one is not None else None
    return step is not None and step.kind in MEDIA


async def remind(chat: Chat) -> bool:
    """Show the question of the form under way again, at the bottom; False where there is none."""
    one = await fillings.under_way(chat.work, chat.actor, chat.id)
    if one is None:
        return False
    await asking.ask_anew(chat, one, engine.current(one.filling))
    return True


def _given(chat: Chat, step: Step, media_id: str) -> Given:
    given = chat.given
    if given.kind in MEDIA_KINDS and given.file is not None:
        file = given.file
        kind = MEDIA_KINDS[given.kind]
        mime = "image/" if file.calls_itself_picture else file.mime or ""
        return Given(media=Media(media_id, kind, file.name or "", mime, given.text))
    if given.point is not None:
        return Given(
            location=Location(given.point.latitude, given.point.longitude, given.point.accuracy)
        )
    if given.contact is not None:
        phone = privacy.normalise_phone(given.contact.phone)
        return Given(contact=Contact(phone, given.contact.name))
    if step.kind is Asks.CONTACT and any(sign.isdecimal() for sign in given.text):
        return Given(contact=Contact(privacy.normalise_phone(given.text)))
    return Given(text=given.text)


async def take_file(chat: Chat, one: Open, path: str, *, at_most: int) -> None:
    """Give the file of this message to a question, whichever is asked now.

    Raises Refusal("forms.files_at_most").
    """
    file = chat.given.file
    assert file is not None
    media_id = secrets.token_urlsafe(12)
    entry = {"id": media_id, "name": file.name or media_id, "state": "pending"}
    one.put(amendments.add_file(one.filling, path, entry, at_most=at_most))
    await _note_media(chat, one, media_id, Asks.PHOTOS)


async def _note_media(chat: Chat, one: Open, media_id: str, asked: Asks) -> None:
    """A picture sent as a file is one where a picture is asked for, else a paper like others."""
    file = chat.given.file
    assert file is not None
    kind = MEDIA_KINDS[chat.given.kind]
    if chat.given.kind is Kind.VOICE:
        kind = "voice"
    elif kind == "file" and asked is not Asks.PHOTOS:
        kind = "document"
    await fillings.take_media(
        chat.work,
        chat.actor,
        one,
        media_id=media_id,
        kind=kind,
        file_id=file.file_id,
        size=file.size,
    )


async def _moved_on(chat: Chat, one: Open, step: Step, after: engine.Filling) -> None:
    """After a message: the answered card loses its buttons, the next one comes below."""
    after = _fresh(one, step, after)
    same = after.revision == one.filling.revision
    _put(one, step, after)
    if await _ended(chat, one, step):
        return
    album = chat.given.album
    again = album is not None and album == one.row.album
    one.row.album = album
    if same:
        if not again:
            await chat.show(Screen(step.label), slot=asking.slot(one), edit=True)
        await asking.ask(chat, one, edit=again)
        return
    await asking.settle(chat, one, step)
    await asking.drop_keys(chat, step)
    await _next(chat, one)


async def _next(chat: Chat, one: Open, *, edit: bool = False, page: int = 0) -> None:
    """The next question; a search that has its last answer is handed in instead."""
    form = FORMS[one.row.form]
    if form.search and await asking.current(chat, one, form) is None:
        await _hand_in(chat, one)
    else:
        await asking.ask(chat, one, edit=edit, page=page)


def _put(one: Open, step: Step, after: engine.Filling) -> None:
    """Keep what was answered, and how long it took where that is wanted."""
    if FORMS[one.row.form].timed:
        one.time(step.name)
    one.put(after)


async def _refused(chat: Chat, one: Open, step: Step, no: Refusal) -> None:
    """Say why not and show the question again; once for an album."""
    album = chat.given.album
    if album is not None and one.row.album == f"no:{album}":
        return
    one.row.album = f"no:{album}" if album else None
    await asking.ask_anew(chat, one, step, asking.reason(no))


# -- buttons ----------------------------------------------------------------------------------


async def pressed(chat: Chat) -> None:
    """A button of a form, 'f:<token>:<revision>:<value>'; one that is old changes nothing."""
    token, revision, value = chat.press_parts(3)
    one = await fillings.mine(chat.work, chat.actor, token)
    if one is None:
        await _stale(chat, await fillings.under_way(chat.work, chat.actor, chat.id))
        return
    if value in leaving.AT_ANY_TIME:
        await leaving.AT_ANY_TIME[value](chat, one)
        return
    if value == "r" or one.row.paused:
        await fillings.resume(chat.work, chat.actor, one, chat.id)
        await asking.ask(chat, one)
        return
    if revision != str(one.filling.revision):
        await _stale(chat, one)
        return
    await _act(chat, one, value)


async def _stale(chat: Chat, one: Open | None) -> None:
    """Say what this button was, and where the person is now."""
    if one is None:
        chat.tell("forms.stale_closed", alert=True)
        return
    step = engine.current(one.filling)
    if step is None:
        chat.tell("forms.stale_review", alert=True)
    else:
        chat.tell("forms.stale_now", alert=True, step=step.label)


async def _act(chat: Chat, one: Open, value: str) -> None:
    simple = {
        "<": _back,
        "s": leaving.put_aside,
        "x": leaving.leave,
        "!": _hand_in,
        "c": _choose_change,
        "v": _show_review,
        "a": _for_another,
    }
    if value in simple:
        await simple[value](chat, one)
    elif value.startswith("cp") and value[2:].isdecimal():
        await chat.show(cards.change_page(one, int(value[2:])), slot=asking.slot(one), edit=True)
    elif value.startswith("p") and value[1:].isdecimal():
        await asking.ask(chat, one, edit=True, page=int(value[1:]))
    elif value.startswith(languages.PREFIX) and value[1:].isdecimal():
        await languages.speak(chat, one, int(value[1:]))
        await asking.ask(chat, one, edit=True)
    elif value.startswith("c") and value[1:].isdecimal():
        await _change(chat, one, int(value[1:]))
    else:
        await _answer(chat, one, value)


async def _answer(chat: Chat, one: Open, value: str) -> None:
    step = engine.current(one.filling)
    if step is None:
        await _stale(chat, one)
        return
    page = _page_of(step, value)
    try:
        after = engine.answer(one.filling, Given(press=value))
    except Refusal as no:
        chat.tell(no.code, alert=True, **no.params)
        return
    same = after.revision == one.filling.revision
    after = _fresh(one, step, after)
    _put(one, step, after)
    if await _ended(chat, one, step):
        return
    following = engine.current(after)
    keyboards = [s for s in (step, following) if s is not None and cards.keys_for(s)]
    if keyboards and not same:
        await asking.settle(chat, one, step)
        await asking.drop_keys(chat, step)
        await _next(chat, one)
        return
    await _next(chat, one, edit=True, page=page if same else 0)


async def _ended(chat: Chat, one: Open, step: Step) -> bool:
    """Whether this answer ends the filling; what waits is offered then, as after handing in."""
    ended = await FORMS[one.row.form].ends(chat, one, step)
    if ended:
        await leaving.offer_waiting(chat)
    return ended


def _fresh(one: Open, step: Step, after: engine.Filling) -> engine.Filling:
    """Forget what hung on an answer that is now another one: the estate of another community."""
    hanging = FORMS[one.row.form].hangs_on
    earlier = one.filling.unfinished.get(step.path)
    if earlier is None or earlier == after.answers.get(step.path):
        return after
    stale, found = {step.path}, set[str]()
    while stale:
        stale = {path for path, on in hanging.items() if not stale.isdisjoint(on)} - found
        found |= stale
    return amendments.loosen(after, found)


def _page_of(step: Step, value: str) -> int:
    """Ticking on the second page stays on the second page."""
    index = value.lstrip("+-")
    return int(index) // cards.CHOICES_A_PAGE if step.several and index.isdecimal() else 0


async def _back(chat: Chat, one: Open) -> None:
    try:
        one.put(engine.back(one.filling))
    except Refusal as no:
        chat.tell(no.code)
        return
    await asking.ask(chat, one, edit=True)


async def _choose_change(chat: Chat, one: Open) -> None:
    await chat.show(cards.change_page(one), slot=asking.slot(one), edit=True)


async def _show_review(chat: Chat, one: Open) -> None:
    await asking.ask(chat, one, edit=True)


async def _change(chat: Chat, one: Open, index: int) -> None:
    lines = review(one.filling)
    if index >= len(lines):
        await _stale(chat, one)
        return
    one.put(engine.change(one.filling, lines[index].path))
    one.row.submitting = False
    await asking.ask(chat, one, edit=True)


async def _for_another(chat: Chat, one: Open) -> None:
    one.row.for_another = True
    await asking.ask(chat, one, edit=True)


# -- handing in -------------------------------------------------------------------------------


async def _hand_in(chat: Chat, one: Open) -> None:
    """Hand in; a photo still being checked makes it wait, and then it goes by itself."""
    form = FORMS[one.row.form]
    try:
        await form.check(chat, one)
        submission = await fillings.submission(chat.work, one)
    except Refusal as no:
        if no.code == "forms.photos_pending":
            one.row.submitting = True
            await chat.work.session.flush()
        else:
            await asking.ask(chat, one, edit=True, before=asking.reason(no))
        chat.tell(no.code, alert=True, **no.params)
        return
    page = cards.review_page(one, "forms.searched" if form.search else "forms.handed_in")
    await fillings.close(chat.work, one, "submitted")
    await chat.show(Screen(page.text), slot=asking.slot(one), edit=True)
    await form.done(chat, submission)
    await leaving.offer_waiting(chat)


async def media_judged(chat: Chat, one: Open, refusal: Refusal | None) -> None:
    """A photo was looked at: ask for another one, or hand in what was waiting for it."""
    if refusal is not None:
        one.row.submitting = False
        before = say("forms.photo_refused", reason=asking.reason(refusal))
        if one.row.paused:
            await chat.show(Screen(before))
        else:
            await asking.ask_anew(chat, one, engine.current(one.filling), before)
    elif one.row.submitting:
        await _hand_in(chat, one)
