"""Clock work of reports: the morning digest, what is overdue, who did not answer."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from db.models.reports import Report
from db.stores import activities, people, report_lists, report_queues, reports, settings
from db.work import Work
from services import alerts, clock, deadlines, notice_hours
from services.permissions import Actor, HeldRole, Permission, Role, Scope, ScopeKind
from services.reports import categories, desk, following, limits, queues, stages, telling
from services.reports.desk import Brought
from services.reports.transitions import State

PHOTO_AFTER = timedelta(hours=4)
"""Who could not take a photo in the dark, or with full hands, is asked once after this."""
ASK_AGAIN_AFTER = timedelta(days=2)
DESK = (Role.GRID_WORKER, Role.COMMUNITY_STAFF, Role.STREET_STAFF)
LAST_MONTH = 12
LATE_START = timedelta(hours=4)
TOLD = "digest_told"
HIGHER_AFTER = 2
"""Working days a report is overdue before the street hears of it."""
CLOCK = Actor(0, (HeldRole(Role.ADMIN),))
"""Who acts where only time has passed; written down as number 0."""


async def morning(work: Work) -> None:
    """Once a day, at the hour the office set: what waits. After a late start, within four hours."""
    hours, local = await notice_hours.of(work), clock.local()
    begins = local.replace(hour=hours.digest.hour, minute=hours.digest.minute, second=0)
    if not begins <= local < begins + LATE_START:
        return
    told = await settings.value(work.session, TOLD)
    today = {"day": clock.today().isoformat()}
    if told == today:
        return
    await settings.put(work.session, TOLD, today, now=clock.now())
    if told is not None:  # on its first day the office has not heard of any hour
        await digest(work)


async def digest(work: Work) -> None:
    """In the morning of a working day: what waits, to everybody for whom something does."""
    calendar = await deadlines.calendar(work)
    await _watch_calendar(work, calendar)
    if not calendar.is_working(clock.today()):
        return
    held: dict[int, list[HeldRole]] = {}
    for grant, person in await people.grants(work.session, DESK):
        scope = Scope(ScopeKind(grant.scope_kind), grant.scope_id)
        held.setdefault(person.id, []).append(HeldRole(Role(grant.role), scope))
    for person_id, roles in held.items():
        await _tell_what_waits(work, Actor(person_id, tuple(roles)))


async def _watch_calendar(work: Work, calendar: deadlines.Calendar) -> None:
    """Warn once where a promise made now would fall into a year of unknown holidays.

    In December also where the next year is unknown: its holidays are published by then.
    """
    far = calendar.after_days(clock.now(), categories.DEFAULT_LIMIT)
    year = clock.local(far).year
    if clock.local().month == LAST_MONTH:
        year = clock.local().year + 1
    if year in calendar.years:
        await alerts.clear(work, "no_calendar")
    else:
        await alerts.raise_once(work, "no_calendar", year=year)


async def _tell_what_waits(work: Work, actor: Actor) -> None:
    """The desk's lists to those who give out reports, their own jobs to those who handle them."""
    if queues.gives_out(actor):
        communities = actor.communities(Permission.REPORT_VIEW)
        counts = await reports.counts(
            work.session, communities=communities, assignee_id=actor.person_id
        )
        now = clock.now()
        overdue = await report_lists.count_due(work.session, now, communities=communities)
        due = await report_queues.count_pressing(work.session, now, communities=communities)
        told = {
            "new": counts.get(State.SUBMITTED, 0),
            "handled": counts.get(State.HANDLED, 0),
            "overdue": overdue,
            "soon": max(0, due - overdue),
            "hours": await _hours(work, actor),
        }
        if any(told.values()):
            told |= await _past_stages(work, communities)
            work.notify(actor.person_id, "report_desk.digest", **told)
        return
    jobs = await queues.count_jobs(work, actor)
    if any(jobs.values()):
        work.notify(actor.person_id, "report_queue.digest", **jobs)


