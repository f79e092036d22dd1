"""Reminders to those who have not begun or not finished: rarely, and never at night."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.models.people import Person
from db.models.surveys import Survey
from db.stores import forms, people, settings, survey_audiences, surveys
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Permission, Role
from services.surveys import answering, audiences, quotas

DAYS = (3, 7, 14, 0)
"""How often reminders may go out, in days; 0 for never. The first one holds until it is set."""
FROM_HOUR, TO_HOUR = 8, 21  # the office's clock
_KEY = "survey_reminders"
_BREATH = 200
ANY = 0
"""In the place of a questionnaire's id: all of them."""
MOST = 3
"""Questionnaires in one reminder: each has two buttons."""


@dataclass(frozen=True)
class Reminder:
    """One person, and the questionnaires that wait for them (at most MOST)."""

    person: Person
    surveys: tuple[tuple[int, str], ...]
    round: str


async def days(work: Work) -> int:
    """How often people are reminded at most."""
    kept = await settings.value(work.session, _KEY) or {}
    return int(kept.get("days", DAYS[0]))


async def set_next(work: Work, by: Actor) -> int:
    """Go on to the next of DAYS."""
    by.require(Permission.SURVEY_EDIT)
    new = DAYS[(DAYS.index(await days(work)) + 1) % len(DAYS)]
    kept = await settings.value(work.session, _KEY) or {}
    await settings.put(work.session, _KEY, kept | {"days": new}, now=clock.now())
    return new


async def due(work: Work) -> list[Reminder]:
    """Whom to remind now; the round is noted, so that the next one is days away.

    A round is a single message a person, whatever the number of questionnaires. A questionnaire is
    not reminded of in the first days after it opened.
    """
    every = await days(work)
    now = clock.now()
    if not every or not FROM_HOUR <= clock.local(now).hour < TO_HOUR:
        return []
    kept = await settings.value(work.session, _KEY) or {}
    pause = timedelta(days=every)
    if "last" in kept and clock.local(now).date() < clock.day(kept["last"]) + pause:
        return []
    waiting = [
        one
        for one in await surveys.open_at(work.session, now)
        if (one.opens_at or one.created_at) <= now - pause
    ]
    if not waiting:
        return []
    today = clock.today().isoformat()
    await settings.put(work.session, _KEY, kept | {"last": today}, now=now)
    return await _reminders(work, waiting, today)


@dataclass(frozen=True)
class _Waiting:
    """A questionnaire that waits for people: whom it is for, who has begun, who is done."""

    survey: Survey
    audience: audiences.Members
    begun: Collection[int]
    done: frozenset[str]
    full: Collection[int]

    def is_for(self, person: Person, by: Actor) -> bool:
        """Whether this person can answer it and has not: a repeatable one only once begun."""
        has_begun = person.id in self.begun
        return (
            (self.survey.once or has_begun)
            and (has_begun or by.community_id not in self.full)
            and self.audience.include(person, by)
            and self.done.isdisjoint(answering.person_hashes(self.survey, person.id))
        )


async def _waiting(work: Work, survey: Survey) -> _Waiting:
    begun = await forms.open_rows(work.session, "survey", str(survey.id))
    return _Waiting(
        survey,
        await audiences.members(work, survey),
        frozenset(row.person_id for row in begun),
        frozenset(await surveys.participant_hashes(work.session, survey.id)),
        await quotas.full(work, survey),
    )


async def _reminders(work: Work, open_now: Sequence[Survey], round_: str) -> list[Reminder]:
    waiting = [await _waiting(work, one) for one in open_now]
    by_role = any(one.audience.get("roles") for one in open_now)
    muted = await survey_audiences.mutes(work.session)
    made = []
    for number, person in enumerate(await surveys.who_can_be_told(work.session)):
        if not number % _BREATH:
            await asyncio.sleep(0)
        if (person.id, ANY) in muted:
            continue
        held = await people.roles_of(work.session, person.id) if by_role else ()
        roles = tuple(HeldRole(Role(row.role)) for row in held)
        by = Actor(person.id, roles, person.community_id)
        mine = [
            (one.survey.id, one.survey.title)
            for one in waiting
            if (person.id, one.survey.id) not in muted and one.is_for(person, by)
        ]
        if mine:
            made.append(Reminder(person, tuple(mine[:MOST]), round_))
    return made


# -- what somebody does not want to be reminded of ------------------------------------------------


async def set_muted(work: Work, by: Actor, survey_id: int, *, on: bool) -> None:
    """Remind somebody no more of one questionnaire (ANY: of none at all), or again."""
    if survey_id != ANY and await surveys.by_id(work.session, survey_id) is None:
        raise Refusal("common.not_there")
    change = survey_audiences.mute if on else survey_audiences.unmute
    await change(work.session, by.person_id, survey_id)


async def is_muted(work: Work, by: Actor) -> bool:
    """Whether somebody wants no reminders at all."""
    return ANY in await survey_audiences.muted_by(work.session, by.person_id)
