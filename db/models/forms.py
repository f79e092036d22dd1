"""Forms: immutable documents, the fillings under way, and the files given to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedJSON


class FormDocument(Base):
    """One version of a form. Never changed: a new text is a new version."""

    __tablename__ = "form_documents"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class FormFilling(Base):
    """One person filling in one version of a form. There is no stored position.

    `state` is services.forms.Filling without its document; it holds names and phones, so it is
    sealed. `seconds` (by question, of timed forms) goes with it when the filling ends. A filling
    that is `paused` waits: what the person types is not for it.
    """

    __tablename__ = "form_fillings"
    __table_args__ = (Index("ix_form_fillings_open", "person_id", "closed_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    token: Mapped[str] = mapped_column(String(16), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    document_id: Mapped[int] = mapped_column(ForeignKey("form_documents.id"))
    form: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80), default="")
    for_another: Mapped[bool] = mapped_column(default=False)
    state: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    seconds: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    paused: Mapped[bool] = mapped_column(default=False)
    submitting: Mapped[bool] = mapped_column(default=False)
    album: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))


class FormMedia(Base):
    """A file somebody gave to a question: fetched and checked after the commit."""

    __tablename__ = "form_media"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token: Mapped[str] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str | None] = mapped_column(String(60))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    created_at: Mapped[datetime]
