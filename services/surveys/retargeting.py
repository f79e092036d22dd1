"""Another audience for a published questionnaire: who has begun may finish, who is new is invited
once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from db.models.people import Person
from db.models.surveys import Survey
from db.stores import jobs, people, survey_audiences, surveys
from db.work import Work
from services import clock, notice_hours
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Permission, Role
from services.surveys import answering, audiences, quotas
from services.surveys.reminding import ANY

_BREATH = 200


async def retarget(
    work: Work,
    by: Actor,
    survey: Survey,
    *,
    communities: Sequence[int],
    roles: Sequence[str],
    clubs: Sequence[int],
) -> None:
    """Whom it is for from now on; a list of people, where there is one, stays.

    Raises Refusal: common.not_there for a draft, which is told when it is published.
    """
    by.require(Permission.SURVEY_EDIT)
    if survey.state == "draft":
        raise Refusal("common.not_there")
    before = dict(survey.audience)
    limits = {"communities": list(communities), "roles": list(roles), "clubs": list(clubs)}
    after = {**before, **limits}
    if after == before:
        return
    survey.audience = after
    now = clock.now()
    hours = await notice_hours.of(work)
    payload = {"survey_id": survey.id, "before": before}
    await jobs.add(
        work.session, "survey_invite", payload, now=now, not_before=hours.end_of_quiet(now)
    )
    await people.note(work.session, by.person_id, "survey:audience", "survey", survey.id, now=now)


async def newcomers(
    work: Work, survey_id: int, before: Mapping[str, Any]
) -> tuple[Survey, list[Person]] | None:
    """Those it is for now and was not for before, who can be told and have not answered; None
    where it cannot be answered now."""
    survey = await surveys.by_id(work.session, survey_id)
    if survey is None or survey not in await surveys.open_at(work.session, clock.now()):
        return None
    now = await audiences.members(work, survey)
    then = await audiences.members(work, Survey(id=survey.id, audience=dict(before)))
    done = await surveys.participant_hashes(work.session, survey.id)
    muted = await survey_audiences.mutes(work.session)
    full = await quotas.full(work, survey)
    by_role = bool(survey.audience.get("roles") or before.get("roles"))
    found = []
    for number, person in enumerate(await surveys.who_can_be_told(work.session)):
        if not number % _BREATH:
            await asyncio.sleep(0)
        by = await _actor(work, person, by_role=by_role)
        if (
            now.include(person, by)
            and not then.include(person, by)
            and by.community_id not in full
            and muted.isdisjoint({(person.id, ANY), (person.id, survey.id)})
            and done.isdisjoint(answering.person_hashes(survey, person.id))
        ):
            found.append(person)
    return survey, found


async def _actor(work: Work, person: Person, *, by_role: bool) -> Actor:
    held = await people.roles_of(work.session, person.id) if by_role else ()
    return Actor(person.id, tuple(HeldRole(Role(row.role)) for row in held), person.community_id)
