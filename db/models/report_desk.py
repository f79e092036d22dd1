"""What staff keep beside a report: what was asked of the leader, notes, replies, their own view."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedJSON, EncryptedText


class ReportRequest(Base):
    """Something whoever handles a report asks for and another person decides.

    `kind` is a services.reports.requests.Kind; `approved` is empty while nobody has decided.
    """

    __tablename__ = "report_requests"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(EncryptedText)
    days: Mapped[int | None]
    asked_by: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]


class ReportNote(Base):
    """What staff write beside a report for one another; never shown to residents."""

    __tablename__ = "report_notes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(EncryptedText)
    at: Mapped[datetime]


class ReplyTemplate(Base):
    """A sentence the office says again and again when it makes a move."""

    __tablename__ = "reply_templates"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    move: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]


class DeskView(Base):
    """What somebody at the desk looks at: their filter, and the reports they have ticked."""

    __tablename__ = "desk_views"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("people.id"), primary_key=True, autoincrement=False
    )
    filter: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    ticked: Mapped[list[Any]]
    changed_at: Mapped[datetime]