async def _hours(work: Work, actor: Actor) -> int:
    """Activities whose hours wait for somebody's approval: no list of reports, the same desk."""
    if not actor.scopes(Permission.ACTIVITY_CREATE):
        return 0
    communities = actor.communities(Permission.ACTIVITY_CREATE)
    return await activities.count_unsettled(work.session, communities, person_id=actor.person_id)


async def _past_stages(work: Work, communities: Collection[int] | None) -> dict[str, int]:
    """What waits to be taken on or checked longer than the street allows."""
    late, allowed = await stages.late(work, communities), await stages.of(work)
    return {
        "late_accept": late.accept,
        "accept_days": allowed.accept,
        "late_check": late.check,
        "check_days": allowed.check,
    }


async def escalate(work: Work) -> None:
    """Tell of each report whose time is up, once: its community, and later the street.

    Not in the hours of quiet.
    """
    if await notice_hours.is_quiet(work):
        return
    await _note_soon(work)
    now = clock.now()
    for row in await report_lists.due_before(work.session, now, communities=None, untold=1):
        row.escalated_at = now
        leads = await people.holders_of(
            work.session, (Role.COMMUNITY_STAFF,), community_id=row.community_id
        )
        await _tell_late(work, row, [*leads, *await telling.responsible(work, row)])
        if not leads:
            await _tell_street(work, row)
    calendar = await deadlines.calendar(work)
    days = timedelta(days=HIGHER_AFTER)
    for row in await report_lists.due_before(work.session, now - days, communities=None, untold=2):
        assert row.due_at is not None
        if calendar.between(row.due_at, now) >= HIGHER_AFTER * limits.DAY:
            await _tell_street(work, row)
    await work.session.flush()


async def _tell_street(work: Work, row: Report) -> None:
    row.escalated_higher_at = clock.now()
    await _tell_late(work, row, await people.holders_of(work.session, (Role.STREET_STAFF,)))


async def _tell_late(work: Work, row: Report, whom: Sequence[int]) -> None:
    due = clock.local(row.due_at).date()
    for person_id in dict.fromkeys(whom):
        work.notify(person_id, "report_desk.escalated", **telling.about(row), due=due)


async def _note_soon(work: Work) -> None:
    """Reports from before it was kept when little time is left get that now."""
    calendar = await deadlines.calendar(work)
    for row in await report_queues.without_soon(work.session, limit=200):
        assert row.due_at is not None
        row.soon_at = limits.soon(row.filed_at or row.created_at, row.due_at, calendar)


async def unanswered(work: Work) -> None:
    """Ask once more after two days; after seven the report ends and can be made anew."""
    if await notice_hours.is_quiet(work):
        return
    for row in await report_lists.waiting_for_answer(work.session):
        moves = await reports.moves_of(work.session, row.id)
        asked = following.last_to(moves, State.NEED_INFO)
        assert asked is not None
        waited = clock.now() - asked.at
        if waited >= following.SILENCE:
            await _give_up(work, row)
        elif waited >= ASK_AGAIN_AFTER and row.asked_again_at is None and row.reporter_id:
            row.asked_again_at = clock.now()
            work.notify(
                row.reporter_id,
                "reports.asked_again",
                report_id=row.id,
                number=row.number,
                category=row.category,
            )
    await work.session.flush()


async def _give_up(work: Work, row: Report) -> None:
    await desk.move(work, CLOCK, row, State.REJECTED, Brought(details={"by": "clock"}))


async def missing_photos(work: Work) -> None:
    """Ask once for the photo that somebody could not take when they reported."""
    if await notice_hours.is_quiet(work):
        return
    now = clock.now()
    for row in await report_queues.owing_photos(work.session, now - PHOTO_AFTER):
        row.asked_for_photo_at = now
        held = await reports.photos_of(work.session, row.id, "before")
        if row.reporter_id is not None and not held:
            work.notify(row.reporter_id, "reports.photo_wanted", **telling.about(row))
    await work.session.flush()
