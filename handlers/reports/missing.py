"""Staff enter the building that a reporter wrote in words, with one press on the report's page."""

from db.models.reports import Report
from handlers.chat import Chat
from handlers.reports.page import show
from handlers.texts import say
from services.errors import Refusal
from services.reports import missing


async def enter(chat: Chat, row: Report) -> None:
    """Pressed twice it is entered once."""
    found = await missing.missing(chat.work, chat.actor, row)
    if found is None:
        raise Refusal("reports.nothing_missing")
    name = str(say("reports.building_name", number=found.number))
    await missing.enter(chat.work, chat.actor, row, name=name)
    chat.tell("reports.building_entered", name=name)
    await show(chat, row)
