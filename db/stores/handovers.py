"""What members of staff have open in their hands."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.reports import Report

DONE = ("closed", "rejected", "merged", "void")


def _open_of(person_id: int) -> Select[Report]:
    return select(Report).where(Report.assignee_id == person_id, Report.state.not_in(DONE))


async def open_reports(session: AsyncSession, person_id: int) -> int:
    """How many reports somebody is to handle."""
    counted = select(func.count()).select_from(_open_of(person_id).subquery())
    return await session.scalar(counted) or 0


async def reports_of(session: AsyncSession, person_id: int) -> Sequence[Report]:
    """The reports somebody is to handle, locked."""
    return (await session.scalars(_open_of(person_id).with_for_update())).all()
