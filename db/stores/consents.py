"""Rows of consents and of the words people agreed to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.people import Consent, ConsentText


async def newest(session: AsyncSession, person_id: int, purpose: str) -> Consent | None:
    """What a person last said to this purpose."""
    return await session.scalar(
        select(Consent)
        .where(Consent.person_id == person_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )


async def of_person(session: AsyncSession, person_id: int) -> Sequence[Consent]:
    """All they ever said, the oldest first."""
    rows = await session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
    )
    return rows.all()


async def add(session: AsyncSession, consent: Consent) -> None:
    session.add(consent)
    await session.flush()


async def withdraw(session: AsyncSession, person_id: int, purpose: str, *, now: datetime) -> None:
    await session.execute(
        update(Consent)
        .where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            Consent.agreed,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .execution_options(synchronize_session="fetch")
    )


async def keep_words(
    session: AsyncSession, purpose: str, version: str, words: str, *, now: datetime
) -> None:
    """Keep what a version says; the first words of a version stand."""
    statement = insert_for(session, ConsentText).values(
        purpose=purpose, version=version, words=words, first_shown_at=now
    )
    await session.execute(statement.on_conflict_do_nothing(index_elements=["purpose", "version"]))


async def words(session: AsyncSession, purpose: str, version: str) -> str | None:
    return await session.scalar(
        select(ConsentText.words).where(
            ConsentText.purpose == purpose, ConsentText.version == version
        )
    )


async def any_in_force(session: AsyncSession, person_id: int) -> bool:
    """Whether some consent has not been taken back."""
    found = await session.scalar(
        select(Consent.id)
        .where(Consent.person_id == person_id, Consent.agreed, Consent.withdrawn_at.is_(None))
        .limit(1)
    )
    return found is not None
