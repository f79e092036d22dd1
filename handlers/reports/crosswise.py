"""A photo where words are asked for, or words where a photo is: each kept for its own question."""

from markupsafe import Markup

from handlers.chat import Chat, Kind
from handlers.forms import asking, runner
from handlers.forms.registry import Asked
from handlers.reports.hearing import is_photo
from handlers.texts import say
from services.errors import Refusal
from services.fillings import Open
from services.forms import typed
from services.forms.amendments import learn
from services.forms.answers import LONGEST_TEXT
from services.forms.documents import Kind as Asks
from services.reports import intake

PHOTOS, WORDS = "photos", "words"
USED_BY = ("report_check", "report_handled", "report_reply", "report_words")
"""Forms that take a photo at any question: it begins no report of its own."""


async def aside(chat: Chat, one: Open, step: Asked) -> bool:
    """For forms that ask for `photos` and `words`, in either order; True where it was taken."""
    asks_photos = step is not None and step.kind is Asks.PHOTOS
    if is_photo(chat):
        _hear(chat, one)
        if not asks_photos:
            await _take(chat, one, step)
        return not asks_photos
    if asks_photos and chat.given.kind is Kind.TEXT and _tells(chat.given.text):
        _hear(chat, one)
        await asking.ask_anew(chat, one, step, say("reports.noted"))
        return True
    return False


def _tells(text: str) -> bool:
    """Words of their own, not the typed form of a button."""
    buttons = ("yes", "no", "done", "skip")
    return intake.says_something(text) and not any(typed.says(one, text) for one in buttons)


def _hear(chat: Chat, one: Open) -> None:
    """Add what was written, or stood under the photo, to the words; the same once."""
    said, held = chat.given.text.strip(), one.filling.answers.get(WORDS) or ""
    if not intake.says_something(said) or said in held.splitlines():
        return
    words = f"{held}\n{said}" if held else said
    if len(words) > LONGEST_TEXT:
        raise Refusal("forms.text_too_long", limit=LONGEST_TEXT, length=len(words))
    one.put(learn(one.filling, {WORDS: words}))


async def _take(chat: Chat, one: Open, step: Asked) -> None:
    """Keep the photo and ask on; an album changes one card in place."""
    album = chat.given.album
    again = album is not None and one.row.album == album
    one.row.album = album
    before: Markup | None = say("reports.understood.photos", count=_held(one) + 1)
    try:
        await runner.take_file(chat, one, PHOTOS, at_most=_most(one))
    except Refusal as no:
        before = say(no.code, **no.params)
    if again:
        await asking.ask(chat, one, edit=True, before=before)
    else:
        await asking.ask_anew(chat, one, step, before)


def _held(one: Open) -> int:
    return len(one.filling.answers.get(PHOTOS) or one.filling.unfinished.get(PHOTOS) or ())


def _most(one: Open) -> int:
    asked = next(q for q in one.filling.document.questions() if q.name == PHOTOS)
    return int(asked.parameters["at_most"])
