"""What somebody looks for at the desk, and the reports they tick to give out in one press."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from db.models.reports import Report
from db.stores import report_desk, report_lists, report_queues, reports
from db.stores.report_queues import Wanted
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, Permission
from services.reports import categories, desk
from services.reports.desk import Brought
from services.reports.queues import LISTED
from services.reports.transitions import State, between

MOST_TICKED = 30
READ_FOR_WORDS, READ_AT_ONCE = 2000, 200
"""How many reports, the newest first, are read for words: what people wrote is sealed at rest."""
LONGEST_WORDS = 40


@dataclass(frozen=True)
class Filter:
    """What to find: empty values find everything. `state` is one of queues.LISTED."""

    state: str = ""
    community_id: int = 0
    category: str = ""
    overdue: bool = False
    words: str = ""


@dataclass(frozen=True)
class View:
    """A filter, and the reports ticked in what it found."""

    filter: Filter = Filter()
    ticked: tuple[int, ...] = ()


async def of(work: Work, by: Actor) -> View:
    """What somebody looked at last."""
    by.require(Permission.REPORT_ASSIGN)
    kept, ticked = await report_desk.view(work.session, by.person_id)
    return View(Filter(**kept), tuple(ticked))


async def _keep(work: Work, by: Actor, view: View) -> View:
    await report_desk.set_view(
        work.session, by.person_id, asdict(view.filter), view.ticked, now=clock.now()
    )
    return view


async def look_for(work: Work, by: Actor, **wanted: str | int | bool) -> View:
    """Change the filter; a new filter ticks nothing. Raises Refusal("common.not_there")."""
    view = await of(work, by)
    made = replace(view.filter, **wanted)  # type: ignore[arg-type]  # names of Filter's fields
    known = {"", *LISTED}
    if made.state not in known or (made.category and categories.find(made.category) is None):
        raise Refusal("common.not_there")
    return await _keep(work, by, View(replace(made, words=made.words.strip()[:LONGEST_WORDS])))


async def forget(work: Work, by: Actor) -> View:
    """Find everything again."""
    by.require(Permission.REPORT_ASSIGN)
    return await _keep(work, by, View())


async def found(work: Work, by: Actor, wanted: Filter, *, page: int, size: int) -> Sequence[Report]:
    """A page of what the filter finds in reach (one more than `size` where there are more)."""
    by.require(Permission.REPORT_ASSIGN)
    asked = _asked(by, wanted)
    if not wanted.words:
        return await report_queues.found(work.session, asked, limit=size + 1, offset=page * size)
    fitting = await _fitting(work, asked, wanted.words, enough=(page + 1) * size + 1)
    ids = fitting[page * size :]
    rows = {row.id: row for row in await report_lists.by_ids(work.session, ids)}
    return [rows[one] for one in ids]


async def _fitting(work: Work, asked: Wanted, words: str, *, enough: int) -> list[int]:
    """The reports that say these words, read bit by bit until there are enough."""
    fitting: list[int] = []
    for start in range(0, READ_FOR_WORDS, READ_AT_ONCE):
        read = await report_queues.texts(work.session, asked, limit=READ_AT_ONCE, offset=start)
        fitting += [row[0] for row in read if _says(row, words)]
        if len(fitting) >= enough or len(read) < READ_AT_ONCE:
            break
    return fitting[:enough]


def _asked(by: Actor, wanted: Filter) -> Wanted:
    mine = by.communities(Permission.REPORT_ASSIGN)
    chosen = {wanted.community_id} if wanted.community_id else None
    communities = mine if chosen is None else chosen if mine is None else mine & chosen
    states = LISTED[wanted.state] if wanted.state else ()
    overdue_at = clock.now() if wanted.overdue else None
    return Wanted(states, communities, wanted.category, overdue_at)


def _says(row: tuple[int, str, str, str, str], words: str) -> bool:
    """Whether every word stands in the number, the kind, the place or what was written."""
    _, number, code, place, said = row
    category = categories.find(code)
    text = " ".join([number, category.label if category else "", place, said]).casefold()
    return all(word in text for word in words.casefold().split())


# -- ticking ------------------------------------------------------------------------------------


def can_give(row: Report, by: Actor) -> bool:
    """Whether a report can be given to somebody now."""
    moves = between(State(row.state), State.ASSIGNED)
    return bool(moves) and by.can(Permission.REPORT_ASSIGN, desk.scope_of(row))


async def tick(work: Work, by: Actor, row: Report, *, on: bool) -> View:
    """Tick a report, or not; saying it twice changes nothing.

    Raises Refusal: report_find.cannot_give, report_find.too_many.
    """
    view = await of(work, by)
    kept = tuple(one for one in view.ticked if one != row.id)
    if on and not can_give(row, by):
        raise Refusal("report_find.cannot_give")
    if on and len(kept) >= MOST_TICKED:
        raise Refusal("report_find.too_many", most=MOST_TICKED)
    return await _keep(work, by, replace(view, ticked=(*kept, row.id) if on else kept))


@dataclass(frozen=True)
class Given:
    """What became of giving several: the numbers of those that were not given."""

    count: int
    left: tuple[str, ...]


async def ticked(work: Work, by: Actor) -> list[Report]:
    """The ticked reports that can still be given."""
    rows = []
    for report_id in (await of(work, by)).ticked:
        row = await reports.by_id(work.session, report_id)
        if row is not None and can_give(row, by):
            rows.append(row)
    return rows


async def able(work: Work, by: Actor) -> list[int]:
    """Who can be given all the ticked reports."""
    fitting: list[int] | None = None
    for row in await ticked(work, by):
        here = await desk.handlers_of(work, row)
        fitting = list(here) if fitting is None else [one for one in fitting if one in here]
    return fitting or []


async def give(work: Work, by: Actor, brought: Brought) -> Given:
    """Give all ticked reports to one person or body; then nothing is ticked.

    One that a colleague moved on meanwhile is left where it is. Pressed twice, the second finds
    nothing ticked: Refusal("report_find.nothing_ticked").
    """
    view = await of(work, by)
    if not view.ticked:
        raise Refusal("report_find.nothing_ticked")
    count, left = 0, []
    for report_id in view.ticked:
        row = await desk.access(work, by, report_id)
        try:
            await desk.move(work, by, row, State.ASSIGNED, brought)
        except Refusal:
            left.append(row.number)
        else:
            count += 1
    await _keep(work, by, View(view.filter))
    return Given(count, tuple(left))
