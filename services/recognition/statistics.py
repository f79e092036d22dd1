"""Voluntary service of a year in figures: by category, by community, by month."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from db.stores import jobs, places
from db.stores import recognition as rows
from db.stores.recognition import Served
from db.work import Work
from services import clock, privacy
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.recognition import standing


@dataclass
class Sum:
    """What was done in a group: half hours, services (人次), activities, people."""

    half_hours: int = 0
    services: int = 0
    activities: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)

    def add(self, one: Served) -> None:
        self.half_hours += one.half_hours
        self.services += 1
        self.activities.add(one.activity_id)
        self.people.add(one.volunteer_id)


@dataclass(frozen=True)
class Statistics:
    """A year: all together, by category, by community of the activity, by month (1 to 12)."""

    year: int
    whole: Sum
    by_category: dict[str, Sum]
    by_community: dict[int, Sum]
    by_month: dict[int, Sum]


@dataclass(frozen=True)
class Reached:
    """An active volunteer, the half hours that count ever, and the level they reach (0: none).

    The name is masked: the number leads staff to the rest.
    """

    number: str
    name: str
    community_id: int | None
    half_hours: int
    level: int


async def order(work: Work, by: Actor, year: int, *, chat_id: int) -> None:
    """A job counts and sends pictures and a workbook. Raises Refusal: common.not_there."""
    by.require(Permission.VOLUNTEER_VIEW)
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    if reach is not None and not reach:
        raise Refusal("common.not_allowed")
    standing.year(year)
    payload = {
        "year": year,
        "chat_id": chat_id,
        "communities": None if reach is None else sorted(reach),
    }
    key = f"recognition_statistics:{by.person_id}:{year}"
    await jobs.add(work.session, "recognition_statistics", payload, now=clock.now(), key=key)


async def of_year(work: Work, year: int, communities: Collection[int] | None) -> Statistics:
    """The figures of a year in the activities of these communities (None: all)."""
    period = standing.year(year)
    served = await rows.served(
        work.session, since=period.since, before=period.before, communities=communities
    )
    known = [
        one.id
        for one in await places.communities(work.session)
        if communities is None or one.id in communities
    ]
    return summed(year, served, known)


async def levels(work: Work, communities: Collection[int] | None) -> list[Reached]:
    """Who on the roster of these communities (None: all) has reached what, the most hours first."""
    thresholds = (await standing.rules(work)).levels
    served = await rows.half_hours(work.session)
    found = []
    for row in await rows.roster(work.session, communities):
        halves = row.brought_half_hours + served.get(row.id, 0)
        level = standing.standing(halves, thresholds).level
        name = privacy.mask_name(row.name)
        found.append(Reached(row.number or "", name, row.community_id, halves, level))
    return sorted(found, key=lambda one: (-one.half_hours, one.number))


def summed(year: int, served: Iterable[Served], communities: Iterable[int]) -> Statistics:
    """Add up the services; communities and months without any stand with nought."""
    by_community = {one: Sum() for one in communities}
    found = Statistics(year, Sum(), {}, by_community, {month: Sum() for month in range(1, 13)})
    for one in served:
        month = clock.local(one.starts_at).month
        for group in (
            found.whole,
            found.by_category.setdefault(one.category, Sum()),
            found.by_community.setdefault(one.community_id, Sum()),
            found.by_month[month],
        ):
            group.add(one)
    return found
