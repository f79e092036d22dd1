"""Anonymous answers: whoever holds the whole database links them no better than by chance."""

import random

import pytest
from sqlalchemy import text

from db.engine import Database
from db.models.surveys import Survey, SurveyParticipation, SurveyResponse
from db.stores import people, surveys
from db.work import Work
from services import clock
from services.fillings import Submission
from services.permissions import Actor
from services.surveys import answering

PEOPLE = 200
# Whoever knows the batch guesses one of its twenty right: 10 of 200 are expected by chance, and
# more than 26 has odds under 1 in 10^5.
CHANCE = 26


async def _answer_all(database: Database) -> tuple[int, dict[str, int]]:
    """Everybody answers with their own number, in a random order; who is behind which hash."""
    async with database.write() as session:
        survey: Survey | None = await surveys.by_code(session, "resident")
        assert survey is not None
        rows = [await people.meet(session, 10_000 + i, now=clock.now()) for i in range(PEOPLE)]
    order = list(enumerate(rows))
    random.Random(7).shuffle(order)
    truth = {}
    for number, person in order:
        async with database.write() as session:
            submission = Submission(
                "survey", str(survey.id), "t", survey.document_id, {"n": str(number)}, False
            )
            await answering.hand_in(Work(session), Actor(person.id), submission)
        truth[answering.person_hashes(survey, person.id)[0]] = number
        async with database.write() as session:  # as the job does after every answer
            await answering.shuffle_batch(Work(session), survey.id)
    return survey.id, truth


def _orders(is_sqlite: bool) -> list[str]:
    hidden = [] if is_sqlite else ["ctid", "xmin::text::bigint, ctid"]
    return ["1", *hidden]


@pytest.mark.slow
async def test_joining_by_any_order_of_rows_links_no_more_than_chance(database: Database) -> None:
    survey_id, truth = await _answer_all(database)
    async with database.read() as session:
        answers = {
            row.id: int(row.answer["n"]) for row in await surveys.responses(session, survey_id)
        }
        assert len(answers) == PEOPLE
        for order in _orders(database.is_sqlite):
            by_order = order if order != "1" else ""
            suffix = f" ORDER BY {by_order}" if by_order else ""
            hashes = (
                await session.execute(
                    text(f"SELECT person_hash FROM survey_participations{suffix}")
                )
            ).scalars()
            ids = (
                await session.execute(text(f"SELECT id FROM survey_responses{suffix}"))
            ).scalars()
            pairs = [(truth[h], answers[i]) for h, i in zip(hashes, ids, strict=True)]
            linked = sum(who == what for who, what in pairs)
            assert linked <= CHANCE, f"{linked} of {PEOPLE} linked by {order}"


async def test_the_two_tables_share_no_key_and_no_time(database: Database) -> None:

    shared = set(SurveyParticipation.__table__.columns.keys()) & set(
        SurveyResponse.__table__.columns.keys()
    )
    assert shared == {"survey_id", "community_id"}
    kinds = [str(c.type) for c in SurveyParticipation.__table__.columns]
    assert not any("DATE" in kind or "TIME" in kind for kind in kinds)
