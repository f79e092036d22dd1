"""What a reporter adds to a report that the office has already."""

from collections.abc import Sequence

from db.models.forms import FormMedia
from db.models.reports import Report, ReportMove, ReportPhoto
from db.stores import reports
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor
from services.reports.transitions import State

ENDED = (State.CLOSED, State.VOID, State.REJECTED)
ADDED = "photos_added"
"""Key in a move's details: how many photos the reporter added then."""


def check_open(row: Report, by: Actor) -> None:
    """Refusal("common.not_there") for somebody else's report, reports.ended for one that ended."""
    if row.reporter_id != by.person_id:
        raise Refusal("common.not_there")
    if State(row.state) in ENDED:
        raise Refusal("reports.ended")


async def add_photos(work: Work, by: Actor, row: Report, media: Sequence[FormMedia]) -> int:
    """Keep further photos of what is wrong; how many there are now. Whoever works on it is told.

    Raises Refusal as `check_open` does.
    """
    check_open(row, by)
    now = clock.now()
    added = [
        ReportPhoto(
            report_id=row.id,
            kind="before",
            sha256=one.sha256,
            thumbnail_sha256=one.thumbnail_sha256,
            taken_by=by.person_id,
            at=now,
        )
        for one in media
        if one.sha256
    ]
    await reports.add_photos(work.session, added)
    made = ReportMove(
        report_id=row.id,
        actor_id=by.person_id,
        actor_role=str(by.role),
        before=row.state,
        after=row.state,
        details={ADDED: len(added)},
        at=now,
    )
    await reports.add_move(work.session, made)
    if row.assignee_id is not None:
        told = {"report_id": row.id, "number": row.number, "category": row.category}
        work.notify(row.assignee_id, "reports.photos_for_assignee", **told)
    return len(await reports.photos_of(work.session, row.id, "before"))
