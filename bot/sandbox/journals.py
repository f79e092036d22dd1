"""What happened: every call of the bot, and every breach of the Bot API's description."""

from collections import deque
from typing import Any

from bot.sandbox.shapes import Json
from bot.sandbox.specs import Spec

KEPT = 5000


class Journal:
    """Recorded calls and violations, the newest `KEPT` of each."""

    def __init__(self, spec: Spec | None):
        self.spec = spec
        self.calls: deque[Json] = deque(maxlen=KEPT)
        self.violations: deque[Json] = deque(maxlen=KEPT)
        self.polls = 0

    def call(self, method: str, params: Json, files: list[str]) -> Json:
        """Opens an entry; getUpdates is only counted, else it would drown the rest."""
        entry: Json = {"method": method, "params": params, "files": files, "status": None}
        if method.lower() == "getupdates":
            self.polls += 1
        else:
            self.calls.append(entry)
        return entry

    def request(self, method: str, params: Json, files: list[str]) -> None:
        if self.spec:
            self._note("request", method, self.spec.request(method, params, files))

    def reply(self, method: str, result: Any) -> None:
        """What getUpdates hands over was checked when it was made, or injected on purpose."""
        if self.spec and method.lower() != "getupdates":
            self._note("reply", method, self.spec.reply(method, result))

    def update(self, update: Json) -> None:
        if self.spec:
            self._note("update", _kind(update), self.spec.update(update))

    def advise(self, what: str, error: str) -> None:
        """A breach that the description cannot say, such as a row with nine buttons."""
        self._note("request", what, [error])

    def _note(self, where: str, what: str, errors: list[str]) -> None:
        if errors:
            self.violations.append({"where": where, "what": what, "errors": errors})


def _kind(update: Json) -> str:
    return next((key for key in update if key != "update_id"), "empty")
