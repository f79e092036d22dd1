"""Takes over the rows of a workbook: checked first, kept aside, then all at once or not at all."""

from collections.abc import Sequence

from db.models.entries import EntryImport
from db.stores import entries as rows
from db.work import Work
from knowledge.entries import Entry, entry_from
from services import clock
from services.entries import drafts
from services.errors import Refusal
from services.permissions import Actor, Permission

WAITING, DONE, DROPPED = "waiting", "done", "dropped"


async def keep_aside(work: Work, by: Actor, found: Sequence[Entry]) -> int:
    """Keep good rows until somebody says that they shall be taken over; the import's id."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = EntryImport(
        made_by=by.person_id,
        rows=[drafts.body_of(one) for one in found],
        state=WAITING,
        made_at=clock.now(),
    )
    return (await rows.add_import(work.session, row)).id


async def take_over(work: Work, by: Actor, import_id: int) -> int:
    """Publish every row that was kept aside; how many."""
    row = await _waiting(work, by, import_id)
    row.state = DONE
    found = [entry_from(one) for one in row.rows]
    row.rows = []
    return await drafts.put_at_once(work, by, found, act="import")


async def drop(work: Work, by: Actor, import_id: int) -> None:
    """Take over nothing."""
    row = await _waiting(work, by, import_id)
    row.state, row.rows = DROPPED, []


async def _waiting(work: Work, by: Actor, import_id: int) -> EntryImport:
    """An import of one's own that is not done; Refusal("common.not_there") for any other."""
    by.require(Permission.KNOWLEDGE_EDIT)
    row = await rows.waiting_import(work.session, import_id)
    if row is None or row.made_by != by.person_id or row.state != WAITING:
        raise Refusal("common.not_there")
    return row
