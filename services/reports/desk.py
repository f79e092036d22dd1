"""What happens to a report: filing, and every move after it, through the one declared table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from db.models.forms import FormMedia
from db.models.reports import Report, ReportMove, ReportPhoto
from db.stores import people, places, report_lists, reports
from db.work import Work
from services import clock, deadlines
from services.errors import Refusal
from services.permissions import STREET, Actor, Permission, Role, Scope, community
from services.reports import categories, dangers, following
from services.reports.transitions import Evidence, Move, State, between

REOPEN_WITHIN = timedelta(days=7)


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


@dataclass(frozen=True)
class Brought:
    """What a move brings along."""

    words: str = ""
    photos: tuple[FormMedia, ...] = ()
    assignee_id: int | None = None
    master_id: int | None = None
    outside_number: str = ""
    details: dict[str, Any] = field(default_factory=dict)


NOTHING = Brought()


async def file(work: Work, by: Actor, draft: Draft) -> Report:
    """Take a report; the grid workers and staff of the place are told."""
    by.require(Permission.REPORT_FILE)
    category = categories.find(draft.category)
    if category is None:
        raise Refusal("reports.no_such_category")
    row = await reports.add(work.session, await _row(work, by, draft))
    await _note(work, row, by, None, State.SUBMITTED, Brought(draft.words, draft.photos), "before")
    roles = (Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.STREET_STAFF)
    for person_id in await people.holders_of(work.session, roles, community_id=row.community_id):
        if person_id != by.person_id:
            work.notify(person_id, "reports.new_for_staff", **_told(row))
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
        urgent=dangers.danger(draft.words) is not None,
        state=State.SUBMITTED,
        form_token=draft.token,
        created_at=clock.now(),
    )


async def _number(work: Work, community_name: str | None) -> str:
    """Like 东湖-26-0137: community, year, serial."""
    short = (community_name or "R")[:2] if community_name else "R"
    prefix = f"{short}-{clock.today().year % 100:02d}"
    return f"{prefix}-{await reports.next_serial(work.session, prefix):04d}"


def scope_of(row: Report) -> Scope:
    """Where a report belongs."""
    return community(row.community_id) if row.community_id else STREET


def in_reach(row: Report, by: Actor, need: Permission) -> bool:
    """Whether somebody may do this with a report: by right in its place, or as its assignee."""
    return by.can(need, scope_of(row)) or (row.assignee_id == by.person_id and by.can(need))


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


async def move(
    work: Work, by: Actor, row: Report, after: State, brought: Brought = NOTHING
) -> None:
    """Make a move, if the table allows it to this person with this evidence.

    Raises Refusal: reports.no_such_move, reports.late_to_reopen, common.not_allowed,
    reports.need_words, reports.need_photo, reports.need_assignee, reports.need_master,
    reports.need_other_person.
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
    before, old_master = State(row.state), row.master_id
    _apply(row, after, brought, await deadlines.calendar(work))
    await following.follow_merge(work, row, old_master)
    await _note(work, row, by, before, after, brought, _photo_kind(after))
    await _tell(work, by, row, before, after, brought)


async def _lacking(
    work: Work, row: Report, by: Actor, way: Move, brought: Brought
) -> Evidence | None:
    """The first piece of evidence that is missing."""
    there = {
        Evidence.WORDS: bool(brought.words.strip()),
        Evidence.PHOTO: any(photo.sha256 for photo in brought.photos),
        Evidence.ASSIGNEE: await _can_handle(work, brought.assignee_id, row),
        Evidence.MASTER: await following.fits_as_master(work, row, brought.master_id),
        Evidence.SILENCE: await following.has_been_silent(work, row),
        Evidence.OUTSIDE: bool(brought.outside_number.strip()),
        Evidence.OTHER_PERSON: await _handled_by(work, row) != by.person_id,
    }
    return next((need for need in sorted(way.needs) if not there[need]), None)


async def _can_handle(work: Work, person_id: int | None, row: Report) -> bool:
    if person_id is None:
        return False
    return person_id in await handlers_of(work, row)


