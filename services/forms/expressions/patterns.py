"""Regular expressions of forms, matched whole."""

import re

from services.forms.expressions.syntax import ExpressionError


class Pattern:
    """A compiled pattern; raises ExpressionError for one that is wrong."""

    def __init__(self, written: str) -> None:
        try:
            self._found = re.compile(written)
        except re.error as wrong:
            raise ExpressionError("forms.expression.regex", found=written) from wrong

    def matches(self, value: str) -> bool:
        """Whether the pattern describes the whole text."""
        return self._found.fullmatch(value) is not None
