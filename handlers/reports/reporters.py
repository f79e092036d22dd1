"""Residents report what is broken, follow it, and say whether it is mended."""

from collections.abc import Sequence
from typing import Any

from db.models.reports import Report
from db.stores import people as person_rows
from db.stores import report_lists
from db.stores import reports as rows
from handlers import notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports import around as reports_around
from handlers.reports import crosswise, form, hearing, same
from handlers.reports.cards import label, line, managed_by, page, timeline, where
from handlers.texts import join, say
from services import clock
from services.errors import Refusal
from services.fillings import Submission
from services.reports import additions, around, categories, desk, intake, nearby, queues
from services.reports.desk import Brought
from services.reports.transitions import State

PAGE = 6
SLOT = reports_around.SLOT


async def begin(chat: Chat) -> None:
    """/report: the guided form."""
    await form.start(chat, {})


async def pressed(chat: Chat) -> None:
    """Buttons: 'rep:<act>:<report or category>:<more>'."""
    act, what, more = chat.press_parts(3)
    if act in ("new", "said"):
        await _start(chat, what, said=act == "said")
    elif act == "give":
        await same.give_photos(chat, what)
    elif act == "nophoto":
        await hearing.go_without(chat, what)
    elif act == "point":
        await hearing.take_photo_point(chat, what)
    elif act in reports_around.PAGES:
        await reports_around.PAGES[act](chat, _number(what), _number(more))
    elif act in reports_around.FOLLOWING and what.isdecimal():
        row = await around.access(chat.work, chat.actor, _number(what))
        await reports_around.FOLLOWING[act](chat, row)
    elif act == "mine" or not what.isdecimal():
        await mine(chat, int(what) if what.isdecimal() else 0)
    else:
        await _open(chat, act, _number(what), more)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


async def _open(chat: Chat, act: str, report_id: int, more: str) -> None:
    """One's own report, or one that staff may see; who only follows it gets its public page."""
    if act == "add":
        await hearing.more_photos(chat, await additions.access(chat.work, chat.actor, report_id))
        return
    row = await rows.by_id(chat.work.session, report_id)
    others = row is not None and row.reporter_id != chat.actor.person_id
    if row is not None and others and await around.follows(chat.work, chat.actor, row):
        await reports_around.show(chat, row)
        return
    await _about(chat, act, await desk.access(chat.work, chat.actor, report_id), more)


async def _start(chat: Chat, category: str, *, said: bool) -> None:
    """Begin with what a button, or the words before it, say already."""
    words = (await person_rows.topic(chat.work.session, chat.id)).get("said", "") if said else ""
    known: dict[str, Any] = {}
    if words:
        known = await intake.understood(chat.work, words, await hearing.home(chat))
    if category in categories.codes():
        known["category"] = category
    subject = f"said:{chat.given.message_id}" if words else f"new:{category}" if category else ""
    await form.start(chat, known, subject=subject)


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
    elif act == "stars" and row.state == State.CLOSED:
        await chat.say("reports.how_many_stars", *_stars(row))
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
        own = row.reporter_id == chat.actor.person_id and row.rating is None
        stars = [("reports.button.stars", f"rep:stars:{row.id}")] if own else []
        buttons.append(notices.button_row(*stars, ("reports.button.no", f"rep:no:{row.id}")))
    elif row.state == State.NEED_INFO:
        buttons.append(notices.button_row(("reports.button.reply", f"rep:reply:{row.id}")))
    pictures = []
    if await rows.photos_of(chat.work.session, row.id):
        pictures.append(("reports.button.photos", f"rep:photo:{row.id}"))
    if row.reporter_id == chat.actor.person_id and State(row.state) not in additions.ENDED:
        pictures.append(("reports.button.add_photo", f"rep:add:{row.id}"))
    buttons += [notices.button_row(*pictures)] if pictures else []
    buttons.append(notices.button_row(("reports.button.mine", "rep:mine:0")))
    await turn(chat, Screen(text, tuple(buttons)), slot=SLOT)


