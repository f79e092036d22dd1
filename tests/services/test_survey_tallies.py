"""Tallies of a questionnaire: read once, and anew whenever the answers are not the same ones."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from db.engine import Database
from db.models.surveys import SurveyResponse
from db.stores import people, surveys
from db.work import Work
from knowledge import words
from services import clock
from services.fillings import Submission
from services.forms.handwritten import from_mapping
from services.permissions import Actor, HeldRole, Role
from services.surveys import answering, desk, drafts, tallies
from services.surveys.drafts import Publication
from services.surveys.tallies import Tally
from tests.scenarios.small_surveys import SMALL

ADMIN = Actor(0, (HeldRole(Role.ADMIN),))
WRITTEN: dict[str, Any] = {
    "name": "written",
    "title": "一题问卷",
    "question": [{"name": "wish", "kind": "text", "label": "您有什么建议?"}],
}
NAMED = Publication(anonymous=False, once=False)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    tallies.forget_all()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The questionnaires whose answers were read, one entry a time."""
    found: list[int] = []
    read = surveys.responses

    async def noted(session: Any, survey_id: int) -> Any:
        found.append(survey_id)
        return await read(session, survey_id)

    monkeypatch.setattr(surveys, "responses", noted)
    return found


async def _publish(
    database: Database, how: Publication = NAMED, document: dict[str, Any] = SMALL
) -> int:
    async with database.write() as session:
        survey = await drafts.create(Work(session), ADMIN, from_mapping(document))
        await drafts.publish(Work(session), ADMIN, survey, how)
        return survey.id


async def _answer(database: Database, survey_id: int, values: dict[str, Any], who: int = 1) -> int:
    async with database.write() as session:
        person = await people.meet(session, 10_000 + who, now=clock.now())
        survey = await surveys.by_id(session, survey_id)
        assert survey is not None
        given = Submission("survey", str(survey_id), "t", survey.document_id, values, False)
        await answering.hand_in(Work(session), Actor(person.id), given)
        return person.id


async def _look(database: Database, survey_id: int) -> list[Tally]:
    async with database.read() as session:
        survey = await surveys.by_id(session, survey_id)
        assert survey is not None
        return await tallies.of_questions(Work(session), survey)


async def test_the_second_look_reads_no_answer(database: Database, reads: list[int]) -> None:
    survey_id = await _publish(database)
    await _answer(database, survey_id, {"clean": "yes", "lights": "on", "where": ["door"]})
    first = await _look(database, survey_id)
    assert first[0].counts == (("干净", 1), ("不干净", 0))
    assert await _look(database, survey_id) == first
    assert reads == [survey_id]


async def test_a_new_answer_is_seen_at_once(database: Database, reads: list[int]) -> None:
    survey_id = await _publish(database)
    for number, clean in enumerate(("yes", "no", "no"), 1):
        await _answer(database, survey_id, {"clean": clean})
        assert (await _look(database, survey_id))[0].answered == number
    assert (await _look(database, survey_id))[0].counts == (("干净", 1), ("不干净", 2))
    assert len(reads) == 3


async def test_an_answer_that_took_the_place_of_another_is_seen(database: Database) -> None:
    survey_id = await _publish(database, document=WRITTEN)
    gone = await _answer(database, survey_id, {"wish": "多装路灯"}, 1)
    assert (await _look(database, survey_id))[0].texts == ("多装路灯",)
    async with database.write() as session:  # as /forget does
        await session.execute(delete(SurveyResponse).where(SurveyResponse.person_id == gone))
    await _answer(database, survey_id, {"wish": "多种树"}, 2)
    assert (await _look(database, survey_id))[0].texts == ("多种树",)


async def test_a_batch_and_the_close_are_seen(database: Database, reads: list[int]) -> None:
    survey_id = await _publish(database, Publication(anonymous=True, once=True))

    async def batch() -> None:
        async with database.write() as session:
            await answering.shuffle_batch(Work(session), survey_id)

    for who in range(answering.BATCH - 1):
        await _answer(database, survey_id, {"clean": "yes"}, who)
    await batch()
    assert await _look(database, survey_id) == []
    await _answer(database, survey_id, {"clean": "yes"}, 500)
    await batch()
    assert (await _look(database, survey_id))[0].answered == answering.BATCH
    await _answer(database, survey_id, {"clean": "no"}, 501)  # waits: it is not to be seen yet
    before = len(reads)
    assert (await _look(database, survey_id))[0].answered == answering.BATCH
    assert len(reads) == before
    async with database.write() as session:
        survey = await surveys.by_id(session, survey_id)
        assert survey is not None
        await desk.close_survey(Work(session), ADMIN, survey)
    assert (await _look(database, survey_id))[0].counts[1] == ("不干净", 1)


async def test_two_questionnaires_are_kept_apart(database: Database, reads: list[int]) -> None:
    first = await _publish(database)
    second = await _publish(database, document=SMALL | {"name": "other", "title": "另一份"})
    await _answer(database, first, {"clean": "yes"})
    await _answer(database, second, {"clean": "no"})
    for _ in range(2):
        assert (await _look(database, first))[0].counts == (("干净", 1), ("不干净", 0))
        assert (await _look(database, second))[0].counts == (("干净", 0), ("不干净", 1))
    assert reads == [first, second]


async def test_only_so_many_are_kept(
    database: Database, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST_KEPT", 2)
    found = [
        await _publish(database, document=SMALL | {"name": f"n{i}", "title": f"问卷{i}"})
        for i in range(3)
    ]
    for one in found:
        await _answer(database, one, {"clean": "yes"})
        await _look(database, one)
    await _look(database, found[2])
    assert reads == found
    await _look(database, found[0])
    assert reads == [*found, found[0]]


async def test_what_people_wrote_is_dropped_a_while_after_the_last_look(
    database: Database, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "TEXTS_KEPT_SECONDS", 0.01)
    written, counted = await _publish(database, document=WRITTEN), await _publish(database)
    await _answer(database, written, {"wish": "多装路灯"})
    await _answer(database, counted, {"clean": "yes"})
    await _look(database, written)
    await _look(database, counted)
    await asyncio.sleep(0.1)
    assert tallies.kept_count() == 1
    await _look(database, written)
    await _look(database, counted)
    assert reads == [written, counted, written]


async def test_frequent_words_are_counted_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey_id = await _publish(database, document=WRITTEN)
    for who in range(2):
        await _answer(database, survey_id, {"wish": "多装路灯"}, who)
    counted: list[int] = []
    count = words.hot_words

    def noted(texts: list[str], limit: int) -> list[tuple[str, int]]:
        counted.append(len(texts))
        return count(texts, limit)

    monkeypatch.setattr(words, "hot_words", noted)
    for _ in range(2):
        [tally] = await _look(database, survey_id)
        async with database.read() as session:
            survey = await surveys.by_id(session, survey_id)
            assert survey is not None
            found = await tallies.frequent_words(Work(session), survey, tally)
        assert ("路灯", 2) in found
    assert counted == [2]
