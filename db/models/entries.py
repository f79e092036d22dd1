"""The knowledge base as the office keeps it: entries, their history, proposals and counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedText, blind_index_of


class KnowledgeEntry(Base):
    """An entry: what residents see (`body`, empty for none) and what staff are writing (`draft`).

    `written_for` is the waiting question that a new entry will answer when it is published.
    `shipped` is the digest of the starter content it came from; once staff have `edited` an entry
    a new version of the project leaves it alone.
    """

    __tablename__ = "entries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[dict[str, Any] | None]
    draft: Mapped[dict[str, Any] | None]
    shipped: Mapped[str | None] = mapped_column(String(64))
    edited: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    written_for: Mapped[int | None] = mapped_column(BigInteger)
    changed_by: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class EntryVersion(Base):
    """What an entry was from one change to the next, who made it and how."""

    __tablename__ = "entry_versions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any] | None]
    act: Mapped[str] = mapped_column(String(20))
    by: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]


class AliasProposal(Base):
    """A resident's wording that led to an entry by a tap; staff decide whether it is kept."""

    __tablename__ = "alias_proposals"
    __table_args__ = (
        UniqueConstraint("entry_id", "words_hash"),
        Index("ix_alias_proposals_open", "state", "times"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"))
    words: Mapped[str] = mapped_column(EncryptedText)
    words_hash: Mapped[str] = mapped_column(
        String(64), info=blind_index_of("words", purpose="alias")
    )
    times: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="open")
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class EntryCount(Base):
    """How often something happened with an entry on a day; entry "" counts what was not found."""

    __tablename__ = "entry_counts"

    entry_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)


class EntryImport(Base):
    """Good rows of a workbook that wait for the word to be taken over, all at once."""

    __tablename__ = "entry_imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    made_by: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    made_at: Mapped[datetime]
