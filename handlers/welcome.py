"""The first meeting and the menu: /start, choosing a community, /help."""

from handlers.chat import Button, Chat, Screen
from handlers.texts import say
from services import people, places
from services.people import Home


async def start(chat: Chat) -> None:
    """Greet; ask for the community once, then show the menu."""
    person = await people.myself(chat.work, chat.actor)
    if person.community_id is None:
        await ask_community(chat, "welcome.first")
        return
    await menu(chat)


async def ask_community(chat: Chat, key: str) -> None:
    known = await places.communities(chat.work)
    buttons = [Button(c.name, f"home:community:{c.id}") for c in known]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    await chat.show(Screen(say(key), rows))


async def menu(chat: Chat) -> None:
    await chat.say("welcome.menu")


async def pressed(chat: Chat) -> None:
    """Buttons of the first meeting."""
    what, value = chat.press_parts(2)
    if what == "community" and value.isdigit():
        community = await places.community(chat.work, int(value))
        await people.bind(chat.work, chat.actor, Home(community.id))
        await chat.say("welcome.bound", community=community.name)
    await menu(chat)


async def help_text(chat: Chat) -> None:
    await chat.say("welcome.help")
