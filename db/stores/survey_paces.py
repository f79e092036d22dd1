"""Rows of how people go through a questionnaire: traces that wait, and sums over everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.engine import insert_for
from db.models.surveys import SurveyPace, SurveyTrace

_PART = 100  # rows an insert: databases limit the parameters of a statement


@dataclass
class Sums:
    """What is added to a question's row: answers that were timed, their seconds, stops."""

    timed: int = 0
    seconds: int = 0
    stopped: int = 0


async def keep(session: AsyncSession, trace: SurveyTrace) -> None:
    session.add(trace)
    await session.flush()


async def traces(session: AsyncSession, survey_id: int) -> Sequence[SurveyTrace]:
    """What waits to be added up; locked."""
    rows = await session.scalars(
        select(SurveyTrace).where(SurveyTrace.survey_id == survey_id).with_for_update()
    )
    return rows.all()


async def add_up(
    session: AsyncSession, survey_id: int, sums: Mapping[tuple[int, str], Sums]
) -> None:
    """Add to the rows of these documents and questions; the traces they came from are deleted."""
    rows = [
        {"survey_id": survey_id, "document_id": document_id, "question": question,
         "timed": one.timed, "seconds": one.seconds, "stopped": one.stopped}
        for (document_id, question), one in sorted(sums.items())
    ]  # fmt: skip
    for start in range(0, len(rows), _PART):
        statement = insert_for(session, SurveyPace).values(rows[start : start + _PART])
        new = statement.excluded
        added = {
            key: getattr(SurveyPace, key) + getattr(new, key)
            for key in ("timed", "seconds", "stopped")
        }
        keys = ["survey_id", "document_id", "question"]
        await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=added))
    await session.execute(delete(SurveyTrace).where(SurveyTrace.survey_id == survey_id))


async def sums(session: AsyncSession, survey_id: int) -> dict[str, Sums]:
    """The sums of each question over all versions."""
    rows = await session.execute(
        select(
            SurveyPace.question,
            func.sum(SurveyPace.timed),
            func.sum(SurveyPace.seconds),
            func.sum(SurveyPace.stopped),
        )
        .where(SurveyPace.survey_id == survey_id)
        .group_by(SurveyPace.question)
    )
    return {row[0]: Sums(int(row[1]), int(row[2]), int(row[3])) for row in rows}
