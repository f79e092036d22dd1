"""The form of a problem report: what it asks, what it knows already, what it makes of a message."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from db.models.reports import Report
from db.stores import places as place_rows
from db.work import Work
from handlers.chat import Button, Chat, Kind
from handlers.forms import registry, runner
from handlers.forms.registry import Asked, Form, Rows
from handlers.report_cards import label, managed_by
from handlers.texts import join, say
from services import places
from services.errors import Refusal
from services.fillings import Open, Submission
from services.forms import typed
from services.forms.amendments import learn, offer_anew
from services.forms.documents import Document
from services.forms.documents import Kind as Asks
from services.forms.handwritten import from_mapping
from services.forms.steps import Step
from services.reports import categories, category_table, intake
from services.reports.categories import PhotoRule
from services.reports.desk import Draft
from services.reports.intake import NONE, OTHER

MOST_PHOTOS = 10
"""As many as one album of Telegram holds."""
SENT = "sent:"
"""Subject of a report that began with something sent unasked."""
KINDS = ("proposal", "group", "category")
PLACES = ("community", "estate", "building", "entrance")
SHORT = 6
"""Characters up to which words are tried as the label of a button first."""


# -- beginning ----------------------------------------------------------------------------------


async def start(
    chat: Chat, known: Mapping[str, Any], *, subject: str = "", before: Markup | None = None
) -> None:
    """Begin with what is known already; the person's own community is."""
    await runner.begin(
        chat,
        "report",
        subject=subject,
        answers=await completed(chat, known),
        before=before or say("reports.before"),
    )


async def completed(chat: Chat, known: Mapping[str, Any]) -> dict[str, Any]:
    """Known answers with those that follow: the group of a category, one's own community."""
    answers = dict(known)
    category = answers.get("category")
    if category is not None:
        found = categories.find(category)
        answers["group"] = found.group if found else OTHER
        answers.pop("guess", None)
    own = await home(chat)
    if own is not None:
        answers.setdefault("community", own)
    return answers


async def home(chat: Chat) -> str | None:
    """The person's own community, as the form's answer."""
    if chat.actor.community_id is None:
        return None
    found = await place_rows.community(chat.work.session, chat.actor.community_id)
    return None if found is None or found.unattached else str(found.id)


# -- the document -------------------------------------------------------------------------------


async def _document(work: Work) -> Document:
    """The form's TOML with the rules and the own questions of the kinds of problem in it."""
    await category_table.refresh(work)
    rules = {
        "photo": categories.codes_with(photo=PhotoRule.REQUIRED),
        "building": categories.codes_with(detail="building"),
        "entrance": categories.codes_with(detail="entrance"),
        "floor": categories.codes_with(detail="floor"),
    }
    text = registry.written("report")
    for name, codes in rules.items():
        text = text.replace(f"<<{name}>>", " ".join(codes))
    form = tomllib.loads(text)
    own = [_question(one, asked) for one in categories.table() for asked in one.questions]
    last = form["question"].pop()
    form["question"] += [*own, last]
    return from_mapping(form)


def _question(category: categories.Category, asked: categories.ExtraQuestion) -> dict[str, Any]:
    """A question of one kind of problem, as the form's TOML would write it."""
    made: dict[str, Any] = {
        "name": categories.path_of(category, asked),
        "kind": {"choice": "choose_one"}.get(asked.kind, asked.kind),
        "label": asked.text,
        "relevant": f"${{what}} = '{category.code}'",
    }
    if asked.kind == "choice":
        made["choices"] = [list(pair) for pair in asked.choices]
    if asked.kind == "integer":
        made["constraint"] = ". >= 1 and . <= 99"
        made["constraint_message"] = str(say("reports.count_out_of_range"))
    return made


# -- lists --------------------------------------------------------------------------------------

Choices = Sequence[tuple[str, str]]


async def _proposals(_chat: Chat, one: Open) -> Choices:
    found = intake.proposals(one.filling.answers.get("words") or "")
    return [*((code, label(code)) for code in found), (NONE, str(say("reports.none_of_these")))]


async def _groups(_chat: Chat, _one: Open) -> Choices:
    return [(g.code, g.label) for number in (1, 2) for g in categories.groups(number)]


async def _categories(_chat: Chat, one: Open) -> Choices:
    group = one.filling.answers.get("group") or OTHER
    return [(c.code, c.label) for c in categories.members(group)] or [(OTHER, label(OTHER))]


async def _communities(chat: Chat, _one: Open) -> Choices:
    return [(str(c.id), c.name) for c in await places.communities(chat.work)]


