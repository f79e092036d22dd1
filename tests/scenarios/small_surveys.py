"""A questionnaire of a few questions, published as a test needs it."""

from typing import Any

from db.stores import surveys
from db.work import Work
from services.forms.documents import Document
from services.forms.handwritten import from_mapping
from services.permissions import Actor, HeldRole, Role
from services.surveys import drafts
from services.surveys.drafts import Publication
from tests.telegram import Somebody, Town

ADMIN = Actor(0, (HeldRole(Role.ADMIN),))
SMALL: dict[str, Any] = {
    "name": "small",
    "title": "三题小问卷",
    "question": [
        {
            "name": "clean",
            "kind": "choose_one",
            "label": "楼道干净吗?",
            "required": True,
            "choices": [["yes", "干净"], ["no", "不干净"]],
        },
        {
            "name": "lights",
            "kind": "choose_one",
            "label": "楼道灯亮吗?",
            "required": True,
            "choices": [["on", "亮"], ["off", "不亮"]],
        },
        {
            "name": "where",
            "kind": "choose_several",
            "label": "哪里要修?",
            "required": True,
            "choices": [["stairs", "楼梯"], ["door", "门"], ["wall", "墙"]],
        },
    ],
}


async def published(
    town: Town, how: Publication, document: dict[str, Any] | Document = SMALL
) -> int:
    """The id of a questionnaire that is open now."""
    async with town.database.write() as session:
        work = Work(session)
        whole = from_mapping(document) if isinstance(document, dict) else document
        survey = await drafts.create(work, ADMIN, whole)
        await drafts.publish(work, ADMIN, survey, how)
        return survey.id


async def drop_starters(town: Town) -> None:
    """Only the test's own questionnaires are open."""
    async with town.database.write() as session:
        for survey in await surveys.all_of(session):
            survey.state = "closed"


async def answers(who: Somebody, survey_id: int, picks: str = "干净 亮 楼梯") -> None:
    """From the link to the thanks."""
    await who.sends(f"/start svy_{survey_id}")
    await who.taps("开始答")
    await picks_and_hands_in(who, picks)


async def picks_and_hands_in(who: Somebody, picks: str) -> None:
    clean, lights, where = picks.split()
    await who.presses(who.screen[-1].buttons[clean])
    await who.presses(who.screen[-1].buttons[lights])
    await who.taps(where)
    await who.taps("选好了")
    await who.taps("交上去")
