"""The form of a problem report: what it asks, what it knows already, what it hands in."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from db.stores import places as place_rows
from db.work import Work
from handlers.chat import Chat
from handlers.forms import registry, runner
from handlers.forms.registry import Asked, Form
from handlers.reports import hearing, same
from handlers.reports.cards import label, managed_by
from handlers.texts import join, say
from services import places
from services.fillings import Open, Submission
from services.forms.amendments import learn
from services.forms.documents import Document
from services.forms.fillings import Filling
from services.forms.handwritten import from_mapping
from services.forms.steps import Step
from services.reports import categories, category_table, intake
from services.reports.categories import PhotoRule
from services.reports.desk import Draft
from services.reports.intake import NONE, OTHER

COUNTED_BEFORE = "quantity"
"""The question of how many in older versions of the form, which some may still be filling in."""


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
    own = await hearing.home(chat)
    if own is not None:
        answers.setdefault("community", own)
    return answers


# -- the document -------------------------------------------------------------------------------


async def _document(work: Work) -> Document:
    """The form's TOML with the rules and the own questions of the kinds of problem in it."""
    await category_table.refresh(work)
    rules = {
        "must": categories.codes_with(photo=PhotoRule.MUST),
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
    here = _point(one.filling.answers)
    if here is not None:
        known = sorted(known, key=lambda estate: places.metres_to(here, estate))
    return [*((str(e.id), e.name) for e in known), _elsewhere()]


def _point(answers: Mapping[str, Any]) -> tuple[float, float] | None:
    """The location that was sent for this report."""
    place = answers.get("place") or {}
    return (place["lat"], place["lon"]) if "lat" in place else None


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
    held = (filling.answers, filling.unfinished)
    implied = await intake.implied(chat.work, filling.state.values)
    lacking = await intake.without_gazetteer(chat.work, filling.state.values)
    learned = intake.unanswered({**lacking, **implied}, held)
    after = learn(filling, learned)
    if same.is_due(after):
        learned |= await same.look(chat, draft(_as_handed_in(one, after)))
    return learned


def _as_handed_in(one: Open, filling: Filling) -> Submission:
    """What would be handed in with what is known so far."""
    values = filling.state.finals()
    return Submission("report", one.row.subject, "", one.row.document_id, values, for_another=False)


async def _ends(chat: Chat, one: Open, step: Step) -> bool:
    return await same.ends(chat, one, step, str(one.filling.answers.get("words") or ""))


async def _lead(chat: Chat, one: Open, step: Asked) -> Markup | None:
    """What was understood, above the first question; who manages the building, after it."""
    answers = one.filling.answers
    if step is not None and step.path == same.QUESTION:
        return await same.lead(chat, one)
    if step is not None and step.path in hearing.LEADS and one.row.subject:
        return await _understood(chat, one)
    asked = [place.path for place in one.filling.state.asked]
    before = asked[asked.index(step.path) - 1] if step and step.path in asked[1:] else ""
    if _alarms(answers, one.filling.state.values):
        return say("reports.urgent")
    building = answers.get("building")
    if building in (None, OTHER) or (step is not None and before != "building"):
        return None
    return await managed_by(chat, int(building))


def _alarms(answers: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether somebody is in danger by what the kind's own questions were answered."""
    kind = categories.find(values.get("what") or "")
    return kind is not None and categories.alarms(kind, _details(kind, answers))


async def _understood(chat: Chat, one: Open) -> Markup | None:
    answers = one.filling.answers
    lines = []
    if answers.get("words"):
        lines.append(say("reports.understood.words", words=answers["words"]))
    where = await _where(chat, answers)
    if where:
        lines.append(say("reports.understood.where", where=where))
    photos = len(one.filling.answers.get("photos") or one.filling.unfinished.get("photos") or ())
    if photos:
        lines.append(say("reports.understood.photos", count=photos))
    key = "asks" if answers.get("guess") == "yes" else "asks_kind"
    return join([*lines, say(f"reports.understood.{key}")]) if lines else None


async def _where(chat: Chat, answers: Mapping[str, Any]) -> str:
    """The place as far as the words gave it."""
    return (await places.find(chat.work, answers.get("words") or "")).text or ""


# -- handing in ---------------------------------------------------------------------------------


def draft(submission: Submission) -> Draft:
    """What was handed in, as the office's rules take it."""
    values = submission.values
    place = values.get("place") or {}
    point = (place["lat"], place["lon"], place.get("accuracy")) if "lat" in place else None
    what = values.get("what") or values["category"]
    kind = categories.find(what)
    counted = (categories.counting_question(kind) if kind else None) or COUNTED_BEFORE
    return Draft(
        category=what,
        words=values.get("words") or "",
        quantity=_number(values.get(counted) or values.get(COUNTED_BEFORE)),
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
        owes_photo=values.get("no_photo") == "yes" and not submission.media,
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
            "same": same.choices,
            "groups": _groups,
            "categories": _categories,
            "communities": _communities,
            "estates": _estates,
            "buildings": _buildings,
            "entrances": _entrances,
        },
        review="reports.review",
        for_another=True,
        numbered=False,
        known=_known,
        hangs_on={
            "category": ("group",),
            "estate": ("community",),
            "building": ("estate",),
            "entrance": ("building",),
            "place": ("estate",),
            **dict.fromkeys(same.SHOWN, same.FIRST),
        },
        lead=_lead,
        pictures=same.pictures,
        ends=_ends,
        extras=hearing.extras,
        aside=hearing.aside,
        made=_document,
    )