async def _estates(chat: Chat, one: Open) -> Choices:
    known = await place_rows.estates(chat.work.session, int(one.filling.answers["community"]))
    return [*((str(e.id), e.name) for e in known), _elsewhere()]


async def _buildings(chat: Chat, one: Open) -> Choices:
    estate = one.filling.answers["estate"]
    known = await places.buildings(chat.work, int(estate)) if estate != OTHER else ()
    return [*((str(b.id), b.name) for b in known), _elsewhere()]


async def _entrances(chat: Chat, one: Open) -> Choices:
    chosen = one.filling.answers.get("building")
    if chosen is None or chosen == OTHER:
        return []
    building = await place_rows.building(chat.work.session, int(chosen))
    count = building.entrances if building else 1
    return [(str(n), str(say("reports.entrance", number=n))) for n in range(1, count + 1)]


def _elsewhere() -> tuple[str, str]:
    return OTHER, str(say("reports.elsewhere"))


# -- what is known, what is said above a question ------------------------------------------------


async def _known(chat: Chat, one: Open) -> Mapping[str, Any]:
    filling = one.filling
    implied = await intake.implied(chat.work, filling.state.values)
    return intake.unanswered(implied, (filling.answers, filling.unfinished))


async def _lead(chat: Chat, one: Open, step: Asked) -> Markup | None:
    """What was understood, above the first question; who manages the building, after it."""
    answers = one.filling.answers
    if step is not None and step.path in ("proposal", "group") and one.row.subject:
        return await _understood(chat, answers)
    asked = [place.path for place in one.filling.state.asked]
    before = asked[asked.index(step.path) - 1] if step and step.path in asked[1:] else ""
    building = answers.get("building")
    if building in (None, OTHER) or (step is not None and before != "building"):
        return None
    return await managed_by(chat, int(building))


async def _understood(chat: Chat, answers: Mapping[str, Any]) -> Markup | None:
    lines = []
    if answers.get("words"):
        lines.append(say("reports.understood.words", words=answers["words"]))
    where = await _where(chat, answers)
    if where:
        lines.append(say("reports.understood.where", where=where))
    photos = answers.get("photos") or ()
    if photos:
        lines.append(say("reports.understood.photos", count=len(photos)))
    key = "asks" if answers.get("guess") == "yes" else "asks_kind"
    return join([*lines, say(f"reports.understood.{key}")]) if lines else None


async def _where(chat: Chat, answers: Mapping[str, Any]) -> str:
    """The place as far as the words gave it."""
    return (await places.find(chat.work, answers.get("words") or "")).text or ""


def _extras(one: Open, step: Step) -> Rows:
    """A way out for who did not mean to report anything."""
    if step.path not in ("proposal", "group") or not one.row.subject.startswith(SENT):
        return ()
    return ((Button(str(say("reports.button.not_a_report")), f"f:{one.row.token}:0:X"),),)


# -- messages that are no answer to the question -------------------------------------------------


async def _aside(chat: Chat, one: Open, step: Asked) -> bool:
    """Photos, words and a location belong to the report whatever was asked just now."""
    given = chat.given
    if is_photo(chat):
        return await _photo(chat, one, step)
    if given.kind is Kind.TEXT and intake.says_something(given.text):
        return await _text(chat, one, step)
    if given.point is not None and (step is None or step.kind is not Asks.PLACE):
        await _location(chat, one)
        return True
    return False


def is_photo(chat: Chat) -> bool:
    """A photo, or a file that calls itself a picture (what it is shows when it is opened)."""
    given, file = chat.given, chat.given.file
    if file is None:
        return False
    named = (file.mime or "").startswith("image/")
    return given.kind is Kind.PHOTO or (given.kind is Kind.DOCUMENT and named)


async def _photo(chat: Chat, one: Open, step: Asked) -> bool:
    """A caption is kept as the words; where photos are asked for the form goes on by itself."""
    if intake.says_something(chat.given.text):
        await hear(chat, one, chat.given.text)
    if step is not None and step.kind is Asks.PHOTOS:
        return False
    await add_photo(chat, one)
    return True


async def add_photo(chat: Chat, one: Open) -> None:
    """One more photo for a report that is being filled in; an album changes one card in place."""
    album = chat.given.album
    again = album is not None and one.row.album in (album, f"no:{album}")
    told = one.row.album == f"no:{album}"
    before = await keep_photo(chat, one)
    if before is None or not told:
        await runner.ask(chat, one, edit=again, before=before)


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
    one = await runner.open_form(chat, "report_photos", subject=str(row.id))
    if is_photo(chat):
        await runner.take_file(chat, one, "photos", at_most=MOST_PHOTOS)
        again = chat.given.album is not None and one.row.album == chat.given.album
        one.row.album = chat.given.album
        await runner.ask(chat, one, edit=again, before=say("reports.for_this", number=row.number))
    else:
        await runner.ask(chat, one, before=say("reports.for_this", number=row.number))


