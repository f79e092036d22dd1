"""People: who they are, what they agreed to, what they may do, and the log of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedJSON, EncryptedText, blind_index_of


class Person(Base):
    """Somebody who talks to the office, or was entered by staff without Telegram."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(
        String(64), index=True, info=blind_index_of("phone", purpose="phone")
    )
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    enterprise: Mapped[str | None] = mapped_column(String(120))
    large_print: Mapped[bool] = mapped_column(default=False)
    reachable: Mapped[bool] = mapped_column(default=True)
    blocked_at: Mapped[datetime | None]
    blocked_reason: Mapped[str | None] = mapped_column(String(200))
    forgotten_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Consent(Base):
    """That a person agreed to a text, for a purpose, at a time; or took it back."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    text_version: Mapped[str] = mapped_column(String(20))
    agreed: Mapped[bool]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ConsentText(Base):
    """The words of one version of a consent, as they were shown when people agreed to them."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("purpose", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    purpose: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    first_shown_at: Mapped[datetime]


class Forgotten(Base):
    """That somebody was forgotten, and when: a keyed hash of their Telegram id and no more.

    With it a restored backup knows which later requests it must repeat.
    """

    __tablename__ = "forgotten"
    __table_args__ = (UniqueConstraint("person_hash", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Grant(Base):
    """A role that a person holds in a scope: the whole street, a community, a body."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("person_id", "role", "scope_kind", "scope_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    scope_kind: Mapped[str] = mapped_column(String(20), default="street")
    scope_id: Mapped[int] = mapped_column(BigInteger, default=0)
    granted_by: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime]


class Invitation(Base):
    """A one-time link that grants a role; only the hash of its token is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(30))
    scope_kind: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[int] = mapped_column(BigInteger)
    invited_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    used_at: Mapped[datetime | None]


class AuditEntry(Base):
    """One act worth remembering: a grant, a refusal, a full view of personal data."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_thing", "thing", "thing_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    actor_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    act: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Conversation(Base):
    """What the chat was last about (the last answer, the candidates shown): for follow-ups."""

    __tablename__ = "conversations"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_topic: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    changed_at: Mapped[datetime]


class GroupChat(Base):
    """A group the bot is in, with its settings; follows the group when its id changes."""

    __tablename__ = "group_chats"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    settings: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]


class KeptMessage(Base):
    """Something the bot cannot read itself (a voice message, a video) that staff will look at."""

    __tablename__ = "kept_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(30))
    file_id: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    handled_by: Mapped[int | None] = mapped_column(BigInteger)
    handled_at: Mapped[datetime | None]
