"""One report as staff see it: the facts, what colleagues noted, and a button for every move."""

from dataclasses import dataclass

from markupsafe import Markup

from db.models.report_desk import ReportNote
from db.models.reports import Report
from db.stores import places, report_lists
from db.stores import reports as rows
from handlers import colleagues
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.reports.cards import page, timeline
from handlers.texts import join, say
from services import clock, deadlines
from services.permissions import Permission
from services.reports import desk, limits, missing, notes, requests
from services.reports.transitions import Evidence, Move, State

SLOT = "rdesk"
NOTES_SHOWN = 4
A_PAGE = 6


@dataclass(frozen=True)
class Act:
    """A button of a report's page: where it leads, and the only states it shows in."""

    key: str
    after: State
    data: str
    only: tuple[State, ...] = ()


GIVEN = (State.ASSIGNED, State.IN_PROGRESS)
#: What is done most comes first; what does not fit a page stands behind "more".
ORDER = (
    *("decide", "file", "assign", "accept", "handle", "close", "reopen", "take_apart"),
    *("enter_building", "photos", "give_back", "more_days", "cannot", "hurry"),
    *("ask", "reject", "take_back", "note", "hand_up", "merge"),
)
#: Data ends with the version the page showed: two editors are told.
ACTS: tuple[Act, ...] = (
    Act("file", State.FILED, "rdesk:to:{id}:filed:{v}", (State.SUBMITTED,)),
    Act("assign", State.ASSIGNED, "rdesk:assign:{id}:0:{v}"),
    Act("accept", State.IN_PROGRESS, "rdesk:to:{id}:in_progress:{v}"),
    Act("handle", State.HANDLED, "rdesk:handle:{id}"),
    Act("close", State.CLOSED, "rdesk:to:{id}:closed:{v}"),
    Act("reopen", State.REOPENED, "rdesk:say:{id}:reopened:{v}"),
    Act("ask", State.NEED_INFO, "rdesk:say:{id}:need_info:{v}"),
    Act("hand_up", State.ASSIGNED, "rdesk:up:{id}", (State.FILED,)),
    Act("merge", State.MERGED, "rdesk:merge:{id}"),
    Act("take_apart", State.SUBMITTED, "rdesk:to:{id}:submitted:{v}", (State.MERGED,)),
    Act("reject", State.REJECTED, "rdesk:say:{id}:rejected:{v}"),
)


async def show(chat: Chat, row: Report, number: int = 0) -> None:
    """One report with everything this person may do with it now, below where they look."""
    parts = [await page(chat, row), await _staff_lines(chat, row), await timeline(chat, row)]
    text = join([part for part in parts if part], "\n\n")
    await turn(chat, Screen(text, await _buttons(chat, row, number)), slot=SLOT)


async def changed(chat: Chat, row: Report, version: str) -> bool:
    """Whether somebody else changed the report since this page was shown; they are told so."""
    if not version.isdecimal() or int(version) == row.version:
        return False
    chat.tell("report_desk.changed", alert=True, state=say(f"reports.state.{row.state}"))
    await show(chat, row)
    return True


