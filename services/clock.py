"""The office's clock: the only place that asks what time it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _machine() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place


_zone = ZoneInfo("Asia/Shanghai")
_source: Callable[[], datetime] = _machine


@dataclass(frozen=True)
class Span:
    """From one moment to another, as notices carry it; words are made of it when it is shown."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def now() -> datetime:
    """The present moment, aware, in UTC (what is stored)."""
    return _source()


def local(moment: datetime | None = None) -> datetime:
    """A moment (the present one by default) on the office's wall clock."""
    return (moment or now()).astimezone(_zone)


def today() -> date:
    """The office's calendar day."""
    return local().date()


def day(text: str) -> date:
    """A calendar day written as 2026-11-03. Raises ValueError."""
    return date.fromisoformat(text)


def zone() -> ZoneInfo:
    return _zone


def set_zone(name: str) -> None:
    """Use another time zone; raises ZoneInfoNotFoundError for an unknown name."""
    global _zone  # noqa: PLW0603 - one office, one clock
    _zone = ZoneInfo(name)


def set_source(source: Callable[[], datetime]) -> None:
    """Replace the clock's source (tests and the deterministic demo)."""
    global _source  # noqa: PLW0603
    _source = source


def reset() -> None:
    """The machine's clock again."""
    set_source(_machine)
