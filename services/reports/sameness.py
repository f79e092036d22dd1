"""A problem that somebody reported already: recognised before it is reported a second time."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.models.forms import FormMedia
from db.models.reports import Report
from db.stores import report_lists, reports
from db.work import Work
from services.errors import Refusal
from services.permissions import Actor
from services.reports import following, nearby, notes
from services.reports.desk import Draft
from services.reports.transitions import State

GONE = (State.VOID, State.REJECTED)


@dataclass(frozen=True)
class Joined:
    """What became of "that is the one": whose it is, and how many people met it by now."""

    report: Report
    own: bool
    count: int


async def known(work: Work, draft: Draft) -> list[Report]:
    """At most three open reports that may be what is being filled in, the likeliest first."""
    latitude, longitude, accuracy = draft.point or (None, None, None)
    sought = Report(
        category=draft.category,
        words=draft.words,
        community_id=draft.community_id,
        estate_id=draft.estate_id,
        building_id=draft.building_id,
        entrance=draft.entrance,
        floor=draft.floor,
        latitude=latitude,
        longitude=longitude,
        accuracy=accuracy,
    )  # never added to a session: only compared
    return [one.report for one in await nearby.candidates(work, sought)]


async def still(work: Work, report_id: int) -> Report | None:
    """The report meant, or the one it was merged into meanwhile; None where it was turned away."""
    row = await reports.by_id(work.session, report_id)
    if row is not None and row.state == State.MERGED and row.master_id is not None:
        row = await reports.by_id(work.session, row.master_id)
    return None if row is None or State(row.state) in GONE else row


async def join(work: Work, by: Actor, row: Report, words: str) -> Joined:
    """Follow a report in place of making one: counted once a person, the words become a note."""
    own = row.reporter_id == by.person_id
    if not own:
        await following.add(work, row.id, by.person_id)
    if words.strip():
        await notes.keep_met(work, by, row, words)
    return Joined(row, own, await report_lists.count_same(work.session, row.id))


async def new_to(work: Work, row: Report, media: Sequence[FormMedia]) -> list[FormMedia]:
    """Those photos that do not stand with the report yet.

    Raises Refusal("reports.same.photos_pending") where one is still being looked at.
    """
    if any(one.state == "pending" for one in media):
        raise Refusal("reports.same.photos_pending")
    held = {photo.sha256 for photo in await reports.photos_of(work.session, row.id)}
    return [one for one in media if one.sha256 and one.sha256 not in held]