async def _buttons(chat: Chat, row: Report, number: int) -> tuple[tuple[Button, ...], ...]:
    """A button for every move this person may make now, the usual one first, six a page."""
    acts = sorted(await _acts(chat, row), key=lambda act: ORDER.index(act[0]))
    pages = max(1, -(-len(acts) // A_PAGE))
    number = min(number, pages - 1)
    shown = [button for _, button in acts[number * A_PAGE : (number + 1) * A_PAGE]]
    pairs = [tuple(shown[i : i + 2]) for i in range(0, len(shown), 2)]
    last = [_button("back", "rdesk:list")]
    if pages > 1:
        key = "more" if number + 1 < pages else "first_page"
        last.insert(0, _button(key, f"rdesk:show:{row.id}:{(number + 1) % pages}"))
    return (*pairs, tuple(last))


Acts = list[tuple[str, Button]]


async def _acts(chat: Chat, row: Report) -> Acts:
    """Everything this person may do with the report now, by its key."""
    possible = {m.after for m in await _possible(chat, row)}
    acts = [
        _act(act.key, act.data.format(id=row.id, v=row.version))
        for act in ACTS
        if act.after in possible and (not act.only or row.state in act.only)
    ]
    acts += _going_back(chat, row, await deadlines.calendar(chat.work))
    acts += await _asking(chat, row)
    if (lacking := await missing.missing(chat.work, chat.actor, row)) is not None:
        label = say("reports.button.enter_building", number=lacking.number)
        acts.append(("enter_building", Button(str(label), f"rdesk:missing:{row.id}")))
    if notes.can_hurry(row, chat.actor):
        acts.append(_act("hurry", f"rdesk:hurry:{row.id}"))
    if notes.may_read(row, chat.actor):
        acts.append(_act("note", f"rdesk:note:{row.id}"))
    if await rows.photos_of(chat.work.session, row.id):
        acts.append(_act("photos", f"rdesk:photo:{row.id}"))
    return acts


async def _possible(chat: Chat, row: Report) -> list[Move]:
    """The moves of a button: not the reporter's own, nor those that answer a request."""
    return [
        move
        for move in desk.allowed(row, chat.actor)
        if move.who is not None and Evidence.REQUEST not in move.needs
    ]


def _going_back(chat: Chat, row: Report, calendar: deadlines.Calendar) -> Acts:
    """Give back, for whoever has the job and is in time; take back, for whoever gives jobs out."""
    data = f"rdesk:words:{row.id}:filed:{row.version}"
    if row.state not in GIVEN:
        return []
    if desk.has_job(row, chat.actor):
        in_time = row.state == State.ASSIGNED and limits.is_refusable(row, calendar)
        return [_act("give_back", data)] if in_time else []
    gives = chat.actor.can(Permission.REPORT_ASSIGN, desk.scope_of(row))
    return [_act("take_back", data)] if gives else []


async def _asking(chat: Chat, row: Report) -> Acts:
    """What is asked now, for the leader; what can be asked, for whoever has the job."""
    pending = await requests.pending(chat.work, row)
    if pending is not None:
        mine = pending.asked_by == chat.actor.person_id
        decides = chat.actor.can(Permission.REPORT_CLOSE, desk.scope_of(row))
        return [_act("decide", f"rdesk:req:{pending.id}")] if decides and not mine else []
    if row.state not in requests.IN_HAND or not desk.has_job(row, chat.actor):
        return []
    cannot = _act("cannot", f"rdesk:cannot:{row.id}")
    if row.due_at is None or row.paused_at is not None or clock.now() > row.due_at:
        return [cannot]
    return [_act("more_days", f"rdesk:more:{row.id}"), cannot]


def _act(key: str, data: str) -> tuple[str, Button]:
    return key, _button(key, data)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"report_desk.button.{key}")), data)


# -- what only staff see ------------------------------------------------------------------------


async def _staff_lines(chat: Chat, row: Report) -> Markup:
    """Who has it, what was promised first, what is asked, what colleagues noted."""
    lines = [await _in_whose_hands(chat, row)]
    if met := await report_lists.count_same(chat.work.session, row.id):
        lines.append(say("reports.around.same", count=met))
    if row.owes_photo:
        lines.append(say("report_desk.owes_photo"))
    first = row.original_due_at
    if first is not None and first != row.due_at:
        key = "promised_first" if row.extended_days else "promised_before"
        due = clock.local(first).date()
        lines.append(say(f"report_desk.{key}", due=due, days=row.extended_days))
    if row.hurried and row.hurried_at:
        lines.append(say("report_desk.hurried", times=row.hurried, at=row.hurried_at))
    if (pending := await requests.pending(chat.work, row)) is not None:
        asked = say(f"report_requests.asked_for.{pending.kind}", days=pending.days or 0)
        lines.append(say("report_requests.pending", asked=asked, words=pending.words))
    lines += await _note_lines(chat, row)
    return join([line for line in lines if line])


async def _in_whose_hands(chat: Chat, row: Report) -> Markup:
    session = chat.work.session
    if row.outside_number:
        return say("report_desk.outside", number=row.outside_number)
    body = await places.body(session, row.body_id) if row.body_id else None
    who = [body.name] if body else []
    if row.assignee_id:
        who.append(await colleagues.called_one(chat.work, row.assignee_id))
    return say("report_desk.hands", who=" ".join(who)) if who else Markup("")


async def _note_lines(chat: Chat, row: Report) -> list[Markup]:
    read = (notes.NOTE, notes.MET)
    found = [n for n in await notes.of(chat.work, chat.actor, row) if n.kind in read]
    known = await colleagues.called(chat.work, {n.author_id for n in found})
    lines = [_note_line(n, known.get(n.author_id, "")) for n in found]
    if len(lines) > NOTES_SHOWN:
        lines = [say("report_notes.older", count=len(lines) - NOTES_SHOWN), *lines[-NOTES_SHOWN:]]
    return lines


def _note_line(note: ReportNote, who: str) -> Markup:
    if note.kind == notes.MET:
        return say("report_notes.met", at=note.at, words=note.words)
    return say("report_notes.line", at=note.at, who=who, words=note.words)
