"""Asks for consent before the first personal field, and goes on with what was interrupted.

Before a feature asks for a name or a phone:

    if await consent.given_or_ask(chat, "volunteer", then="vol:new"): ...

After the answer the bot goes on as if the button `then` (agreed) or `otherwise` (declined) had
been pressed.
"""

from handlers import links
from handlers.chat import Button, Chat, Screen
from handlers.texts import say
from services.errors import Refusal
from services.people import consents
from services.people.consents import Purpose


async def given_or_ask(
    chat: Chat, purpose: Purpose | str, *, then: str, otherwise: str = "home:menu", **params: str
) -> bool:
    """Whether they agreed already. If not, they are asked now. `params` fill the words."""
    purpose = Purpose(purpose)
    if await consents.answer(chat.work, chat.actor, purpose):
        return True
    rows = (
        (Button(str(say(f"consent.{purpose}.yes")), f"agree:y:{purpose}:{then}"),),
        (Button(str(say(f"consent.{purpose}.no")), f"agree:n:{purpose}:{otherwise}"),),
    )
    await chat.show(Screen(say(f"consent.{purpose}.words", **params), rows), slot="consent")
    return False


async def declined(chat: Chat, purpose: Purpose | str) -> bool:
    """Whether they said no to the present text: do not ask again, go on without."""
    return await consents.answer(chat.work, chat.actor, Purpose(purpose)) is False


async def pressed(chat: Chat) -> None:
    """The answer: 'agree:<y|n>:<purpose>:<the button to go on with>'."""
    said, name = chat.press_parts(2)
    onward = chat.given.press.partition(f":{name}:")[2]
    if name not in tuple(Purpose) or said not in ("y", "n"):
        raise Refusal("common.old_button")
    purpose, agreed = Purpose(name), said == "y"
    if await consents.answer(chat.work, chat.actor, purpose) is not agreed:
        note = consents.give if agreed else consents.decline
        await note(chat.work, chat.actor, purpose, words=str(say(f"consent.{purpose}.words")))
    outcome = say("consent.agreed" if agreed else "consent.declined")
    await chat.show(Screen(outcome), slot="consent", edit=True)
    await links.press(chat, onward)
