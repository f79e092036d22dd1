"""Rows of problem reports."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.reports import DONE, WORKING, Report, ReportMove, ReportPhoto, ReportSerial

#: Lists that have an index of their own, with its condition word for word.
AS_INDEXED = {
    frozenset({"filed", "assigned", "in_progress", "reopened"}): WORKING,
    frozenset({"closed", "void", "rejected", "merged"}): DONE,
}


async def next_serial(session: AsyncSession, prefix: str) -> int:
    """The next serial of a prefix; two at once get two numbers."""
    statement = insert_for(session, ReportSerial).values(prefix=prefix, last=1)
    result = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["prefix"], set_={"last": ReportSerial.last + 1}
        ).returning(ReportSerial.last)
    )
    return int(result.scalar_one())


async def add(session: AsyncSession, row: Report) -> Report:
    session.add(row)
    await session.flush()
    return row


async def by_id(session: AsyncSession, report_id: int) -> Report | None:
    return await session.get(Report, report_id, with_for_update=True)


async def by_token(session: AsyncSession, form_token: str) -> Report | None:
    """The report that a filling became."""
    return await session.scalar(select(Report).where(Report.form_token == form_token))


async def add_move(session: AsyncSession, move: ReportMove) -> None:
    session.add(move)
    await session.flush()


async def add_photos(session: AsyncSession, photos: Sequence[ReportPhoto]) -> None:
    session.add_all(photos)
    await session.flush()


async def moves_of(session: AsyncSession, report_id: int) -> Sequence[ReportMove]:
    rows = await session.scalars(
        select(ReportMove).where(ReportMove.report_id == report_id).order_by(ReportMove.id)
    )
    return rows.all()


async def photos_of(
    session: AsyncSession, report_id: int, kind: str | None = None
) -> Sequence[ReportPhoto]:
    statement = select(ReportPhoto).where(ReportPhoto.report_id == report_id)
    if kind is not None:
        statement = statement.where(ReportPhoto.kind == kind)
    return (await session.scalars(statement.order_by(ReportPhoto.id))).all()


async def of_reporter(
    session: AsyncSession, person_id: int, *, limit: int, offset: int = 0
) -> Sequence[Report]:
    """Somebody's own reports, the newest first."""
    rows = await session.scalars(
        select(Report)
        .where(Report.reporter_id == person_id)
        .order_by(Report.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return rows.all()


def _in_scope(
    communities: Collection[int] | None, assignee_id: int | None
) -> ColumnElement[bool] | None:
    if communities is None:
        return None
    own = Report.community_id.in_(communities)
    return or_(own, Report.assignee_id == assignee_id) if assignee_id else own


async def listed(
    session: AsyncSession,
    states: Collection[str],
    *,
    communities: Collection[int] | None,
    assignee_id: int | None,
    limit: int,
    offset: int,
) -> Sequence[Report]:
    """Reports in these states within reach: of these communities (None: all) or one's own jobs.

    Open ones in the order they press, finished ones with the newest first.
    """
    condition = AS_INDEXED.get(frozenset(states))
    statement = select(Report).where(Report.state.in_(states) if condition is None else condition)
    scope = _in_scope(communities, assignee_id)
    if scope is not None:
        statement = statement.where(scope)
    pressing = (Report.urgent.desc(), Report.due_at, Report.id)
    statement = statement.order_by(*((Report.id.desc(),) if condition is DONE else pressing))
    return (await session.scalars(statement.limit(limit).offset(offset))).all()


async def counts(
    session: AsyncSession, *, communities: Collection[int] | None, assignee_id: int | None
) -> dict[str, int]:
    """How many reports within reach are in each state."""
    if communities is None:
        return await _counted(session, None)
    found = await _counted(session, Report.community_id.in_(communities))
    if assignee_id is not None:
        elsewhere = or_(Report.community_id.is_(None), Report.community_id.not_in(communities))
        own = await _counted(session, and_(Report.assignee_id == assignee_id, elsewhere))
        for state, count in own.items():
            found[state] = found.get(state, 0) + count
    return found


async def _counted(session: AsyncSession, where: ColumnElement[bool] | None) -> dict[str, int]:
    statement = select(Report.state, func.count()).group_by(Report.state)
    if where is not None:
        statement = statement.where(where)
    return {row[0]: row[1] for row in await session.execute(statement)}
