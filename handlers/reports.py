"""Residents report what is broken, follow it, and say whether it is mended."""

from collections.abc import Sequence
from typing import Any

from db.models.reports import Report
from db.stores import people as person_rows
from db.stores import places as place_rows
from db.stores import report_lists
from db.stores import reports as rows
from handlers import notices
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.report_cards import label, page, timeline, where
from handlers.texts import join, say
from services import clock, places
from services.errors import Refusal
from services.fillings import Open, Submission
from services.reports import categories, desk, nearby, queues, suggestions
from services.reports.desk import Brought, Draft
from services.reports.transitions import State

PAGE = 6
OTHER = "other"


async def begin(chat: Chat) -> None:
    """/report: the guided form."""
    await start_form(chat, {})


async def start_form(chat: Chat, known: dict[str, Any]) -> None:
    """Begin with what is known already; the person's own community is."""
    answers = dict(known)
    category = answers.get("category")
    if category is not None:
        found = categories.find(category)
        answers["group"] = found.group if found else OTHER
    home = await _home(chat)
    if home is not None:
        answers.setdefault("community", home)
    await runner.begin(chat, "report", answers=answers, before=say("reports.before"))


async def _home(chat: Chat) -> str | None:
    if chat.actor.community_id is None:
        return None
    found = await place_rows.community(chat.work.session, chat.actor.community_id)
    return None if found is None or found.unattached else str(found.id)


async def pressed(chat: Chat) -> None:
    """Buttons: 'rep:<act>:<report or category>:<more>'."""
    act, what, more = chat.press_parts(3)
    if act in ("new", "said"):
        await start_form(chat, await _known(chat, what, said=act == "said"))
    elif act == "mine" or not what.isdecimal():
        await mine(chat, int(what) if what.isdecimal() else 0)
    else:
        row = await desk.access(chat.work, chat.actor, int(what))
        await _about(chat, act, row, more)


async def _known(chat: Chat, category: str, *, said: bool) -> dict[str, Any]:
    """What a button or the words before it say already."""
    known: dict[str, Any] = {}
    if categories.find(category):
        known["category"] = category
    words = (await person_rows.topic(chat.work.session, chat.id)).get("said", "") if said else ""
    if words:
        known["words"] = words
        found = suggestions.suggest(words)
        if found.quantity and category in ("stairwell_light", "street_light"):
            known["quantity"] = found.quantity
    return known


async def _about(chat: Chat, act: str, row: Report, more: str) -> None:
    if act == "ok":
        await desk.move(chat.work, chat.actor, row, State.CLOSED)
        await chat.say("reports.thanks_ok", *_stars(row))
    elif act == "no":
        desk.check_reopening(row, chat.actor)
        subject = f"{row.id}:{State.REOPENED}"
        await runner.begin(chat, "report_words", subject=subject, before=say("reports.what_wrong"))
    elif act == "reply":
        subject = f"{row.id}:{State.SUBMITTED}"
        await runner.begin(chat, "report_words", subject=subject, before=say("reports.tell_more"))
    elif act == "rate" and more.isdecimal():
        await desk.rate(chat.work, chat.actor, row, int(more))
        chat.tell("reports.rated")
    elif act == "same" and more.isdecimal():
        await _join(chat, row, int(more))
    elif act == "photo":
        await send_photos(chat, row)
    else:
        await show(chat, row)


def _stars(row: Report) -> list[list[Button]]:
    return [[Button(str(n), f"rep:rate:{row.id}:{n}") for n in range(1, 6)]]


