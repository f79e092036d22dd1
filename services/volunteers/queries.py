"""What staff ask the roster: who is free when and can do what, and who has not served for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from db.models.volunteers import Volunteer
from db.stores import settings, volunteers
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission
from services.volunteers.registration import Category

IDLE = "volunteers_idle_months"
DEFAULT_MONTHS, MOST_MONTHS = 6, 36
MONTH = timedelta(days=30.44)
ASK_AGAIN = timedelta(days=90)


class FreeTime(StrEnum):
    """The parts of the week a volunteer can say they are free in."""

    WEEKDAY_MORNING = "weekday_morning"
    WEEKDAY_AFTERNOON = "weekday_afternoon"
    WEEKDAY_EVENING = "weekday_evening"
    WEEKEND_MORNING = "weekend_morning"
    WEEKEND_AFTERNOON = "weekend_afternoon"
    WEEKEND_EVENING = "weekend_evening"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom staff look for; what is left out does not matter."""

    time: FreeTime | None = None
    category: Category | None = None
    skill: str = ""


def _asked(by: Actor, wanted: Wanted) -> dict[str, Any]:
    by.require(Permission.VOLUNTEER_VIEW)
    return {
        "communities": by.communities(Permission.VOLUNTEER_VIEW),
        "time": wanted.time,
        "category": wanted.category,
        "skill": wanted.skill,
    }


async def free(
    work: Work, by: Actor, wanted: Wanted, *, page: int, size: int
) -> Sequence[Volunteer]:
    """A page of the active volunteers that fit, in the actor's reach (one more than `size`)."""
    asked = _asked(by, wanted)
    return await volunteers.ready(work.session, **asked, offset=page * size, limit=size + 1)


async def count_free(work: Work, by: Actor, wanted: Wanted) -> int:
    """How many fit."""
    return await volunteers.count_ready(work.session, **_asked(by, wanted))


async def idle_months(work: Work) -> int:
    """After how many months without an hour somebody counts as not coming; the office sets it."""
    found = await settings.value(work.session, IDLE)
    return int(found["months"]) if found else DEFAULT_MONTHS


async def set_idle_months(work: Work, by: Actor, months: int) -> None:
    """Change that for the whole office. Raises Refusal("common.not_allowed")."""
    by.require(Permission.VOLUNTEER_VERIFY, STREET)
    if not 1 <= months <= MOST_MONTHS:
        raise Refusal("common.old_button")
    await settings.put(work.session, IDLE, {"months": months}, now=clock.now())


async def _since(work: Work) -> datetime:
    return clock.now() - MONTH * await idle_months(work)


async def idle(work: Work, by: Actor, *, page: int, size: int) -> Sequence[Volunteer]:
    """Active volunteers without an approved hour for that long (one more than `size`)."""
    by.require(Permission.VOLUNTEER_VIEW)
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    since = await _since(work)
    return await volunteers.idle(
        work.session, communities=reach, since=since, offset=page * size, limit=size + 1
    )


async def count_idle(work: Work, by: Actor) -> int:
    """How many there are."""
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    return await volunteers.count_idle(work.session, communities=reach, since=await _since(work))


async def ask_idle(work: Work, by: Actor) -> int:
    """Ask them whether they still want to come; each at most once in three months. How many."""
    by.require(Permission.VOLUNTEER_VERIFY)
    now = clock.now()
    found = await volunteers.idle_to_ask(
        work.session,
        communities=by.communities(Permission.VOLUNTEER_VERIFY),
        since=await _since(work),
        asked_before=now - ASK_AGAIN,
    )
    for row in found:
        row.asked_at = now
        once = f"volunteer:idle:{now:%Y%m%d}"
        work.broadcast(row.person_id or 0, "volunteers.still_there", once=once)
    await work.session.flush()
    return len(found)
