"""What citizen supervisors (义务监督员) found when they looked again at what was mended."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText


class ReportCheck(Base):
    """One look at a report that was said to be mended: passed or not; never changed afterwards."""

    __tablename__ = "report_checks"
    __table_args__ = (Index("ix_report_checks_report", "report_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    passed: Mapped[bool]
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    form_token: Mapped[str] = mapped_column(String(16), unique=True)
    at: Mapped[datetime]
