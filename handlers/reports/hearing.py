"""What a report makes of messages that are no answer to its question: photos, words, a location."""

from collections.abc import Mapping
from typing import Any, Literal

from markupsafe import Markup

from db.models.reports import Report
from db.stores import forms as form_rows
from db.stores import places as place_rows
from handlers.chat import Button, Chat, Kind, Point
from handlers.forms import asking, runner
from handlers.forms.registry import Asked, Rows
from handlers.texts import say
from services import fillings, places
from services.errors import Refusal
from services.fillings import Open
from services.forms import fillings as engine
from services.forms import typed
from services.forms.amendments import learn, offer_anew
from services.forms.answers import LONGEST_TEXT, fix
from services.forms.documents import Kind as Asks
from services.forms.givens import Location
from services.forms.steps import Step
from services.reports import categories, intake
from services.reports import places as spoken
from services.reports.categories import PhotoRule
from services.reports.intake import OTHER

MOST_PHOTOS = 10
"""As many as one album of Telegram holds."""
PHOTOS, NO_PHOTO = "photos", "no_photo"
SENT = "sent:"
"""Subject of a report that began with something sent unasked."""
KINDS = ("proposal", "group", "category")
PLACES = ("community", "estate", "building", "entrance")
LEADS = ("proposal", "group")
"""The first questions of a report that began with something sent: what is held stands above."""
SHORT = 6
"""Characters up to which words are tried as the label of a button first."""


async def home(chat: Chat) -> str | None:
    """The person's own community, as the form's answer."""
    if chat.actor.community_id is None:
        return None
    found = await place_rows.community(chat.work.session, chat.actor.community_id)
    return None if found is None or found.unattached else str(found.id)


async def aside(chat: Chat, one: Open, step: Asked) -> bool:
    """Photos, words and a location belong to the report whatever was asked just now."""
    given = chat.given
    if is_photo(chat):
        return await _photo(chat, one, step)
    if _may_go_without(one, step) and typed.says("skip", given.text):
        await go_without(chat, one.row.token)
        return True
    if given.kind is Kind.TEXT and intake.says_something(given.text):
        return await _text(chat, one, step)
    if given.point is not None and (step is None or step.kind is not Asks.PLACE):
        try:
            await locate(chat, one, given.point)
        except Refusal as no:
            await asking.ask_anew(chat, one, step, asking.reason(no))
        return True
    return False


def is_photo(chat: Chat) -> bool:
    """A photo, or a file that calls itself a picture (what it is shows when it is opened)."""
    given, file = chat.given, chat.given.file
    if file is None:
        return False
    return given.kind is Kind.PHOTO or (given.kind is Kind.DOCUMENT and file.calls_itself_picture)


async def _photo(chat: Chat, one: Open, step: Asked) -> bool:
    """A caption is kept as the words; where photos are asked for the form goes on by itself."""
    if intake.says_something(chat.given.text):
        await hear(chat, one, chat.given.text)
    if step is not None and step.kind is Asks.PHOTOS:
        return False
    await add_photo(chat, one, shown=step)
    return True


async def add_photo(chat: Chat, one: Open, *, shown: Asked | Literal[False] = False) -> None:
    """One more photo for a report that is being filled in; an album changes one card in place.

    `shown` is the question whose card stands above (None: the review page), False where none does.
    """
    album = chat.given.album
    again = album is not None and one.row.album in (album, f"no:{album}")
    told = one.row.album == f"no:{album}"
    before = await keep_photo(chat, one)
    if before is not None and told:
        return
    if before is None and shown:
        before = _in_hand(one, shown)
    if again or shown is False:
        await asking.ask(chat, one, edit=again, before=before)
    else:
        await asking.ask_anew(chat, one, shown, before)


def _in_hand(one: Open, step: Step) -> Markup | None:
    """How many photos are kept, where the question asked now does not say so itself."""
    if one.row.subject and step.path in LEADS:
        return None
    held = one.filling.answers.get("photos") or one.filling.unfinished.get("photos") or ()
    return say("reports.understood.photos", count=len(held)) if held else None


