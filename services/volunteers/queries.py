"""What staff ask the roster: who is free when and can do what, and who has not served for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from db.models.volunteers import Volunteer
from db.stores import settings, volunteers
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission
from services.volunteers.registration import Category, State

IDLE = "volunteers_idle_months"
DEFAULT_MONTHS, MOST_MONTHS = 6, 36
MONTH = timedelta(days=30.44)
ASK_AGAIN = timedelta(days=90)
ON_ROSTER = (State.PENDING, State.ACTIVE, State.PAUSED, State.LEFT)


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


async def looked_up(work: Work, by: Actor, words: str) -> Sequence[Volunteer]:
    """Who has this name (or part of it), number or phone, in the actor's reach; whole ones first.

    Names are encrypted at rest, so they are read one by one: ten thousand take under a second.
    """
    by.require(Permission.VOLUNTEER_VIEW)
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    wanted = normalize("NFKC", words).replace(" ", "").casefold()
    if not wanted:
        return ()
    listed = await volunteers.everybody(work.session, ON_ROSTER, reach)
    digits = _phone(wanted)
    fits = {row.id for row in listed if _fits(row, wanted, digits)}
    found = await volunteers.by_ids(work.session, fits)
    return sorted(found, key=lambda row: wanted not in _whole(row))


def _phone(words: str) -> str | None:
    try:
        return privacy.normalise_phone(words)
    except Refusal:
        return None


def _whole(row: Any) -> tuple[str, str]:
    return row.name.replace(" ", "").casefold(), (row.number or "").casefold()


def _fits(row: Any, wanted: str, phone: str | None) -> bool:
    name, number = _whole(row)
    return wanted in name or number.endswith(wanted) or (phone is not None and row.phone == phone)


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
