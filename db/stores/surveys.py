"""Rows of questionnaires, of who has answered, and of the answers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Text, cast, delete, func, insert, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from db.encryption import unseal_json
from db.engine import insert_for
from db.models.people import Person
from db.models.surveys import Survey, SurveyBuffered, SurveyParticipation, SurveyResponse

PART = 500
_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that may be seen, as a plain row: it can go to a thread."""

    id: str
    document_id: int
    person_id: int | None
    community_id: int | None
    for_another: bool
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class Marks:
    """Tells whether the visible answers are still the same ones: `codes` adds up letters of their
    ids, which are random, each letter of them weighted by its place."""

    count: int
    codes: int


async def by_id(session: AsyncSession, survey_id: int) -> Survey | None:
    return await session.get(Survey, survey_id)


async def by_code(session: AsyncSession, code: str) -> Survey | None:
    return await session.scalar(select(Survey).where(Survey.code == code))


async def all_of(session: AsyncSession) -> Sequence[Survey]:
    """Every questionnaire, the newest first."""
    return (await session.scalars(select(Survey).order_by(Survey.id.desc()))).all()


async def remove(session: AsyncSession, survey: Survey) -> None:
    """Drop a draft that nobody has answered."""
    await session.delete(survey)
    await session.flush()


async def open_at(session: AsyncSession, now: datetime) -> Sequence[Survey]:
    """Questionnaires that can be answered now."""
    rows = await session.scalars(
        select(Survey)
        .where(
            Survey.state == "open",
            Survey.opens_at.is_(None) | (Survey.opens_at <= now),
            Survey.closes_at.is_(None) | (Survey.closes_at > now),
        )
        .order_by(Survey.id)
    )
    return rows.all()


async def past_their_end(session: AsyncSession, now: datetime) -> Sequence[Survey]:
    """Open questionnaires whose closing date has come."""
    rows = await session.scalars(
        select(Survey).where(Survey.state == "open", Survey.closes_at <= now)
    )
    return rows.all()


async def take_part(
    session: AsyncSession, survey_id: int, person_hash: str, community_id: int | None
) -> bool:
    """Note that somebody answers; False if they have already."""
    statement = insert_for(session, SurveyParticipation).values(
        survey_id=survey_id, person_hash=person_hash, community_id=community_id
    )
    result = await session.execute(
        statement.on_conflict_do_nothing(index_elements=["survey_id", "person_hash"]).returning(
            SurveyParticipation.person_hash
        )
    )
    return result.first() is not None


async def has_taken_part(session: AsyncSession, survey_id: int, hashes: Sequence[str]) -> bool:
    found = await session.scalar(
        select(SurveyParticipation.survey_id)
        .where(
            SurveyParticipation.survey_id == survey_id,
            SurveyParticipation.person_hash.in_(hashes),
        )
        .limit(1)
    )
    return found is not None


async def participant_hashes(session: AsyncSession, survey_id: int) -> set[str]:
    """Who has answered, as far as it is known: their keyed hashes."""
    rows = await session.scalars(
        select(SurveyParticipation.person_hash).where(SurveyParticipation.survey_id == survey_id)
    )
    return set(rows.all())


async def participants(session: AsyncSession, survey_id: int) -> dict[int | None, int]:
    """How many have answered, by community."""
    rows = await session.execute(
        select(SurveyParticipation.community_id, func.count())
        .where(SurveyParticipation.survey_id == survey_id)
        .group_by(SurveyParticipation.community_id)
    )
    return {row[0]: row[1] for row in rows}


async def responses_by_community(session: AsyncSession, survey_id: int) -> dict[int | None, int]:
    """How many visible answers came from each community."""
    rows = await session.execute(
        select(SurveyResponse.community_id, func.count())
        .where(SurveyResponse.survey_id == survey_id)
        .group_by(SurveyResponse.community_id)
    )
    return {row[0]: row[1] for row in rows}


async def waiting(session: AsyncSession, survey_id: int) -> Sequence[SurveyBuffered]:
    """Answers that wait to be shuffled, to be counted only."""
    rows = await session.scalars(
        select(SurveyBuffered).where(SurveyBuffered.survey_id == survey_id)
    )
    return rows.all()


async def buffer(session: AsyncSession, row: SurveyBuffered) -> None:
    session.add(row)
    await session.flush()


async def buffered(session: AsyncSession, survey_id: int) -> Sequence[SurveyBuffered]:
    """Answers that wait to be shuffled; locked."""
    rows = await session.scalars(
        select(SurveyBuffered).where(SurveyBuffered.survey_id == survey_id).with_for_update()
    )
    return rows.all()


async def buffered_count(session: AsyncSession, survey_id: int) -> int:
    count = await session.scalar(select(func.count()).where(SurveyBuffered.survey_id == survey_id))
    return count or 0


async def publish(
    session: AsyncSession, rows: Sequence[dict[str, Any]], *, on: date, from_buffer: int | None
) -> None:
    """Store answers; those of a buffered questionnaire leave the buffer in the same act."""
    if rows:
        await session.execute(insert(SurveyResponse), [row | {"published_on": on} for row in rows])
    if from_buffer is not None:
        await session.execute(delete(SurveyBuffered).where(SurveyBuffered.survey_id == from_buffer))


async def responses(session: AsyncSession, survey_id: int) -> Sequence[Response]:
    """The answers that may be seen."""
    return [row async for part in responses_in_parts(session, survey_id) for row in part]


async def responses_in_parts(
    session: AsyncSession, survey_id: int
) -> AsyncIterator[Sequence[Response]]:
    """The same by PART, each unsealed off the event loop."""
    statement = select(
        SurveyResponse.id,
        SurveyResponse.document_id,
        SurveyResponse.person_id,
        SurveyResponse.community_id,
        SurveyResponse.for_another,
        type_coerce(SurveyResponse.answer, Text),
    ).where(SurveyResponse.survey_id == survey_id)
    stream = await session.stream(statement.execution_options(yield_per=PART))
    async for part in stream.partitions(PART):
        yield await asyncio.to_thread(_unsealed, part)


def _unsealed(rows: Sequence[Any]) -> list[Response]:
    return [
        Response(key, document, person, community, for_another, unseal_json(token))
        for key, document, person, community, for_another, token in rows
    ]


async def marks(session: AsyncSession, survey_id: int) -> Marks:
    """Two equal ones mean the same answers: an answer that took the place of another one is
    missed once in 16 ** 7 cases. The sum of a million answers is within 64 bits."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    code = func.unicode if is_sqlite else func.ascii
    letters = [
        cast(code(func.substr(SurveyResponse.id, _ID_LENGTH - at, 1)), BigInteger) * 64**at
        for at in range(7)
    ]
    whole = sum(letters[1:], letters[0])
    found = await session.execute(
        select(func.count(), func.sum(whole)).where(SurveyResponse.survey_id == survey_id)
    )
    count, codes = found.one()
    return Marks(count, int(codes or 0))


async def response_count(session: AsyncSession, survey_id: int) -> int:
    count = await session.scalar(select(func.count()).where(SurveyResponse.survey_id == survey_id))
    return count or 0


async def who_can_be_told(session: AsyncSession) -> Sequence[Person]:
    """Everybody a message can reach."""
    rows = await session.scalars(
        select(Person)
        .where(
            Person.telegram_id.is_not(None),
            Person.reachable,
            Person.blocked_at.is_(None),
            Person.forgotten_at.is_(None),
        )
        .order_by(Person.id)
    )
    return rows.all()
