"""Rows of form documents, fillings and the files given to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.forms import FormDocument, FormFilling, FormMedia


async def latest(session: AsyncSession, name: str) -> FormDocument | None:
    """The newest version of a form."""
    return await session.scalar(
        select(FormDocument)
        .where(FormDocument.name == name)
        .order_by(FormDocument.version.desc())
        .limit(1)
    )


async def document(session: AsyncSession, document_id: int) -> FormDocument:
    return await session.get_one(FormDocument, document_id)


async def add_version(
    session: AsyncSession, name: str, body: dict[str, Any], fingerprint: str, *, now: datetime
) -> FormDocument:
    """Store a form unless its newest version is the same; the version that holds."""
    known = await latest(session, name)
    if known is not None and known.fingerprint == fingerprint:
        return known
    made = FormDocument(
        name=name,
        version=known.version + 1 if known else 1,
        fingerprint=fingerprint,
        body=body,
        created_at=now,
    )
    session.add(made)
    await session.flush()
    return made


async def under_way(session: AsyncSession, person_id: int, chat_id: int) -> FormFilling | None:
    """The filling that takes what the person says now."""
    return await session.scalar(
        select(FormFilling)
        .where(
            FormFilling.person_id == person_id,
            FormFilling.chat_id == chat_id,
            FormFilling.closed_at.is_(None),
            FormFilling.paused.is_(False),
        )
        .order_by(FormFilling.id.desc())
        .limit(1)
    )


async def waiting(session: AsyncSession, person_id: int) -> Sequence[FormFilling]:
    """Fillings that were put aside, the newest first."""
    rows = await session.scalars(
        select(FormFilling)
        .where(
            FormFilling.person_id == person_id,
            FormFilling.closed_at.is_(None),
            FormFilling.paused.is_(True),
        )
        .order_by(FormFilling.changed_at.desc())
    )
    return rows.all()


async def by_token(session: AsyncSession, token: str) -> FormFilling | None:
    return await session.scalar(
        select(FormFilling).where(FormFilling.token == token).with_for_update()
    )


async def chat_of_media(session: AsyncSession, media_id: str) -> int | None:
    """The chat that a file was given in; nothing is locked."""
    return await session.scalar(
        select(FormFilling.chat_id)
        .join(FormMedia, FormMedia.token == FormFilling.token)
        .where(FormMedia.id == media_id)
    )


async def open_of(
    session: AsyncSession, person_id: int, form: str, subject: str
) -> FormFilling | None:
    """The open filling of this form about this subject, paused or not."""
    still_open = FormFilling.closed_at.is_(None)
    return await _newest(session, person_id, form, FormFilling.subject == subject, still_open)


async def of_album(
    session: AsyncSession, person_id: int, form: str, album: str
) -> FormFilling | None:
    """The newest filling of this form that took a photo of an album, open or closed."""
    took_it = FormFilling.album.in_((album, f"no:{album}"))
    return await _newest(session, person_id, form, took_it)


async def _newest(
    session: AsyncSession, person_id: int, form: str, *more: ColumnElement[bool]
) -> FormFilling | None:
    """The last that somebody began of this form, of those for which `more` holds."""
    return await session.scalar(
        select(FormFilling)
        .where(FormFilling.person_id == person_id, FormFilling.form == form, *more)
        .order_by(FormFilling.id.desc())
        .limit(1)
    )


async def pause_others(session: AsyncSession, person_id: int, chat_id: int, keep: int) -> None:
    """Put aside whatever else is being filled in."""
    await session.execute(
        update(FormFilling)
        .where(
            FormFilling.person_id == person_id,
            FormFilling.chat_id == chat_id,
            FormFilling.closed_at.is_(None),
            FormFilling.id != keep,
        )
        .values(paused=True)
        .execution_options(synchronize_session="fetch")
    )


async def open_count(session: AsyncSession, form: str, subject: str) -> int:
    """How many people are filling this in now."""
    count = await session.scalar(
        select(func.count()).where(
            FormFilling.form == form,
            FormFilling.subject == subject,
            FormFilling.closed_at.is_(None),
        )
    )
    return count or 0


async def outcomes(session: AsyncSession, form: str, subject: str) -> dict[str | None, int]:
    """How many fillings ended in which way; None for those still open."""
    rows = await session.execute(
        select(FormFilling.outcome, func.count())
        .where(FormFilling.form == form, FormFilling.subject == subject)
        .group_by(FormFilling.outcome)
    )
    return {row[0]: row[1] for row in rows}


async def open_rows(session: AsyncSession, form: str, subject: str) -> Sequence[FormFilling]:
    """What people are filling in now, paused or not."""
    rows = await session.scalars(
        select(FormFilling).where(
            FormFilling.form == form,
            FormFilling.subject == subject,
            FormFilling.closed_at.is_(None),
        )
    )
    return rows.all()


async def untouched_since(session: AsyncSession, moment: datetime) -> Sequence[FormFilling]:
    """Open fillings nobody went on with since then."""
    rows = await session.scalars(
        select(FormFilling)
        .where(FormFilling.closed_at.is_(None), FormFilling.changed_at < moment)
        .limit(200)
    )
    return rows.all()


async def forget_times(session: AsyncSession, token: str, *, instead: datetime) -> None:
    """Whoever handed in anonymously is not to be found by when they did."""
    await session.execute(
        update(FormFilling)
        .where(FormFilling.token == token, FormFilling.closed_at.is_not(None))
        .values(created_at=instead, changed_at=instead, closed_at=instead)
        .execution_options(synchronize_session="fetch")
    )


async def media(session: AsyncSession, media_id: str) -> FormMedia | None:
    return await session.get(FormMedia, media_id)


async def media_of(session: AsyncSession, token: str) -> Sequence[FormMedia]:
    """The files given to a filling, in the order they came."""
    rows = await session.scalars(
        select(FormMedia)
        .where(FormMedia.token == token)
        .order_by(FormMedia.created_at, FormMedia.id)
    )
    return rows.all()
