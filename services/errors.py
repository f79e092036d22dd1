"""The one exception that is an answer to a person rather than a fault."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """An expected "no": what was tried is rolled back and the person is told why.

    `code` is the key of a text (``reports.not_yours``); `params` fill its placeholders.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
