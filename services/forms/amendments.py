"""Changes to a filling that come from elsewhere than the question being asked."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from services import clock
from services.errors import Refusal
from services.forms.fillings import Filling, forget, moved


def learn(filling: Filling, answers: Mapping[str, Any]) -> Filling:
    """Put in answers that became known another way; an answer there already gives way.

    The lists offered for these questions are offered anew.
    """
    if not answers:
        return filling
    offered = {path: rows for path, rows in filling.offered.items() if path not in answers}
    made = replace(
        filling,
        answers={**filling.answers, **answers},
        unfinished={path: one for path, one in filling.unfinished.items() if path not in answers},
        offered=offered,
        moment=clock.local().isoformat(),
    )
    return moved(filling, made)


def loosen(filling: Filling, paths: Collection[str]) -> Filling:
    """Ask again what hung on an answer that changed; the earlier answers fit no more."""
    for path in paths:
        if path in filling.answers:
            filling = forget(filling, path, None)
    kept = {path: one for path, one in filling.unfinished.items() if path not in paths}
    return filling if kept == filling.unfinished else replace(filling, unfinished=kept)


def offer_anew(filling: Filling, path: str) -> Filling:
    """Have the list of a question that is not answered made again; its old buttons are stale."""
    if path not in filling.offered or path in filling.answers:
        return filling
    offered = {key: rows for key, rows in filling.offered.items() if key != path}
    return replace(filling, offered=offered, revision=filling.revision + 1)


def add_file(filling: Filling, path: str, entry: Mapping[str, Any], *, at_most: int) -> Filling:
    """Give one more file to a question, whichever is asked now; it counts as answered then.

    Raises Refusal("forms.files_at_most", limit).
    """
    held = filling.answers.get(path) or filling.unfinished.get(path) or ()
    if len(held) >= at_most:
        raise Refusal("forms.files_at_most", limit=at_most)
    return learn(filling, {path: [*held, dict(entry)]})
