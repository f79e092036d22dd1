"""Reminders to those who have not begun or not finished: rarely, and never at night."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.models.people import Person
from db.models.surveys import Survey
from db.stores import forms, people, settings, surveys
from db.work import Work
from services import clock
from services.permissions import Actor, HeldRole, Permission, Role
from services.surveys import answering

DAYS = (3, 7, 14, 0)
"""How often reminders may go out, in days; 0 for never. The first one holds until it is set."""
FROM_HOUR, TO_HOUR = 8, 21  # the office's clock
_KEY = "survey_reminders"
_BREATH = 200


@dataclass(frozen=True)
class Reminder:
    """One person, and the questionnaires that wait for them (at most three)."""

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


async def _reminders(work: Work, waiting: Sequence[Survey], round_: str) -> list[Reminder]:
    answered = {one.id: await surveys.participant_hashes(work.session, one.id) for one in waiting}
    begun = {
        one.id: {row.person_id for row in await forms.open_rows(
            work.session, "survey", str(one.id))}
        for one in waiting
    }  # fmt: skip
    made = []
    for number, person in enumerate(await surveys.who_can_be_told(work.session)):
        if not number % _BREATH:
            await asyncio.sleep(0)
        roles = tuple(
            HeldRole(Role(row.role)) for row in await people.roles_of(work.session, person.id)
        ) if any(one.audience.get("roles") for one in waiting) else ()  # fmt: skip
        by = Actor(person.id, roles, person.community_id)
        mine = [
            (one.id, one.title)
            for one in waiting
            if answering.is_for(one, by)
            and (one.once or person.id in begun[one.id])
            and not answered[one.id] & set(answering.person_hashes(one, person.id))
        ]
        if mine:
            made.append(Reminder(person, tuple(mine[:3]), round_))
    return made
