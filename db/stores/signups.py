"""The few statements of a sign-up: hundreds press at once, so each reads only what it needs."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db.base import Moment
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
class Given:
    """Where somebody stands in an activity, and how many wait up to them."""

    state: str
    ahead: int


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

_HERE = SIGNUPS.c.activity_id == bindparam("activity")
_NOW = (
    select(
        func.count().filter(SIGNUPS.c.state.in_(TAKES_A_PLACE)).label("taken"),
        func.count().filter(SIGNUPS.c.state == "waiting").label("waiting"),
        func.coalesce(func.max(SIGNUPS.c.queued), 0).label("last"),
    )
    .where(_HERE)
    .subquery("now")
)
_AHEAD = literal_column(
    "(SELECT count(*) FROM signups AS earlier WHERE earlier.activity_id = signups.activity_id"
    " AND earlier.state = 'waiting' AND earlier.queued < signups.queued)",
    Integer,
)
"""As text: in RETURNING, SQLAlchemy takes the table's name away from its columns."""
_IS_FREE = and_(_NOW.c.taken < bindparam("capacity", type_=Integer), _NOW.c.waiting == 0)
_ROW = {
    "activity_id": bindparam("activity", type_=BigInteger),
    "volunteer_id": bindparam("volunteer", type_=BigInteger),
    "state": case((_IS_FREE, literal("confirmed", String)), else_=literal("waiting", String)),
    "queued": _NOW.c.last + 1,
    "at": bindparam("at", type_=Moment),
    "reminded_day": false(),
    "reminded_hours": false(),
    "asked_feedback": false(),
}
_RESET = ("state", "queued", "at", "reminded_day", "reminded_hours")
_MINE = select(SIGNUPS.c.state, _AHEAD).where(
    _HERE, SIGNUPS.c.volunteer_id == bindparam("volunteer")
)


async def candidate(session: AsyncSession, person_id: int, activity_id: int) -> Candidate | None:
    """The roster entry of a person, as far as a sign-up looks at it."""
    found = await session.execute(_CANDIDATE, {"person": person_id, "activity": activity_id})
    row = found.first()
    return Candidate(*row) if row else None


async def give(
    session: AsyncSession, activity: Activity, volunteer_id: int, *, at: datetime
) -> Given:
    """Under the activity's lock: a place while there is one and nobody waits, else the next one
    in the waitlist. Who is in keeps where they are; who had left stands at the end again.
    """
    values = {"activity": activity.id, "volunteer": volunteer_id}
    kind: Any = type(insert_for(session, SIGNUPS))
    found = await session.execute(
        _giving(kind), {**values, "capacity": activity.capacity, "at": at}
    )
    row = found.first() or (await session.execute(_MINE, values)).one()
    return Given(row[0], row[1] + 1 if row[0] == "waiting" else 0)


@cache
def _giving(insert: Any) -> Any:
    """One statement that counts, decides and enters, made once for each kind of database."""
    statement = insert(SIGNUPS).from_select(list(_ROW), select(*_ROW.values()).where(true()))
    fresh = {name: statement.excluded[name] for name in _RESET}
    return statement.on_conflict_do_update(
        index_elements=KEY,
        set_={**fresh, "offered_until": None, "coming_at": None},
        where=SIGNUPS.c.state.not_in((*TAKES_A_PLACE, "waiting")),
    ).returning(SIGNUPS.c.state, _AHEAD)
