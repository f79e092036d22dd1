"""The sentences the office says again and again, a list it edits itself, by the move they suit."""

from collections.abc import Sequence

from db.models.report_desk import ReplyTemplate
from db.stores import report_desk
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission
from services.reports.transitions import State

MOVES = (State.REJECTED, State.NEED_INFO, State.REOPENED)
"""The moves that need words of staff which a resident reads."""
LONGEST, MOST = 300, 12


async def for_move(work: Work, move: State) -> Sequence[ReplyTemplate]:
    """What can be said with this move."""
    return await report_desk.templates(work.session, move)


async def find(work: Work, template_id: int, move: State) -> ReplyTemplate:
    """One of them; Refusal("common.not_there") where it is gone or for another move."""
    row = await report_desk.template(work.session, template_id)
    if row is None or row.move != move:
        raise Refusal("common.not_there")
    return row


async def add(work: Work, by: Actor, move: State, words: str) -> ReplyTemplate:
    """A new sentence; one that is there already stays one.

    Raises Refusal: common.not_allowed, common.not_there, reports.need_words,
    report_templates.too_long, report_templates.too_many.
    """
    by.require(Permission.REPORT_SETUP, STREET)
    plain = " ".join(words.split())
    if move not in MOVES:
        raise Refusal("common.not_there")
    if not plain:
        raise Refusal("reports.need_words")
    if len(plain) > LONGEST:
        raise Refusal("report_templates.too_long", longest=LONGEST)
    known = await for_move(work, move)
    if same := next((row for row in known if row.words == plain), None):
        return same
    if len(known) >= MOST:
        raise Refusal("report_templates.too_many", most=MOST)
    made = ReplyTemplate(move=move, words=plain, made_by=by.person_id, made_at=clock.now())
    return await report_desk.add_template(work.session, made)


async def remove(work: Work, by: Actor, template_id: int) -> None:
    """Take a sentence off the list; what was said with it stays said. Twice does no harm."""
    by.require(Permission.REPORT_SETUP, STREET)
    await report_desk.remove_template(work.session, template_id)
