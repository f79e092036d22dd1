"""The roster of volunteers, their categories, and what changed when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText, blind_index_of


class Volunteer(Base):
    """Somebody on the roster, with or without Telegram. No identity-card number is kept."""

    __tablename__ = "volunteers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), unique=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(
        String(64), index=True, info=blind_index_of("phone", purpose="phone")
    )
    sex: Mapped[str | None] = mapped_column(String(10))
    birth_year: Mapped[int | None]
    skills: Mapped[str | None] = mapped_column(String(500))
    free_times: Mapped[list[Any]]
    guardian_consent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="pending", index=True)
    source: Mapped[str] = mapped_column(String(20), default="chat")
    joined_on: Mapped[date | None]
    brought_half_hours: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    to_check: Mapped[str | None] = mapped_column(String(40))
    form_token: Mapped[str | None] = mapped_column(String(16), unique=True)
    wants_year_picture: Mapped[bool] = mapped_column(default=False, server_default=false())
    year_pictured: Mapped[int | None]
    level_told: Mapped[int | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class VolunteerCategory(Base):
    """One of the eight service categories that a volunteer chose."""

    __tablename__ = "volunteer_categories"

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    category: Mapped[str] = mapped_column(String(20), primary_key=True)


class VolunteerChange(Base):
    """One change of a volunteer's state or particulars; never updated."""

    __tablename__ = "volunteer_changes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteers.id", ondelete="CASCADE"), index=True
    )
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(30))
    before: Mapped[str | None] = mapped_column(EncryptedText)
    after: Mapped[str | None] = mapped_column(EncryptedText)
    reason: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
