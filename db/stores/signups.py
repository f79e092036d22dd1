"""The few statements of a sign-up: hundreds press at once, so each reads only what it needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.activities import Activity, Signup
from db.models.volunteers import Volunteer
from db.stores.activities import TAKES_A_PLACE

ACTIVITIES, SIGNUPS, VOLUNTEERS = Activity.__table__, Signup.__table__, Volunteer.__table__
KEY = ["activity_id", "volunteer_id"]


@dataclass(frozen=True)
class Candidate:
    """Who wants a place: their state on the roster, and what else they do at that time."""

    volunteer_id: int
    state: str
    birth_year: int | None
    overlaps: str | None


@dataclass(frozen=True)
class Standing:
    """Places taken, people waiting, the last number of the queue, and where one is oneself."""

    taken: int
    waiting: int
    last: int
    mine: str | None
    queued: int | None


_THIS, _OTHER = ACTIVITIES.alias(), ACTIVITIES.alias()
_AT_THAT_TIME = (
    select(_OTHER.c.title)
    .join(SIGNUPS, SIGNUPS.c.activity_id == _OTHER.c.id)
    .join(_THIS, _THIS.c.id == bindparam("activity"))
    .where(
        SIGNUPS.c.volunteer_id == VOLUNTEERS.c.id,
        SIGNUPS.c.state.in_(TAKES_A_PLACE),
        _OTHER.c.id != _THIS.c.id,
        _OTHER.c.state == "published",
        _OTHER.c.starts_at < _THIS.c.ends_at,
        _OTHER.c.ends_at > _THIS.c.starts_at,
    )
    .limit(literal_column("1"))
    .correlate(VOLUNTEERS)
    .scalar_subquery()
)
_CANDIDATE = select(
    VOLUNTEERS.c.id, VOLUNTEERS.c.state, VOLUNTEERS.c.birth_year, _AT_THAT_TIME
).where(VOLUNTEERS.c.person_id == bindparam("person"))

_IS_MINE = SIGNUPS.c.volunteer_id == bindparam("volunteer")
_STANDING = select(
    func.count().filter(SIGNUPS.c.state.in_(TAKES_A_PLACE)),
    func.count().filter(SIGNUPS.c.state == "waiting"),
    func.coalesce(func.max(SIGNUPS.c.queued), 0),
    func.max(case((_IS_MINE, SIGNUPS.c.state))),
    func.max(case((_IS_MINE, SIGNUPS.c.queued))),
).where(SIGNUPS.c.activity_id == bindparam("activity"))


async def candidate(session: AsyncSession, person_id: int, activity_id: int) -> Candidate | None:
    """The roster entry of a person, as far as a sign-up looks at it."""
    found = await session.execute(_CANDIDATE, {"person": person_id, "activity": activity_id})
    row = found.first()
    return Candidate(*row) if row else None


async def standing(session: AsyncSession, activity_id: int, volunteer_id: int) -> Standing:
    """How an activity stands; ask under its lock."""
    found = await session.execute(_STANDING, {"activity": activity_id, "volunteer": volunteer_id})
    return Standing(*found.one())


async def give(
    session: AsyncSession,
    activity_id: int,
    volunteer_id: int,
    *,
    state: str,
    queued: int,
    at: datetime,
) -> None:
    """A place, or one in the waitlist; who had left stands at the end of the queue again."""
    fresh = {
        "state": state,
        "queued": queued,
        "at": at,
        "offered_until": None,
        "coming_at": None,
        "reminded_day": False,
        "reminded_hours": False,
    }
    statement = insert_for(session, SIGNUPS).values(
        activity_id=activity_id, volunteer_id=volunteer_id, **fresh
    )
    await session.execute(statement.on_conflict_do_update(index_elements=KEY, set_=fresh))
