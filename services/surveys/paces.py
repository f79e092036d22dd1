"""Time a question and where people stop: only as sums over many, so that nobody is found in them.

While somebody fills in, their seconds lie sealed in their own filling. When it ends they become a
sealed trace without a person, and once a batch of traces is there they are added up in a
transaction of its own and deleted (a row tells which transaction wrote it).
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from db.models.surveys import Survey, SurveyTrace
from db.stores import forms, jobs, survey_paces, surveys
from db.stores.survey_paces import Sums
from db.work import Work
from services import clock, fillings
from services.fillings import Open, Submission
from services.forms import fillings as engine
from services.surveys import tallies
from services.surveys.answering import BATCH
from services.surveys.quotas import SMALLEST

FORM = "survey"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Pace:
    """One question: seconds an answer takes on average, how many stopped there and what share of
    those who began (percent). None where it would be about too few people."""

    label: str
    seconds: int | None
    stopped: int | None
    share: int


async def finished(work: Work, submission: Submission) -> None:
    """Somebody handed in."""
    await _trace(work, int(submission.subject), submission.document_id, submission.paces, None)


async def gave_up(work: Work, one: Open) -> None:
    """Somebody gave up, or left it for so long that it is closed."""
    if one.row.form != FORM:
        return
    step = engine.current(one.filling)
    stopped = step.name if step else ""
    await _trace(work, int(one.row.subject), one.row.document_id, one.row.seconds or {}, stopped)


async def _trace(
    work: Work,
    survey_id: int,
    document_id: int,
    seconds: Mapping[str, int | None],
    stopped: str | None,
) -> None:
    measured = {name[:LONGEST_NAME]: one for name, one in seconds.items() if one is not None}
    row = SurveyTrace(
        id=secrets.token_hex(16),
        survey_id=survey_id,
        document_id=document_id,
        trace={"seconds": measured, "stopped": stopped},
    )
    await survey_paces.keep(work.session, row)
    await jobs.add(work.session, "survey_batch", {"survey_id": survey_id}, now=clock.now())


async def add_up(work: Work, survey_id: int) -> int:
    """Add up the traces that wait, if they are enough; how many. Other transactions wrote them."""
    survey = await surveys.by_id(work.session, survey_id)
    if survey is None:
        return 0
    waiting = await survey_paces.traces(work.session, survey_id)
    if len(waiting) < _enough(survey):
        return 0
    made: dict[tuple[int, str], Sums] = defaultdict(Sums)
    for row in waiting:
        for name, seconds in row.trace["seconds"].items():
            one = made[row.document_id, name]
            one.timed += 1
            one.seconds += seconds
        if row.trace["stopped"] is not None:
            made[row.document_id, row.trace["stopped"][:LONGEST_NAME]].stopped += 1
    await survey_paces.add_up(work.session, survey_id, made)
    return len(waiting)


def _enough(survey: Survey) -> int:
    """Traces that make a batch; the last ones of a closed questionnaire may be fewer."""
    if not survey.anonymous:
        return 1
    return SMALLEST if survey.state == "closed" else BATCH


async def of_questions(work: Work, survey: Survey) -> list[Pace]:
    """The questions of the newest version in order, over all versions by name."""
    sums = await survey_paces.sums(work.session, survey.id)
    standing = await _standing(work, survey)
    ended = await forms.outcomes(work.session, FORM, str(survey.id))
    begun = sum(ended.values())
    document = await fillings.document(work, survey.document_id)
    least = SMALLEST if survey.anonymous else 1
    found = []
    for question in tallies.asked(document):
        one = sums.get(question.name[:LONGEST_NAME], Sums())
        stopped = one.stopped + standing[question.name]
        shown = None if 0 < stopped < least else stopped
        seconds = round(one.seconds / one.timed) if one.timed >= least else None
        share = round(100 * stopped / begun) if begun else 0
        found.append(Pace(question.label.said() or question.name, seconds, shown, share))
    return found


async def _standing(work: Work, survey: Survey) -> Counter[str]:
    """At which question those who have not finished are now."""
    found: Counter[str] = Counter()
    for row in await forms.open_rows(work.session, FORM, str(survey.id)):
        document = await fillings.document(work, row.document_id)
        step = engine.current(engine.Filling.from_json(document, row.state))
        found[step.name if step else ""] += 1
    return found