async def send_photos(chat: Chat, row: Report) -> None:
    """The photos of a report, one message each."""
    for photo in await rows.photos_of(chat.work.session, row.id):
        note = say(f"reports.photo.{photo.kind}", number=row.number)
        await chat.show(Screen(note, picture={"sha256": photo.sha256}))


async def mine(chat: Chat, number: int = 0) -> None:
    """One's own reports, the newest first."""
    found = await queues.mine(chat.work, chat.actor, page=number, size=PAGE)
    back = notices.button_row(("menu.back", "home:menu"))
    if not found:
        new = notices.button_row(("reports.button.new", "rep:new"))
        await chat.say("reports.none", new, reports_around.ways(), back)
        return
    buttons: list[tuple[Button, ...]] = [
        (Button(line(row), f"rep:show:{row.id}"),) for row in found[:PAGE]
    ]
    turning = paging.turning("rep:mine", number, more=len(found) > PAGE)
    buttons += [turning] if turning else []
    buttons += [reports_around.ways(), back]
    await turn(chat, Screen(say("reports.mine"), tuple(buttons)), slot=SLOT)


# -- handing in ---------------------------------------------------------------------------------


async def _filed(chat: Chat, submission: Submission) -> None:
    row = await desk.file(chat.work, chat.actor, form.draft(submission))
    buttons = notices.button_row(
        ("reports.button.progress", f"rep:show:{row.id}"), ("reports.button.another", "rep:new")
    )
    if row.urgent:
        await chat.say("reports.urgent")
    told = say("reports.filed", number=row.number)
    if row.building_id is not None:
        told = join([told, await managed_by(chat, row.building_id)])
    await chat.show(Screen(told, (buttons,)))
    await _offer_same(chat, row, str(submission.values.get("maybe") or "").split())


async def _offer_same(chat: Chat, row: Report, said_no: Sequence[str]) -> None:
    """What may be the same thing and came while this was filled in: at most three, each with
    photo, state and day."""
    for one in await nearby.candidates(chat.work, row):
        other = one.report
        if str(other.id) in said_no or other.state == State.CLOSED:
            continue
        text = say(
            "reports.maybe_same",
            category=label(other.category),
            where=await where(chat, other),
            state=say(f"reports.state.{other.state}"),
            day=clock.local(other.created_at).date(),
        )
        small = await same.thumbnail(chat, other)
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


# -- words that go with a move --------------------------------------------------------------------


async def _said_words(chat: Chat, submission: Submission) -> None:
    """A sentence (and photos) that goes with a move: asked back, refused, still broken."""
    number, _, after = submission.subject.partition(":")
    row = await desk.access(chat.work, chat.actor, int(number))
    brought = Brought(submission.values["words"], submission.media)
    await desk.move(chat.work, chat.actor, row, State(after), brought)
    button = notices.button_row(("reports.button.progress", f"rep:show:{row.id}"))
    await chat.say(f"reports.moved_to.{after}", button, number=row.number)


async def _photos_added(chat: Chat, submission: Submission) -> None:
    report_id, media = int(submission.subject), submission.media
    row, count = await additions.add_photos(chat.work, chat.actor, report_id, media)
    button = notices.button_row(("reports.button.progress", f"rep:show:{row.id}"))
    await chat.say("reports.photos_added", button, number=row.number, count=count)


registry.register(form.form(_filed))
registry.register(Form("report_photos", done=_photos_added))
registry.register(Form("report_words", done=_said_words, aside=crosswise.aside))


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
_told("reports.told.closed", (("reports.button.stars", "stars"), NO, SHOW))
_told("reports.told.reopened", (SHOW,))
_told("reports.told.submitted", (SHOW,))
_told("reports.photo_wanted", (("reports.button.add_photo", "add"), SHOW))
_told("reports.asked_again", (("reports.button.reply", "reply"),))
