"""What staff keep beside reports: requests to the leader, notes, replies, filters and ticks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.report_desk import DeskView, ReplyTemplate, ReportNote, ReportRequest

# -- requests -----------------------------------------------------------------------------------


async def add_request(session: AsyncSession, row: ReportRequest) -> ReportRequest:
    session.add(row)
    await session.flush()
    return row


async def request(session: AsyncSession, request_id: int) -> ReportRequest | None:
    return await session.get(ReportRequest, request_id, with_for_update=True)


async def open_requests(session: AsyncSession, report_id: int) -> Sequence[ReportRequest]:
    """What was asked about a report and nobody has decided, the newest first."""
    rows = await session.scalars(
        select(ReportRequest)
        .where(ReportRequest.report_id == report_id, ReportRequest.decided_at.is_(None))
        .order_by(ReportRequest.id.desc())
    )
    return rows.all()


# -- notes --------------------------------------------------------------------------------------


async def add_note(session: AsyncSession, row: ReportNote) -> None:
    session.add(row)
    await session.flush()


async def notes_of(session: AsyncSession, report_id: int) -> Sequence[ReportNote]:
    """The notes beside a report in the order they were written."""
    rows = await session.scalars(
        select(ReportNote).where(ReportNote.report_id == report_id).order_by(ReportNote.id)
    )
    return rows.all()


# -- replies ------------------------------------------------------------------------------------


async def add_template(session: AsyncSession, row: ReplyTemplate) -> ReplyTemplate:
    session.add(row)
    await session.flush()
    return row


async def template(session: AsyncSession, template_id: int) -> ReplyTemplate | None:
    return await session.get(ReplyTemplate, template_id)


async def templates(session: AsyncSession, move: str | None = None) -> Sequence[ReplyTemplate]:
    """The office's replies, all or those for one move, the oldest first."""
    statement = select(ReplyTemplate).order_by(ReplyTemplate.id)
    if move is not None:
        statement = statement.where(ReplyTemplate.move == move)
    return (await session.scalars(statement)).all()


async def remove_template(session: AsyncSession, template_id: int) -> None:
    await session.execute(delete(ReplyTemplate).where(ReplyTemplate.id == template_id))


# -- what somebody looks at ---------------------------------------------------------------------


async def view(session: AsyncSession, person_id: int) -> tuple[dict[str, Any], list[int]]:
    """Somebody's filter, and the reports they have ticked."""
    row = await session.get(DeskView, person_id)
    return (dict(row.filter), [int(one) for one in row.ticked]) if row else ({}, [])


async def set_view(
    session: AsyncSession,
    person_id: int,
    found: dict[str, Any],
    ticked: Sequence[int],
    *,
    now: datetime,
) -> None:
    row = await session.get(DeskView, person_id)
    if row is None:
        statement = insert_for(session, DeskView).values(
            person_id=person_id, filter={}, ticked=[], changed_at=now
        )
        await session.execute(statement.on_conflict_do_nothing(index_elements=["person_id"]))
        row = await session.get_one(DeskView, person_id)
    row.filter, row.ticked, row.changed_at = found, list(ticked), now
    await session.flush()
