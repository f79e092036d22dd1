"""When people are told of things: the hour of the morning's list, and the hours of quiet."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from db.stores import settings
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission

KEY = "notice_hours"
EARLIEST, LATEST = time(6), time(12)
HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Hours:
    """By the office's clock. From `quiet_from` until `quiet_until` only what cannot wait is sent;
    where both are the same, there is no quiet."""

    digest: time = time(8, 30)
    quiet_from: int = 20
    quiet_until: int = 8

    def is_quiet(self, moment: datetime) -> bool:
        """Whether people are left alone at this moment."""
        hour = clock.local(moment).hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def end_of_quiet(self, moment: datetime) -> datetime:
        """When the quiet of this moment is over; the moment itself where it is not quiet."""
        if not self.is_quiet(moment):
            return moment
        local = clock.local(moment)
        ends = local.replace(hour=self.quiet_until, minute=0, second=0, microsecond=0)
        return ends if ends > local else ends + timedelta(days=1)


async def of(work: Work) -> Hours:
    """The hours as the office set them."""
    kept = await settings.value(work.session, KEY)
    if kept is None:
        return Hours()
    return Hours(time.fromisoformat(kept["digest"]), kept["quiet_from"], kept["quiet_until"])


async def is_quiet(work: Work) -> bool:
    """Whether people are left alone now."""
    return (await of(work)).is_quiet(clock.now())


async def set_digest(work: Work, by: Actor, said: str) -> Hours:
    """Set the hour of the morning's list, like 8:30.

    Raises Refusal: common.not_allowed, report_setup.wrong_hour.
    """
    by.require(Permission.REPORT_SETUP, STREET)
    hour = _hour(said)
    if hour is None or not EARLIEST <= hour <= LATEST:
        raise Refusal("report_setup.wrong_hour")
    known = await of(work)
    return await put(work, Hours(hour, known.quiet_from, known.quiet_until))


def _hour(said: str) -> time | None:
    """8:30, 08:30 or 8 as a time of day."""
    hour, _, minute = said.strip().partition(":")
    if not (hour.isdecimal() and (minute or "0").isdecimal()):
        return None
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


async def set_quiet(work: Work, by: Actor, start: int, end: int) -> Hours:
    """Set the hours of quiet; the same hour twice: none.

    Raises Refusal: common.not_allowed, report_setup.wrong_hour.
    """
    by.require(Permission.REPORT_SETUP, STREET)
    if not (0 <= start < HOURS_OF_A_DAY and 0 <= end < HOURS_OF_A_DAY):
        raise Refusal("report_setup.wrong_hour")
    return await put(work, Hours((await of(work)).digest, start, end))


async def put(work: Work, hours: Hours) -> Hours:
    """Keep these hours."""
    kept: dict[str, Any] = {
        "digest": hours.digest.isoformat("minutes"),
        "quiet_from": hours.quiet_from,
        "quiet_until": hours.quiet_until,
    }
    await settings.put(work.session, KEY, kept, now=clock.now())
    return hours


async def never_quiet(work: Work) -> None:
    """For a trial run, where nobody sleeps: unless the office has set its hours."""
    if await settings.value(work.session, KEY) is None:
        await put(work, Hours(quiet_from=0, quiet_until=0))
