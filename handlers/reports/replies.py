"""Words that go with a move: one of the office's replies, or a sentence written now."""

from db.models.reports import Report
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports import crosswise
from handlers.reports.page import SLOT, changed, show
from handlers.texts import say
from services.errors import Refusal
from services.fillings import Submission
from services.reports import desk, notes, photos, templates
from services.reports.desk import Brought
from services.reports.transitions import State

#: Shipped replies of a refusal; they stand before the office's own.
REASONS = ("not_ours", "not_found", "repeated", "no_problem")
SPOKEN = (State.NEED_INFO, State.REOPENED, State.FILED, State.REJECTED)
LONGEST_LABEL = 40


async def choose(chat: Chat, row: Report, after: str, version: str) -> None:
    """'rdesk:say:<report>:<state>:<version>': the replies for this move; none: write one."""
    if after not in templates.MOVES or await changed(chat, row, version):
        return
    buttons = await _replies(chat, row, State(after))
    if not buttons:
        await write(chat, row, after, version)
        return
    own = str(say("report_desk.button.own_words"))
    rows = [(one,) for one in buttons]
    rows.append((Button(own, f"rdesk:words:{row.id}:{after}:{row.version}"),))
    rows.append((Button(str(say("report_desk.button.back")), f"rdesk:show:{row.id}"),))
    screen = Screen(say(f"report_desk.say.{after}", number=row.number), tuple(rows))
    await turn(chat, screen, slot=SLOT)


async def _replies(chat: Chat, row: Report, after: State) -> list[Button]:
    shipped = REASONS if after is State.REJECTED else ()
    buttons = [
        Button(
            str(say(f"report_desk.reason_short.{one}")), f"rdesk:why:{row.id}:{one}:{row.version}"
        )
        for one in shipped
    ]
    for one in await templates.for_move(chat.work, after):
        label = one.words if len(one.words) <= LONGEST_LABEL else f"{one.words[:LONGEST_LABEL]}…"
        buttons.append(Button(label, f"rdesk:reply:{row.id}:{one.id}:{row.version}:{after}"))
    return buttons


async def why(chat: Chat, row: Report, reason: str, version: str) -> None:
    """'rdesk:why:<report>:<reason>:<version>': a shipped reason."""
    if reason in REASONS and not await changed(chat, row, version):
        words = str(say(f"report_desk.reason.{reason}"))
        await _make(chat, row, State.REJECTED, words)


async def reply(chat: Chat, row: Report, template: str, version: str) -> None:
    """'rdesk:reply:<report>:<template>:<version>:<state>': one of the office's own."""
    after = chat.press_parts(5)[4]
    if after not in templates.MOVES or not template.isdecimal():
        raise Refusal("common.not_there")
    if await changed(chat, row, version):
        return
    found = await templates.find(chat.work, int(template), State(after))
    await _make(chat, row, State(after), found.words)


async def _make(chat: Chat, row: Report, after: State, words: str) -> None:
    await desk.move(chat.work, chat.actor, row, after, Brought(words))
    chat.tell("report_desk.done", state=say(f"reports.state.{row.state}"))
    await show(chat, row)


async def write(chat: Chat, row: Report, after: str, version: str) -> None:
    """'rdesk:words:<report>:<state>:<version>': a sentence, and photos where they help."""
    if after in SPOKEN and not await changed(chat, row, version):
        desk.check_moving(row, chat.actor, State(after))
        await runner.begin(chat, "report_reply", subject=f"{row.id}:{after}:{row.version}")


async def _written(chat: Chat, submission: Submission) -> None:
    """Make the move; where a colleague was quicker, what was written becomes a note."""
    number, after, version = submission.subject.split(":")
    row = await desk.access(chat.work, chat.actor, int(number))
    words = submission.values["words"]
    if int(version) != row.version:
        await notes.add(chat.work, chat.actor, row, words)
        await photos.keep(chat.work, chat.actor, row.id, submission.media, kind="before")
        state = say(f"reports.state.{row.state}")
        look = Button(str(say("report_desk.button.look")), f"rdesk:show:{row.id}")
        await chat.say("report_desk.changed_words", [look], number=row.number, state=state)
        return
    await desk.move(chat.work, chat.actor, row, State(after), Brought(words, submission.media))
    await chat.say("reports.moved", number=row.number, state=say(f"reports.state.{row.state}"))


registry.register(Form("report_reply", done=_written, aside=crosswise.aside))


async def add_note(chat: Chat, row: Report) -> None:
    """'rdesk:note:<report>': a note for colleagues."""
    if not notes.may_read(row, chat.actor):
        raise Refusal("common.not_there")
    await runner.begin(chat, "report_note", subject=str(row.id))


async def _noted(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    await notes.add(chat.work, chat.actor, row, submission.values["words"])
    await show(chat, row)


registry.register(Form("report_note", done=_noted))
