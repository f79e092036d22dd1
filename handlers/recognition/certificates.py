"""Volunteers ask for a certificate of service, choose what others see, and get the paper."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from db.models.certificates import Certificate
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.files.certificates import Paper, Service
from handlers.texts import join, moments, say
from services import clock
from services.activities import attendance
from services.recognition import certificates, standing
from services.recognition.certificates import Choice, State
from services.recognition.standing import Span

PAGE = 6
SLOT = "rec"  # one message shows all of a volunteer's pages of recognition
SIGNED = ("issuer", "head", "handler", "contact")
"""The lines under a certificate, as they are kept with it and named in the texts."""


async def pressed(chat: Chat) -> None:
    """Buttons of the holder: 'cert:<act>:<span, certificate or page>:<choice>'."""
    act, what, code = chat.press_parts(3)
    number = int(what) if what.isdecimal() else 0
    if act == "new":
        await _which_period(chat)
    elif act in ("draft", "ask") and what in set(Span):
        run = _which_facts if act == "draft" else _ask
        await run(chat, Span(what), certificates.choice_of(code))
    elif act == "show":
        await show(chat, number)
    elif act == "see":
        chosen = certificates.choice_of(code)
        await certificates.choose(chat.work, chat.actor, number, chosen)
        await show(chat, number)
    elif act == "send":
        await certificates.send_own(chat.work, chat.actor, number, chat_id=chat.id)
        chat.tell("certificates.on_the_way")
    else:
        await listing(chat, number)


# -- asking for one -----------------------------------------------------------------------------


async def _which_period(chat: Chat) -> None:
    volunteer = await standing.myself(chat.work, chat.actor)
    lines, buttons = [], []
    for span in Span:
        record = await standing.record(chat.work, volunteer, standing.period_of(span))
        label = say(f"certificates.span.{span}")
        hours = attendance.written(record.half_hours)
        lines.append(say("certificates.span_line", span=label, hours=hours))
        if record.half_hours:
            buttons.append((Button(str(label), f"cert:draft:{span}:{Choice().code}"),))
    key = "certificates.which_period" if buttons else "certificates.no_hours_yet"
    text = say(key, lines=join(lines)) if buttons else say(key)
    await _show(chat, text, (*buttons, (_button("back", "rec:me"),)))


async def _which_facts(chat: Chat, span: Span, choice: Choice) -> None:
    """What a check shows: buttons say the state they set, so a second press does no harm."""
    rows = _choices(choice, f"cert:draft:{span}")
    ask = _button("ask", f"cert:ask:{span}:{choice.code}")
    text = say("certificates.which_facts", shown=_in_words(choice))
    await _show(chat, text, (*rows, (ask,), (_button("back", "cert:new"),)))


def _choices(choice: Choice, data: str) -> tuple[tuple[Button, ...], ...]:
    other = (
        ("full_name", replace(choice, full_name=not choice.full_name)),
        ("hours", replace(choice, hours=not choice.hours)),
        ("period", replace(choice, period=not choice.period)),
    )
    return tuple(
        (_button(f"{'show' if getattr(new, key) else 'hide'}_{key}", f"{data}:{new.code}"),)
        for key, new in other
    )


def _in_words(choice: Choice) -> Markup:
    parts = [say("certificates.shows.number")]
    parts.append(say(f"certificates.shows.{'full_name' if choice.full_name else 'masked_name'}"))
    parts += [say(f"certificates.shows.{k}") for k in ("hours", "period") if getattr(choice, k)]
    return join(parts, str(say("forms.value.between")))


async def _ask(chat: Chat, span: Span, choice: Choice) -> None:
    await certificates.ask(chat.work, chat.actor, span, choice)
    await _show(chat, say("certificates.asked"), ((_button("mine", "cert:list:0"),),))


# -- one's own ----------------------------------------------------------------------------------


async def listing(chat: Chat, page: int = 0) -> None:
    """The holder's certificates and requests, the newest first."""
    found = await certificates.mine(chat.work, chat.actor)
    shown = found[page * PAGE : (page + 1) * PAGE]
    buttons = [(Button(_label(row), f"cert:show:{row.id}"),) for row in shown]
    turning = paging.turning("cert:list", page, more=len(found) > (page + 1) * PAGE)
    text = say("certificates.list" if found else "certificates.none")
    last = (_button("new", "cert:new"), _button("back", "rec:me"))
    await _show(chat, text, (*buttons, turning, last))


def _label(row: Certificate) -> str:
    day = moments.short_day(clock.local(row.issued_at or row.asked_at).date())
    state = say(f"certificates.state.{row.state}")
    return str(say("certificates.label", number=row.number or "", day=day, state=state)).strip()


async def show(chat: Chat, certificate_id: int) -> None:
    """One of the holder's own, and what others see of it."""
    row = await certificates.own(chat.work, chat.actor, certificate_id)
    choice = certificates.shown(row)
    buttons: list[tuple[Button, ...]] = []
    if row.state == State.ISSUED:
        buttons.append((_button("send", f"cert:send:{row.id}"),))
        buttons += _choices(choice, f"cert:see:{row.id}")
    seen = say("certificates.seen", shown=_in_words(choice))
    text = join([facts(row), *([seen] if row.state == State.ISSUED else [])], "\n\n")
    await _show(chat, text, (*buttons, (_button("back", "cert:list:0"),)))