async def hear(chat: Chat, one: Open, words: str) -> None:
    """Add words to what was said, and see what they tell."""
    held = one.filling.answers.get("words") or ""
    if words.strip() in held.splitlines():
        return
    said = f"{held}\n{words.strip()}" if held else words.strip()
    found = await intake.understood(chat.work, said, await home(chat))
    one.put(offer_anew(learn(one.filling, _fitting(one, found)), "proposal"))
    await runner.offer_known(chat, one)


def _fitting(one: Open, found: Mapping[str, Any]) -> dict[str, Any]:
    """Later words guess no kind that was chosen already, and move no place that was chosen."""
    answers = one.filling.answers
    fixed = {"guess"} if {"category", "proposal"} & answers.keys() else set[str]()
    if "estate" in answers:
        fixed |= {"community", "estate"}
    return {path: value for path, value in found.items() if path not in fixed}


async def _text(chat: Chat, one: Open, step: Asked) -> bool:
    text = chat.given.text
    if step is None:
        if any(typed.says(word, text) for word in ("yes", "no", "done", "read_on")):
            return False
        await hear(chat, one, text)
        await runner.ask(chat, one, before=say("reports.noted"))
        return True
    if step.kind is not Asks.CHOOSE_ONE or step.path in PLACES or len(text) <= SHORT:
        return False
    labels = {option.label for option in step.options}
    if text.strip() in labels:
        return False
    await hear(chat, one, text)
    if step.path not in KINDS and any(label in text for label in labels):
        return False  # a sentence that answers the question too
    await runner.ask(chat, one, before=None if step.path in KINDS else say("reports.noted"))
    return True


async def _location(chat: Chat, one: Open) -> None:
    """Keep the place; where no building matters that is all that is needed."""
    point = chat.given.point
    assert point is not None
    place = {"lat": point.latitude, "lon": point.longitude, "accuracy": point.accuracy}
    answers: dict[str, Any] = {"located": "yes", "place": place}
    kind = categories.find(one.filling.state.values.get("what") or "")
    if kind is not None and not kind.needs_building and "estate" not in one.filling.answers:
        answers["estate"] = OTHER
    one.put(learn(one.filling, answers))
    await runner.offer_known(chat, one)
    far = await places.is_far_away(chat.work, point.latitude, point.longitude)
    await runner.ask(chat, one, before=say("reports.far_away" if far else "reports.place_kept"))


# -- handing in ---------------------------------------------------------------------------------


def draft(submission: Submission) -> Draft:
    """What was handed in, as the office's rules take it."""
    values = submission.values
    place = values.get("place") or {}
    point = (place["lat"], place["lon"], place.get("accuracy")) if "lat" in place else None
    kind = categories.find(values["what"])
    return Draft(
        category=values["what"],
        words=values.get("words") or "",
        quantity=_number(values.get(categories.counting_question(kind) or "")) if kind else None,
        community_id=_number(values.get("community")),
        estate_id=_number(values.get("estate")),
        building_id=_number(values.get("building")),
        entrance=values.get("entrance"),
        floor=_number(values.get("floor")),
        place=place.get("text") or "",
        point=point,
        photos=submission.media,
        for_another=submission.for_another,
        token=submission.token,
        details=_details(kind, values) if kind else {},
    )


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.lstrip("-").isdecimal() else None


def _details(kind: categories.Category, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the kind's own questions, by their codes."""
    found = {one.code: values.get(categories.path_of(kind, one)) for one in kind.questions}
    return {code: one for code, one in found.items() if one is not None}


def form(done: Any) -> Form:
    """The form, with what happens when it is handed in."""
    return Form(
        "report",
        done=done,
        lists={
            "proposals": _proposals,
            "groups": _groups,
            "categories": _categories,
            "communities": _communities,
            "estates": _estates,
            "buildings": _buildings,
            "entrances": _entrances,
        },
        review="reports.review",
        for_another=True,
        known=_known,
        hangs_on={
            "category": "group",
            "estate": "community",
            "building": "estate",
            "entrance": "building",
            "place": "estate",
        },
        lead=_lead,
        extras=_extras,
        aside=_aside,
        made=_document,
    )