async def handlers_of(work: Work, row: Report) -> Sequence[int]:
    """Who can be given this report: grid workers and staff of its place."""
    roles = (Role.GRID_WORKER, Role.COMMUNITY_STAFF)
    return await people.holders_of(work.session, roles, community_id=row.community_id)


async def _handled_by(work: Work, row: Report) -> int | None:
    moves = await reports.moves_of(work.session, row.id)
    return next((m.actor_id for m in reversed(moves) if m.after == State.HANDLED), None)


def _apply(row: Report, after: State, brought: Brought, calendar: deadlines.Calendar) -> None:
    now = clock.now()
    _run_clock(row, after, brought, calendar)
    row.state, row.version = after, row.version + 1
    if after in (State.FILED, State.ASSIGNED) and row.filed_at is None:
        category = categories.find(row.category)
        limit = category.limit if category else categories.DEFAULT_LIMIT
        row.filed_at, row.due_at = now, calendar.after_days(now, limit)
    if after is State.ASSIGNED:
        row.assignee_id = brought.assignee_id
        row.outside_number = brought.outside_number.strip()[:60] or None
    elif after is State.HANDLED:
        row.handled_at = now
        row.late_when_handled = row.due_at is not None and now > row.due_at
    elif after is State.CLOSED:
        row.closed_at = now
    elif after is State.REOPENED:
        row.reopened, row.closed_at = row.reopened + 1, None
    elif after is State.MERGED:
        row.master_id = brought.master_id
    elif after is State.SUBMITTED:
        row.master_id = None


def _run_clock(row: Report, after: State, brought: Brought, calendar: deadlines.Calendar) -> None:
    """The clock stands still while the reporter is asked, and while the district has it."""
    now = clock.now()
    if row.paused_at is not None and row.due_at is not None:
        row.due_at = calendar.add(row.due_at, calendar.between(row.paused_at, now))
        row.paused_at = None
    if (after is State.NEED_INFO or brought.outside_number) and row.due_at is not None:
        row.paused_at = now
    if after is State.NEED_INFO:
        row.asked_again_at = None


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
    photos = [
        ReportPhoto(
            report_id=row.id,
            kind=kind,
            sha256=photo.sha256,
            thumbnail_sha256=photo.thumbnail_sha256,
            taken_by=by.person_id,
            at=now,
        )
        for photo in brought.photos
        if photo.sha256
    ]
    await reports.add_photos(work.session, photos)


def _told(row: Report) -> dict[str, Any]:
    return {"report_id": row.id, "number": row.number, "category": row.category}


async def _tell(
    work: Work, by: Actor, row: Report, before: State, after: State, brought: Brought
) -> None:
    """Tell the reporter, and whoever has to act next."""
    told = _told(row) | {"words": brought.words}
    if after in (State.FILED, State.ASSIGNED) and before is State.SUBMITTED:
        told["due"] = clock.local(row.due_at).strftime("%m-%d") if row.due_at else ""
    silent = after is State.VOID or (after is State.ASSIGNED and before is not State.SUBMITTED)
    if not silent:
        if after is State.HANDLED:
            photos = await reports.photos_of(work.session, row.id, "after")
            told["photo"] = photos[-1].sha256 if photos else ""
        for person_id in await following.hearers(work, row):
            if person_id != by.person_id:
                work.notify(person_id, f"reports.told.{_news(after)}", **told)
    if after in (State.ASSIGNED, State.REOPENED) and row.assignee_id not in (None, by.person_id):
        work.notify(row.assignee_id or 0, f"reports.job.{after}", **_told(row))
    if after is State.HANDLED:
        for person_id in await people.holders_of(
            work.session, (Role.COMMUNITY_STAFF,), community_id=row.community_id
        ):
            if person_id != by.person_id:
                work.notify(person_id, "reports.to_check", **_told(row))


def _news(after: State) -> State:
    return State.FILED if after is State.ASSIGNED else after


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
