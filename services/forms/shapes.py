"""Answers in their JSON shapes, to and from the texts of an ODK submission.

| kind | answer |
|---|---|
| choose_one | "code" |
| choose_several, rank | ["code", ...] |
| integer | 12 |
| decimal | 12.5 |
| scale | 3, or 3.5 when the step is not whole |
| text, barcode | "text" |
| date | "2026-11-03" |
| time | "15:30:00.000+08:00" |
| datetime | "2026-11-03T15:30:00.000+08:00" |
| photos, audio, video, file | [{"id", "name", "state": "pending" or "ok", "caption"?}, ...] |
| location | {"lat", "lon", "altitude", "accuracy"}; the last two may be null |
| place | {"text"} or a location, which may have a "text" too |
| contact | {"phone", "name"?} |
| note | true when it was read |
| acknowledge | "OK" |
| another | "add" or "no" |
| calculate, meta | "text" |

A skipped question holds null.
"""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from services.forms.documents import MEDIA, Kind
from services.forms.expressions.nodesets import as_value
from services.forms.expressions.values import Value, java, text

_WHOLE = 2**31
"""ODK integers have 32 bits."""


_EPOCH = datetime.fromtimestamp(0, UTC)


def from_submission(kind: Kind, written: str) -> Any:
    """An answer from the text of an ODK submission; raises ValueError if it is none of its kind."""
    if written == "":
        return None
    reader = _READERS.get(kind)
    return written if reader is None else reader(written)


def to_submission(kind: Kind, answer: Any) -> str:
    """The text of an answer in an ODK submission; "" for a blank one."""
    if answer is None:
        return ""
    if kind in (Kind.DECIMAL, Kind.SCALE) and isinstance(answer, float):
        return _decimal_text(answer)
    if kind in (Kind.DATE, Kind.DATETIME, Kind.TIME):
        return str(answer)
    return text(as_value(kind, answer, _EPOCH))


def calculated(kind: Kind, value: Value) -> Value | None:
    """A calculated value as later expressions see it: with the type it came out with; blank and
    NaN are null, and a whole number has 32 bits where the question is an integer."""
    if value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if kind is Kind.INTEGER and isinstance(value, float):
        return float(int(max(-_WHOLE, min(_WHOLE - 1, value))))
    return value


def from_calculated(kind: Kind, value: Value | None, *, now: datetime) -> Any:
    """A calculated value in its JSON shape; moments get the offset of `now`."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return _iso(kind, value, now)
    if math.isinf(value):
        return text(value)
    if kind in (Kind.INTEGER, Kind.DECIMAL, Kind.SCALE):
        return int(value) if abs(value - int(value)) < _NEARLY else value
    return text(value)


_NEARLY = 1e-9
"""So near to a whole number, JavaRosa stores a whole number."""


def _iso(kind: Kind, value: date, now: datetime) -> str:
    if kind is Kind.DATE:
        return value.isoformat()[:10]
    parts = (
        (value.hour, value.minute, value.second, value.microsecond)
        if isinstance(value, datetime)
        else (0, 0, 0, 0)
    )
    made = datetime(value.year, value.month, value.day, *parts, tzinfo=now.tzinfo)
    return zoned(made)


def zoned(moment_: datetime) -> str:
    """A moment as ODK writes it: milliseconds, and Z for UTC."""
    written = moment_.isoformat(timespec="milliseconds")
    return f"{written[:-6]}Z" if written.endswith("+00:00") else written


def _decimal_text(answer: float) -> str:
    """As Java writes a double: always with a point."""
    return java(answer)


def _integer(written: str) -> int:
    found = float(written)
    if found != int(found) or abs(found) >= _WHOLE:
        raise ValueError(written)
    return int(found)


def _decimal(written: str) -> float:
    found = float(written)
    if math.isnan(found) or math.isinf(found):
        raise ValueError(written)
    return found


def _scale(written: str) -> int | float:
    found = _decimal(written)
    return int(found) if found == int(found) and "." not in written else found


def _date(written: str) -> str:
    return date.fromisoformat(written[:10]).isoformat()


def _time(written: str) -> str:
    time.fromisoformat(written)
    return written


def _datetime(written: str) -> str:
    datetime.fromisoformat(written)
    return written


def _several(written: str) -> list[str]:
    return written.split()


def _location(written: str) -> dict[str, Any]:
    parts = [_decimal(part) for part in written.split()]
    if len(parts) < 2 or not (-90 <= parts[0] <= 90 and -180 <= parts[1] <= 180):
        raise ValueError(written)
    altitude, accuracy = (*parts[2:4], None, None)[:2]
    return {"lat": parts[0], "lon": parts[1], "altitude": altitude, "accuracy": accuracy}


def _place(written: str) -> dict[str, Any]:
    try:
        return _location(written)
    except ValueError:
        return {"text": written}


def _media(written: str) -> list[dict[str, Any]]:
    return [{"id": written, "name": written, "state": "ok"}]


_READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.SCALE: _scale,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _datetime,
    Kind.CHOOSE_SEVERAL: _several,
    Kind.RANK: _several,
    Kind.LOCATION: _location,
    Kind.PLACE: _place,
    Kind.CONTACT: lambda written: {"phone": written},
    Kind.ACKNOWLEDGE: lambda written: "OK",
    **dict.fromkeys(MEDIA, _media),
}
