"""What staff say among themselves about a report: private notes, and pressing whoever has it."""

from collections.abc import Sequence
from datetime import timedelta

from db.models.forms import FormMedia
from db.models.report_desk import ReportNote
from db.models.reports import Report
from db.stores import report_desk
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.reports import desk, photos, telling
from services.reports.transitions import State, between

HURRY_AGAIN_AFTER = timedelta(hours=4)
NOTE, HURRY, MET = "note", "hurry", "met"
"""Written by staff; pressed; said by a resident who met the same problem."""
LONGEST = 1000
IN_HAND = (State.ASSIGNED, State.IN_PROGRESS, State.REOPENED)


def may_read(row: Report, by: Actor) -> bool:
    """Notes are for those who handle or give out reports, not for supervisors or residents."""
    needs = (Permission.REPORT_HANDLE, Permission.REPORT_ASSIGN)
    return any(desk.in_reach(row, by, need) for need in needs)


async def of(work: Work, by: Actor, row: Report) -> Sequence[ReportNote]:
    """The notes beside a report; none for whoever may not read them."""
    return await report_desk.notes_of(work.session, row.id) if may_read(row, by) else ()


async def add(work: Work, by: Actor, row: Report, words: str) -> None:
    """Write a note. Raises Refusal: common.not_there, reports.need_words."""
    if not may_read(row, by):
        raise Refusal("common.not_there")
    if not words.strip():
        raise Refusal("reports.need_words")
    await _add(work, by, row, NOTE, words.strip()[:LONGEST])


async def keep_late(
    work: Work, by: Actor, row: Report, words: str, media: Sequence[FormMedia]
) -> bool:
    """Keep what somebody did about a report that colleagues moved on meanwhile.

    The words become a note, the photos stand with the report. False, and nothing is kept, where it
    can still be handled. Raises Refusal as `add` does.
    """
    if between(State(row.state), State.HANDLED):
        return False
    await add(work, by, row, words)
    await photos.keep(work, by, row.id, media, kind="after")
    return True


async def keep_met(work: Work, by: Actor, row: Report, words: str) -> None:
    """Keep what somebody wrote who met the same problem; twice the same words are one note."""
    said = words.strip()[:LONGEST]
    for note in await report_desk.notes_of(work.session, row.id):
        if (note.author_id, note.kind, note.words) == (by.person_id, MET, said):
            return
    await _add(work, by, row, MET, said)


async def _add(work: Work, by: Actor, row: Report, kind: str, words: str) -> None:
    made = ReportNote(
        report_id=row.id, author_id=by.person_id, kind=kind, words=words, at=clock.now()
    )
    await report_desk.add_note(work.session, made)


def can_hurry(row: Report, by: Actor) -> bool:
    """Whether this person may press whoever has the report, and somebody does."""
    given = row.assignee_id is not None or row.body_id is not None
    in_hand = given and row.assignee_id != by.person_id and State(row.state) in IN_HAND
    return in_hand and by.can(Permission.REPORT_ASSIGN, desk.scope_of(row))


async def hurry(work: Work, by: Actor, row: Report) -> int:
    """Press whoever has the report; how often that was done now. Everybody counts together.

    Raises Refusal: report_notes.nobody_to_hurry, report_notes.hurried_already (with the hour from
    which it can be done again).
    """
    if not can_hurry(row, by):
        raise Refusal("report_notes.nobody_to_hurry")
    now = clock.now()
    if row.hurried_at is not None and now - row.hurried_at < HURRY_AGAIN_AFTER:
        again = row.hurried_at + HURRY_AGAIN_AFTER
        raise Refusal("report_notes.hurried_already", again=again)
    row.hurried, row.hurried_at = row.hurried + 1, now
    due = clock.local(row.due_at).date() if row.due_at else ""
    for person_id in await telling.responsible(work, row):
        work.notify(person_id, "reports.job.hurried", **telling.about(row), due=due)
    await _add(work, by, row, HURRY, "")
    return row.hurried
