"""Groups the bot is in: what belongs to a group follows it when its id changes."""

from db.stores import outbox, people
from db.work import Work
from services import clock


async def move(work: Work, old: int, new: int) -> None:
    """A group became a supergroup: settings, waiting messages and cards go with it.

    Telegram tells it in both chats, and refuses calls to the old id: doing it twice is harmless.
    """
    await people.move_group(work.session, old, new, now=clock.now())
    await outbox.move_chat(work.session, old, new)
