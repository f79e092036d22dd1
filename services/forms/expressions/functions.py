"""Functions of values: texts, numbers and selections; dates are in `moments`, nodes in `calls`.

Each takes the values of its arguments and gives a value; a set of nodes arrives as all its values.
"""

import hashlib
import itertools
import math
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal

from services.forms.expressions.values import NAN, Value, number, text, truth


@dataclass(frozen=True)
class Function:
    """A function of at least `least` and at most `most` arguments (None: any number)."""

    act: Callable[..., Value]
    least: int
    most: int | None
    boolean: bool = False
    spread: bool = False
    """Whether a set of nodes counts as that many arguments."""


def _int(value: Value) -> float:
    given = number(value)
    return given if math.isnan(given) or math.isinf(given) else float(math.trunc(given))


def _round(value: Value, places: Value = 0) -> float:
    """Half upwards, as XPath has it, also for negative numbers; places may be negative."""
    given, digits = float(number(value)), number(places)
    if math.isnan(given) or math.isinf(given):
        return given
    if digits == 0 or math.isnan(digits):
        return float(math.floor(given + 0.5))
    half = ROUND_HALF_UP if given >= 0 else ROUND_HALF_DOWN
    unit = Decimal(1).scaleb(-int(max(-300, min(300, digits))))
    return float(Decimal(repr(given)).quantize(unit, half, _WIDE))


_WIDE = Context(prec=700)


def _pow(base: Value, power: Value) -> float:
    try:
        raised = number(base) ** number(power)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return NAN if isinstance(raised, complex) else raised


def _math(act: Callable[..., float]) -> Callable[..., float]:
    def calculate(*values: Value) -> float:
        try:
            return float(act(*map(number, values)))
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return calculate


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


def _log10(value: float) -> float:
    return -math.inf if value == 0 else math.log10(value)


def _numbers(values: tuple[Value, ...]) -> list[float]:
    """The values that are numbers: blank ones are passed over."""
    return [found for found in map(number, values) if not math.isnan(found)]


def _sum(*values: Value) -> float:
    return math.fsum(_numbers(values))


def _max(*values: Value) -> float:
    return max(_numbers(values), default=NAN)


def _min(*values: Value) -> float:
    return min(_numbers(values), default=NAN)


def _concat(*values: Value) -> str:
    return "".join(map(text, values))


def _join(separator: Value, *values: Value) -> str:
    return text(separator).join(map(text, values))


def _substr(value: Value, start: Value, end: Value | None = None) -> str:
    """From `start` up to, not including, `end`; counted from 0, negative ones from the end."""
    given = text(value)
    length = len(given)

    def at(where: Value) -> int:
        found = number(where)
        if math.isnan(found):
            return 0
        place = int(max(min(found, length), -length - 1))
        return max(0, length + place if place < 0 else place)

    first, last = at(start), length if end is None else at(end)
    return given[first:last] if first <= last else ""


def _translate(value: Value, old: Value, new: Value) -> str:
    table: dict[int, str] = {}
    replaced = text(new)
    for index, sign in enumerate(text(old)):
        table.setdefault(ord(sign), replaced[index] if index < len(replaced) else "")
    return text(value).translate(table)


def _selected(value: Value, wanted: Value) -> bool:
    return f" {text(wanted).strip()} " in f" {text(value).strip()} "


def _selected_at(value: Value, index: Value) -> str:
    chosen = text(value).split()
    where = number(index)
    if math.isnan(where):
        where = 0
    return chosen[int(where)] if 0 <= where < len(chosen) else ""


def _boolean_from_string(value: Value) -> bool:
    return text(value).lower() in ("true", "1")


def _checklist(least: Value, most: Value, *values: Value) -> bool:
    return _between(sum(map(truth, values)), least, most)


def _weighted(least: Value, most: Value, *values: Value) -> bool:
    pairs = zip(values[::2], values[1::2], strict=False)
    return _between(sum(number(weight) for value, weight in pairs if truth(value)), least, most)


def _between(count: float, least: Value, most: Value) -> bool:
    low, high = number(least), number(most)
    return (low < 0 or count >= low) and (high < 0 or count <= high)


_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384",
            "SHA-512": "sha512"}  # fmt: skip


def _digest(value: Value, algorithm: Value, encoding: Value = "base64") -> str:
    """A checksum that forms use to compare texts; nothing here is a secret."""
    made = hashlib.new(_DIGESTS.get(text(algorithm), "sha256"), usedforsecurity=False)
    made.update(text(value).encode())
    return made.hexdigest() if text(encoding) == "hex" else b64encode(made.digest()).decode()


