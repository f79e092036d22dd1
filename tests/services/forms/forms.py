"""Small forms that the tests of this folder fill in."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.forms.documents import Document
from services.forms.fillings import Filling, answer, begin, current
from services.forms.givens import Given
from services.forms.handwritten import from_mapping

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


def form(*questions: Mapping[str, object], **more: object) -> Document:
    return from_mapping({"name": "test", "title": "试一试", "question": list(questions), **more})


def start(*questions: Mapping[str, object], **more: object) -> Filling:
    return begin(form(*questions, **more), "token", now=NOW)


def say(filling: Filling, *texts: str) -> Filling:
    """Type answers one after the other."""
    for text in texts:
        filling = answer(filling, Given(text=text), now=NOW)
    return filling


def press(filling: Filling, *values: str) -> Filling:
    for value in values:
        filling = answer(filling, Given(press=value), now=NOW)
    return filling


def at(filling: Filling) -> str | None:
    """The path of the current question; None on the review page."""
    step = current(filling)
    return step.path if step else None
