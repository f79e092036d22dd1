"""Art troupes and training classes: who leads them, who belongs, their dates, news and works."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText


class Club(Base):
    """A troupe, a class or a team of residents; without a community it is the whole street's."""

    __tablename__ = "clubs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(500), default="")
    meets: Mapped[str] = mapped_column(String(120), default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    capacity: Mapped[int | None]
    form_token: Mapped[str | None] = mapped_column(String(16), unique=True)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ClubMember(Base):
    """Somebody who belongs, or waits for a place. The row goes when they leave.

    Without `person_id` they have no Telegram: `entered_by` signed them up, and hears the news for
    them where it was the family.
    """

    __tablename__ = "club_members"
    __table_args__ = (UniqueConstraint("club_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    by_family: Mapped[bool] = mapped_column(default=False)
    waiting: Mapped[bool] = mapped_column(default=False)
    form_token: Mapped[str | None] = mapped_column(String(16), unique=True)
    joined_at: Mapped[datetime]


class ClubMeeting(Base):
    """One date in the calendar: a rehearsal, a lesson, a performance."""

    __tablename__ = "club_meetings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    cancelled: Mapped[bool] = mapped_column(default=False)
    reminded: Mapped[bool] = mapped_column(default=False)
    form_token: Mapped[str] = mapped_column(String(20), unique=True)
    created_at: Mapped[datetime]


class ClubNews(Base):
    """What the leader wrote to the members."""

    __tablename__ = "club_news"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str | None] = mapped_column(String(64))
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    form_token: Mapped[str] = mapped_column(String(16), unique=True)
    at: Mapped[datetime]


class ClubWork(Base):
    """Something a member made, shown to everybody; with who made it, if they like."""

    __tablename__ = "club_works"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    maker: Mapped[str | None] = mapped_column(EncryptedText)
    sha256: Mapped[str] = mapped_column(String(64))
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    form_token: Mapped[str] = mapped_column(String(16), unique=True)
    at: Mapped[datetime]
