"""Activities of volunteers, who signed up, and the hours they served."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId


class Activity(Base):
    """Something volunteers do together at a place and time."""

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


class Signup(Base):
    """A volunteer's place in an activity; ids count up in commit order within an activity."""

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


class ServiceHours(Base):
    """Half hours proposed by a leader and approved by another; corrections are new rows."""

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
    at: Mapped[datetime]
