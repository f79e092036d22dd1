"""Lets an administrator see updates and jobs that could not be handled, and try them again."""

from db.stores import inbox, jobs
from handlers.chat import Chat
from handlers.notices import button_row
from handlers.texts import join, say
from services import alerts, clock


async def show(chat: Chat) -> None:
    """The list of what failed five times; message texts are not shown."""
    updates = await inbox.dead(chat.work.session)
    works = await jobs.dead(chat.work.session)
    if not updates and not works:
        await chat.say("dead_letters.none")
        return
    lines = [
        say(
            "dead_letters.update",
            row=row.id,
            at=clock.local(row.received_at).strftime("%m-%d %H:%M"),
            error=row.error or "",
        )
        for row in updates
    ]
    lines += [say("dead_letters.job", kind=job.kind, error=job.error or "") for job in works]
    text = say("dead_letters.list", count=len(lines), lines=join(lines))
    await chat.say(
        "dead_letters.frame", button_row(("dead_letters.button.retry", "dead:retry")), text=text
    )


async def pressed(chat: Chat) -> None:
    """Put everything that failed back in line."""
    now = clock.now()
    count = await inbox.retry_dead(chat.work.session, now=now)
    count += await jobs.retry_dead(chat.work.session, now=now)
    await alerts.clear(chat.work, "dead_letter")
    await alerts.clear(chat.work, "dead_job")
    chat.tell("dead_letters.retried", count=count)
