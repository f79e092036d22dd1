"""Staff of the street keep the table of categories: in chat, or as a workbook out and in."""

from collections.abc import Awaitable, Callable
from typing import Any

from db.stores import jobs
from db.work import Work
from handlers import menu, sent_workbooks
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.files.category_sheets import read_words
from handlers.forms import registry, runner
from handlers.forms.registry import FORMS, Form
from handlers.sent_workbooks import Awaited
from handlers.texts import join, say
from services import clock
from services.fillings import Submission
from services.imports import Outcome
from services.permissions import STREET, Permission
from services.reports import categories, category_table
from services.reports.categories import Category, ExtraQuestion, PhotoRule

SLOT = "rdesk"
WORKBOOK = Awaited(
    "categories", "category_import", Permission.REPORT_SETUP, STREET, "category_sheet.name"
)
RADII = (0, 20, 50, 100, 200, 500, 1000)
DETAILS: tuple[categories.Detail, ...] = ("building", "entrance", "floor")
ASKED = ("label", "words", "question")


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:cat:<act>:<code>:<field>:<value>'."""
    chat.actor.require(Permission.REPORT_SETUP, STREET)
    _, act, code, what, value = chat.press_parts(5)
    if act == "out":
        payload = {"chat_id": chat.id}
        await jobs.add(chat.work.session, "category_export", payload, now=clock.now())
        chat.tell("category_desk.making")
    elif act == "in":
        await sent_workbooks.ask(chat, WORKBOOK.topic)
        back = (_button("back", "rdesk:cat"),)
        await turn(chat, Screen(say("category_desk.send_file"), (back,)), slot=SLOT)
    elif act == "g":
        await _group(chat, code, _number(what))
    elif act == "new":
        before = say("category_desk.ask_new")
        await runner.begin(chat, "category_words", subject=f"new:{code}", before=before)
    elif act in ACTS:
        await ACTS[act](chat, category_table.access(chat.actor, code), what, value)
    else:
        await _home(chat, _number(code))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 3 else 0


def _button(key: str, data: str, **params: object) -> Button:
    return Button(str(say(f"category_desk.button.{key}", **params)), data)


async def _home(chat: Chat, number: int = 0) -> None:
    groups = [group for page in (1, 2) for group in categories.groups(page)]
    buttons = [Button(group.label, f"rdesk:cat:g:{group.code}") for group in groups]
    buttons += [_button("out", "rdesk:cat:out"), _button("in", "rdesk:cat:in")]
    rows = menu.six_of(buttons, number, "rdesk:cat:home", _button("desk", "rdesk:list"))
    await turn(chat, Screen(say("category_desk.home"), rows), slot=SLOT)


async def _group(chat: Chat, code: str, number: int = 0) -> None:
    members = [one for one in categories.every() if one.group == code]
    buttons = [Button(_name(one), f"rdesk:cat:c:{one.code}") for one in members]
    buttons.append(_button("new", f"rdesk:cat:new:{code}"))
    rows = menu.six_of(buttons, number, f"rdesk:cat:g:{code}", _button("back", "rdesk:cat"))
    await turn(chat, Screen(say("category_desk.group"), rows), slot=SLOT)


def _name(one: Category) -> str:
    return one.label if one.active else str(say("category_desk.retired", label=one.label))


async def _show(chat: Chat, one: Category, what: str = "", _value: str = "") -> None:
    """One category: every rule; the buttons that change them, those of `what` or of a page."""
    needs = [str(say(f"category_sheet.needs.{need}")) for need in one.needs]
    text = say(
        "category_desk.card",
        label=_name(one),
        code=one.code,
        photo=say(f"category_sheet.photo.{one.photo}"),
        needs=str(say("category_sheet.between")).join(needs) or say("category_sheet.nothing"),
        radius=one.radius,
        limit=one.limit,
        external=one.external_code or say("category_sheet.nothing"),
        words=str(say("category_sheet.between")).join(categories.said_for(one))
        or say("category_sheet.nothing"),
    )
    asked = [say("category_desk.asked", text=question.text) for question in one.questions]
    await turn(chat, Screen(join([text, *asked]), _rows(one, what)), slot=SLOT)


#: On which page stands what changes a rule; what is not named here stands on the first.
PAGES: dict[str, int] = {
    "photo": 1,
    **dict.fromkeys(DETAILS, 1),
    "radius": 2,
    "external": 2,
    "questions": 2,
}


def _rows(one: Category, what: str) -> tuple[tuple[Button, ...], ...]:
    """Six a page, what is changed most first; after a change the page of what was changed."""
    number = _number(what) or PAGES.get(what, 0)
    back = _button("back", f"rdesk:cat:g:{one.group}")
    return menu.six_of(_changes(one), number, f"rdesk:cat:c:{one.code}", back)


def _changes(one: Category) -> list[Button]:
    """A button for each change, in pages of six."""
    return [
        _set(one, "less_days", "limit", max(1, one.limit - 1)),
        _set(one, "more_days", "limit", min(category_table.SLOWEST, one.limit + 1)),
        *(_button(what, f"rdesk:cat:ask:{one.code}:{what}") for what in ASKED),
        _switch(one),
        *(_set(one, f"photo_{rule}", "photo", rule) for rule in PhotoRule if rule != one.photo),
        *(_need(one, detail) for detail in DETAILS),
        _set(one, "less_radius", "radius", _step(one.radius, -1)),
        _set(one, "more_radius", "radius", _step(one.radius, 1)),
        _button("external", f"rdesk:cat:ask:{one.code}:external"),
        *_dropped(one),
        *_reset_too(one),
    ]


