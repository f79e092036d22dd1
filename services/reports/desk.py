"""What happens to a report: filing, and every move after it, through the one declared table."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from db.models.forms import FormMedia
from db.models.reports import Report, ReportMove
from db.stores import people, places, report_desk, report_lists, reports
from db.work import Work
from services import clock, deadlines
from services.deadlines import Calendar
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Role, Scope, community
from services.reports import categories, dangers, following, limits, photos, telling
from services.reports.transitions import FIXED, Evidence, Move, State, between

REOPEN_WITHIN = timedelta(days=7)
OF_BODY = frozenset({Permission.REPORT_VIEW, Permission.REPORT_HANDLE})
"""What the people of a responsible body may do with its jobs, wherever they are."""


@dataclass(frozen=True)
class Draft:
    """What somebody hands in."""

    category: str
    words: str = ""
    quantity: int | None = None
    community_id: int | None = None
    estate_id: int | None = None
    building_id: int | None = None
    entrance: str | None = None
    floor: int | None = None
    place: str = ""
    point: tuple[float, float, float | None] | None = None
    photos: tuple[FormMedia, ...] = ()
    for_another: bool = False
    token: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    owes_photo: bool = False


@dataclass(frozen=True)
class Brought:
    """What a move brings along."""

    words: str = ""
    photos: tuple[FormMedia, ...] = ()
    assignee_id: int | None = None
    body_id: int | None = None
    master_id: int | None = None
    outside_number: str = ""
    request_id: int | None = None
    result: str = FIXED
    details: dict[str, Any] = field(default_factory=dict)


NOTHING = Brought()


async def file(work: Work, by: Actor, draft: Draft, *, quietly: bool = False) -> Report:
    """Take a report; the grid workers and staff of the place are told, unless it is one of many
    that somebody hands in `quietly` and tells of together."""
    by.require(Permission.REPORT_FILE)
    category = categories.find(draft.category)
    if category is None:
        raise Refusal("reports.no_such_category")
    row = await reports.add(work.session, await _row(work, by, draft))
    await _note(work, row, by, None, State.SUBMITTED, Brought(draft.words, draft.photos), "before")
    if quietly:
        return row
    roles = (Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.STREET_STAFF)
    for person_id in await people.holders_of(work.session, roles, community_id=row.community_id):
        if person_id != by.person_id:
            work.notify(person_id, "reports.new_for_staff", **telling.about(row), urgent=row.urgent)
    return row


async def _row(work: Work, by: Actor, draft: Draft) -> Report:
    where = await places.community(work.session, draft.community_id) if draft.community_id else None
    latitude, longitude, accuracy = draft.point or (None, None, None)
    return Report(
        number=await _number(work, where.name if where else None),
        source=str(by.role),
        reporter_id=by.person_id,
        for_another=draft.for_another,
        category=draft.category,
        words=draft.words,
        quantity=draft.quantity,
        community_id=draft.community_id,
        estate_id=draft.estate_id,
        building_id=draft.building_id,
        entrance=draft.entrance,
        floor=draft.floor,
        details=draft.details or None,
        place=draft.place,
        latitude=latitude,
        longitude=longitude,
        accuracy=accuracy,
        urgent=_is_urgent(draft),
        owes_photo=draft.owes_photo,
        state=State.SUBMITTED,
        form_token=draft.token,
        created_at=clock.now(),
    )


def _is_urgent(draft: Draft) -> bool:
    kind = categories.find(draft.category)
    alarms = kind is not None and categories.alarms(kind, draft.details)
    return alarms or dangers.danger(draft.words) is not None


async def _number(work: Work, community_name: str | None) -> str:
    """Like 东湖-26-0137: community, year, serial."""
    short = (community_name or "R")[:2] if community_name else "R"
    prefix = f"{short}-{clock.today().year % 100:02d}"
    return f"{prefix}-{await reports.next_serial(work.session, prefix):04d}"


def scope_of(row: Report) -> Scope:
    """Where a report belongs."""
    return community(row.community_id) if row.community_id else STREET


def in_reach(row: Report, by: Actor, need: Permission) -> bool:
    """Whether somebody may do this: by right in its place, as its assignee, or for its body."""
    own = row.assignee_id == by.person_id or works_for(row, by, need)
    return by.can(need, scope_of(row)) or (own and by.can(need))


def works_for(row: Report, by: Actor, need: Permission = Permission.REPORT_HANDLE) -> bool:
    """Whether the report is in the hands of a body this person works for; only to handle it."""
    return need in OF_BODY and row.body_id is not None and row.body_id in by.bodies(need)


def has_job(row: Report, by: Actor) -> bool:
    """Whether a report is this person's job: their own, or their body's that nobody took."""
    return row.assignee_id == by.person_id or (row.assignee_id is None and works_for(row, by))


async def access(work: Work, by: Actor, report_id: int) -> Report:
    """One report for its reporter or for staff; Refusal("common.not_there") for others."""
    row = await reports.by_id(work.session, report_id)
    if row is None:
        raise Refusal("common.not_there")
    if row.reporter_id != by.person_id and not in_reach(row, by, Permission.REPORT_VIEW):
        raise Refusal("common.not_there")
    return row


def allowed(row: Report, by: Actor) -> list[Move]:
    """The moves this person may make with this report now, evidence apart."""
    moves = [m for after in State for m in between(State(row.state), after)]
    return [m for m in moves if _may(row, by, m)]


def _may(row: Report, by: Actor, move: Move) -> bool:
    if move.who is None:
        in_time = row.closed_at is None or clock.now() - row.closed_at <= REOPEN_WITHIN
        return row.reporter_id == by.person_id and (move.before is not State.CLOSED or in_time)
    return in_reach(row, by, move.who)


def check_reopening(row: Report, by: Actor) -> None:
    """Before words are asked for: Refusal("reports.late_to_reopen") where it is too late."""
    if not any(way.after is State.REOPENED for way in allowed(row, by)):
        closed = row.state == State.CLOSED
        raise Refusal("reports.late_to_reopen" if closed else "reports.no_such_move")


def check_moving(row: Report, by: Actor, after: State) -> None:
    """Before anything is asked for: Refusal("reports.no_such_move") where it would be in vain."""
    if not any(way.after is after and way.who is not None for way in allowed(row, by)):
        raise Refusal("reports.no_such_move")


async def move(
    work: Work, by: Actor, row: Report, after: State, brought: Brought = NOTHING
) -> None:
    """Make a move, if the table allows it to this person with this evidence.

    Raises Refusal: reports.no_such_move, reports.late_to_reopen, common.not_allowed,
    reports.need_… for the first piece of evidence (transitions.Evidence) that is missing.
    """
    ways = between(State(row.state), after)
    if not ways:
        raise Refusal("reports.no_such_move")
    mine = [way for way in ways if _may(row, by, way)]
    if not mine:
        late = row.reporter_id == by.person_id and row.state == State.CLOSED
        raise Refusal("reports.late_to_reopen" if late else "common.not_allowed")
    lacking = [await _lacking(work, row, by, way, brought) for way in mine]
    if all(lacking):
        raise Refusal(f"reports.need_{lacking[0]}")
    met = [way for way, lack in zip(mine, lacking, strict=True) if lack is None]
    if not any(Evidence.REQUEST in way.needs for way in met):
        brought = replace(brought, result=FIXED, request_id=None)
    await _make(work, by, row, after, brought)


async def _make(work: Work, by: Actor, row: Report, after: State, brought: Brought) -> None:
    """Make an allowed move: the row, its followers, the line in its history, the news."""
    before, old_master = State(row.state), row.master_id
    had_it = await telling.responsible(work, row)
    _apply(row, by, after, brought, await deadlines.calendar(work))
    await following.follow_merge(work, row, old_master)
    await _note(work, row, by, before, after, brought, _photo_kind(after))
    made = telling.Made(by.person_id, before, after, brought.words)
    await telling.of_move(work, row, made, had_it)


async def _lacking(
    work: Work, row: Report, by: Actor, way: Move, brought: Brought
) -> Evidence | None:
    """The first piece of evidence that is missing."""
    for need in sorted(way.needs):
        if not await _has(work, row, by, need, brought):
            return need
    return None


async def _has(work: Work, row: Report, by: Actor, need: Evidence, brought: Brought) -> bool:
    """Whether a piece of evidence is there; only what is asked for is looked up."""
    said = {
        Evidence.WORDS: bool(brought.words.strip()),
        Evidence.PHOTO: any(photo.sha256 for photo in brought.photos),
        Evidence.OUTSIDE: bool(brought.outside_number.strip()),
    }
    if need in said:
        return said[need]
    looked_up: dict[Evidence, Callable[[], Awaitable[bool]]] = {
        Evidence.ASSIGNEE: lambda: _can_handle(work, brought, row),
        Evidence.MASTER: lambda: following.fits_as_master(work, row, brought.master_id),
        Evidence.SILENCE: lambda: following.has_been_silent(work, row),
        Evidence.OTHER_PERSON: lambda: _is_other_person(work, row, by),
        Evidence.REQUEST: lambda: _is_asked_for(work, row, by, brought),
        Evidence.WINDOW: lambda: _is_in_window(work, row),
    }
    return await looked_up[need]()


async def _is_in_window(work: Work, row: Report) -> bool:
    return limits.is_refusable(row, await deadlines.calendar(work))


async def _can_handle(work: Work, brought: Brought, row: Report) -> bool:
    if brought.body_id is not None:
        body = await places.body(work.session, brought.body_id)
        return body is not None and body.active and brought.assignee_id is None
    return brought.assignee_id is not None and brought.assignee_id in await handlers_of(work, row)


async def _is_asked_for(work: Work, row: Report, by: Actor, brought: Brought) -> bool:
    """Whether this is the open request of another person to end the report unmended."""
    asked = await report_desk.request(work.session, brought.request_id or 0)
    return (
        asked is not None
        and (asked.report_id, asked.decided_at) == (row.id, None)
        and asked.kind == brought.result != FIXED
        and asked.asked_by != by.person_id
    )


async def handlers_of(work: Work, row: Report) -> Sequence[int]:
    """Who can be given this report: grid workers and staff of its place."""
    roles = (Role.GRID_WORKER, Role.COMMUNITY_STAFF)
    return await people.holders_of(work.session, roles, community_id=row.community_id)


async def somebody_hears(work: Work, row: Report) -> bool:
    """Whether anybody who has the job can be reached here; else somebody must telephone."""
    return bool(await people.chats_of(work.session, await telling.responsible(work, row)))


async def _is_other_person(work: Work, row: Report, by: Actor) -> bool:
    """Whether somebody else says that it is handled: whoever asked, where a leader approved it."""
    last = following.last_to(await reports.moves_of(work.session, row.id), State.HANDLED)
    return last is None or last.details.get("asked_by", last.actor_id) != by.person_id


def _apply(row: Report, by: Actor, after: State, brought: Brought, calendar: Calendar) -> None:
    outside = after is State.ASSIGNED and bool(brought.outside_number.strip())
    limits.stop_or_go(row, after, calendar, outside=outside)
    row.state, row.version = after, row.version + 1
    if after in (State.FILED, State.ASSIGNED):
        _give(row, after, brought, calendar)
    elif after is State.IN_PROGRESS:
        row.assignee_id = by.person_id
    elif after is State.HANDLED:
        _handle(row, by, brought)
    elif after is State.CLOSED:
        row.closed_at = clock.now()
    elif after is State.REOPENED:
        row.reopened += 1
        row.closed_at = row.handled_at = row.result = None
        limits.promise(row, calendar)
    elif after in (State.MERGED, State.SUBMITTED):
        row.master_id = brought.master_id if after is State.MERGED else None
    elif after is State.NEED_INFO:
        row.asked_again_at = None


def _give(row: Report, after: State, brought: Brought, calendar: Calendar) -> None:
    """Filed, or given to somebody here or to the district; the promise is made the first time."""
    outside = brought.outside_number.strip()[:60] or None
    row.assignee_id = row.body_id = row.assigned_at = row.outside_number = None
    if after is State.ASSIGNED:
        row.assigned_at, row.outside_number = clock.now(), outside
        if outside is None:
            row.assignee_id, row.body_id = brought.assignee_id, brought.body_id
    if row.filed_at is None:
        row.filed_at = clock.now()
        limits.promise(row, calendar)


def _handle(row: Report, by: Actor, brought: Brought) -> None:
    """The verdict on time stays: what was late once is late."""
    row.handled_at = clock.now()
    late = row.due_at is not None and row.handled_at > row.due_at
    row.late_when_handled = bool(row.late_when_handled) or late
    row.result = brought.result
    if row.assignee_id is None and row.body_id is None:
        row.assignee_id = by.person_id


def _photo_kind(after: State) -> str:
    return {State.HANDLED: "after", State.CLOSED: "check"}.get(after, "before")


async def _note(
    work: Work,
    row: Report,
    by: Actor,
    before: State | None,
    after: State,
    brought: Brought,
    kind: str,
) -> None:
    """Write the move down, with its photos."""
    now = clock.now()
    made = ReportMove(
        report_id=row.id,
        actor_id=by.person_id,
        actor_role=str(by.role),
        before=before,
        after=after,
        words=brought.words,
        details=brought.details,
        at=now,
    )
    await reports.add_move(work.session, made)
    await photos.keep(work, by, row.id, brought.photos, kind=kind)


async def rate(work: Work, by: Actor, row: Report, stars: int) -> None:
    """The reporter's own verdict, 1 to 5."""
    if row.reporter_id != by.person_id or row.state != State.CLOSED or not 1 <= stars <= 5:
        raise Refusal("common.not_there")
    row.rating = stars
    await work.session.flush()


async def hand_over(work: Work, by: Actor, leaver_id: int, successor_id: int) -> int:
    """Give somebody's open reports to a colleague; how many there were."""
    by.require(Permission.PERSON_HAND_OVER)
    rows = await report_lists.open_of(work.session, leaver_id)
    for row in rows:
        row.assignee_id, row.version = successor_id, row.version + 1
        brought = Brought(assignee_id=successor_id, details={"handed_over_from": leaver_id})
        await _note(work, row, by, State(row.state), State(row.state), brought, "before")
    return len(rows)
