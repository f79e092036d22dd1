"""Staff issue and decline certificates of service, void them, print them, order a batch."""

from typing import Any

from markupsafe import Markup

from db.models.certificates import Certificate
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.recognition.certificates import facts
from handlers.texts import join, moments, say
from services import clock, places, privacy
from services.activities import attendance
from services.permissions import Permission
from services.recognition import certificate_batches, certificate_objections, certificates, standing
from services.recognition.certificates import NotIssued, State, Voided
from services.recognition.standing import Period, Span
from services.volunteers import registration as volunteers

PAGE = 6
SLOT = "vdesk"  # these pages are turned to from the volunteers' desk
SHOWN = (State.ASKED, State.ISSUED, State.VOID)


async def pressed(chat: Chat) -> None:
    """Buttons of the desk: 'certd:<act>:<state, certificate or community>:<page, reason, span>'."""
    act, what, more = chat.press_parts(3)
    if act == "list":
        state = State(what) if what in set(State) else State.ASKED
        await listing(chat, state, int(more) if more.isdecimal() else 0)
    elif act == "batch":
        await _which_community(chat, int(what) if what.isdecimal() else 0)
    elif act in ("for", "make") and what.isdecimal():
        await _for_one(chat, act, int(what), more)
    elif act in ("all", "go") and what.isdecimal():
        await _batch(chat, act, int(what), more)
    elif what.isdecimal():
        await _one(chat, act, int(what), more)
    else:
        await listing(chat)


async def listing(chat: Chat, state: State = State.ASKED, page: int = 0) -> None:
    """Counts by state, and those in one state."""
    counts = await certificates.counts(chat.work, chat.actor)
    found = await certificates.listed(chat.work, chat.actor, state, page=page, size=PAGE)
    buttons = [(Button(await _label(chat, row), f"certd:show:{row.id}"),) for row in found[:PAGE]]
    turning = paging.turning(f"certd:list:{state}", page, more=len(found) > PAGE)
    switch = [_state_button(s, counts.get(s, 0)) for s in SHOWN if s is not state]
    text = say("certificate_desk.list", state=say(f"certificate_desk.state.{state}"),
               count=counts.get(state, 0))  # fmt: skip
    last = (_button("batch", "certd:batch:0"), _button("home", "recd:home"))
    await _show(chat, text, *buttons, turning, tuple(switch), last)


def _state_button(state: State, count: int) -> Button:
    label = say("certificate_desk.state_count", state=say(f"certificate_desk.state.{state}"),
                count=count)  # fmt: skip
    return Button(str(label), f"certd:list:{state}:0")


async def _label(chat: Chat, row: Certificate) -> str:
    volunteer = await certificates.holder(chat.work, row)
    name = row.name or (volunteer.name if volunteer else "")
    day = moments.short_day(clock.local(row.issued_at or row.asked_at).date())
    number = row.number or (volunteer.number if volunteer else "") or ""
    return f"{privacy.mask_name(name)} {number} {day}".strip()


async def _one(chat: Chat, act: str, number: int, reason: str) -> None:
    if act == "issue":
        row = await certificates.issue(chat.work, chat.actor, number)
        chat.tell("certificate_desk.issued", number=row.number or "")
    elif act == "why" and reason in set(NotIssued):
        await certificates.decline(chat.work, chat.actor, number, NotIssued(reason))
        chat.tell("certificate_desk.told")
    elif act == "off" and reason in set(Voided):
        await certificates.void(chat.work, chat.actor, number, Voided(reason))
        chat.tell("certificate_desk.told")
    elif act == "print":
        await certificates.send_to_staff(chat.work, chat.actor, number, chat_id=chat.id)
        chat.tell("certificate_desk.on_the_way")
        return
    elif act in ("no", "void"):
        await _ask_reason(chat, number, act)
        return
    await show(chat, number)


async def _ask_reason(chat: Chat, number: int, act: str) -> None:
    row = await certificates.access(chat.work, chat.actor, number)
    reasons: tuple[NotIssued | Voided, ...] = tuple(NotIssued) if act == "no" else tuple(Voided)
    then = "why" if act == "no" else "off"
    buttons = [
        (Button(str(say(f"certificates.reason.{one}")), f"certd:{then}:{row.id}:{one}"),)
        for one in reasons
    ]
    await _show(
        chat, say(f"certificate_desk.{act}_asks"), *buttons,
        (_button("back", f"certd:show:{row.id}"),),
    )  # fmt: skip


async def show(chat: Chat, number: int) -> None:
    """One certificate or request, and what can be done with it."""
    row = await certificates.access(chat.work, chat.actor, number)
    acts: tuple[Button, ...] = ()
    if row.state == State.ASKED:
        acts = (_button("issue", f"certd:issue:{row.id}"), _button("no", f"certd:no:{row.id}"))
    elif row.state == State.ISSUED:
        acts = (_button("print", f"certd:print:{row.id}"), _button("void", f"certd:void:{row.id}"))
    text = join([await _whose(chat, row), facts(row), *await _said_against(chat, row)])
    back = (_button("back", f"certd:list:{row.state}:0"),)
    await _show(chat, text, acts, back)