def _set(one: Category, key: str, what: str, value: object) -> Button:
    return _button(key, f"rdesk:cat:set:{one.code}:{what}:{value}")


def _need(one: Category, detail: categories.Detail) -> Button:
    """Says the state it sets."""
    key = f"unask_{detail}" if detail in one.needs else f"ask_{detail}"
    return _set(one, key, detail, int(detail not in one.needs))


def _dropped(one: Category) -> tuple[Button, ...]:
    if not one.questions:
        return ()
    last = one.questions[-1]
    return (_button("drop_question", f"rdesk:cat:drop:{one.code}:{last.code}"),)


def _switch(one: Category) -> Button:
    return _set(one, "retire" if one.active else "offer", "active", int(not one.active))


def _reset_too(one: Category) -> tuple[Button, ...]:
    if one == categories.shipped().get(one.code, one):
        return ()
    return (_button("reset", f"rdesk:cat:reset:{one.code}"),)


def _step(radius: int, way: int) -> int:
    beyond = [one for one in RADII if (one - radius) * way > 0]
    return (min if way > 0 else max)(beyond) if beyond else radius


# -- changing -----------------------------------------------------------------------------------


async def publish(work: Work) -> None:
    """The form of a report asks by the new table from now on."""
    await registry.publish(work, FORMS["report"])


async def _keep(chat: Chat, one: Category, **changes: Any) -> None:
    made = await category_table.change(chat.work, chat.actor, one.code, **changes)
    await publish(chat.work)
    await _show(chat, made, _changed(changes))


def _changed(changes: dict[str, Any]) -> str:
    """Whose page is shown next."""
    [what] = changes
    return {"needs": "building", "external_code": "external"}.get(what, what)


async def _change(chat: Chat, one: Category, what: str, value: str) -> None:
    """A rule that one press sets."""
    if what == "photo" and value in set(PhotoRule):
        await _keep(chat, one, photo=PhotoRule(value))
    elif what in ("radius", "limit") and value.isdecimal() and len(value) < 6:
        await _keep(chat, one, **{what: int(value)})
    elif what == "active":
        await _keep(chat, one, active=value == "1")
    elif what in DETAILS:
        await _keep(chat, one, needs=_needs(one, what, wanted=value == "1"))
    else:
        await _show(chat, one)


def _needs(one: Category, what: str, *, wanted: bool) -> tuple[categories.Detail, ...]:
    """An entrance is one of a building: it comes and goes with it."""
    named: set[str] = set(one.needs)
    if wanted:
        named |= {what, "building"}
    else:
        named -= set(DETAILS) if what == "building" else {what}
    return tuple(detail for detail in DETAILS if detail in named)


async def _ask(chat: Chat, one: Category, what: str, _value: str) -> None:
    if what == "question":
        await runner.begin(chat, "category_question", subject=one.code)
    elif what in ("label", "external", "words"):
        before = say(f"category_desk.ask_{what}", label=one.label)
        await runner.begin(chat, "category_words", subject=f"{what}:{one.code}", before=before)
    else:
        await _show(chat, one)


async def _drop(chat: Chat, one: Category, what: str, _value: str) -> None:
    left = tuple(question for question in one.questions if question.code != what)
    await _keep(chat, one, questions=left)


async def _reset(chat: Chat, one: Category, _what: str, _value: str) -> None:
    made = await category_table.reset(chat.work, chat.actor, one.code)
    await publish(chat.work)
    await _show(chat, made)


ACTS: dict[str, Callable[[Chat, Category, str, str], Awaitable[None]]] = {
    "ask": _ask,
    "c": _show,
    "drop": _drop,
    "reset": _reset,
    "set": _change,
}


async def _worded(chat: Chat, submission: Submission) -> None:
    what, _, code = submission.subject.partition(":")
    words = " ".join(submission.values["words"].split())
    if what == "new":
        made = await category_table.add(chat.work, chat.actor, code, words)
        await publish(chat.work)
        await _show(chat, made)
        return
    one = category_table.access(chat.actor, code)
    if what == "words":
        await _keep(chat, one, words=tuple(read_words(words)))
        return
    if what == "external" and words == str(say("category_sheet.nothing")):
        words = ""
    await _keep(chat, one, **{"external_code" if what == "external" else "label": words})


async def _question_added(chat: Chat, submission: Submission) -> None:
    one = category_table.access(chat.actor, submission.subject)
    values = submission.values
    labels = [label.strip() for label in (values.get("choices") or "").splitlines()]
    taken = {question.code for question in one.questions}
    numbers = (f"q{n}" for n in range(1, category_table.MOST_QUESTIONS + 2))
    code = next(number for number in numbers if number not in taken)
    asked = ExtraQuestion(
        code=code,
        kind=values["kind"],
        text=" ".join(values["text"].split()),
        choices=tuple((label, label) for label in labels if label),
    )
    await _keep(chat, one, questions=(*one.questions, asked))


registry.register(Form("category_words", done=_worded))
registry.register(Form("category_question", done=_question_added))


# -- the workbook -------------------------------------------------------------------------------


async def take(chat: Chat) -> bool:
    """Take the workbook, to be read after the commit; False where the message is something else."""
    return await sent_workbooks.take(chat, WORKBOOK)


def outcome_screen(outcome: Outcome) -> Screen:
    """What an import did, or what to mend."""
    if outcome.wrong:
        return sent_workbooks.failed_screen(outcome.wrong, "rdesk:cat:in")
    look = (_button("look", "rdesk:cat"),)
    text = say("category_desk.taken", added=outcome.added, changed=outcome.changed)
    return Screen(text, (look,))
