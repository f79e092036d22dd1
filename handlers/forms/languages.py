"""A form in several languages: the button that changes it, on every question and the review."""

from dataclasses import replace

from handlers.chat import Button, Chat, Screen
from handlers.forms import cards
from handlers.texts import say
from services.fillings import Open
from services.forms import languages

PREFIX = "l"
MOST = 3
"""Other languages that have a button of their own; more than these come by turns."""


def offered(one: Open, screen: Screen) -> Screen:
    """The card with a button for each other language the form is written in."""
    others = languages.others(one.filling)
    here = one.filling.document.languages
    if len(others) > MOST:  # the next ones in order, so that each is reached
        at = here.index(one.filling.language) if one.filling.language in here else 0
        others = sorted(others, key=lambda pair: (pair[0] - at) % len(here))[:MOST]
    row = tuple(
        Button(named(language), cards.data(one, f"{PREFIX}{index}")) for index, language in others
    )
    return replace(screen, buttons=(*screen.buttons, row)) if row else screen


def named(language: str) -> str:
    """A language as its speakers find it on a button."""
    return languages.name(language) or str(say("forms.language"))


async def speak(chat: Chat, one: Open, index: int) -> None:
    """Go on in another language; what was answered stays."""
    one.put(languages.speak(one.filling, index))
    chat.tell("forms.language_is", name=named(one.filling.language))
