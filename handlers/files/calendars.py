"""A date for the calendar of a phone: an iCalendar document (RFC 5545) with one event."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

MOST_OCTETS = 75
"""Of a line without its end (RFC 5545, section 3.1)."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNCODED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """What stands in the calendar; `point` is latitude and longitude in degrees (WGS 84).

    The same `uid` at another time changes the event that a calendar holds already.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    written_at: datetime
    place: str = ""
    note: str = ""
    point: tuple[float, float] | None = None


def calendar(event: Event) -> bytes:
    """The document: UTF-8, every line ended by CRLF and folded, moments in UTC."""
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//office_bot//activities//ZH",
             "METHOD:PUBLISH", *_event(event), "END:VCALENDAR")  # fmt: skip
    return b"".join(_folded(line) for line in lines)


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_moment(event.written_at)}"
    yield f"DTSTART:{_moment(event.starts_at)}"
    yield f"DTEND:{_moment(event.ends_at)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.note:
        yield f"DESCRIPTION:{_text(event.note)}"
    if event.point:
        yield "GEO:{:.6f};{:.6f}".format(*event.point)
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(said: str) -> str:
    """A TEXT value (section 3.3.11): nothing in it ends the line or begins a property."""
    one_kind = said.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", one_kind).translate(_UNCODED)


def _folded(line: str) -> bytes:
    """The line with its end, cut between letters; what follows a cut begins with a space."""
    parts, room = [bytearray()], MOST_OCTETS
    for letter in line:
        coded = letter.encode("utf-8", "replace")
        if len(parts[-1]) + len(coded) > room:
            parts.append(bytearray())
            room = MOST_OCTETS - 1
        parts[-1] += coded
    return b"\r\n ".join(parts) + b"\r\n"
