"""How many things wait at each desk, shown beside its name in the menu of staff."""

from handlers import menu
from handlers.chat import Chat
from services.permissions import Permission
from services.questions import desk as question_desk
from services.reports import queues
from services.volunteers import registration as volunteers
from services.volunteers.registration import State


@menu.counts("rdesk:list")
async def new_reports(chat: Chat) -> int:
    """Reports nobody has taken up yet; for whoever handles them, jobs that wait for them."""
    if chat.actor.can(Permission.REPORT_HANDLE) and not queues.gives_out(chat.actor):
        jobs = await queues.count_jobs(chat.work, chat.actor)
        return jobs["new"] + jobs["doing"]
    return (await queues.counts(chat.work, chat.actor)).get("new", 0)


@menu.counts("vdesk:list")
async def new_volunteers(chat: Chat) -> int:
    """Applications nobody has decided yet."""
    return (await volunteers.counts(chat.work, chat.actor)).get(State.PENDING, 0)


@menu.counts("kb:queue")
async def open_questions(chat: Chat) -> int:
    """Questions nobody has answered yet."""
    return await question_desk.waiting_count(chat.work, chat.actor)
