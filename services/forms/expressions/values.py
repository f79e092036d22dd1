"""Values of an expression and their conversions, as the ODK reference engine (JavaRosa) makes them.

A value is a number, a text, a boolean, or a moment (date or datetime, on the office's wall
clock). A blank answer is the empty text: as a number it is not a number (NaN), so every
comparison with it is false.
"""

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = float | str | bool | date

NAN = math.nan
_NUMBER = re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)\s*\Z", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_TINY = 1e-12
"""JavaRosa takes two numbers closer than this for equal, and a smaller one for false."""


def number(value: Value) -> float:
    """As a number: whole days since 1970-01-01 for a moment, 1 or 0 for a boolean, NaN for other
    text."""
    if value.__class__ is float or value.__class__ is int:
        return value
    if isinstance(value, str):
        return float(value) if _NUMBER.match(value) else NAN
    if isinstance(value, date):
        return float(value.toordinal() - _EPOCH)
    return float(value)


def days(moment: date) -> float:
    """Days since 1970-01-01, with the time of day as a fraction."""
    whole = moment.toordinal() - _EPOCH
    if isinstance(moment, datetime):
        passed = moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return whole + passed.total_seconds() / 86400
    return float(whole)


def text(value: Value) -> str:
    """As a text: whole numbers without a point, moments as their date, booleans in English."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d") if value.year > 999 else value.isoformat()[:10]
    return _written(value)


def _written(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    return java(value)


def java(value: float) -> str:
    """A double as Java writes it: 2.5, but 1.25E7 and 1.0E-4 beyond 10^-3 to 10^7."""
    if 1e-3 <= abs(value) < 1e7 or value == 0:
        return repr(float(value))
    sign, exact, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, exact))
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{digits[0]}.{digits[1:] or '0'}E{power}"


def truth(value: Value) -> bool:
    """As a boolean: a text is true unless it is empty, a number unless it is zero or NaN."""
    if value.__class__ is bool:
        return value
    if isinstance(value, str):
        return bool(value)
    if isinstance(value, date):
        return True
    return abs(value) > _TINY


def equal(left: Value, right: Value) -> bool:
    """As booleans if one is a boolean, else as numbers if one is a number, else as texts."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, int | float) or isinstance(right, int | float):
        one, other = number(left), number(right)
        return one == other or abs(one - other) < _TINY
    return text(left) == text(right)


def moment(value: Value) -> date | None:
    """As a date or a datetime; None when it is none."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _parsed(value.strip())
    days_since = number(value)
    if math.isnan(days_since) or math.isinf(days_since):
        return None
    return date.fromordinal(_EPOCH + math.floor(days_since))


def _parsed(written: str) -> date | None:
    try:
        if "T" in written:
            return datetime.fromisoformat(written).replace(tzinfo=None)
        return date.fromisoformat(written)
    except ValueError:
        return None


def frozen(value: Value) -> float | str | dict[str, str]:
    """A value as JSON that `thawed` gives back with its type."""
    return {"moment": value.isoformat()} if isinstance(value, date) else value


def thawed(kept: float | str | dict[str, str]) -> Value:
    """A value kept by `frozen`."""
    if not isinstance(kept, dict):
        return kept
    return _parsed(kept["moment"]) or ""
