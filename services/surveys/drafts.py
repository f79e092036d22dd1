"""Writing questionnaires: drafts from workbooks, publishing, cloning, new versions."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from db.models.surveys import Survey
from db.stores import survey_audiences, surveys
from db.work import Work
from services import clock, fillings, places
from services.errors import Refusal
from services.forms.documents import MEDIA, Document, Kind
from services.permissions import Actor, Permission

IDENTIFYING = frozenset({Kind.CONTACT, Kind.PLACE, Kind.LOCATION, *MEDIA})
"""Questions whose answers tell who somebody is: none of them in an anonymous questionnaire."""


@dataclass(frozen=True)
class Publication:
    """How a questionnaire is opened: dates of the office's calendar, both ends included."""

    anonymous: bool
    once: bool
    opens: date | None = None
    closes: date | None = None
    communities: Sequence[int] = ()
    roles: Sequence[str] = ()
    clubs: Sequence[int] = ()
    target: int = 0
    """How many answers are wanted of each community; 0 for no target."""
    stops: bool = False
    """Whether a community that has given so many is not asked any more."""


async def create(work: Work, by: Actor, document: Document) -> Survey:
    """A draft of a document; nobody sees it before it is published."""
    by.require(Permission.SURVEY_EDIT)
    code = f"{document.name[:40]}-{secrets.token_hex(4)}"
    survey = Survey(
        code=code,
        title=(document.title.said() or document.name)[:200],
        document_id=await fillings.publish(work, document, f"survey:{code}"),
        state="draft",
        anonymous=True,
        once=True,
        audience={},
        targets={},
        created_by=by.person_id or None,
        created_at=clock.now(),
    )
    work.session.add(survey)
    await work.session.flush()
    return survey


async def clone(work: Work, by: Actor, survey: Survey) -> Survey:
    """A draft with the same questions, audience and targets, and no answers."""
    made = await create(work, by, await fillings.document(work, survey.document_id))
    made.anonymous, made.once = survey.anonymous, survey.once
    made.audience, made.targets = dict(survey.audience), dict(survey.targets)
    made.stops = survey.stops
    await work.session.flush()
    await survey_audiences.copy_invitees(work.session, survey.id, made.id)
    return made


async def publish(work: Work, by: Actor, survey: Survey, how: Publication) -> None:
    """Open a draft to those it is for.

    Raises Refusal: survey_desk.not_a_draft, survey_desk.dates_crossed,
    survey_desk.tells_who (question): an anonymous questionnaire asks nothing that tells who it is.
    """
    by.require(Permission.SURVEY_EDIT)
    if survey.state != "draft":
        raise Refusal("survey_desk.not_a_draft")
    if how.anonymous:
        await _require_harmless(work, survey)
    survey.anonymous, survey.once = how.anonymous, how.once
    _schedule(survey, how.opens, how.closes)
    limits = {"communities": list(how.communities), "roles": list(how.roles),
              "clubs": list(how.clubs)}  # fmt: skip
    survey.audience = {**survey.audience, **limits}
    survey.targets = await _targets(work, how)
    survey.stops = how.stops
    survey.state = "open"
    await work.session.flush()


async def _targets(work: Work, how: Publication) -> dict[str, int]:
    """The same for each community it is for; for the whole street, for each there is."""
    if not how.target:
        return {}
    every = [one.id for one in await places.communities(work)]
    return {str(one): how.target for one in how.communities or every}


def _schedule(survey: Survey, opens: date | None, closes: date | None) -> None:
    if closes and closes < (opens or clock.today()):
        raise Refusal("survey_desk.dates_crossed")
    survey.opens_at = _midnight(opens) if opens else None
    survey.closes_at = _midnight(closes + timedelta(days=1)) if closes else None


async def reschedule(
    work: Work, by: Actor, survey: Survey, *, opens: date | None, closes: date | None
) -> None:
    """Other days for a questionnaire that is published. Raises Refusal: common.not_there,
    survey_desk.dates_crossed."""
    by.require(Permission.SURVEY_EDIT)
    if survey.state == "draft":
        raise Refusal("common.not_there")
    _schedule(survey, opens, closes)
    await work.session.flush()


async def set_target(work: Work, by: Actor, survey: Survey, community_id: int, target: int) -> None:
    """How many answers are wanted of one community; 0 for no target."""
    by.require(Permission.SURVEY_EDIT)
    others = {key: one for key, one in survey.targets.items() if key != str(community_id)}
    survey.targets = others | ({str(community_id): target} if target else {})
    await work.session.flush()


async def set_stops(work: Work, by: Actor, survey: Survey, *, on: bool) -> None:
    """Whether a community that has given what is wanted of it is not asked any more."""
    by.require(Permission.SURVEY_EDIT)
    survey.stops = on
    await work.session.flush()


def days(survey: Survey) -> tuple[date | None, date | None]:
    """The first and the last day, as they were said."""
    last = survey.closes_at - timedelta(minutes=1) if survey.closes_at else None
    opens = clock.local(survey.opens_at).date() if survey.opens_at else None
    return opens, clock.local(last).date() if last else None


async def _require_harmless(work: Work, survey: Survey) -> None:
    document = await fillings.document(work, survey.document_id)
    for question in document.questions():
        if question.kind in IDENTIFYING:
            raise Refusal("survey_desk.tells_who", question=question.label.said() or question.name)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.zone())


async def namesakes(work: Work, draft: Survey) -> list[Survey]:
    """Published questionnaires of the same form name: the draft may be a new version of one."""
    name = (await fillings.document(work, draft.document_id)).name
    found = []
    for survey in await surveys.all_of(work.session):
        if survey.id != draft.id and survey.state != "draft":
            document = await fillings.document(work, survey.document_id)
            if document.name == name:
                found.append(survey)
    return found


async def become_version(work: Work, by: Actor, draft: Survey, of: Survey) -> None:
    """Give a questionnaire the draft's questions from now on; fillings under way keep theirs."""
    by.require(Permission.SURVEY_EDIT)
    if draft.state != "draft" or of not in await namesakes(work, draft):
        raise Refusal("survey_desk.not_a_draft")
    if of.anonymous:
        await _require_harmless(work, draft)
    document = await fillings.document(work, draft.document_id)
    of.document_id = await fillings.publish(work, document, f"survey:{of.code}")
    of.title = draft.title
    await _remove(work, draft)


async def drop(work: Work, by: Actor, draft: Survey) -> None:
    """Throw a draft away. Raises Refusal("survey_desk.not_a_draft") for anything else."""
    by.require(Permission.SURVEY_EDIT)
    if draft.state != "draft":
        raise Refusal("survey_desk.not_a_draft")
    await _remove(work, draft)


async def _remove(work: Work, draft: Survey) -> None:
    await survey_audiences.clear_invitees(work.session, draft.id)
    await surveys.remove(work.session, draft)
