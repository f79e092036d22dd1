"""What a reporter adds to a report that the office has already."""

from collections.abc import Sequence

from db.models.forms import FormMedia
from db.models.reports import Report, ReportMove
from db.stores import report_lists, reports
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor
from services.reports import photos
from services.reports.transitions import State

ENDED = (State.CLOSED, State.VOID, State.REJECTED)
ADDED = "photos_added"
"""Key in a move's details: how many photos the reporter added then."""


async def access(work: Work, by: Actor, report_id: int) -> Report:
    """A report for its reporter, or for who met the same.

    Refusal("common.not_there") for others, reports.ended for one that ended.
    """
    row = await reports.by_id(work.session, report_id)
    if row is None:
        raise Refusal("common.not_there")
    if row.reporter_id != by.person_id:
        met = await report_lists.followers(work.session, row.id)
        if by.person_id not in met:
            raise Refusal("common.not_there")
    if State(row.state) in ENDED:
        raise Refusal("reports.ended")
    return row


async def add_photos(
    work: Work, by: Actor, report_id: int, media: Sequence[FormMedia]
) -> tuple[Report, int]:
    """Keep further photos of what is wrong; the report and how many it has now. Whoever works on
    it is told. Raises Refusal as `access` does.
    """
    row = await access(work, by, report_id)
    now = clock.now()
    added = await photos.keep(work, by, row.id, media, kind="before")
    row.owes_photo = row.owes_photo and not added
    made = ReportMove(
        report_id=row.id,
        actor_id=by.person_id,
        actor_role=str(by.role),
        before=row.state,
        after=row.state,
        details={ADDED: added},
        at=now,
    )
    await reports.add_move(work.session, made)
    if row.assignee_id is not None:
        told = {"report_id": row.id, "number": row.number, "category": row.category}
        work.notify(row.assignee_id, "reports.photos_for_assignee", **told)
    return row, len(await reports.photos_of(work.session, row.id, "before"))
