"""The one message in which a desk turns its pages."""

from db.stores import outbox
from handlers.chat import Chat, Screen

SLOT = "kb"


async def turn(chat: Chat, screen: Screen, *, slot: str = SLOT) -> None:
    """Change the card in place where its own button was pressed; else show it below.

    A press on another message, or a command, must not change something far up in the chat.
    """
    shown = await outbox.card(chat.work.session, chat.id, slot)
    here = bool(chat.given.press) and shown is not None and shown == chat.given.message_id
    await chat.show(screen, slot=slot, edit=here)
