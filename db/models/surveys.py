"""Questionnaires, who has answered, and the answers: the last two share no key and no order."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, BigId
from db.encryption import EncryptedJSON, EncryptedText, blind_index_of

UNORDERED = {"sqlite_with_rowid": False}  # a hidden row number would tell the order of arrival


class Survey(Base):
    """A questionnaire: its newest document, whom it is for, and whether it is open."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    document_id: Mapped[int] = mapped_column(ForeignKey("form_documents.id"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    anonymous: Mapped[bool] = mapped_column(default=True)
    once: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    audience: Mapped[dict[str, Any]]
    targets: Mapped[dict[str, Any]]
    stops: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class SurveyInvitee(Base):
    """Somebody on the list of a questionnaire that is for a list: a person, a volunteer, or a
    phone of somebody who has not come yet."""

    __tablename__ = "survey_invitees"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    volunteer_id: Mapped[int | None] = mapped_column(BigInteger)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(
        String(64), index=True, info=blind_index_of("phone", purpose="phone")
    )


class SurveyMute(Base):
    """That somebody does not want to be reminded of a questionnaire; `survey_id` 0: of any."""

    __tablename__ = "survey_mutes"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id"), primary_key=True, autoincrement=False
    )
    survey_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class SurveyParticipation(Base):
    """That somebody has answered: a keyed hash of who, no time, nothing that leads to what."""

    __tablename__ = "survey_participations"
    __table_args__ = UNORDERED

    survey_id: Mapped[int] = mapped_column(
        ForeignKey("surveys.id"), primary_key=True, autoincrement=False
    )
    person_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    community_id: Mapped[int | None] = mapped_column(BigInteger)


class SurveyBuffered(Base):
    """An anonymous answer that waits, sealed, until enough of them are there to be shuffled."""

    __tablename__ = "survey_buffer"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("form_documents.id"))
    answer: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)


class SurveyResponse(Base):
    """One answered questionnaire. `person_id` only where the questionnaire is a named one."""

    __tablename__ = "survey_responses"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("form_documents.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(BigInteger)
    for_another: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    published_on: Mapped[date]
    example: Mapped[bool] = mapped_column(default=False)


class SurveyTrace(Base):
    """How somebody went through the questions, sealed, until enough of them are there to be
    added up: seconds a question, and where they gave up. Nothing of it is kept after that."""

    __tablename__ = "survey_traces"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("form_documents.id"))
    trace: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)


class SurveyPace(Base):
    """Sums over everybody for one question of one version: no row is about a person."""

    __tablename__ = "survey_paces"
    __table_args__ = UNORDERED

    survey_id: Mapped[int] = mapped_column(
        ForeignKey("surveys.id"), primary_key=True, autoincrement=False
    )
    document_id: Mapped[int] = mapped_column(
        ForeignKey("form_documents.id"), primary_key=True, autoincrement=False
    )
    question: Mapped[str] = mapped_column(String(200), primary_key=True)
    timed: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[int] = mapped_column(default=0)
