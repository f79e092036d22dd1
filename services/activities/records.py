"""What an activity leaves behind: photos for the archive, and what people thought of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db.models.activities import Activity, ActivityFeedback, ActivityPhoto
from db.models.forms import FormMedia
from db.stores import activities as activity_rows
from db.stores import activity_records as rows
from db.stores import jobs
from db.work import Work
from services import clock
from services.activities import planning, signups
from services.activities.planning import Place, State
from services.errors import Refusal
from services.permissions import Actor, Permission, community

SEND_UNTIL: Final = timedelta(days=30)
MOST_PHOTOS: Final = 30
"""Photos of one person in one album."""
ASK_AFTER, ASK_UNTIL = timedelta(minutes=30), timedelta(days=3)
SUM_UP_AFTER, SUM_UP_UNTIL = timedelta(days=1), timedelta(days=7)
WORST, BEST = 1, 5
CAME: Final = (Place.ARRIVED, Place.LEFT)
WAS_THERE: Final = (Place.CONFIRMED, *CAME)
"""Who has not been checked in yet may have photos all the same."""


# -- photos -------------------------------------------------------------------------------------


async def open_album(work: Work, by: Actor, activity_id: int) -> Activity:
    """An activity to whose album the actor may send photos now.

    Raises Refusal: common.not_there, activity_album.not_now, activity_album.not_yours.
    """
    activity = await activity_rows.by_id(work.session, activity_id)
    if activity is None or activity.state == State.DRAFT:
        raise Refusal("common.not_there")
    is_time = activity.starts_at <= clock.now() <= activity.ends_at + SEND_UNTIL
    if activity.state != State.PUBLISHED or not is_time:
        raise Refusal("activity_album.not_now")
    place = await signups.my_place(work, by, activity)
    if place not in WAS_THERE and not leads(by, activity):
        raise Refusal("activity_album.not_yours")
    return activity


def leads(by: Actor, activity: Activity) -> bool:
    """Whether they lead it, or are staff of its community."""
    if activity.leader_id == by.person_id:
        return True
    return by.can(Permission.ACTIVITY_CREATE, community(activity.community_id))


async def add_photos(
    work: Work, by: Actor, activity_id: int, media: Sequence[FormMedia]
) -> tuple[Activity, int]:
    """Put checked photos into the album; how many of them are new there.

    Raises Refusal("activity_album.too_many") and those of `open_album`.
    """
    activity = await open_album(work, by, activity_id)
    kept = [one for one in media if one.sha256]
    have = await rows.count_photos(work.session, activity.id, by.person_id)
    if have + len(kept) > MOST_PHOTOS:
        raise Refusal("activity_album.too_many", most=MOST_PHOTOS, have=have)
    added = 0
    for one in kept:
        row = {
            "activity_id": activity.id,
            "person_id": by.person_id,
            "sha256": one.sha256,
            "thumbnail_sha256": one.thumbnail_sha256,
            "at": clock.now(),
        }
        added += await rows.add_photo(work.session, row)
    return activity, added


async def album(
    work: Work, by: Actor, activity_id: int, position: int
) -> tuple[Activity, ActivityPhoto | None, int]:
    """A photo by its place (the first is 0) and how many there are: for the leader and staff."""
    activity = await planning.led(work, by, activity_id)
    count = await rows.count_photos(work.session, activity.id)
    return activity, await rows.photo_at(work.session, activity.id, position), count


async def order_album(work: Work, by: Actor, activity_id: int, *, chat_id: int) -> None:
    """Have the whole album packed and sent: for the leader and staff.

    Raises Refusal: common.not_there, activity_album.nothing_there.
    """
    activity = await planning.led(work, by, activity_id)
    if not await rows.count_photos(work.session, activity.id):
        raise Refusal("activity_album.nothing_there")
    payload = {"activity_id": activity.id, "chat_id": chat_id}
    await jobs.add(work.session, "activity_album", payload, now=clock.now())


async def photo(work: Work, by: Actor, photo_id: int) -> tuple[Activity, ActivityPhoto]:
    """A photo for the leader and staff; Refusal("common.not_there") otherwise."""
    found = await rows.photo(work.session, photo_id)
    if found is None:
        raise Refusal("common.not_there")
    return await planning.led(work, by, found.activity_id), found


async def drop_photo(work: Work, by: Actor, photo_id: int) -> Activity:
    """Take a photo out of the album. Raises Refusal("common.not_there")."""
    activity, found = await photo(work, by, photo_id)
    await rows.drop_photo(work.session, found.id)
    return activity


# -- feedback -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """What people thought: how often each rating, best first, and the mean."""

    counts: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.counts)

    @property
    def mean(self) -> float:
        total = sum(rating * count for rating, count in self.counts)
        return total / self.count if self.count else 0.0


async def rate(work: Work, by: Actor, activity_id: int, rating: int) -> Activity:
    """Somebody who was there says how it was; saying it anew changes it.

    Raises Refusal: common.not_there, activity_feedback.not_yours.
    """
    activity = await _attended(work, by, activity_id)
    if not WORST <= rating <= BEST:
        raise Refusal("common.old_button")
    values = {"activity_id": activity.id, "person_id": by.person_id, "rating": rating}
    await rows.rate(work.session, {**values, "at": clock.now()})
    return activity


async def _attended(work: Work, by: Actor, activity_id: int) -> Activity:
    activity = await activity_rows.by_id(work.session, activity_id)
    if activity is None or activity.state == State.DRAFT:
        raise Refusal("common.not_there")
    if await signups.my_place(work, by, activity) not in CAME:
        raise Refusal("activity_feedback.not_yours")
    return activity


async def add_words(work: Work, by: Actor, activity_id: int, words: str) -> Activity:
    """A few words beside the rating. Raises Refusal as `rate`, or activity_feedback.rate_first."""
    activity = await _attended(work, by, activity_id)
    row = await rows.feedback(work.session, activity.id, by.person_id)
    if row is None:
        raise Refusal("activity_feedback.rate_first")
    row.words, row.at = words.strip() or None, clock.now()
    await work.session.flush()
    return activity


async def summary(work: Work, by: Actor, activity_id: int) -> tuple[Activity, Summary]:
    """What people thought, for the leader and staff."""
    activity = await planning.led(work, by, activity_id)
    return activity, await _summary(work, activity)


async def _summary(work: Work, activity: Activity) -> Summary:
    found = await rows.ratings(work.session, activity.id)
    return Summary(tuple((one, found.get(one, 0)) for one in range(BEST, WORST - 1, -1)))


async def words(
    work: Work, by: Actor, activity_id: int, *, page: int, size: int
) -> Sequence[ActivityFeedback]:
    """What people wrote, without their names: for the leader and staff; one more than a page."""
    activity = await planning.led(work, by, activity_id)
    return await rows.words(work.session, activity.id, offset=page * size, limit=size + 1)


async def ask(work: Work) -> None:
    """Clock work: half an hour after the end everybody who came is asked, once."""
    now = clock.now()
    found = await rows.to_ask(
        work.session, ended_before=now - ASK_AFTER, ended_after=now - ASK_UNTIL
    )
    for signup, activity, person_id in found:
        signup.asked_feedback = True
        facts = {"activity_id": activity.id, "title": activity.title}
        work.notify(person_id, "activity_feedback.asks", **facts)
    await work.session.flush()


async def sum_up(work: Work) -> None:
    """Clock work: a day after the end the leader hears what people thought, once."""
    now = clock.now()
    found = await rows.to_sum_up(
        work.session, ended_before=now - SUM_UP_AFTER, ended_after=now - SUM_UP_UNTIL
    )
    for activity in found:
        activity.summed_up = True
        result = await _summary(work, activity)
        if result.count:
            facts = {"activity_id": activity.id, "title": activity.title}
            said = {"count": result.count, "mean": f"{result.mean:.1f}"}
            work.notify(activity.leader_id, "activity_feedback.summed_up", **facts, **said)
    await work.session.flush()
