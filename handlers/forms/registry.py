"""Which forms there are, where their questions stand, and what happens on submit."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from db.work import Work
from handlers.chat import Chat
from services import fillings
from services.fillings import Open, Submission
from services.forms.documents import Document
from services.forms.handwritten import from_mapping

FOLDER = Path(__file__).parent / "documents"

#: Names and labels of a list the feature supplies while the form is filled in.
Supply = Callable[[Chat, Open], Awaitable[Sequence[tuple[str, str]]]]
Done = Callable[[Chat, Submission], Awaitable[None]]


async def _not_blocked(_chat: Chat, _one: Open) -> None:
    return None


@dataclass(frozen=True)
class Form:
    """A form by its name. Surveys share one entry: their document comes with `begin`.

    `review` is the key of the line above the answers, `check` may refuse a submission (Refusal)
    before it is handed in, `for_another` offers to fill it in for somebody else.
    """

    name: str
    done: Done
    lists: Mapping[str, Supply] = field(default_factory=dict)
    review: str = "forms.review"
    check: Callable[[Chat, Open], Awaitable[None]] = _not_blocked
    for_another: bool = False
    handwritten: bool = True


FORMS: dict[str, Form] = {}


def register(form: Form) -> Form:
    """Make a form known to the runner."""
    FORMS[form.name] = form
    return form


def handwritten(name: str) -> Document:
    """The document of a built-in form, from its TOML file."""
    path = FOLDER / f"{name}.toml"
    return from_mapping(tomllib.loads(path.read_text(encoding="utf-8")))


async def publish_handwritten(work: Work) -> None:
    """Store every built-in form that is new or changed; fillings under way keep their version."""
    for form in FORMS.values():
        if form.handwritten:
            await fillings.publish(work, handwritten(form.name), form.name)
