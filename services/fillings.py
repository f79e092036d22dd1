"""Keeps fillings in the database: beginning, going on, putting aside, handing in."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from db.models.forms import FormFilling, FormMedia
from db.stores import forms, jobs
from db.work import Work
from services import clock
from services.errors import Refusal
from services.forms import fillings, languages
from services.forms.documents import Document
from services.forms.fillings import Filling
from services.permissions import Actor
from services.photos import CleanPhoto

ABANDONED_AFTER = timedelta(days=60)
PAUSE = timedelta(minutes=5)
"""Whoever takes longer over a question has put the phone down."""
_documents: dict[str, Document] = {}


@dataclass
class Open:
    """A filling under way: its row and what it holds."""

    row: FormFilling
    filling: Filling

    def put(self, filling: Filling) -> None:
        """Keep a new state."""
        self.filling = filling
        self.row.state = filling.to_json()
        self.row.changed_at = clock.now()

    def time(self, question: str) -> None:
        """Count the seconds since the last act for a question of a timed form; a question with a
        pause in it is left out. To be called before the answer is put."""
        kept = dict(self.row.seconds or {})
        passed = clock.now() - self.row.changed_at
        before = kept.get(question, 0)
        paused = before is None or not timedelta(0) <= passed <= PAUSE
        kept[question] = None if paused else before + round(passed.total_seconds())
        self.row.seconds = kept


@dataclass(frozen=True)
class Submission:
    """What somebody handed in: values by path as the form engine gives them."""

    form: str
    subject: str
    token: str
    document_id: int
    values: dict[str, Any]
    for_another: bool
    media: tuple[FormMedia, ...] = ()
    seconds: float = 0.0
    paces: Mapping[str, int | None] = field(default_factory=dict)
    """Seconds by question, of timed forms; None where there was a pause."""


async def publish(work: Work, document: Document, name: str | None = None) -> int:
    """Store a form as a new version if it changed; the id of the version that holds."""
    row = await forms.add_version(
        work.session,
        name or document.name,
        document.to_json(),
        document.fingerprint,
        now=clock.now(),
    )
    return row.id


async def document(work: Work, document_id: int) -> Document:
    """A version of a form; parsed once a process, as it never changes."""
    row = await forms.document(work.session, document_id)
    if row.fingerprint not in _documents:
        _documents[row.fingerprint] = Document.from_json(row.body)
    return _documents[row.fingerprint]


async def begin(
    work: Work,
    by: Actor,
    *,
    chat_id: int,
    form: str,
    document_id: int,
    subject: str = "",
    answers: dict[str, Any] | None = None,
    meta: dict[str, str] | None = None,
) -> Open:
    """Begin a form, or go on with the same one about the same subject; others wait meanwhile."""
    row = await forms.open_of(work.session, by.person_id, form, subject)
    if row is None:
        row = await _new_row(work, by, chat_id, form, document_id, subject, answers, meta)
    row.paused, row.chat_id = False, chat_id
    await forms.pause_others(work.session, by.person_id, chat_id, row.id)
    return await opened(work, row)


async def _new_row(
    work: Work,
    by: Actor,
    chat_id: int,
    form: str,
    document_id: int,
    subject: str,
    answers: dict[str, Any] | None,
    meta: dict[str, str] | None,
) -> FormFilling:
    token = secrets.token_urlsafe(8)
    form_ = await document(work, document_id)
    made = fillings.begin(form_, token, answers=answers, meta=meta, language=languages.usual(form_))
    now = clock.now()
    row = FormFilling(
        token=token,
        person_id=by.person_id,
        chat_id=chat_id,
        document_id=document_id,
        form=form,
        subject=subject,
        state=made.to_json(),
        created_at=now,
        changed_at=now,
    )
    work.session.add(row)
    await work.session.flush()
    return row


async def opened(work: Work, row: FormFilling) -> Open:
    """A filling with what it holds; a closed one holds nothing any more."""
    if row.closed_at is not None:
        return Open(row, fillings.begin(await document(work, row.document_id), row.token))
    return Open(row, Filling.from_json(await document(work, row.document_id), row.state))


async def under_way(work: Work, by: Actor, chat_id: int) -> Open | None:
    """What the person is filling in now, if anything."""
    row = await forms.under_way(work.session, by.person_id, chat_id)
    return await opened(work, row) if row else None


async def waiting(work: Work, by: Actor) -> list[Open]:
    """What the person put aside, the newest first."""
    return [await opened(work, row) for row in await forms.waiting(work.session, by.person_id)]


async def begun(work: Work, by: Actor, form: str, subject: str) -> Open | None:
    """What this person has begun of a form about a subject and not ended."""
    row = await forms.open_of(work.session, by.person_id, form, subject)
    return await opened(work, row) if row else None


async def mine(work: Work, by: Actor, token: str) -> Open | None:
    """An open filling of this person by its token; None for a closed or somebody else's."""
    row = await forms.by_token(work.session, token)
    if row is None or row.person_id != by.person_id or row.closed_at is not None:
        return None
    return await opened(work, row)


