"""Voluntary service of a year in figures: by category, by community, by month."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from db.stores import jobs, places
from db.stores import recognition as rows
from db.stores.recognition import Served
from db.work import Work
from services import clock, recognition
from services.errors import Refusal
from services.permissions import Actor, Permission


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
    """A year: all together, by category, by community of the activity, by month (1 to 12).

    `roster` says how many active volunteers a community has.
    """

    year: int
    whole: Sum
    by_category: dict[str, Sum]
    by_community: dict[int, Sum]
    by_month: dict[int, Sum]
    roster: dict[int, int]


async def order(work: Work, by: Actor, year: int, *, chat_id: int) -> None:
    """A job counts and sends pictures and a workbook. Raises Refusal: common.not_there."""
    by.require(Permission.VOLUNTEER_VIEW)
    reach = by.communities(Permission.VOLUNTEER_VIEW)
    if reach is not None and not reach:
        raise Refusal("common.not_allowed")
    recognition.year(year)
    payload = {
        "year": year,
        "chat_id": chat_id,
        "communities": None if reach is None else sorted(reach),
    }
    key = f"recognition_statistics:{by.person_id}:{year}"
    await jobs.add(work.session, "recognition_statistics", payload, now=clock.now(), key=key)


async def of_year(work: Work, year: int, communities: Collection[int] | None) -> Statistics:
    """The figures of a year in the activities of these communities (None: all)."""
    period = recognition.year(year)
    served = await rows.served(
        work.session, since=period.since, before=period.before, communities=communities
    )
    known = [
        one.id
        for one in await places.communities(work.session)
        if communities is None or one.id in communities
    ]
    roster = await rows.headcount(work.session, communities)
    return summed(year, served, known, roster)


def summed(
    year: int, served: Iterable[Served], communities: Iterable[int], roster: dict[int, int]
) -> Statistics:
    """Add up the services; communities without any stand with nought."""
    found = Statistics(
        year, Sum(), {}, {one: Sum() for one in communities}, {m: Sum() for m in range(1, 13)},
        roster,
    )  # fmt: skip
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
