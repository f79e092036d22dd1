"""Lets an administrator see updates and jobs that could not be handled, and try them again."""

from datetime import datetime

from markupsafe import Markup

from db.stores import deliveries, inbox, jobs
from handlers.chat import Chat
from handlers.notices import button_row
from handlers.texts import join, say
from services import alerts, clock


async def show(chat: Chat) -> None:
    """The list of what failed five times, and broadcasts of unknown fate; no message texts."""
    parts = []
    failed = await _failed(chat)
    if failed:
        parts.append(say("dead_letters.list", count=len(failed), lines=join(failed)))
    lost = await _unknown(chat)
    if lost:
        parts.append(say("dead_letters.unknown_list", count=len(lost), lines=join(lost)))
    rows = [button_row(("dead_letters.button.retry", "dead:retry"))] if failed else []
    text = join(parts, "\n\n") if parts else say("dead_letters.none")
    await chat.say("dead_letters.frame", *rows, text=text)


async def _failed(chat: Chat) -> list[Markup]:
    lines = [
        say("dead_letters.update", row=row.id, at=_time(row.received_at), error=row.error or "")
        for row in await inbox.dead(chat.work.session)
    ]
    return lines + [
        say("dead_letters.job", kind=job.kind, error=job.error or "")
        for job in await jobs.dead(chat.work.session)
    ]


async def _unknown(chat: Chat) -> list[Markup]:
    """They are not sent again: whoever has them already would be told twice."""
    return [
        say("dead_letters.unknown", what=one.what, person=one.person_id, at=_time(one.at))
        for one in await deliveries.unknown(chat.work.session)
    ]


def _time(moment: datetime) -> str:
    return clock.local(moment).strftime("%m-%d %H:%M")


async def pressed(chat: Chat) -> None:
    """Put everything that failed back in line."""
    now = clock.now()
    count = await inbox.retry_dead(chat.work.session, now=now)
    count += await jobs.retry_dead(chat.work.session, now=now)
    await alerts.clear(chat.work, "dead_letter")
    await alerts.clear(chat.work, "dead_job")
    chat.tell("dead_letters.retried", count=count)
