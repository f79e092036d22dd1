"""Publishing an activity: whom to tell of it, how many they are, and telling them."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from db.models.activities import Activity
from db.stores import activities as rows
from db.stores import clubs as club_rows
from db.stores import people as person_rows
from db.stores.activities import Wanted
from db.work import Work
from services import clock
from services.activities import planning
from services.clubs import membership as clubs
from services.errors import Refusal
from services.permissions import Actor, Permission

_BETWEEN_SKILLS: Final = re.compile(r"[\s,;/、，；。]+")


class Audience(StrEnum):
    """Whom one can tell of an activity."""

    CLUB = "club"
    """The members of the club that it belongs to."""
    FIT = "fit"
    """On the roster of its community: of its category, with the skill, old enough."""
    HOME = "home"
    """On the roster of its community and old enough."""
    STREET = "street"
    """As FIT, in the whole street: for whoever plans for the whole street."""
    NOBODY = "nobody"


async def choices(work: Work, by: Actor, activity: Activity) -> dict[Audience, int]:
    """Whom the actor may tell, and how many people that would be now."""
    return {
        audience: len(await people(work, by, activity, audience))
        for audience in Audience
        if audience is not Audience.NOBODY and _is_open(by, activity, audience)
    }


def _is_open(by: Actor, activity: Activity, audience: Audience) -> bool:
    if audience is Audience.STREET:
        return by.communities(Permission.ACTIVITY_CREATE) is None
    return audience is not Audience.CLUB or activity.club_id is not None


async def people(work: Work, by: Actor, activity: Activity, audience: Audience) -> list[int]:
    """Ids of the people who would be told, without whoever tells them."""
    if audience is Audience.NOBODY:
        return []
    if audience is Audience.CLUB:
        found: Sequence[int] = await _of_club(work, activity)
    else:
        found = await rows.fitting(work.session, _wanted(activity, audience))
    return [person_id for person_id in found if person_id != by.person_id]


async def _of_club(work: Work, activity: Activity) -> list[int]:
    club = await club_rows.by_id(work.session, activity.club_id or 0)
    if club is None or club.closed_at is not None:
        return []
    reached = (await clubs.audience(work, club)).reached
    return sorted(await person_rows.chats_of(work.session, reached))


def _wanted(activity: Activity, audience: Audience) -> Wanted:
    everywhere, all_kinds = audience is Audience.STREET, audience is Audience.HOME
    skills = _BETWEEN_SKILLS.split(activity.skill or "")
    born = clock.local(activity.starts_at).year - activity.min_age if activity.min_age else None
    return Wanted(
        community_id=None if everywhere else activity.community_id,
        category=None if all_kinds else activity.category,
        skills=() if all_kinds else tuple(one for one in skills if one),
        born_until=born,
    )


async def publish(
    work: Work, by: Actor, activity_id: int, audience: Audience
) -> tuple[list[Activity], int]:
    """Open the sign-up, of a weekly one for all weeks, and tell this audience of the first.

    Each person hears of it at most once. Returns what was opened and how many were told. Raises
    Refusal: common.not_there, common.not_allowed, activities.moved_on.
    """
    opened = await planning.publish(work, by, activity_id)
    first = opened[0]
    if not _is_open(by, first, audience):
        raise Refusal("common.not_allowed")
    told = await people(work, by, first, audience)
    facts = {**planning.told(first), "times": len(opened), "opens": ""}
    if first.opens_at is not None and first.opens_at > clock.now():
        facts["opens"] = first.opens_at
    for person_id in told:
        work.broadcast(person_id, "activities.published", once=f"activity:{first.id}", **facts)
    if first.leader_id != by.person_id:
        work.notify(first.leader_id, "activities.you_lead", **planning.told(first))
    return opened, len(told)
