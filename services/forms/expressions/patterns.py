"""Regular expressions of forms, matched whole and in bounded time, whatever their author wrote.

Python's `re` backtracks: a pattern such as (a+)+b takes it years on thirty letters. So `re` is used
only where that cannot happen and the text is short; everything else runs through the automaton
of `automata`, which looks at each sign once.
"""

import re
import warnings

from services.forms.expressions import automata
from services.forms.expressions.syntax import ExpressionError

_SHORT = 256
"""Signs; with at most two open repetitions that is some hundred thousand steps of `re`."""
_LONG = 5000
"""No answer is longer; a longer text matches nothing."""
_OPEN = re.compile(r"(?<!\\)(?:\*|\+|\{\d+,\})")
_NESTED = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+}?]|\|)(?:[^()\\]|\\.)*\)\s*(?:[*+]|\{\d*,?\d*\})")
_UNKNOWN_TO_RE = re.compile(r"\\p|\\P|&&")


class Pattern:
    """A compiled pattern; raises ExpressionError for one that is wrong or cannot be bounded."""

    def __init__(self, written: str) -> None:
        self._quick = self._slow = None
        if not _UNKNOWN_TO_RE.search(written):
            self._quick = _compiled(written)
        try:
            self._slow = automata.automaton(written)
        except automata.UnsupportedError as no:
            if self._quick is None or not _tame(written):
                raise ExpressionError("form_check.expression.regex", found=written) from no
        self._tame = self._quick is not None and _tame(written)

    def matches(self, value: str) -> bool:
        """Whether the pattern describes the whole text."""
        if self._quick is not None and (self._slow is None or self._tame) and len(value) <= _SHORT:
            return self._quick.fullmatch(value) is not None
        return self._slow is not None and len(value) <= _LONG and self._slow.matches(value)


def _compiled(written: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sets that a later Python may read otherwise
            return re.compile(written, re.ASCII)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ExpressionError("form_check.expression.regex", found=written) from wrong


def _tame(written: str) -> bool:
    """Whether `re` needs at most about n cubed steps: no repetition inside another, few of them."""
    return (
        not _NESTED.search(written)
        and written.count("((") == 0
        and len(_OPEN.findall(written)) <= 2
    )
