"""The starter questionnaires, and example answers so that the demo has something to show."""

import random
import secrets
from collections.abc import Mapping
from typing import Any

from db.models.surveys import Survey
from db.stores import surveys
from db.work import Work
from services import clock, fillings
from services.forms import fillings as engine
from services.forms.documents import Document, Kind
from services.forms.givens import Given
from services.forms.handwritten import from_mapping
from services.forms.steps import Step

EXAMPLES = 25


async def load(work: Work, rows: Mapping[str, dict[str, Any]], *, examples: bool) -> None:
    """Enter each questionnaire by its code; a changed text becomes a new version."""
    for code, row in rows.items():
        document = from_mapping(_document_part(row))
        document_id = await fillings.publish(work, document, f"survey:{code}")
        known = await surveys.by_code(work.session, code)
        if known is not None:
            known.document_id = document_id
            continue
        survey = Survey(
            code=code,
            title=document.title.said(),
            document_id=document_id,
            state="open",
            anonymous=bool(row.get("anonymous", True)),
            once=True,
            audience={},
            targets={},
            created_at=clock.now(),
        )
        work.session.add(survey)
        await work.session.flush()
        if examples:
            await _add_examples(work, survey, document)


def _document_part(row: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs to the document itself: not who it is for, nor where an item comes from."""
    questions = [
        {key: value for key, value in question.items() if key != "source"}
        for question in row["question"]
    ]
    rest = {key: value for key, value in row.items() if key not in ("anonymous", "question")}
    return rest | {"question": questions}


async def _add_examples(work: Work, survey: Survey, document: Document) -> None:
    chance = random.Random(survey.code)
    rows = [
        {
            "id": secrets.token_hex(16),
            "survey_id": survey.id,
            "document_id": survey.document_id,
            "person_id": None,
            "community_id": None,
            "for_another": False,
            "answer": _example(document, chance),
            "example": True,
        }
        for _ in range(EXAMPLES)
    ]
    await surveys.publish(work.session, rows, on=clock.today(), from_buffer=None)


def _example(document: Document, chance: random.Random) -> dict[str, Any]:
    """Somebody who presses their way through at random and writes nothing."""
    filling = engine.begin(document, secrets.token_hex(4))
    while (step := engine.current(filling)) is not None:
        for press in _presses(step, chance):
            filling = engine.answer(filling, Given(press=press))
    return engine.submit(filling)


def _presses(step: Step, chance: random.Random) -> list[str]:
    if step.kind is Kind.CHOOSE_SEVERAL:
        return [f"+{chance.randrange(len(step.options))}", "ok"]
    if step.options:
        return [str(chance.randrange(len(step.options)))]
    return ["ok"] if step.kind in (Kind.NOTE, Kind.ACKNOWLEDGE) else ["skip"]
