"""Turns the codes that services leave into messages for the people concerned."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from db.models.people import Person
from db.stores import outbox, people
from db.stores.outbox import Outgoing
from db.work import Notice, Work
from handlers.chat import Button, Chat, Screen, compose
from handlers.texts import moments, say
from services import clock, notice_hours
from services.errors import Refusal

#: Notices that carry buttons or a picture: code -> the screen made of its parameters.
SCREENS: dict[str, Callable[[dict[str, Any]], Screen]] = {}


def screen_for(code: str) -> Callable[[Callable[[dict[str, Any]], Screen]], Any]:
    """Register how a notice looks that is more than one sentence."""

    def register(make: Callable[[dict[str, Any]], Screen]) -> Callable[[dict[str, Any]], Screen]:
        SCREENS[code] = make
        return make

    return register


#: Notices that are no message but another call: code -> what to make of it.
CALLS: dict[str, Callable[[Work, Person], Awaitable[Outgoing]]] = {}


def screen_of(notice: Notice) -> Screen:
    make = SCREENS.get(notice.code)
    return make(notice.params) if make else Screen(say(notice.code, **notice.params))


#: What is told at any hour: what is wrong with the machine, dates, rights, answers to a question.
AT_ONCE = ("activities.", "alerts.", "people.", "questions.staff_answer", "roles.")
#: News of which only the last counts while they are held: code -> what they are about.
TOPICS = {"reports.told.": "report_id", "reports.job.": "report_id"}


async def deliver(work: Work) -> None:
    """Put this work's notices into the outbox, in the same transaction.

    In the hours of quiet they are held there until the morning, but for what is urgent.
    """
    if not work.notices:
        return
    reachable = await people.chats_of(work.session, {n.person_id for n in work.notices})
    hours, now = await notice_hours.of(work), clock.now()
    messages: list[Outgoing] = []
    for notice in _each_once(work.notices):
        person = reachable.get(notice.person_id)
        if person is None or person.telegram_id is None:
            continue
        if notice.code in CALLS:
            messages.append(await CALLS[notice.code](work, person))
            continue
        waits = hours.is_quiet(now) and not _goes_at_once(notice)
        with moments.read_at(hours.end_of_quiet(now) if waits else now):
            calls = compose(person.telegram_id, screen_of(notice), person.large_print)
        made = [_sent_as(notice, call, i) for i, call in enumerate(calls)]
        if waits:
            made = await _held(work, notice, made, hours.end_of_quiet(now))
        messages += made
    work.notices.clear()
    if messages:
        await outbox.add(work.session, messages, now=clock.now())


def _each_once(found: Sequence[Notice]) -> list[Notice]:
    """The same news for the same person is one message."""
    seen: list[Notice] = []
    for notice in found:
        if notice not in seen:
            seen.append(notice)
    return seen


def _goes_at_once(notice: Notice) -> bool:
    return notice.code.startswith(AT_ONCE) or bool(notice.params.get("urgent"))


async def _held(
    work: Work, notice: Notice, calls: Sequence[Outgoing], until: datetime
) -> list[Outgoing]:
    """Until the morning; newer news of the same thing takes the place of older."""
    if notice.once:
        return [replace(call, not_before=until) for call in calls]
    about = next((f for code, f in TOPICS.items() if notice.code.startswith(code)), None)
    group = notice.code.rpartition(".")[0] if about else notice.code
    params = {about: notice.params[about]} if about else notice.params
    told = json.dumps(params, sort_keys=True, default=str).encode()
    digest = hashlib.sha256(told).hexdigest()[:24]
    key = f"held:{notice.person_id}:{until:%y%m%d}:{group}:{digest}"
    await outbox.drop_held(work.session, f"{key}:", now=clock.now())
    return [replace(call, not_before=until, dedup=f"{key}:{i}") for i, call in enumerate(calls)]


def _sent_as(notice: Notice, call: Outgoing, position: int) -> Outgoing:
    """A notice of its own, or one of a broadcast."""
    if not notice.once:
        return replace(call, priority=outbox.NOTICE)
    once = f"{notice.once}:{position}"
    return replace(call, priority=outbox.BROADCAST, at_most_once=True, dedup=once)


async def refuse(chat: Chat, no: Refusal) -> None:
    """Tell the person why not: as a toast where they pressed a button, else as a message."""
    if chat.given.query_id:
        chat.tell(no.code, alert=True, **no.params)
    if not chat.given.query_id or len(say(no.code, **no.params)) > 190:
        await chat.say(no.code, **no.params)


async def apologise(work: Work, chat_id: int, row_id: int) -> None:
    """The update of this chat could not be handled: say so; it is kept and staff can see it."""
    if chat_id > 0:
        payload = {"chat_id": chat_id, "text": str(say("common.went_wrong"))}
        message = Outgoing(chat_id, "sendMessage", payload, dedup=f"dead:{row_id}")
        await outbox.add(work.session, [message], now=clock.now())


def button_row(*pairs: tuple[str, str]) -> tuple[Button, ...]:
    """A row of buttons from (text key, data)."""
    return tuple(Button(str(say(key)), data) for key, data in pairs)
