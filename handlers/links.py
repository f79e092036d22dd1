"""What buttons and deep links lead to: told by commands.py to features that are strangers."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from handlers.chat import Chat
from services.errors import Refusal


@dataclass(frozen=True)
class Link:
    """`/start <prefix>_<rest>` runs the feature with the rest."""

    prefix: str
    run: Callable[[Chat, str], Awaitable[None]]


#: More digits than any id has; storage would choke on such a number.
HUGE_NUMBER = re.compile(r"\d{19,}")
Run = Callable[[Chat], Awaitable[None]]
_links: dict[str, Link] = {}
_presses: dict[str, Run] = {}


def plausible(data: str) -> str:
    """A button's data or a link's as features may read it: a client can send any number."""
    return HUGE_NUMBER.sub("0", data)


def offer(links: Iterable[Link], presses: Mapping[str, Run]) -> None:
    """Say what there is: deep links, and what runs for a press prefix (rights checked)."""
    _links.update({link.prefix: link for link in links})
    _presses.update(presses)


def leads_somewhere(data: str) -> bool:
    """Whether a feature claims this button."""
    return _feature(data) is not None


def _feature(data: str) -> Run | None:
    return next((run for p, run in _presses.items() if data == p or data.startswith(f"{p}:")), None)


async def press(chat: Chat, data: str) -> None:
    """Go on as if the person had pressed this button. Raises Refusal as the feature does."""
    run = _feature(data)
    if run is None:
        raise Refusal("common.old_button")
    chat.given = replace(chat.given, press=data)
    await run(chat)


async def follow(chat: Chat) -> bool:
    """Run what the deep link of a /start asks for; False where there is no such link."""
    prefix, _, rest = chat.given.args.partition("_")
    link = _links.get(prefix)
    if link is None or not rest:
        return False
    await link.run(chat, plausible(rest))
    return True
