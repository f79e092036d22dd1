"""Rows that an activity leaves behind: photos of its album and what people thought of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.activities import Activity, ActivityFeedback, ActivityPhoto, Signup
from db.models.volunteers import Volunteer

CAME = ("arrived", "left")


async def add_photo(session: AsyncSession, row: Mapping[str, object]) -> bool:
    """Put a photo into the album; False if it stands there already."""
    statement = insert_for(session, ActivityPhoto).values(dict(row))
    result = await session.execute(
        statement.on_conflict_do_nothing(index_elements=["activity_id", "sha256"]).returning(
            ActivityPhoto.id
        )
    )
    return result.first() is not None


async def count_photos(
    session: AsyncSession, activity_id: int, person_id: int | None = None
) -> int:
    """How many photos an album has, or has of one person."""
    statement = select(func.count()).where(ActivityPhoto.activity_id == activity_id)
    if person_id is not None:
        statement = statement.where(ActivityPhoto.person_id == person_id)
    return await session.scalar(statement) or 0


async def photo_at(session: AsyncSession, activity_id: int, position: int) -> ActivityPhoto | None:
    """A photo by its place in the album, the first one sent first."""
    return await session.scalar(
        select(ActivityPhoto)
        .where(ActivityPhoto.activity_id == activity_id)
        .order_by(ActivityPhoto.id)
        .offset(position)
        .limit(1)
    )


async def photos(session: AsyncSession, activity_id: int) -> Sequence[ActivityPhoto]:
    """The whole album, the first one sent first."""
    rows = await session.scalars(
        select(ActivityPhoto)
        .where(ActivityPhoto.activity_id == activity_id)
        .order_by(ActivityPhoto.id)
    )
    return rows.all()


async def photo(session: AsyncSession, photo_id: int) -> ActivityPhoto | None:
    return await session.get(ActivityPhoto, photo_id)


async def drop_photo(session: AsyncSession, photo_id: int) -> None:
    await session.execute(delete(ActivityPhoto).where(ActivityPhoto.id == photo_id))


# -- feedback -----------------------------------------------------------------------------------


async def feedback(
    session: AsyncSession, activity_id: int, person_id: int
) -> ActivityFeedback | None:
    return await session.scalar(
        select(ActivityFeedback).where(
            ActivityFeedback.activity_id == activity_id, ActivityFeedback.person_id == person_id
        )
    )


async def rate(session: AsyncSession, row: Mapping[str, object]) -> None:
    """Note a rating; a second one of the same person takes the place of the first."""
    statement = insert_for(session, ActivityFeedback).values(dict(row))
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["activity_id", "person_id"],
            set_={"rating": row["rating"], "at": row["at"]},
        )
    )


async def ratings(session: AsyncSession, activity_id: int) -> dict[int, int]:
    """How often each rating was given."""
    rows = await session.execute(
        select(ActivityFeedback.rating, func.count())
        .where(ActivityFeedback.activity_id == activity_id)
        .group_by(ActivityFeedback.rating)
    )
    return {row[0]: row[1] for row in rows}


async def words(
    session: AsyncSession, activity_id: int, *, offset: int, limit: int
) -> Sequence[ActivityFeedback]:
    """What people wrote, the newest first."""
    rows = await session.scalars(
        select(ActivityFeedback)
        .where(ActivityFeedback.activity_id == activity_id, ActivityFeedback.words.is_not(None))
        .order_by(ActivityFeedback.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return rows.all()


async def to_ask(
    session: AsyncSession, *, ended_before: datetime, ended_after: datetime
) -> Sequence[tuple[Signup, Activity, int]]:
    """Who came to an activity that ended lately and was not asked yet, with the person's id."""
    rows = await session.execute(
        select(Signup, Activity, Volunteer.person_id)
        .join(Activity, Activity.id == Signup.activity_id)
        .join(Volunteer, Volunteer.id == Signup.volunteer_id)
        .where(
            Signup.state.in_(CAME),
            Signup.asked_feedback.is_(False),
            Activity.state == "published",
            Activity.ends_at <= ended_before,
            Activity.ends_at > ended_after,
            Volunteer.person_id.is_not(None),
        )
        .with_for_update(of=Signup)
    )
    return [(signup, activity, person) for signup, activity, person in rows if person is not None]


async def to_sum_up(
    session: AsyncSession, *, ended_before: datetime, ended_after: datetime
) -> Sequence[Activity]:
    """Activities that ended some time ago and whose leader was not told what people thought."""
    rows = await session.scalars(
        select(Activity)
        .where(
            Activity.state == "published",
            Activity.summed_up.is_(False),
            Activity.ends_at <= ended_before,
            Activity.ends_at > ended_after,
        )
        .with_for_update()
    )
    return rows.all()
