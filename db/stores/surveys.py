"""Rows of questionnaires, of who has answered, and of the answers."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.people import Person
from db.models.surveys import Survey, SurveyBuffered, SurveyParticipation, SurveyResponse

PART = 250


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


async def responses(session: AsyncSession, survey_id: int) -> Sequence[SurveyResponse]:
    """The answers that may be seen."""
    return [row async for part in responses_in_parts(session, survey_id) for row in part]


async def responses_in_parts(
    session: AsyncSession, survey_id: int
) -> AsyncIterator[Sequence[SurveyResponse]]:
    """The same by PART, as each is unsealed on the event loop."""
    statement = select(SurveyResponse).where(SurveyResponse.survey_id == survey_id)
    stream = await session.stream_scalars(statement.execution_options(yield_per=PART))
    async for part in stream.partitions(PART):
        yield part


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
