"""A date for the phone's calendar is what RFC 5545 asks for, whatever its words are."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from handlers.files.calendars import Event, calendar

EAST = timezone(timedelta(hours=8))
EVENT = Event(
    uid="activity-7@office_bot",
    title="环境清洁, 东湖; 第 1 场",
    starts_at=datetime(2026, 12, 1, 9, 0, tzinfo=EAST),
    ends_at=datetime(2026, 12, 1, 11, 0, tzinfo=EAST),
    written_at=datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC),
    place="东湖广场",
    point=(30.25, 115.06),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def lines_of(content: bytes) -> list[str]:
    """As a calendar reads it: unfolded lines."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def said(line: str) -> str:
    """A TEXT value as a calendar reads it."""
    value = line.partition(":")[2]
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def test_moments_are_utc_and_words_are_escaped() -> None:
    assert lines_of(calendar(EVENT)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//office_bot//activities//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:activity-7@office_bot",
        "DTSTAMP:20261124T010203Z",
        "DTSTART:20261201T010000Z",
        "DTEND:20261201T030000Z",
        "SUMMARY:环境清洁\\, 东湖\\; 第 1 场",
        "LOCATION:东湖广场",
        "GEO:30.250000;115.060000",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@given(title=TEXT, note=TEXT)
def test_no_words_break_a_line_or_add_one(title: str, note: str) -> None:
    content = calendar(replace(EVENT, title=title, note=note))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut in two
    found = {line.partition(":")[0]: line for line in lines_of(content)}
    assert len(lines_of(content)) == 15 + bool(note)
    plain = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", re.sub("\r\n?", "\n", title))
    assert said(found["SUMMARY"]) == plain