def facts(row: Certificate) -> Markup:
    """A certificate in a few lines, for its holder and for staff."""
    lines = [
        say("certificates.fact.state", state=say(f"certificates.state.{row.state}")),
        say("certificates.fact.period", period=period(row)),
    ]
    if row.number:
        lines.insert(0, say("certificates.fact.number", number=row.number))
        hours = attendance.written(row.half_hours)
        lines.append(say("certificates.fact.hours", hours=hours))
        assert row.issued_at is not None
        lines.append(say("certificates.fact.issued", day=day_of(row.issued_at)))
    if row.reason:
        lines.append(say("certificates.fact.reason", reason=reason(row)))
    return join(lines)


def reason(row: Certificate) -> Markup:
    """Why it was declined or is void."""
    return say(f"certificates.reason.{row.reason}")


def period(row: Certificate) -> Markup:
    """The days it is about."""
    if row.first_day is None:
        last = day_of(row.issued_at or row.asked_at)
        return say("certificate_paper.period_open", last=last)
    last_day = min(row.last_day or date.max, clock.local(row.issued_at or row.asked_at).date())
    return say(
        "certificate_paper.period_days",
        first=row.first_day.isoformat(),
        last=last_day.isoformat(),
    )


def day_of(moment: datetime) -> str:
    return clock.local(moment).date().isoformat()


async def _show(chat: Chat, text: Markup, rows: Sequence[tuple[Button, ...]]) -> None:
    await desk_card.turn(chat, Screen(text, tuple(row for row in rows if row)), slot=SLOT)


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"certificates.button.{key}")), data)


# -- on paper -----------------------------------------------------------------------------------


def paper_of(row: Certificate, bot_username: str) -> Paper:
    """What the certificate says, for handlers.files.certificates."""
    assert row.issued_at is not None
    hours = attendance.written(row.half_hours)
    until = row.issued_at + certificates.ON_NOTICE
    return Paper(
        number=row.number or "",
        facts=_facts_on_paper(row, hours),
        content=_content(row),
        statement=_word(
            "statement", name=row.name or "", number=row.volunteer_number or "", hours=hours
        ),
        signed=[
            *((_word(key), row.issuer.get(key, "")) for key in SIGNED),
            (_word("issued"), day_of(row.issued_at)),
        ],
        notice=_word("notice", first=day_of(row.issued_at), last=day_of(until - timedelta(days=1))),
        link=f"https://t.me/{bot_username}?start=cert_{row.check_token}",
        services=[
            Service(one["day"], one["title"], _category(one), attendance.written(one["half_hours"]))
            for one in row.services
        ],
    )


def _facts_on_paper(row: Certificate, hours: str) -> list[tuple[str, str]]:
    return [
        (_word("name"), row.name or ""),
        (_word("volunteer_number"), row.volunteer_number or ""),
        (_word("period"), str(period(row))),
        (_word("hours"), _word("hours_in_all", hours=hours)),
        (_word("times"), _word("times_in_all", count=len(row.services))),
    ]


def _content(row: Certificate) -> str:
    found: dict[str, tuple[int, int]] = {}
    for one in row.services:
        count, halves = found.get(_category(one), (0, 0))
        found[_category(one)] = count + 1, halves + one["half_hours"]
    most_first = sorted(found.items(), key=lambda item: -item[1][1])
    lines = [
        _word("of_category", category=name, count=count, hours=attendance.written(halves))
        for name, (count, halves) in most_first
    ]
    if row.brought_half_hours:
        lines.append(_word("brought", hours=attendance.written(row.brought_half_hours)))
    return _word("between").join(lines)


def _category(service: dict[str, Any]) -> str:
    return str(say(f"volunteers.category.{service['category']}"))


def _word(key: str, **params: object) -> str:
    """For paper: a plain string, nothing escaped."""
    return str(say(f"certificate_paper.{key}", **params).unescape())


# -- notices ------------------------------------------------------------------------------------


@notices.screen_for("certificates.told.declined")
def _declined(params: dict[str, Any]) -> Screen:
    why = say(f"certificates.reason.{params['reason']}")
    return Screen(say("certificates.told.declined", reason=why), ((_button("new", "cert:new"),),))


@notices.screen_for("certificates.told.void")
def _void(params: dict[str, Any]) -> Screen:
    why = say(f"certificates.reason.{params['reason']}")
    text = say("certificates.told.void", number=params["number"], reason=why)
    return Screen(text, ((_button("mine", "cert:list:0"),),))


@notices.screen_for("certificates.ready")
def _ready(params: dict[str, Any]) -> Screen:
    text = say("certificates.ready", **params)
    return Screen(text, ((_button("mine", "cert:list:0"),),))
