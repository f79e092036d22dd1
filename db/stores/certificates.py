"""Rows of certificates of service, of their batches and of their numbers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.certificates import (
    Certificate,
    CertificateBatch,
    CertificateObjection,
    CertificateSerial,
)


async def add(
    session: AsyncSession, row: Certificate | CertificateBatch | CertificateObjection
) -> None:
    session.add(row)
    await session.flush()


async def add_all(session: AsyncSession, rows: Collection[Certificate]) -> None:
    session.add_all(rows)
    await session.flush()


async def by_id(session: AsyncSession, certificate_id: int) -> Certificate | None:
    """A certificate, its row locked."""
    return await session.get(Certificate, certificate_id, with_for_update=True)


async def by_token(session: AsyncSession, token: str) -> Certificate | None:
    return await session.scalar(select(Certificate).where(Certificate.check_token == token))


async def by_number(session: AsyncSession, number: str) -> Certificate | None:
    return await session.scalar(select(Certificate).where(Certificate.number == number))


async def objections(session: AsyncSession, certificate_id: int) -> Sequence[CertificateObjection]:
    """What was said against a certificate, the earliest first."""
    rows = await session.scalars(
        select(CertificateObjection)
        .where(CertificateObjection.certificate_id == certificate_id)
        .order_by(CertificateObjection.id)
    )
    return rows.all()


async def of_volunteer(session: AsyncSession, volunteer_id: int) -> Sequence[Certificate]:
    """A volunteer's certificates and requests, the newest first."""
    rows = await session.scalars(
        select(Certificate)
        .where(Certificate.volunteer_id == volunteer_id)
        .order_by(Certificate.id.desc())
    )
    return rows.all()


async def listed(
    session: AsyncSession,
    *,
    state: str,
    communities: Collection[int] | None,
    offset: int,
    limit: int,
) -> Sequence[Certificate]:
    """Certificates in a state in these communities (None: all): requests the oldest first."""
    newest_first = Certificate.id.desc() if state != "asked" else Certificate.id
    statement = select(Certificate).where(Certificate.state == state).order_by(newest_first)
    if communities is not None:
        statement = statement.where(Certificate.community_id.in_(communities))
    return (await session.scalars(statement.offset(offset).limit(limit))).all()


async def counts(session: AsyncSession, communities: Collection[int] | None) -> dict[str, int]:
    """How many certificates are in each state."""
    statement = select(Certificate.state, func.count()).group_by(Certificate.state)
    if communities is not None:
        statement = statement.where(Certificate.community_id.in_(communities))
    return {row[0]: row[1] for row in await session.execute(statement)}


async def issued_since(
    session: AsyncSession, moment: datetime, *, offset: int, limit: int
) -> Sequence[Certificate]:
    """What is on public notice: issued after this moment and not void, the newest first."""
    rows = await session.scalars(
        select(Certificate)
        .where(Certificate.state == "issued", Certificate.issued_at > moment)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return rows.all()


async def next_serials(session: AsyncSession, year: int, count: int = 1) -> int:
    """The first of `count` serials of a year; two at once never get the same."""
    statement = insert_for(session, CertificateSerial).values(year=year, last=count)
    result = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["year"], set_={"last": CertificateSerial.last + count}
        ).returning(CertificateSerial.last)
    )
    return int(result.scalar_one()) - count + 1


async def batch(session: AsyncSession, batch_id: int) -> CertificateBatch | None:
    """A batch, its row locked."""
    return await session.get(CertificateBatch, batch_id, with_for_update=True)


async def of_batch(
    session: AsyncSession, batch_id: int, *, offset: int, limit: int
) -> Sequence[Certificate]:
    """Certificates of a batch in the order of their numbers, void ones left out."""
    rows = await session.scalars(
        select(Certificate)
        .where(Certificate.batch_id == batch_id, Certificate.state == "issued")
        .order_by(Certificate.id)
        .offset(offset)
        .limit(limit)
    )
    return rows.all()


async def same_already(
    session: AsyncSession, like: CertificateBatch
) -> set[tuple[int | None, int]]:
    """Who has a valid certificate of the batch's period, and of how many half hours."""
    rows = await session.execute(
        select(Certificate.volunteer_id, Certificate.half_hours).where(
            Certificate.state == "issued",
            Certificate.community_id == like.community_id,
            Certificate.first_day == like.first_day,
            Certificate.last_day == like.last_day,
        )
    )
    return {(row[0], row[1]) for row in rows}
