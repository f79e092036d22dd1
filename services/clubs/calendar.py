"""What goes on in a club: its dates, the news its leader writes, the works it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from db.models.activities import Activity
from db.models.clubs import Club, ClubMeeting, ClubNews, ClubWork
from db.models.forms import FormMedia
from db.stores import activities, clubs
from db.work import Work
from services import clock
from services.clubs.membership import Audience, access, led, tell
from services.errors import Refusal
from services.permissions import Actor

MOST_WEEKS: Final = 26
SHOWN_AFTER_START: Final = timedelta(hours=2)
"""A date stays in the calendar while it is going on."""
REMIND_BEFORE: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A date to put into the calendar; `weeks` repeats it weekly."""

    title: str
    place: str
    starts_at: datetime
    token: str
    weeks: int = 1


# -- dates --------------------------------------------------------------------------------------


async def plan(work: Work, by: Actor, club_id: int, planned: Plan) -> tuple[ClubMeeting, Audience]:
    """Put dates into the calendar; the members hear of the first and how many there are.

    Raises Refusal: clubs.in_the_past, clubs.closed.
    """
    club = await led(work, by, club_id)
    if club.closed_at is not None:
        raise Refusal("clubs.closed")
    if planned.starts_at <= clock.now():
        raise Refusal("clubs.in_the_past")
    weeks = max(1, min(planned.weeks, MOST_WEEKS))
    rows = [_row(club, planned, week) for week in range(weeks)]
    for row in rows:
        await clubs.add(work.session, row)
    once = f"club:dates:{rows[0].id}"
    told = await tell(work, by, club, "clubs.told.dates", once=once, weeks=weeks, **when(rows[0]))
    return rows[0], told


def _row(club: Club, planned: Plan, week: int) -> ClubMeeting:
    return ClubMeeting(
        club_id=club.id,
        title=planned.title,
        place=planned.place,
        starts_at=planned.starts_at + timedelta(weeks=week),
        form_token=f"{planned.token}.{week}",
        created_at=clock.now(),
    )


def when(row: ClubMeeting | Activity) -> dict[str, Any]:
    """A date as the parameters of a notice; its time is put in words when it is read."""
    return {"title": row.title, "place": row.place, "when": row.starts_at}


async def calendar(work: Work, by: Actor, club_id: int) -> Sequence[ClubMeeting]:
    """What is to come, the next one first."""
    club = await access(work, by, club_id)
    return await clubs.meetings(work.session, club.id, after=clock.now() - SHOWN_AFTER_START)


async def coming(work: Work, by: Actor, club_id: int) -> list[dict[str, Any]]:
    """All that is to come, meetings and activities of volunteers, as parameters of a line."""
    dates = await calendar(work, by, club_id)
    after = clock.now() - SHOWN_AFTER_START
    shared = await activities.of_club(work.session, club_id, after=after)
    found: list[ClubMeeting | Activity] = [*dates, *shared]
    return [when(row) for row in sorted(found, key=lambda row: row.starts_at)]


async def meeting(work: Work, by: Actor, meeting_id: int) -> tuple[Club, ClubMeeting]:
    """One date for the leader and staff of its club; Refusal("common.not_there")."""
    row = await clubs.meeting(work.session, meeting_id)
    if row is None:
        raise Refusal("common.not_there")
    return await led(work, by, row.club_id), row


async def call_off(work: Work, by: Actor, meeting_id: int) -> Club:
    """Take one date out of the calendar; the members are told at once. Twice changes nothing."""
    club, row = await meeting(work, by, meeting_id)
    if not row.cancelled:
        row.cancelled = True
        await work.session.flush()
        once = f"club:off:{row.id}"
        await tell(work, by, club, "clubs.told.called_off", once=once, **when(row))
    return club


async def remind(work: Work) -> None:
    """Clock work: the members hear of a date a day before it, once."""
    now = clock.now()
    for row in await clubs.to_remind(work.session, after=now, before=now + REMIND_BEFORE):
        row.reminded = True
        club = await clubs.by_id(work.session, row.club_id)
        if club is not None:
            once = f"club:soon:{row.id}"
            await tell(work, Actor(0), club, "clubs.told.soon", once=once, **when(row))
    await work.session.flush()


# -- news ---------------------------------------------------------------------------------------


async def write(
    work: Work, by: Actor, club_id: int, words: str, *, token: str, photo: FormMedia | None = None
) -> Audience:
    """Write news to the members; who was told, and whom the leader still has to tell."""
    club = await led(work, by, club_id)
    if club.closed_at is not None:
        raise Refusal("clubs.closed")
    row = ClubNews(
        club_id=club.id,
        author_id=by.person_id,
        words=words.strip(),
        sha256=photo.sha256 if photo else None,
        thumbnail_sha256=photo.thumbnail_sha256 if photo else None,
        form_token=token,
        at=clock.now(),
    )
    await clubs.add(work.session, row)
    once = f"club:news:{row.id}"
    shown = {"words": row.words, "photo": row.sha256 or ""}
    return await tell(work, by, club, "clubs.told.news", once=once, **shown)


async def news(work: Work, by: Actor, club_id: int, *, page: int, size: int) -> Sequence[ClubNews]:
    """A page of news, the newest first (one more than `size` where there are more)."""
    club = await access(work, by, club_id)
    return await clubs.news(work.session, club.id, offset=page * size, limit=size + 1)


# -- works --------------------------------------------------------------------------------------


async def add_work(
    work: Work,
    by: Actor,
    club_id: int,
    title: str,
    *,
    photo: FormMedia,
    token: str,
    maker: str | None = None,
) -> ClubWork:
    """Show a work; raises Refusal("clubs.no_photo") where the photo was not kept."""
    club = await led(work, by, club_id)
    if not photo.sha256:
        raise Refusal("clubs.no_photo")
    row = ClubWork(
        club_id=club.id,
        title=title.strip(),
        maker=maker.strip() if maker else None,
        sha256=photo.sha256,
        thumbnail_sha256=photo.thumbnail_sha256,
        added_by=by.person_id,
        form_token=token,
        at=clock.now(),
    )
    await clubs.add(work.session, row)
    return row


async def work_at(
    work: Work, by: Actor, club_id: int, position: int
) -> tuple[ClubWork | None, int]:
    """A work by its place (the newest is 0), and how many there are."""
    club = await access(work, by, club_id)
    count = await clubs.count_works(work.session, club.id)
    return await clubs.work_at(work.session, club.id, position), count


async def drop_work(work: Work, by: Actor, work_id: int) -> Club:
    """Show a work no more: for the leader and staff."""
    row = await clubs.work_by_id(work.session, work_id)
    if row is None:
        raise Refusal("common.not_there")
    club = await led(work, by, row.club_id)
    await clubs.remove(work.session, row)
    return club