async def keep_photo(chat: Chat, one: Open) -> Markup | None:
    """Take a photo without asking on; what to say where there are enough already."""
    album = chat.given.album
    try:
        await runner.take_file(chat, one, "photos", at_most=MOST_PHOTOS)
    except Refusal as no:
        one.row.album = f"no:{album}" if album else None
        return say(no.code, **no.params)
    one.row.album = album
    return None


async def more_photos(chat: Chat, row: Report) -> None:
    """Photos for a report that is with the office already; with one at hand it is taken."""
    one = await asking.open_form(chat, "report_photos", subject=str(row.id))
    if is_photo(chat):
        await runner.take_file(chat, one, "photos", at_most=MOST_PHOTOS)
        again = chat.given.album is not None and one.row.album == chat.given.album
        one.row.album = chat.given.album
        await asking.ask(chat, one, edit=again, before=say("reports.for_this", number=row.number))
    else:
        await asking.ask(chat, one, before=say("reports.for_this", number=row.number))


async def hear(chat: Chat, one: Open, words: str) -> None:
    """Add words to what was said, and see what they tell."""
    held = one.filling.answers.get("words") or ""
    if words.strip() in held.splitlines():
        return
    said = f"{held}\n{words.strip()}" if held else words.strip()
    if len(said) > LONGEST_TEXT:
        raise Refusal("forms.text_too_long", limit=LONGEST_TEXT, length=len(said))
    found = await intake.understood(chat.work, said, await home(chat))
    one.put(offer_anew(learn(one.filling, _fitting(one, found)), "proposal"))
    await asking.offer_known(chat, one)


def _fitting(one: Open, found: Mapping[str, Any]) -> dict[str, Any]:
    """Later words guess no kind that was chosen already, and move no place that was chosen."""
    answers = one.filling.answers
    fixed = {"guess"} if {"category", "proposal"} & answers.keys() else set[str]()
    if "estate" in answers:
        fixed |= {"community", "estate"}
    return {path: value for path, value in found.items() if path not in fixed}


async def _text(chat: Chat, one: Open, step: Asked) -> bool:
    """Words that tell more than the question asked for, or something else, are kept as well."""
    text = chat.given.text
    if any(typed.says(word, text) for word in ("yes", "no", "done", "skip", "read_on")):
        return False
    if step is None:
        return await _noted(chat, one, step)
    if step.path in PLACES:
        return await _place_in_words(chat, one, step)
    if step.kind is Asks.CHOOSE_ONE:
        return await _beside_choices(chat, one, step)
    tells = len(text) > SHORT or bool(intake.proposals(text))
    if tells and (step.kind is Asks.PHOTOS or (step.kind is Asks.INTEGER and not _number(text))):
        return await _noted(chat, one, step)
    return False


async def _noted(chat: Chat, one: Open, step: Asked) -> bool:
    await hear(chat, one, chat.given.text)
    await asking.ask_anew(chat, one, step, say("reports.noted"))
    return True


def _number(text: str) -> bool:
    try:
        typed.integer(text)
    except Refusal:
        return False
    return True


async def _beside_choices(chat: Chat, one: Open, step: Step) -> bool:
    """A sentence where a kind is to be picked is read for what it tells."""
    text, kinds = chat.given.text, step.path in KINDS
    labels = {option.label for option in step.options}
    tells = len(text) > SHORT or (kinds and intake.proposals(text))
    if text.strip() in labels or not tells:
        return False
    await hear(chat, one, text)
    if not kinds and any(label in text for label in labels):
        return False  # a sentence that answers the question too
    await asking.ask_anew(chat, one, step, None if kinds else say("reports.noted"))
    return True


