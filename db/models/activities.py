"""Activities of volunteers, who signed up, and the hours they served."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText


class Activity(Base):
    """Something volunteers do together at a place and time.

    `latitude` and `longitude` are degrees in WGS 84; `code_to` is the chat of the person who shows
    the check-in code, kept fresh until `code_until`.
    """

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    place: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    min_age: Mapped[int | None]
    skill: Mapped[str | None] = mapped_column(String(120))
    risk_note: Mapped[str | None] = mapped_column(String(500))
    insured: Mapped[bool] = mapped_column(default=False)
    leave_until: Mapped[datetime]
    leader_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    form_token: Mapped[str] = mapped_column(String(24), unique=True)
    created_at: Mapped[datetime]
    club_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    code_to: Mapped[int | None] = mapped_column(BigInteger)
    code_until: Mapped[datetime | None]
    leader_reminded: Mapped[bool] = mapped_column(default=False, server_default=false())
    summed_up: Mapped[bool] = mapped_column(default=False, server_default=false())


class Signup(Base):
    """A volunteer's place in an activity; ids count up in commit order within an activity.

    `coming_at` is when they last said that they come. `hint_metres` from the place, with the
    phone's `hint_accuracy`, both in metres, prove nothing alone.
    """

    __tablename__ = "signups"
    __table_args__ = (
        UniqueConstraint("activity_id", "volunteer_id"),
        Index("ix_signups_queue", "activity_id", "state", "queued"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteers.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(12))
    queued: Mapped[int]
    offered_until: Mapped[datetime | None]
    reminded_day: Mapped[bool] = mapped_column(default=False)
    reminded_hours: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    at: Mapped[datetime]
    coming_at: Mapped[datetime | None]
    hint_metres: Mapped[int | None]
    hint_accuracy: Mapped[int | None]
    asked_feedback: Mapped[bool] = mapped_column(default=False, server_default=false())


class ActivityPhoto(Base):
    """A photo of an activity, for the office's archive; the same one stands in it once."""

    __tablename__ = "activity_photos"
    __table_args__ = (UniqueConstraint("activity_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class ActivityFeedback(Base):
    """What somebody who was there thought of an activity: 1 to 5, and words if they like."""

    __tablename__ = "activity_feedback"
    __table_args__ = (UniqueConstraint("activity_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    rating: Mapped[int]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    at: Mapped[datetime]


class ServiceHours(Base):
    """Half hours proposed by a leader, approved or refused by another; corrections are new rows."""

    __tablename__ = "service_hours"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    signup_id: Mapped[int] = mapped_column(ForeignKey("signups.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteers.id", ondelete="CASCADE"), index=True
    )
    half_hours: Mapped[int]
    proposed_by: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[int | None] = mapped_column(BigInteger)
    approved_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    refused_by: Mapped[int | None] = mapped_column(BigInteger)
    refused_at: Mapped[datetime | None]
    at: Mapped[datetime]
