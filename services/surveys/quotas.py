"""How many answers each community gave, against what is wanted of it; the quota that stops."""

from collections import Counter
from dataclasses import dataclass

from db.models.surveys import Survey
from db.stores import forms, surveys
from db.work import Work
from services import places
from services.errors import Refusal
from services.permissions import Actor

SMALLEST = 5
"""Fewer answers than this are not shown: somebody could be recognised."""


async def by_community(work: Work, survey: Survey) -> dict[int | None, int]:
    """How many answers came from each community, those that nobody may read yet too."""
    if survey.once:
        return await surveys.participants(work.session, survey.id)
    counts = Counter(await surveys.responses_by_community(work.session, survey.id))
    for row in await surveys.waiting(work.session, survey.id):
        counts[row.answer["community"]] += 1
    return dict(counts)


@dataclass(frozen=True)
class Standing:
    """A community: how many answers came from it, and how many are wanted (0: none said)."""

    name: str
    count: int
    target: int
    full: bool = False


async def standings(work: Work, survey: Survey) -> list[Standing]:
    """Communities with a target first, in its order, then those with SMALLEST answers or more."""
    counts = await by_community(work, survey)
    names = {one.id: one.name for one in await places.communities(work)}
    stopped = await full(work, survey)
    wanted = {int(key): target for key, target in survey.targets.items()}
    found = [
        Standing(names[key], counts.get(key, 0), target, key in stopped)
        for key, target in wanted.items()
        if key in names
    ]
    others = sorted(counts.items(), key=lambda pair: -pair[1])
    return found + [
        Standing(names.get(key or 0, ""), count, 0)
        for key, count in others
        if count >= SMALLEST and key not in wanted
    ]


async def has_room(work: Work, by: Actor, survey: Survey) -> bool:
    """Whether their community has not given all that was wanted of it yet.

    Whoever has begun before that may finish: nobody fills in a questionnaire in vain.
    """
    if by.community_id is None or by.community_id not in await full(work, survey):
        return True
    return await forms.open_of(work.session, by.person_id, "survey", str(survey.id)) is not None


async def require_room(work: Work, by: Actor, survey: Survey) -> None:
    """Raises Refusal("surveys.full", community)."""
    if not await has_room(work, by, survey):
        community = await places.community(work, by.community_id or 0)
        raise Refusal("surveys.full", community=community.name)


async def full(work: Work, survey: Survey) -> frozenset[int]:
    """The communities that have given all that is wanted, where the quota stops."""
    if not survey.stops:
        return frozenset()
    counts = await by_community(work, survey)
    wanted = {int(key): target for key, target in survey.targets.items()}
    return frozenset(key for key, target in wanted.items() if counts.get(key, 0) >= target)
