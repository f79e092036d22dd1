"""Rows of activities, sign-ups and service hours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.activities import Activity, ServiceHours, Signup
from db.models.people import Person
from db.models.volunteers import Volunteer, VolunteerCategory

TAKES_A_PLACE = ("confirmed", "offered", "arrived", "left")


async def locked(session: AsyncSession, activity_id: int) -> Activity | None:
    """An activity, its row locked: sign-ups of one activity go one after the other."""
    return await session.get(Activity, activity_id, with_for_update=True)


async def by_id(session: AsyncSession, activity_id: int) -> Activity | None:
    return await session.get(Activity, activity_id)


async def add(session: AsyncSession, row: Activity | Signup | ServiceHours) -> None:
    session.add(row)
    await session.flush()


async def upcoming(
    session: AsyncSession, *, now: datetime, state: str, offset: int, limit: int
) -> Sequence[Activity]:
    """Activities in a state that have not ended, the next one first."""
    rows = await session.scalars(
        select(Activity)
        .where(Activity.state == state, Activity.ends_at > now)
        .order_by(Activity.starts_at, Activity.id)
        .offset(offset)
        .limit(limit)
    )
    return rows.all()


async def of_scope(
    session: AsyncSession, communities: Collection[int] | None, *, offset: int, limit: int
) -> Sequence[Activity]:
    """Activities of these communities (None: all), the latest first."""
    statement = select(Activity).order_by(Activity.starts_at.desc(), Activity.id)
    if communities is not None:
        statement = statement.where(Activity.community_id.in_(communities))
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def places_taken(session: AsyncSession, activity_id: int) -> int:
    count = await session.scalar(
        select(func.count()).where(
            Signup.activity_id == activity_id, Signup.state.in_(TAKES_A_PLACE)
        )
    )
    return count or 0


async def signup(session: AsyncSession, activity_id: int, volunteer_id: int) -> Signup | None:
    return await session.scalar(
        select(Signup).where(Signup.activity_id == activity_id, Signup.volunteer_id == volunteer_id)
    )


async def waiting(session: AsyncSession, activity_id: int) -> Sequence[Signup]:
    """The waitlist, the first one first."""
    rows = await session.scalars(
        select(Signup)
        .where(Signup.activity_id == activity_id, Signup.state == "waiting")
        .order_by(Signup.queued)
    )
    return rows.all()


async def next_in_queue(session: AsyncSession, activity_id: int) -> int:
    last = await session.scalar(
        select(func.max(Signup.queued)).where(Signup.activity_id == activity_id)
    )
    return (last or 0) + 1


async def everybody(session: AsyncSession, activity_id: int) -> Sequence[tuple[Signup, Volunteer]]:
    """All sign-ups of an activity with their volunteers, in order."""
    rows = await session.execute(
        select(Signup, Volunteer)
        .join(Volunteer, Volunteer.id == Signup.volunteer_id)
        .where(Signup.activity_id == activity_id)
        .order_by(Signup.queued)
    )
    return [(signup, volunteer) for signup, volunteer in rows]


async def of_volunteer(
    session: AsyncSession, volunteer_id: int, *, after: datetime, offset: int, limit: int
) -> Sequence[tuple[Signup, Activity]]:
    """Where a volunteer stands or stood, of activities that ended later than this, latest first."""
    rows = await session.execute(
        select(Signup, Activity)
        .join(Activity, Activity.id == Signup.activity_id)
        .where(
            Signup.volunteer_id == volunteer_id,
            Signup.state != "cancelled",
            Activity.state != "draft",
            Activity.ends_at > after,
        )
        .order_by(Activity.starts_at.desc(), Activity.id)
        .offset(offset)
        .limit(limit)
    )
    return [(signup, activity) for signup, activity in rows]


async def to_lead(session: AsyncSession, *, now: datetime, day: datetime) -> Sequence[Activity]:
    """Activities that start before `day` and whose leader was not reminded of it."""
    rows = await session.scalars(
        select(Activity)
        .where(
            Activity.state == "published",
            Activity.starts_at > now,
            Activity.starts_at <= day,
            Activity.leader_reminded.is_(False),
        )
        .with_for_update()
    )
    return rows.all()


async def listed(
    session: AsyncSession, activity_id: int, states: Collection[str], *, offset: int, limit: int
) -> Sequence[tuple[Signup, Volunteer]]:
    """A page of the sign-ups in these states, in order."""
    rows = await session.execute(
        select(Signup, Volunteer)
        .join(Volunteer, Volunteer.id == Signup.volunteer_id)
        .where(Signup.activity_id == activity_id, Signup.state.in_(states))
        .order_by(Signup.queued)
        .offset(offset)
        .limit(limit)
    )
    return [(signup, volunteer) for signup, volunteer in rows]


async def offers_over(session: AsyncSession, now: datetime) -> Sequence[Signup]:
    """Offers of a free place that were not taken in time."""
    rows = await session.scalars(
        select(Signup).where(Signup.state == "offered", Signup.offered_until <= now)
    )
    return rows.all()


async def with_free_places(session: AsyncSession, now: datetime) -> Sequence[int]:
    """Activities to come where somebody waits although a place is free."""
    rows = await session.scalars(
        select(Activity.id)
        .join(Signup, Signup.activity_id == Activity.id)
        .where(Activity.state == "published", Activity.starts_at > now)
        .group_by(Activity.id, Activity.capacity)
        .having(
            func.count().filter(Signup.state == "waiting") > 0,
            func.count().filter(Signup.state.in_(TAKES_A_PLACE)) < Activity.capacity,
        )
    )
    return rows.all()


async def to_remind(
    session: AsyncSession, *, now: datetime, day: datetime, hours: datetime
) -> Sequence[tuple[Signup, Activity, int | None]]:
    """Confirmed sign-ups that start before `day` or `hours` and were not reminded of it.

    The third is the person to tell, None for whoever has no Telegram.
    """
    rows = await session.execute(
        select(Signup, Activity, Volunteer.person_id)
        .join(Activity, Activity.id == Signup.activity_id)
        .join(Volunteer, Volunteer.id == Signup.volunteer_id)
        .where(
            Signup.state == "confirmed",
            Activity.state == "published",
            Activity.starts_at > now,
            or_(
                (Activity.starts_at <= hours) & Signup.reminded_hours.is_(False),
                (Activity.starts_at <= day) & Signup.reminded_day.is_(False),
            ),
        )
        .with_for_update(of=Signup)
    )
    return [(signup, activity, person_id) for signup, activity, person_id in rows]


async def with_code_shown(
    session: AsyncSession, *, now: datetime, starts_before: datetime
) -> Sequence[Activity]:
    """Published activities whose check-in code is on a screen until later than now."""
    rows = await session.scalars(
        select(Activity).where(
            Activity.code_until > now,
            Activity.starts_at <= starts_before,
            Activity.state == "published",
        )
    )
    return rows.all()


async def under_way(session: AsyncSession, volunteer_id: int) -> tuple[Signup, Activity] | None:
    """Where a volunteer checked in last and has not checked out."""
    rows = await session.execute(
        select(Signup, Activity)
        .join(Activity, Activity.id == Signup.activity_id)
        .where(Signup.volunteer_id == volunteer_id, Signup.state == "arrived")
        .order_by(Signup.arrived_at.desc())
        .limit(1)
    )
    found = rows.first()
    return (found[0], found[1]) if found else None


async def hours_of_activity(session: AsyncSession, activity_id: int) -> Sequence[ServiceHours]:
    """What was proposed for an activity, the newest last."""
    rows = await session.scalars(
        select(ServiceHours)
        .join(Signup, Signup.id == ServiceHours.signup_id)
        .where(Signup.activity_id == activity_id)
        .order_by(ServiceHours.id)
    )
    return rows.all()


def _unsettled(communities: Collection[int] | None, person_id: int) -> Select[Activity]:
    """Activities with hours that somebody else than this person proposed and nobody settled."""
    waiting = exists().where(
        ServiceHours.signup_id == Signup.id,
        Signup.activity_id == Activity.id,
        ServiceHours.approved_at.is_(None),
        ServiceHours.refused_at.is_(None),
        ServiceHours.proposed_by != person_id,
    )
    statement = select(Activity).where(Activity.state == "published", waiting)
    if communities is not None:
        statement = statement.where(Activity.community_id.in_(communities))
    return statement


async def count_unsettled(
    session: AsyncSession, communities: Collection[int] | None, *, person_id: int
) -> int:
    """How many activities have hours for this person to approve or to refuse."""
    found = _unsettled(communities, person_id).subquery()
    return await session.scalar(select(func.count()).select_from(found)) or 0


async def unsettled(
    session: AsyncSession,
    communities: Collection[int] | None,
    *,
    person_id: int,
    offset: int,
    limit: int,
) -> Sequence[Activity]:
    """Those activities, the one that ended first is first."""
    statement = _unsettled(communities, person_id).order_by(Activity.ends_at, Activity.id)
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def signup_by_id(session: AsyncSession, signup_id: int) -> Signup | None:
    return await session.get(Signup, signup_id)


async def hours(session: AsyncSession, hours_id: int) -> ServiceHours | None:
    return await session.get(ServiceHours, hours_id, with_for_update=True)


@dataclass(frozen=True)
class Wanted:
    """Whom an activity is for; None and nothing mean that it does not matter.

    Who never said when they were born is taken to be old enough until they sign up.
    """

    community_id: int | None = None
    category: str | None = None
    skills: tuple[str, ...] = ()
    born_until: int | None = None


async def fitting(session: AsyncSession, wanted: Wanted) -> Sequence[int]:
    """Ids of the active volunteers who are wanted and can be told."""
    statement = select(Person.id).join(Volunteer, Volunteer.person_id == Person.id)
    statement = statement.where(
        Volunteer.state == "active", Person.telegram_id.is_not(None), Person.blocked_at.is_(None)
    )
    if wanted.community_id is not None:
        statement = statement.where(Volunteer.community_id == wanted.community_id)
    if wanted.category is not None:
        chosen = exists().where(
            VolunteerCategory.volunteer_id == Volunteer.id,
            VolunteerCategory.category == wanted.category,
        )
        statement = statement.where(chosen)
    if wanted.skills:
        able = [Volunteer.skills.icontains(one, autoescape=True) for one in wanted.skills]
        statement = statement.where(or_(*able))
    if wanted.born_until is not None:
        old = Volunteer.birth_year.is_(None) | (Volunteer.birth_year <= wanted.born_until)
        statement = statement.where(old)
    return (await session.scalars(statement.order_by(Person.id))).all()


async def of_form(session: AsyncSession, token: str) -> Sequence[Activity]:
    """All that one form made and that was not called off, in order, locked."""
    rows = await session.scalars(
        select(Activity)
        .where(
            Activity.state != "cancelled",
            or_(
                Activity.form_token == token,
                Activity.form_token.startswith(f"{token}.", autoescape=True),
            ),
        )
        .order_by(Activity.starts_at)
        .with_for_update()
    )
    return rows.all()


async def of_club(session: AsyncSession, club_id: int, *, after: datetime) -> Sequence[Activity]:
    """What volunteers do together with a club from now on, the next one first."""
    rows = await session.scalars(
        select(Activity)
        .where(Activity.club_id == club_id, Activity.state == "published", Activity.ends_at > after)
        .order_by(Activity.starts_at, Activity.id)
    )
    return rows.all()