async def show(chat: Chat, row: Report) -> None:
    """One's own report with its timeline."""
    text = join([await page(chat, row), await timeline(chat, row)], "\n\n")
    buttons = []
    if row.state == State.HANDLED:
        buttons.append(
            notices.button_row(
                ("reports.button.ok", f"rep:ok:{row.id}"),
                ("reports.button.no", f"rep:no:{row.id}"),
            )
        )
    elif row.state == State.CLOSED:
        buttons.append(notices.button_row(("reports.button.no", f"rep:no:{row.id}")))
    elif row.state == State.NEED_INFO:
        buttons.append(notices.button_row(("reports.button.reply", f"rep:reply:{row.id}")))
    if await rows.photos_of(chat.work.session, row.id):
        buttons.append(notices.button_row(("reports.button.photos", f"rep:photo:{row.id}")))
    buttons.append(notices.button_row(("reports.button.mine", "rep:mine:0")))
    await chat.show(Screen(text, tuple(buttons)), slot="reports", edit=True)


async def send_photos(chat: Chat, row: Report) -> None:
    """The photos of a report, one message each."""
    for photo in await rows.photos_of(chat.work.session, row.id):
        note = say(f"reports.photo.{photo.kind}", number=row.number)
        await chat.show(Screen(note, picture={"sha256": photo.sha256}))


async def mine(chat: Chat, number: int = 0) -> None:
    """One's own reports, the newest first."""
    found = await queues.mine(chat.work, chat.actor, page=number, size=PAGE)
    if not found:
        await chat.say("reports.none", [Button(str(say("reports.button.new")), "rep:new")])
        return
    buttons: list[tuple[Button, ...]] = [
        (Button(_line(row), f"rep:show:{row.id}"),) for row in found[:PAGE]
    ]
    turn = []
    if number:
        turn.append(Button(str(say("forms.button.previous_page")), f"rep:mine:{number - 1}"))
    if len(found) > PAGE:
        turn.append(Button(str(say("forms.button.next_page")), f"rep:mine:{number + 1}"))
    buttons += [tuple(turn)] if turn else []
    await chat.show(Screen(say("reports.mine"), tuple(buttons)), slot="reports", edit=True)


def _line(row: Report) -> str:
    state = say(f"reports.state.{row.state}")
    return str(say("reports.line", number=row.number, category=label(row.category), state=state))


# -- lists of the form --------------------------------------------------------------------------

Choices = Sequence[tuple[str, str]]


async def _groups(_chat: Chat, _one: Open) -> Choices:
    return [(g.code, g.label) for number in (1, 2) for g in categories.groups(number)]


async def _categories(_chat: Chat, one: Open) -> Choices:
    group = one.filling.answers.get("group") or OTHER
    return [(c.code, c.label) for c in categories.members(group)] or [(OTHER, label(OTHER))]


async def _communities(chat: Chat, _one: Open) -> Choices:
    return [(str(c.id), c.name) for c in await places.communities(chat.work)]


async def _estates(chat: Chat, one: Open) -> Choices:
    community = int(one.filling.answers["community"])
    known = await place_rows.estates(chat.work.session, community)
    return [*((str(e.id), e.name) for e in known), _elsewhere()]


async def _buildings(chat: Chat, one: Open) -> Choices:
    known = await place_rows.buildings(chat.work.session, int(one.filling.answers["estate"]))
    return [*((str(b.id), b.name) for b in known), _elsewhere()]


async def _entrances(chat: Chat, one: Open) -> Choices:
    building = await place_rows.building(chat.work.session, int(one.filling.answers["building"]))
    count = building.entrances if building else 1
    return [(str(n), str(say("reports.entrance", number=n))) for n in range(1, count + 1)]


def _elsewhere() -> tuple[str, str]:
    return OTHER, str(say("reports.elsewhere"))


# -- handing in ---------------------------------------------------------------------------------


async def _filed(chat: Chat, submission: Submission) -> None:
    row = await desk.file(chat.work, chat.actor, _draft(submission))
    buttons = notices.button_row(
        ("reports.button.progress", f"rep:show:{row.id}"), ("reports.button.another", "rep:new")
    )
    if row.urgent:
        await chat.say("reports.urgent")
    await chat.say("reports.filed", buttons, number=row.number)
    await _offer_same(chat, row)