async def by_token(work: Work, token: str) -> Open | None:
    """An open filling, for the checks that go on behind it."""
    row = await forms.by_token(work.session, token)
    return await opened(work, row) if row and row.closed_at is None else None


async def resume(work: Work, by: Actor, one: Open, chat_id: int) -> None:
    """Go on with what was put aside."""
    one.row.paused, one.row.chat_id = False, chat_id
    one.row.changed_at = clock.now()
    await forms.pause_others(work.session, by.person_id, chat_id, one.row.id)


async def put_aside(work: Work, one: Open) -> None:
    """Keep it for later."""
    one.row.paused = True
    one.row.changed_at = clock.now()
    await work.session.flush()


async def close(work: Work, one: Open, outcome: str) -> None:
    """End a filling: handed in, cancelled or expired. Its answers are not kept here."""
    one.row.closed_at = clock.now()
    one.row.outcome = outcome
    one.row.state, one.row.seconds = {}, None
    await work.session.flush()


async def take_media(
    work: Work,
    by: Actor,
    one: Open,
    *,
    media_id: str,
    kind: str,
    file_id: str,
    size: int | None,
) -> None:
    """Note a file that was sent; it is fetched and looked at after the commit."""
    made = FormMedia(
        id=media_id,
        person_id=by.person_id,
        token=one.row.token,
        kind=kind,
        file_id=file_id,
        created_at=clock.now(),
    )
    work.session.add(made)
    await work.session.flush()
    await jobs.add(
        work.session, "media", {"media_id": made.id, "size": size}, now=clock.now(), key=made.id
    )


async def submission(work: Work, one: Open) -> Submission:
    """What would be handed in now; raises Refusal where something is missing or pending."""
    values = fillings.submit(one.filling)
    row = one.row
    return Submission(
        form=row.form,
        subject=row.subject,
        token=row.token,
        document_id=row.document_id,
        values=values,
        for_another=row.for_another,
        media=tuple(await forms.media_of(work.session, row.token)),
        seconds=(clock.now() - row.created_at).total_seconds(),
        paces=row.seconds or {},
    )


async def media_judged(
    work: Work,
    media_id: str,
    *,
    photo: CleanPhoto | None = None,
    refusal: Refusal | None = None,
) -> Open | None:
    """A file was looked at: kept, or refused so that its question opens again.

    Returns the open filling it belongs to, if there still is one.
    """
    media = await forms.media(work.session, media_id)
    if media is None or media.state != "pending":
        return None
    media.state = "refused" if refusal else "ok"
    media.reason = refusal.code if refusal else None
    if photo is not None:
        _describe(media, photo)
    one = await by_token(work, media.token)
    if one is None:
        return None
    change = fillings.reopen if refusal else fillings.checked
    one.put(change(one.filling, media_id))
    return one


def _describe(media: FormMedia, photo: CleanPhoto) -> None:
    media.sha256, media.thumbnail_sha256 = photo.sha256, photo.thumbnail_sha256
    if photo.offered_place is not None:
        media.latitude = photo.offered_place.latitude
        media.longitude = photo.offered_place.longitude


async def expire(work: Work, leaving: Callable[[Work, Open], Awaitable[None]]) -> int:
    """Close what nobody went on with for a long time, each after `leaving`; how many."""
    rows = await forms.untouched_since(work.session, clock.now() - ABANDONED_AFTER)
    for row in rows:
        one = await opened(work, row)
        await leaving(work, one)
        await close(work, one, "expired")
    return len(rows)