async def _said_against(chat: Chat, row: Certificate) -> list[Markup]:
    found = await certificate_objections.against(chat.work, row.id)
    return [
        say("certificate_checks.line_for_staff", day=clock.local(one.at).date(), words=one.words)
        for one in found
    ]


async def _whose(chat: Chat, row: Certificate) -> Markup:
    volunteer = await certificates.holder(chat.work, row)
    if volunteer is None:
        return say("certificate_desk.forgotten")
    who = say("certificate_desk.whose", name=privacy.mask_name(volunteer.name),
              number=volunteer.number or "")  # fmt: skip
    if row.state != State.ASKED:
        return who
    period = Period(row.first_day, row.last_day)
    record = await standing.record(chat.work, volunteer, period)
    hours = attendance.written(record.half_hours)
    return join([who, say("certificate_desk.would_say", hours=hours, count=len(record.services))])


# -- at the counter -----------------------------------------------------------------------------


async def _for_one(chat: Chat, act: str, volunteer_id: int, said: str) -> None:
    """A certificate for somebody on the roster who asks staff for it: which period, then done."""
    if act == "make" and said in set(Span):
        row = await certificates.issue_for(chat.work, chat.actor, volunteer_id, Span(said))
        await certificates.send_to_staff(chat.work, chat.actor, row.id, chat_id=chat.id)
        chat.tell("certificate_desk.issued", number=row.number or "")
        await show(chat, row.id)
        return
    volunteer = await volunteers.access(
        chat.work, chat.actor, volunteer_id, Permission.CERTIFICATE_ISSUE
    )
    buttons = []
    for span in Span:
        period = standing.period_of(span)
        record = await standing.record(chat.work, volunteer, period)
        hours = attendance.written(record.half_hours)
        label = say("certificates.span_line", span=say(f"certificates.span.{span}"), hours=hours)
        if record.half_hours:
            buttons.append((Button(str(label), f"certd:make:{volunteer_id}:{span}"),))
    name = privacy.mask_name(volunteer.name)
    key = "certificate_desk.for_whom" if buttons else "certificate_desk.no_hours"
    text = say(key, name=name, number=volunteer.number or "")
    await _show(chat, text, *buttons, (_button("back", f"vdesk:show:{volunteer_id}"),))


# -- batches ------------------------------------------------------------------------------------


async def _which_community(chat: Chat, page: int) -> None:
    chat.actor.require(Permission.CERTIFICATE_ISSUE)
    reach = chat.actor.communities(Permission.CERTIFICATE_ISSUE)
    known = [one for one in await places.communities(chat.work) if reach is None or one.id in reach]
    shown = known[page * PAGE : (page + 1) * PAGE]
    buttons = [(Button(one.name, f"certd:all:{one.id}:{Span.ALL}"),) for one in shown]
    turning = paging.turning("certd:batch", page, more=len(known) > (page + 1) * PAGE)
    back = (_button("back", "certd:list:asked:0"),)
    await _show(chat, say("certificate_desk.which_community"), *buttons, turning, back)


async def _batch(chat: Chat, act: str, community_id: int, said: str) -> None:
    span = Span(said) if said in set(Span) else Span.ALL
    where = await places.community(chat.work, community_id)
    if act == "go":
        count = await certificate_batches.order(
            chat.work, chat.actor, community_id, span, chat_id=chat.id
        )
        text = say("certificate_desk.ordered", community=where.name, count=count)
        await _show(chat, text, (_button("back", "certd:list:issued:0"),))
        return
    found = await certificate_batches.due(chat.work, chat.actor, community_id, span)
    spans = tuple(
        Button(str(say(f"certificates.span.{one}")), f"certd:all:{community_id}:{one}")
        for one in Span
        if one is not span
    )
    text = say("certificate_desk.due", community=where.name, count=len(found),
               span=say(f"certificates.span.{span}"))  # fmt: skip
    go = (_button("go", f"certd:go:{community_id}:{span}"),) if found else ()
    await _show(chat, text, go, spans, (_button("back", "certd:batch:0"),))


async def _show(chat: Chat, text: Markup, *rows: tuple[Button, ...]) -> None:
    await desk_card.turn(chat, Screen(text, tuple(row for row in rows if row)), slot=SLOT)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"certificate_desk.button.{key}")), data)


@notices.screen_for("certificates.new_for_staff")
def _new_for_staff(params: dict[str, Any]) -> Screen:
    button = _button("look", f"certd:show:{params['certificate_id']}")
    return Screen(say("certificates.new_for_staff"), ((button,),))