async def _offer_same(chat: Chat, row: Report) -> None:
    """Show what may be the same thing: at most three, each with photo, state and day."""
    for one in await nearby.candidates(chat.work, row):
        other = one.report
        text = say(
            "reports.maybe_same",
            category=label(other.category),
            where=await where(chat, other),
            state=say(f"reports.state.{other.state}"),
            day=f"{clock.local(other.created_at):%m-%d}",
        )
        photos = await rows.photos_of(chat.work.session, other.id, "before")
        small = (photos[0].thumbnail_sha256 or photos[0].sha256) if photos else None
        button = notices.button_row(("reports.button.same", f"rep:same:{row.id}:{other.id}"))
        await chat.show(Screen(text, (button,), picture={"sha256": small} if small else None))


async def _join(chat: Chat, row: Report, master_id: int) -> None:
    """ "That is the one": the new report goes into the old one, whose news the person hears."""
    fits = {one.report.id for one in await nearby.candidates(chat.work, row)}
    if master_id not in fits:
        raise Refusal("reports.no_such_move")
    await desk.move(chat.work, chat.actor, row, State.MERGED, Brought(master_id=master_id))
    count = await report_lists.count_same(chat.work.session, master_id)
    await chat.say("reports.joined", count=count)


def _draft(submission: Submission) -> Draft:
    values = submission.values
    place = values.get("place") or {}
    point = (place["lat"], place["lon"], place.get("accuracy")) if "lat" in place else None

    def number(name: str) -> int | None:
        value = str(values.get(name) or "")
        return int(value) if value.lstrip("-").isdecimal() else None

    return Draft(
        category=values["category"],
        words=values.get("words") or "",
        quantity=number("quantity"),
        community_id=number("community"),
        estate_id=number("estate"),
        building_id=number("building"),
        entrance=values.get("entrance"),
        floor=number("floor"),
        place=place.get("text") or "",
        point=point,
        photos=submission.media,
        for_another=submission.for_another,
        token=submission.token,
    )


async def _said_words(chat: Chat, submission: Submission) -> None:
    """A sentence (and photos) that goes with a move: asked back, refused, still broken."""
    number, _, after = submission.subject.partition(":")
    row = await desk.access(chat.work, chat.actor, int(number))
    brought = Brought(submission.values["words"], submission.media)
    await desk.move(chat.work, chat.actor, row, State(after), brought)
    await chat.say("reports.moved", number=row.number, state=say(f"reports.state.{row.state}"))


registry.register(
    Form(
        "report",
        done=_filed,
        lists={
            "groups": _groups,
            "categories": _categories,
            "communities": _communities,
            "estates": _estates,
            "buildings": _buildings,
            "entrances": _entrances,
        },
        review="reports.review",
        for_another=True,
    )
)
registry.register(Form("report_words", done=_said_words))


# -- what the reporter is told ------------------------------------------------------------------


def _told(code: str, buttons: tuple[tuple[str, str], ...]) -> None:
    """A notice to the reporter about a move, with what they can do now."""

    def screen(params: dict[str, Any]) -> Screen:
        told = {"due": "", "words": "", "photo": ""} | params
        text = say(code, **{**told, "category": label(params["category"])})
        pairs = [(key, f"rep:{act}:{params['report_id']}") for key, act in buttons]
        photo = told["photo"]
        picture = {"sha256": photo} if photo else None
        return Screen(text, (notices.button_row(*pairs),), picture=picture)

    notices.screen_for(code)(screen)


SHOW = ("reports.button.progress", "show")
NO = ("reports.button.no", "no")
_told("reports.told.filed", (SHOW,))
_told("reports.told.rejected", (SHOW,))
_told("reports.told.merged", (SHOW,))
_told("reports.told.in_progress", (SHOW,))
_told("reports.told.need_info", (("reports.button.reply", "reply"),))
_told("reports.told.handled", (("reports.button.ok", "ok"), NO))
_told("reports.told.closed", (SHOW, NO))
_told("reports.told.reopened", (SHOW,))
_told("reports.told.submitted", (SHOW,))
_told("reports.asked_again", (("reports.button.reply", "reply"),))
