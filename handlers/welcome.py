"""The first meeting: /start, deep links, choosing a community, /help, and who is turned away."""

from handlers import links, menu, paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services import clock, places
from services.fillings import Submission
from services.people import identities as people
from services.people.identities import Home


async def start(chat: Chat) -> None:
    """Follow what the link carries; greet and ask for the community once; show the menu."""
    if chat.given.args and await links.follow(chat):
        return
    person = await people.myself(chat.work, chat.actor)
    if chat.actor.roles:
        chat.work.notify(person.id, "people.rights_changed")
    if person.community_id is None and not chat.actor.roles:
        await ask_community(chat, "welcome.first")
        return
    await menu.home(chat)


async def ask_community(chat: Chat, key: str) -> None:
    """The communities as buttons, the one for places outside them alone at the end."""
    known = await places.communities(chat.work)
    buttons = [Button(c.name, f"home:community:{c.id}") for c in known]
    await chat.show(Screen(say(key), paging.in_rows(buttons)), slot="home")


async def pressed(chat: Chat) -> None:
    """Buttons of the first meeting: 'home:community:<id>', 'home:menu'."""
    what, value = chat.press_parts(2)
    if what != "community" or not value.isdecimal():
        await menu.home(chat)
        return
    community = await places.community(chat.work, int(value))
    await people.bind(chat.work, chat.actor, Home(community.id))
    text = say("welcome.bound", community=community.name)
    await chat.show(Screen(text), slot="home", edit=True)
    if community.unattached:
        await runner.begin(chat, "enterprise")
    else:
        await menu.home(chat)


async def _enterprise_named(chat: Chat, submission: Submission) -> None:
    person = await people.myself(chat.work, chat.actor)
    name = submission.values.get("enterprise") or None
    if person.community_id is not None:
        await people.bind(chat.work, chat.actor, Home(person.community_id, name))
    await menu.home(chat)


registry.register(Form("enterprise", done=_enterprise_named))


async def help_text(chat: Chat) -> None:
    await chat.say("welcome.help")


async def turn_away(chat: Chat) -> None:
    """Tell somebody who is blocked, once a day, what they can still do."""
    if chat.given.query_id:
        chat.tell("people.blocked_toast")
    if chat.private:
        day = clock.today().isoformat()
        dedup = f"blocked:{chat.actor.person_id}:{day}"
        await chat.show(Screen(say("people.blocked")), dedup=dedup)
