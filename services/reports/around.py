"""Open reports of others near a place: what is public of them, and following one."""

from collections.abc import Sequence

from db.models.reports import Report
from db.stores import places as place_rows
from db.stores import report_lists, reports
from db.work import Work
from services.errors import Refusal
from services.permissions import Actor
from services.places import METRES_A_DEGREE, metres
from services.reports import following
from services.reports.transitions import State

PUBLIC = (State.FILED, State.ASSIGNED, State.IN_PROGRESS, State.HANDLED, State.REOPENED)
"""Taken on by the office and not ended: only these are shown to everybody, never their words."""
WITHIN = 300.0
"""Metres that somebody would walk to look."""
LOOKED_AT = 60
A_FEW = 3


async def near(work: Work, latitude: float, longitude: float) -> list[Report]:
    """Public reports around a point, the nearest first: by their own point or their estate's."""
    here = (latitude, longitude)
    spots = {
        estate.id: (estate.latitude, estate.longitude)
        for estate in await place_rows.estates(work.session)
        if estate.latitude is not None and estate.longitude is not None
        and metres(here, (estate.latitude, estate.longitude)) <= WITHIN
    }  # fmt: skip
    high = WITHIN / METRES_A_DEGREE
    rows = await report_lists.around(
        work.session, here, 2 * high, estates=list(spots), states=PUBLIC, limit=LOOKED_AT
    )
    far = {row.id: metres(here, _spot(row, spots)) for row in rows}
    inside = [row for row in rows if far[row.id] <= WITHIN]
    return sorted(inside, key=lambda row: (far[row.id], -row.id))


def _spot(row: Report, spots: dict[int, tuple[float, float]]) -> tuple[float, float]:
    if row.latitude is not None and row.longitude is not None:
        return row.latitude, row.longitude
    return spots[row.estate_id or 0]


async def in_estate(work: Work, estate_id: int) -> Sequence[Report]:
    """Public reports of an estate, the newest first."""
    return await report_lists.of_estate(work.session, estate_id, states=PUBLIC, limit=LOOKED_AT)


async def access(work: Work, by: Actor, report_id: int) -> Report:
    """A report that is public, or that this person follows; Refusal("common.not_there")."""
    row = await reports.by_id(work.session, report_id)
    if row is None:
        raise Refusal("common.not_there")
    if State(row.state) in PUBLIC or await follows(work, by, row):
        return row
    raise Refusal("common.not_there")


async def follows(work: Work, by: Actor, row: Report) -> bool:
    return by.person_id in await report_lists.followers(work.session, row.id)


async def followed(work: Work, by: Actor, *, first: int, limit: int) -> Sequence[Report]:
    """Reports of others that somebody hears of, the newest first."""
    return await report_lists.followed_by(work.session, by.person_id, first=first, limit=limit)


async def follow(work: Work, by: Actor, row: Report) -> int:
    """Hear of it from now on; how many people met the same, each counted once."""
    if row.reporter_id != by.person_id:
        await following.add(work, row.id, by.person_id)
    return await report_lists.count_same(work.session, row.id)


async def unfollow(work: Work, by: Actor, row: Report) -> None:
    """Hear no more of it."""
    await report_lists.unfollow(work.session, row.id, by.person_id)
