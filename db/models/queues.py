"""The durable queues: what arrived, what is to be sent, and what is to be done later.

Payloads hold people's words, so they are sealed: no word of theirs reaches the disk in the clear.
"""

from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedJSON, EncryptedText


class Arrival(IntEnum):
    """State of an update in the inbox."""

    PENDING = 0
    DONE = 1
    DEAD = 2
    REFUSED = 3  # over the limit of one person; the person was told


class Delivery(IntEnum):
    """State of a message in the outbox."""

    WAITING = 0
    SENDING = 1
    SENT = 2
    FAILED = 3
    UNKNOWN = 4  # sent at most once, and nobody knows whether it arrived


class JobState(IntEnum):
    """State of a piece of background work."""

    WAITING = 0
    RUNNING = 1
    DONE = 2
    DEAD = 3


class InboxUpdate(Base):
    """An update of Telegram, committed before it is acknowledged. Emptied when done."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_pending",
            "chat_id",
            "id",
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        Index(
            "ix_inbox_order",
            "id",
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        Index(
            "ix_inbox_person",
            "person_key",
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        Index("ix_inbox_done_at", "done_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    person_key: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[str] = mapped_column(EncryptedText)
    status: Mapped[int] = mapped_column(SmallInteger, default=Arrival.PENDING)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    crashes: Mapped[int] = mapped_column(SmallInteger, default=0)
    not_before: Mapped[datetime]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))


class OutboxMessage(Base):
    """A call of the Bot API that waits to be made. Emptied when sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "chat_id",
            "id",
            sqlite_where=text("status < 2"),
            postgresql_where=text("status < 2"),
        ),
        Index(
            "ix_outbox_order",
            "priority",
            "id",
            sqlite_where=text("status = 0"),
            postgresql_where=text("status = 0"),
        ),
        Index("ix_outbox_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    priority: Mapped[int] = mapped_column(SmallInteger, default=0)
    at_most_once: Mapped[bool] = mapped_column(default=False)
    slot: Mapped[str | None] = mapped_column(String(64))
    dedup: Mapped[str | None] = mapped_column(String(128), unique=True)
    status: Mapped[int] = mapped_column(SmallInteger, default=Delivery.WAITING)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(String(200))


class CardMessage(Base):
    """Which message of a chat shows a thing that is edited in place (a form, a list)."""

    __tablename__ = "cards"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slot: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger)


class Job(Base):
    """Background work that is safe to repeat: a photo to fetch, an export to make."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_waiting",
            "not_before",
            sqlite_where=text("status < 2"),
            postgresql_where=text("status < 2"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(128), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    status: Mapped[int] = mapped_column(SmallInteger, default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(500))


class ClockTask(Base):
    """When a task of the timetable is due next."""

    __tablename__ = "clock_tasks"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime]


class OfficeSetting(Base):
    """A value the office or the process remembers: alerts under way, pauses, thresholds."""

    __tablename__ = "office_settings"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