async def _place_in_words(chat: Chat, one: Open, step: Step) -> bool:
    """ "3号楼2单元" answers the building and the entrance, in whatever of the ways of writing."""
    text = chat.given.text
    said = spoken.parse(text)
    if text.strip() in {o.label for o in step.options} or not (said.building or said.entrance):
        return False
    if len(text) > SHORT:
        await hear(chat, one, text)
    found = await intake.implied(chat.work, {**one.filling.state.values, "words": text})
    one.put(learn(one.filling, intake.unanswered(found, (one.filling.answers,))))
    await asking.offer_known(chat, one)
    if step.path not in one.filling.answers and len(text) <= SHORT:
        return False
    await asking.ask_anew(chat, one, step)
    return True


async def locate(chat: Chat, one: Open, point: Point) -> None:
    """Keep the place; where no building matters that is all that is needed."""
    place = fix(Location(point.latitude, point.longitude, point.accuracy))
    answers: dict[str, Any] = {"located": "yes", "place": place}
    kind = categories.find(one.filling.state.values.get("what") or "")
    if kind is not None and not kind.needs_building and "estate" not in one.filling.answers:
        answers["estate"] = OTHER
    shown = engine.current(one.filling)
    one.put(learn(one.filling, answers))
    await asking.offer_known(chat, one)
    far = await places.is_far_away(chat.work, point.latitude, point.longitude)
    before = say("reports.far_away" if far else "reports.place_kept")
    await asking.ask_anew(chat, one, shown, before)


# -- buttons beside the question ----------------------------------------------------------------


async def extras(chat: Chat, one: Open, step: Step) -> Rows:
    """A way out for who did not mean to report anything; the place that a photo brought along."""
    if step.path in ("proposal", "group") and one.row.subject.startswith(SENT):
        label = str(say("reports.button.not_a_report"))
        return ((Button(label, f"f:{one.row.token}:0:X"),),)
    if _may_go_without(one, step):
        label = str(say("reports.button.no_photo"))
        return ((Button(label, f"rep:nophoto:{one.row.token}"),),)
    if step.path in ("estate", "place") and await _photo_point(chat, one) is not None:
        label = str(say("reports.button.photo_point"))
        return ((Button(label, f"rep:point:{one.row.token}"),),)
    return ()


async def _photo_point(chat: Chat, one: Open) -> Point | None:
    """Where a photo says it was taken; nothing is done with it unless the sender accepts."""
    if one.filling.answers.get("located") == "yes":
        return None
    for media in await form_rows.media_of(chat.work.session, one.row.token):
        if media.latitude is not None and media.longitude is not None:
            return Point(media.latitude, media.longitude)
    return None


async def take_photo_point(chat: Chat, token: str) -> None:
    """The sender accepts the place of the photo."""
    one = await fillings.mine(chat.work, chat.actor, token)
    point = await _photo_point(chat, one) if one is not None else None
    if one is None or point is None:
        raise Refusal("forms.stale_closed")
    await locate(chat, one, point)


def _may_go_without(one: Open, step: Asked) -> bool:
    """Whether this asks for the photo that the kind needs, and there is a way round it."""
    if step is None or step.path != PHOTOS or not step.required or step.sofar:
        return False
    values = one.filling.state.values
    kind = categories.find(values.get("what") or "")
    asks = any(question.name == NO_PHOTO for question in one.filling.document.questions())
    strict = kind is None or kind.photo is PhotoRule.MUST or values.get("finding") == "yes"
    return asks and not strict


async def go_without(chat: Chat, token: str) -> None:
    """No photo can be taken now: on with the rest; an old press says where the person is."""
    one = await fillings.mine(chat.work, chat.actor, token)
    step = engine.current(one.filling) if one is not None else None
    if one is None or one.row.paused or not _may_go_without(one, step):
        raise Refusal("forms.stale")
    one.put(engine.skip(learn(one.filling, {NO_PHOTO: "yes"})))
    await asking.ask(chat, one, edit=True, before=say("reports.photo_later"))
