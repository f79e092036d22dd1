"""What residents asked: how it was answered, and what still waits for somebody."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText


class AskedQuestion(Base):
    """One question and its outcome. The words are sealed, and emptied after the retention time.

    Open questions that are alike share `alike`, the id of the first of them. `urgent` ones speak
    of danger.
    """

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_queue", "state", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    community_id: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(EncryptedText)
    outcome: Mapped[str] = mapped_column(String(12))
    entry_id: Mapped[str | None] = mapped_column(String(80), index=True)
    offered: Mapped[list[Any]]
    thumb: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="closed")
    urgent: Mapped[bool] = mapped_column(default=False)
    alike: Mapped[int | None] = mapped_column(BigInteger, index=True)
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
