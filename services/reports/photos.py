"""Photos put beside a report: what was wrong, what was done, what a supervisor saw."""

from collections.abc import Iterable

from db.models.forms import FormMedia
from db.models.reports import ReportPhoto
from db.stores import reports
from db.work import Work
from services import clock
from services.permissions import Actor


async def keep(
    work: Work, by: Actor, report_id: int, media: Iterable[FormMedia], *, kind: str
) -> int:
    """Put photos beside a report, and tell how many; one that was refused or is still being
    fetched has no file and is left out. `kind` is before, after or check.
    """
    photos = [
        ReportPhoto(
            report_id=report_id,
            kind=kind,
            sha256=one.sha256,
            thumbnail_sha256=one.thumbnail_sha256,
            taken_by=by.person_id,
            at=clock.now(),
        )
        for one in media
        if one.sha256
    ]
    await reports.add_photos(work.session, photos)
    return len(photos)
