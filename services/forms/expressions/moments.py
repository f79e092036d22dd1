"""Functions of dates and times."""

import re
from datetime import datetime, time

from services.forms.expressions.functions import Function
from services.forms.expressions.syntax import ExpressionError
from services.forms.expressions.values import NAN, Value, days, moment, text


def _date(value: Value) -> Value:
    """A date or moment from a text or a day number; blank from a blank or a wrong one."""
    found = moment(value)
    return "" if found is None else found


def _decimal_date_time(value: Value) -> float:
    found = moment(value)
    return NAN if found is None else days(found)


def _decimal_time(value: Value) -> float:
    """The part of the day that has passed, between 0 and 1."""
    given = value
    if isinstance(given, str) and "T" not in given:
        try:
            found = time.fromisoformat(given.strip())
        except ValueError:
            return NAN
        seconds = found.hour * 3600 + found.minute * 60 + found.second + found.microsecond / 1e6
        return seconds / 86400
    parsed = moment(given)
    return NAN if parsed is None else days(parsed) % 1


_SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
                 "Dec")  # fmt: skip


def _format(value: Value, pattern: Value) -> str:
    """%Y %y %m %n %b %d %e %a %W and, with a time, %H %h %M %S %3; English names."""
    when = moment(value)
    if when is None:
        return ""
    at = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)  # noqa: DTZ001
    signs = {
        "Y": f"{at.year:04}", "y": f"{at.year % 100:02}", "m": f"{at.month:02}", "n": str(at.month),
        "b": _SHORT_MONTHS[at.month - 1], "d": f"{at.day:02}", "e": str(at.day),
        "H": f"{at.hour:02}", "h": str(at.hour), "M": f"{at.minute:02}", "S": f"{at.second:02}",
        "3": f"{at.microsecond // 1000:03}", "a": _SHORT_DAYS[at.weekday()],
        "W": str(at.isocalendar().week), "Z": "", "%": "%",
    }  # fmt: skip
    return _filled(text(pattern), signs)


def _filled(pattern: str, signs: dict[str, str]) -> str:
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "%" and at + 1 < len(pattern):
            at += 1
            pieces.append(signs.get(pattern[at], ""))
        else:
            pieces.append(pattern[at])
        at += 1
    return "".join(pieces)


def check_constants(name: str, constants: list[Value | None]) -> None:
    """Raise ExpressionError for a date or a date format in a formula that can never be right."""
    if name.startswith("format-date") and constants[1] is not None:
        for escape in re.findall("%(.)", text(constants[1])):
            if escape not in _ESCAPES:
                raise ExpressionError("form_check.expression.date_format", found=f"%{escape}")
    written = constants[0] if name in ("date", "date-time") else ""
    if isinstance(written, str) and written and moment(written) is None:
        raise ExpressionError("form_check.expression.date", found=written)


_ESCAPES = frozenset("YymnbdeHhMS3aWZ%")


MOMENTS: dict[str, Function] = {
    "date": Function(_date, 1, 1),
    "date-time": Function(_date, 1, 1),
    "decimal-date-time": Function(_decimal_date_time, 1, 1),
    "decimal-time": Function(_decimal_time, 1, 1),
    "format-date": Function(_format, 2, 2),
    "format-date-time": Function(_format, 2, 2),
}
