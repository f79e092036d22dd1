"""Which forms there are, where their questions stand, and what happens on submit."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from db.work import Work
from handlers.chat import Button, Chat, Screen
from services import fillings
from services.fillings import Open, Submission
from services.forms.documents import Document
from services.forms.handwritten import from_mapping
from services.forms.steps import Step

FOLDER = Path(__file__).parent / "documents"

#: Names and labels of a list the feature supplies while the form is filled in.
Supply = Callable[[Chat, Open], Awaitable[Sequence[tuple[str, str]]]]
Done = Callable[[Chat, Submission], Awaitable[None]]
#: The question asked now, or None on the review page.
Asked = Step | None
Rows = tuple[tuple[Button, ...], ...]


async def _nothing(_chat: Chat, _one: Open) -> None:
    return None


async def _knows_nothing(_chat: Chat, _one: Open) -> Mapping[str, Any]:
    return {}


async def _says_nothing(_chat: Chat, _one: Open, _step: Asked) -> Markup | None:
    return None


async def _takes_nothing(_chat: Chat, _one: Open, _step: Asked) -> bool:
    return False


async def _goes_on(_chat: Chat, _one: Open, _step: Step) -> bool:
    return False


async def _no_screens(_chat: Chat, _one: Open, _step: Step) -> tuple[Screen, ...]:
    return ()


async def _no_rows(_chat: Chat, _one: Open, _step: Step) -> Rows:
    return ()


@dataclass(frozen=True)
class Form:
    """A form by its name. Surveys share one entry: their document comes with `begin`.

    `review` is the key of the line above the answers, `check` may refuse a submission (Refusal)
    before it is handed in, `for_another` offers to fill it in for somebody else, `timed` counts
    the seconds a question, `given_up` is told of one that is cancelled.

    `known` gives answers that follow from others and need not be asked, `hangs_on` names the
    answers that another one goes stale with, `lead` says a word above a question, `extras` adds
    rows of buttons under it, `aside` may take a message that is no answer to it (True: taken).
    `pictures` gives what comes above a question in messages of its own, `ends` may end the filling
    at an answer (True: ended, and nothing more is asked).
    A `search` is handed in with its last answer, without a review, and never waits for later.
    `made` makes the document where it is more than its TOML file, `numbered` is off where most
    questions are known or never come, so that "3 of 17" would frighten people.
    """

    name: str
    done: Done
    lists: Mapping[str, Supply] = field(default_factory=dict)
    review: str = "forms.review"
    check: Callable[[Chat, Open], Awaitable[None]] = _nothing
    for_another: bool = False
    handwritten: bool = True
    known: Callable[[Chat, Open], Awaitable[Mapping[str, Any]]] = _knows_nothing
    hangs_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lead: Callable[[Chat, Open, Asked], Awaitable[Markup | None]] = _says_nothing
    extras: Callable[[Chat, Open, Step], Awaitable[Rows]] = _no_rows
    aside: Callable[[Chat, Open, Asked], Awaitable[bool]] = _takes_nothing
    pictures: Callable[[Chat, Open, Step], Awaitable[tuple[Screen, ...]]] = _no_screens
    ends: Callable[[Chat, Open, Step], Awaitable[bool]] = _goes_on
    made: Callable[[Work], Awaitable[Document]] | None = None
    numbered: bool = True
    search: bool = False
    timed: bool = False
    given_up: Callable[[Chat, Open], Awaitable[None]] = _nothing


FORMS: dict[str, Form] = {}


def register(form: Form) -> Form:
    """Make a form known to the runner."""
    FORMS[form.name] = form
    return form


def handwritten(name: str) -> Document:
    """The document of a built-in form, from its TOML file."""
    return from_mapping(tomllib.loads(written(name)))


def written(name: str) -> str:
    """The TOML of a built-in form."""
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


async def publish_handwritten(work: Work) -> None:
    """Store every built-in form that is new or changed; fillings under way keep their version."""
    for form in FORMS.values():
        if form.handwritten:
            await publish(work, form)


async def publish(work: Work, form: Form) -> None:
    """Store one built-in form, if it is new or changed."""
    document = await form.made(work) if form.made else handwritten(form.name)
    await fillings.publish(work, document, form.name)
