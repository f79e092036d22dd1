"""Rows of background work and of the timetable."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.queues import ClockTask, Job, JobState


async def add(
    session: AsyncSession,
    kind: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    key: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Plan a job; a `key` that is known already adds nothing."""
    statement = insert_for(session, Job).values(
        kind=kind,
        key=key,
        payload=payload,
        status=JobState.WAITING,
        attempts=0,
        not_before=not_before or now,
        created_at=now,
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))


async def claim(session: AsyncSession, *, now: datetime, lease: timedelta) -> Job | None:
    """The next job that is due, or whose runner died; leased to the caller."""
    candidate = await session.scalar(
        select(Job.id)
        .where(
            ((Job.status == JobState.WAITING) & (Job.not_before <= now))
            | ((Job.status == JobState.RUNNING) & (Job.lease_until < now))
        )
        .order_by(Job.not_before, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if candidate is None:
        return None
    return await session.scalar(
        update(Job)
        .where(Job.id == candidate)
        .values(status=JobState.RUNNING, lease_until=now + lease, attempts=Job.attempts + 1)
        .returning(Job)
        .execution_options(synchronize_session=False)
    )


async def mark_done(session: AsyncSession, job_id: int) -> None:
    await session.execute(delete(Job).where(Job.id == job_id))


async def mark_failed(
    session: AsyncSession, job_id: int, *, dead: bool, retry_at: datetime, error: str
) -> None:
    await session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(
            status=JobState.DEAD if dead else JobState.WAITING,
            not_before=retry_at,
            error=error[:500],
        )
    )


async def take_back(session: AsyncSession) -> None:
    """At the start of a single process: whatever was running is to be run again."""
    await session.execute(
        update(Job)
        .where(Job.status == JobState.RUNNING)
        .values(status=JobState.WAITING)
        .execution_options(synchronize_session=False)
    )


async def dead(session: AsyncSession, limit: int = 20) -> Sequence[Job]:
    rows = await session.scalars(
        select(Job).where(Job.status == JobState.DEAD).order_by(Job.id).limit(limit)
    )
    return rows.all()


async def retry_dead(session: AsyncSession, *, now: datetime) -> int:
    result = await session.execute(
        update(Job)
        .where(Job.status == JobState.DEAD)
        .values(status=JobState.WAITING, attempts=0, not_before=now)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(result.all())


async def clock_due(session: AsyncSession, name: str) -> datetime | None:
    """When a task of the timetable is due next; None if it never ran."""
    return await session.scalar(select(ClockTask.due_at).where(ClockTask.name == name))


async def take_clock(
    session: AsyncSession, name: str, *, due_at: datetime | None, then: datetime
) -> bool:
    """Put a task's next time down; False if another process took this one (None: its first)."""
    if due_at is None:
        first = insert_for(session, ClockTask).values(name=name, due_at=then)
        statement: Any = first.on_conflict_do_nothing(index_elements=["name"])
    else:
        mine = (ClockTask.name == name) & (ClockTask.due_at == due_at)
        statement = update(ClockTask).where(mine).values(due_at=then)
        statement = statement.execution_options(synchronize_session=False)
    taken = await session.execute(statement.returning(ClockTask.name))
    return taken.first() is not None


async def next_due(session: AsyncSession) -> datetime | None:
    """When the earliest waiting job wants to run."""
    return await session.scalar(
        select(Job.not_before)
        .where(Job.status == JobState.WAITING)
        .order_by(Job.not_before)
        .limit(1)
    )