def _decoded(value: Value) -> str:
    try:
        return b64decode(text(value), validate=True).decode()
    except ValueError:
        return ""


def _points(value: Value) -> list[tuple[float, float]]:
    found = []
    for part in text(value).split(";"):
        pieces = [number(piece) for piece in part.split()]
        if len(pieces) > 1 and not any(map(math.isnan, pieces[:2])):
            found.append((pieces[0], pieces[1]))
    return found


_EARTH = 6378100.0
"""Mean equatorial radius in metres that JavaRosa reckons with."""


def _distance(*values: Value) -> float:
    """Metres along a line of points "lat lon"; one or several arguments."""
    points = [point for value in values for point in _points(value)]
    return math.fsum(_apart(*pair) for pair in itertools.pairwise(points))


def _apart(one: tuple[float, float], two: tuple[float, float]) -> float:
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *two))
    cosine = math.sin(lat1) * math.sin(lat2)
    cosine += math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return _EARTH * math.acos(max(-1.0, min(1.0, cosine)))


FUNCTIONS: dict[str, Function] = {
    "true": Function(lambda: True, 0, 0, boolean=True),
    "false": Function(lambda: False, 0, 0, boolean=True),
    "boolean": Function(truth, 1, 1, boolean=True),
    "not": Function(lambda value: not truth(value), 1, 1, boolean=True),
    "boolean-from-string": Function(_boolean_from_string, 1, 1, boolean=True),
    "number": Function(number, 1, 1),
    "int": Function(_int, 1, 1),
    "round": Function(_round, 1, 2),
    "floor": Function(_math(math.floor), 1, 1),
    "ceiling": Function(_math(math.ceil), 1, 1),
    "abs": Function(_math(abs), 1, 1),
    "pow": Function(_pow, 2, 2),
    "sqrt": Function(_math(math.sqrt), 1, 1),
    "exp": Function(_math(math.exp), 1, 1),
    "exp10": Function(lambda value: _pow(10.0, value), 1, 1),
    "log": Function(_math(_log), 1, 1),
    "log10": Function(_math(_log10), 1, 1),
    "sin": Function(_math(math.sin), 1, 1),
    "cos": Function(_math(math.cos), 1, 1),
    "tan": Function(_math(math.tan), 1, 1),
    "asin": Function(_math(math.asin), 1, 1),
    "acos": Function(_math(math.acos), 1, 1),
    "atan": Function(_math(math.atan), 1, 1),
    "atan2": Function(_math(math.atan2), 2, 2),
    "pi": Function(lambda: math.pi, 0, 0),
    "sum": Function(_sum, 1, 1, spread=True),
    "max": Function(_max, 0, None, spread=True),
    "min": Function(_min, 0, None, spread=True),
    "string": Function(text, 1, 1),
    "concat": Function(_concat, 0, None, spread=True),
    "join": Function(_join, 1, None, spread=True),
    "substr": Function(_substr, 2, 3),
    "substring-before": Function(lambda a, b: _parted(a, b, 0), 2, 2),
    "substring-after": Function(lambda a, b: _parted(a, b, 2), 2, 2),
    "string-length": Function(lambda value: float(len(text(value))), 1, 1),
    "contains": Function(lambda a, b: text(b) in text(a), 2, 2, boolean=True),
    "starts-with": Function(lambda a, b: text(a).startswith(text(b)), 2, 2, boolean=True),
    "ends-with": Function(lambda a, b: text(a).endswith(text(b)), 2, 2, boolean=True),
    "normalize-space": Function(lambda value: " ".join(text(value).split()), 1, 1),
    "translate": Function(_translate, 3, 3),
    "is-selected": Function(_selected, 2, 2, boolean=True),
    "selected-at": Function(_selected_at, 2, 2),
    "count-selected": Function(lambda value: float(len(text(value).split())), 1, 1),
    "checklist": Function(_checklist, 2, None, boolean=True, spread=True),
    "weighted-checklist": Function(_weighted, 2, None, boolean=True),
    "digest": Function(_digest, 2, 3),
    "base64-decode": Function(_decoded, 1, 1),
    "distance": Function(_distance, 1, None, spread=True),
}


def _parted(value: Value, mark: Value, side: int) -> str:
    if text(mark) == "":
        return "" if side == 0 else text(value)
    found = text(value).partition(text(mark))
    return found[side] if found[1] else ""
