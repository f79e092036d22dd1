"""The form in which an activity is planned, and later changed with everything filled in."""

from datetime import date, datetime, time
from typing import Any

from db.models.activities import Activity
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services import clock, places
from services.activities import changes as activity_changes
from services.activities import planning
from services.activities.planning import Plan, State
from services.clubs import membership as clubs
from services.errors import Refusal
from services.fillings import Open, Submission
from services.permissions import Permission

LEAVE_HOURS = 3
NO_CLUB = "0"
NEW = "new"


async def begin(chat: Chat, known: dict[str, Any] | None = None, *, subject: str = "") -> None:
    """Plan a new one; what is known is not asked and can be changed before it is handed in.

    A `subject` keeps it apart from another that was put aside.
    """
    await runner.begin(chat, "activity", answers=known, subject=subject and f"{NEW}:{subject}")


async def begin_change(chat: Chat, activity_id: int) -> None:
    """All that was written stands on the review page; one picks what to change."""
    row = await planning.access(chat.work, chat.actor, activity_id)
    if row.state == State.CANCELLED or row.ends_at <= clock.now():
        raise Refusal("activities.moved_on")
    leader = await activity_changes.leader(chat.work, row)
    await runner.begin(
        chat,
        "activity",
        subject=f"{row.id}:{activity_changes.mark(row)}",
        answers=_answers(row, leader.number if leader else None),
        meta={"changing": str(row.id)},
        before=say("activity_desk.change_how"),
    )


def _answers(row: Activity, leader: str | None) -> dict[str, Any]:
    """An activity as answers of its form; None is a question that was skipped."""
    point = row.latitude is not None and {"lat": row.latitude, "lon": row.longitude}
    known = {
        "title": row.title,
        "category": row.category,
        "place": row.place,
        "day": clock.local(row.starts_at).date().isoformat(),
        "begin": _written(row.starts_at, only_time=True),
        "finish": _written(row.ends_at, only_time=True),
        "capacity": row.capacity,
        "leader": leader,
        "club": str(row.club_id) if row.club_id else None,
        "point": point or None,
        "opens": row.opens_at and _written(row.opens_at),
        "closes": row.closes_at and _written(row.closes_at),
        "min_age": row.min_age,
        "skill": row.skill,
        "risk_note": row.risk_note,
        "leave_hours": round((row.starts_at - row.leave_until).total_seconds() / 3600),
    }
    return {**known, "insured": "yes"} if row.risk_note else known


def _written(moment: datetime, *, only_time: bool = False) -> str:
    said = clock.local(moment).isoformat(timespec="milliseconds")
    return said.partition("T")[2] if only_time else said


async def _handed_in(chat: Chat, submission: Submission) -> None:
    if submission.subject and not submission.subject.startswith(NEW):
        await _changed(chat, submission)
        return
    made = await planning.create(chat.work, chat.actor, _plan(submission))
    publish = _button("publish", f"adesk:publish:{made[0].id}")
    rows = ((publish,), (_button("back", "adesk:list:0"),))
    await chat.show(Screen(say("activity_desk.written", count=len(made)), rows), slot="adesk")


async def _changed(chat: Chat, submission: Submission) -> None:
    number, _, mark = submission.subject.partition(":")
    row = await planning.access(chat.work, chat.actor, int(number))
    if mark != activity_changes.mark(row):
        raise Refusal("activities.changed_meanwhile")
    plan = _plan(submission, row.community_id)
    changes = await activity_changes.change(chat.work, chat.actor, row.id, plan)
    is_told = row.state == State.PUBLISHED and activity_changes.are_told(changes)
    key = "changed_told" if changes and is_told else "changed" if changes else "unchanged"
    back = (_button("back_to_it", f"adesk:show:{row.id}"),)
    screen = Screen(say(f"activity_desk.{key}", title=row.title), (back,))
    await chat.show(screen, slot="adesk")


def _plan(submission: Submission, community_id: int | None = None) -> Plan:
    values = submission.values
    day = date.fromisoformat(str(values["day"])[:10])
    hours = values.get("leave_hours")
    point = values.get("point")
    return Plan(
        title=values["title"],
        category=values["category"],
        community_id=community_id or int(values["community"]),
        place=values["place"],
        starts_at=_moment(day, values["begin"]),
        ends_at=_moment(day, values["finish"]),
        capacity=values["capacity"],
        token=submission.token,
        weeks=values.get("weeks") or 1,
        min_age=values.get("min_age"),
        skill=values.get("skill"),
        risk_note=values.get("risk_note"),
        insured=values.get("insured") == "yes",
        leave_hours=LEAVE_HOURS if hours is None else hours,
        leader=values.get("leader"),
        point=(point["lat"], point["lon"]) if point else None,
        opens_at=_read(values.get("opens")),
        closes_at=_read(values.get("closes")),
        club_id=int(values.get("club") or NO_CLUB) or None,
    )


def _moment(day: date, said: Any) -> datetime:
    clock_time = time.fromisoformat(str(said)[:5])
    return datetime.combine(day, clock_time, clock.zone())


def _read(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"activity_desk.button.{key}")), data)


async def _communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    mine = chat.actor.communities(Permission.ACTIVITY_CREATE)
    known = await places.communities(chat.work)
    return [(str(c.id), c.name) for c in known if mine is None or c.id in mine]


async def _clubs(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    """The running clubs; one that has none offers "none of them" only."""
    known = await clubs.listed(chat.work, chat.actor)
    found = [(str(one.club.id), one.club.name) for one in known]
    return [*found, (NO_CLUB, str(say("activity_desk.no_club")))]


FORM = registry.register(
    Form(
        "activity",
        done=_handed_in,
        lists={"clubs": _clubs, "communities": _communities},
        review="activity_desk.review",
    )
)
