"""Problem reports, every move they made, their photos and who follows them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, TextClause, false, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedJSON, EncryptedText

OPEN = text("state NOT IN ('handled', 'closed', 'void', 'rejected', 'merged')")
"""Somebody has something to do; word for word as in the indexes, so that they are used."""
WORKING = text("state IN ('filed', 'assigned', 'in_progress', 'reopened')")
DONE = text("state IN ('closed', 'void', 'rejected', 'merged')")


def _partial(name: str, where: TextClause, *columns: Any) -> Index:
    """An index of the rows that a condition holds for."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Report(Base):
    """One problem somebody reported. `version` tells two editors apart.

    It is in the hands of a person, or of a responsible body until one of its people accepts it.
    From `soon_at` on little time is left; `original_due_at` is what was promised first. Who could
    not take the photo that the kind needs `owes_photo`, and is asked for it once.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_list", "state", "community_id", "id"),
        Index("ix_reports_place", "community_id", "estate_id", "building_id"),
        Index("ix_reports_building", "building_id", "created_at"),
        Index("ix_reports_recent", "community_id", "created_at"),
        _partial("ix_reports_due", OPEN, "due_at", "community_id", "paused_at"),
        Index("ix_reports_counts", "community_id", "state"),
        Index("ix_reports_point", "latitude", "longitude"),
        Index(
            "ix_reports_figures",
            *("created_at", "community_id", "estate_id", "category", "state"),
            *("due_at", "paused_at"),
        ),
        Index(
            "ix_reports_waits", *("closed_at", "community_id", "category", "state", "created_at")
        ),
        _partial("ix_reports_next", WORKING, text("urgent DESC"), "due_at", "id"),
        _partial("ix_reports_soon", OPEN, "soon_at", "community_id", "paused_at"),
        _partial("ix_reports_done", DONE, "id"),
        _partial("ix_reports_done_here", DONE, "community_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    source: Mapped[str] = mapped_column(String(20))
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    for_another: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str] = mapped_column(String(30), index=True)
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    quantity: Mapped[int | None]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    estate_id: Mapped[int | None] = mapped_column(ForeignKey("estates.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    entrance: Mapped[str | None] = mapped_column(String(10))
    floor: Mapped[int | None]
    details: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    place: Mapped[str] = mapped_column(EncryptedText, default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy: Mapped[float | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    owes_photo: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_for_photo_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12), default="submitted")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    assigned_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    soon_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    extended_days: Mapped[int] = mapped_column(default=0, server_default="0")
    hurried: Mapped[int] = mapped_column(default=0, server_default="0")
    hurried_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(10))
    late_when_handled: Mapped[bool | None]
    paused_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    escalated_higher_at: Mapped[datetime | None]
    asked_again_at: Mapped[datetime | None]
    outside_number: Mapped[str | None] = mapped_column(String(60))
    sweep_id: Mapped[int | None] = mapped_column(ForeignKey("sweeps.id"), index=True)
    reopened: Mapped[int] = mapped_column(default=0)
    master_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    rating: Mapped[int | None]
    form_token: Mapped[str | None] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ReportMove(Base):
    """One move of a report from state to state; never changed afterwards."""

    __tablename__ = "report_moves"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_role: Mapped[str] = mapped_column(String(30))
    before: Mapped[str | None] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ReportPhoto(Base):
    """A photo of a report: before, after or at the check."""

    __tablename__ = "report_photos"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    taken_by: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]


class ReportSerial(Base):
    """The last serial given out for a prefix (community and year)."""

    __tablename__ = "report_serials"
    prefix: Mapped[str] = mapped_column(String(30), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class ReportFollower(Base):
    """Somebody who hears of a report; `same` where they met the same problem ("me too")."""

    __tablename__ = "report_followers"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    same: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime]


class CategoryRule(Base):
    """A category as the office keeps it, in place of the shipped one or beside them."""

    __tablename__ = "category_rules"

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    body: Mapped[dict[str, Any]]
    changed_by: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class CalendarDay(Base):
    """A day that is not what its weekday says: a holiday, or a working Sunday."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]


class CalendarYear(Base):
    """A year whose holidays are known; without it weekdays count and staff are warned."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(40))


class Sweep(Base):
    """A round through the stairwells of some communities, looking for broken lights."""

    __tablename__ = "sweeps"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(80))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    made_by: Mapped[int] = mapped_column(BigInteger)
    closed: Mapped[bool] = mapped_column(default=False)


class SweepFloor(Base):
    """What was seen on one floor of an entrance: lamps broken, or none installed."""

    __tablename__ = "sweep_floors"

    sweep_id: Mapped[int] = mapped_column(
        ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True
    )
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), primary_key=True)
    entrance: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    floor: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    broken: Mapped[int] = mapped_column(default=0)
    installed: Mapped[bool] = mapped_column(default=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    media_id: Mapped[str | None] = mapped_column(String(24))
    seen_by: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
