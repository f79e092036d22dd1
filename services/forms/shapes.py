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
from datetime import date, datetime, time
from typing import Any

from services.forms.documents import MEDIA, Kind
from services.forms.expressions.nodesets import as_value
from services.forms.expressions.values import Value, moment, number, text

_WHOLE = 2**31
"""ODK integers have 32 bits."""


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
    if kind in (Kind.DATE, Kind.DATETIME):
        return str(answer)
    return text(as_value(kind, answer))


def from_value(kind: Kind, value: Value) -> Any:
    """A calculated value as an answer: blank and NaN give null, booleans 1 and 0."""
    if isinstance(value, bool):
        value = "1" if value else "0"
    if value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value)
    return from_submission(kind, _iso(value))


def _iso(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return text(value)


def _decimal_text(answer: float) -> str:
    """As Java writes a double: always with a point."""
    return repr(float(answer))


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


def _whole(value: Value) -> int | None:
    found = number(value)
    return None if math.isnan(found) or math.isinf(found) else int(found)


def _real(value: Value) -> float | None:
    found = number(value)
    return None if math.isnan(found) else found


def _day(value: Value) -> str | None:
    found = moment(value)
    return None if found is None else found.isoformat()[:10]


_WRITERS: dict[Kind, Callable[[Value], Any]] = {
    Kind.INTEGER: _whole,
    Kind.DECIMAL: _real,
    Kind.DATE: _day,
    Kind.TEXT: _iso,
    Kind.CALCULATE: _iso,
    Kind.NOTE: _iso,
}
