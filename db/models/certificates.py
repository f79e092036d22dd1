"""Certificates of voluntary service: asked for, issued, void; and the batches staff order."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText


class Certificate(Base):
    """One certificate. What it says is frozen when it is issued; what a check shows is the
    holder's choice and may change. `check_token` is the secret half of the link on the paper.
    """

    __tablename__ = "certificates"
    __table_args__ = (Index("ix_certificates_queue", "state", "community_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    volunteer_id: Mapped[int | None] = mapped_column(
        ForeignKey("volunteers.id", ondelete="SET NULL"), index=True
    )
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("certificate_batches.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    check_token: Mapped[str] = mapped_column(String(32), unique=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    shows_full_name: Mapped[bool] = mapped_column(default=False)
    shows_hours: Mapped[bool] = mapped_column(default=False)
    shows_period: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]

    name: Mapped[str | None] = mapped_column(EncryptedText)
    volunteer_number: Mapped[str | None] = mapped_column(String(20))
    half_hours: Mapped[int] = mapped_column(default=0)
    brought_half_hours: Mapped[int] = mapped_column(default=0)
    services: Mapped[list[Any]]
    issuer: Mapped[dict[str, Any]]
    issued_by: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[datetime | None]

    reason: Mapped[str | None] = mapped_column(String(40))
    closed_by: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None]


class CertificateBatch(Base):
    """An order of certificates for everybody of a community who served in a period."""

    __tablename__ = "certificate_batches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    ordered_by: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int | None]
    ordered_at: Mapped[datetime]


class CertificateObjection(Base):
    """What somebody said against a certificate on public notice."""

    __tablename__ = "certificate_objections"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificates.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str] = mapped_column(EncryptedText)
    form_token: Mapped[str] = mapped_column(String(24), unique=True)
    at: Mapped[datetime]


class CertificateSerial(Base):
    """The last serial of a certificate given out in a year."""

    __tablename__ = "certificate_serials"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)
