"""What leaders and staff of a club fill in: its charter, a date, news, a work."""

from datetime import date, datetime, time
from typing import Any

from db.models.clubs import Club
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import join, say
from services import clock, places
from services.clubs import calendar, membership
from services.clubs.calendar import Plan
from services.clubs.membership import Audience, Charter, Kind
from services.errors import Refusal
from services.fillings import Open, Submission
from services.permissions import Permission

STREET = "0"


def button(key: str, data: str, **params: object) -> Button:
    """A button of the desk."""
    return Button(str(say(f"club_desk.button.{key}", **params)), data)


def back_to(club_id: int) -> tuple[Button, ...]:
    """The way back to a club's page of the desk."""
    return (button("back", f"cdesk:show:{club_id}"),)


async def edited(chat: Chat, club_id: int) -> Club:
    """A club for staff of its place alone."""
    club = await membership.led(chat.work, chat.actor, club_id)
    chat.actor.require(Permission.CLUB_EDIT, membership.scope_of(club))
    return club


# -- beginning ----------------------------------------------------------------------------------


async def plan(chat: Chat, club_id: int, _more: int) -> None:
    await membership.led(chat.work, chat.actor, club_id)
    await runner.begin(chat, "club_date", subject=str(club_id))


async def news(chat: Chat, club_id: int, _more: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    found = await membership.audience(chat.work, club)
    before = say("club_desk.before_news", name=club.name, count=len(found.reached))
    await runner.begin(chat, "club_news", subject=str(club_id), before=before)


async def work(chat: Chat, club_id: int, _more: int) -> None:
    await membership.led(chat.work, chat.actor, club_id)
    await runner.begin(chat, "club_work", subject=str(club_id))


async def new(chat: Chat, _what: int, _more: int) -> None:
    chat.actor.require(Permission.CLUB_EDIT)
    await runner.begin(chat, "club")


async def edit(chat: Chat, club_id: int, _more: int) -> None:
    """The form again, with everything as it stands: the review page comes at once."""
    club = await edited(chat, club_id)
    answers: dict[str, Any] = {
        "name": club.name,
        "kind": club.kind,
        "community": str(club.community_id or STREET),
        "meets": club.meets or None,
        "about": club.about or None,
        "capacity": club.capacity,
    }
    await runner.begin(chat, "club", subject=str(club_id), answers=answers)


# -- handing in ---------------------------------------------------------------------------------


async def _communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    mine = chat.actor.communities(Permission.CLUB_EDIT)
    known = await places.communities(chat.work)
    found = [(str(c.id), c.name) for c in known if mine is None or c.id in mine]
    return [(STREET, str(say("club_desk.street"))), *found] if mine is None else found


async def _written(chat: Chat, submission: Submission) -> None:
    values = submission.values
    charter = Charter(
        kind=Kind(values["kind"]),
        name=values["name"],
        about=values.get("about") or "",
        meets=values.get("meets") or "",
        community_id=int(values["community"]) or None,
        capacity=values.get("capacity"),
        token=submission.token,
    )
    if submission.subject:
        row = await membership.edit(chat.work, chat.actor, int(submission.subject), charter)
    else:
        row = await membership.create(chat.work, chat.actor, charter)
    await chat.say("club_desk.written", back_to(row.id), name=row.name)


async def _planned(chat: Chat, submission: Submission) -> None:
    values = submission.values
    day = date.fromisoformat(str(values["day"])[:10])
    begin = time.fromisoformat(str(values["begin"])[:5])
    planned = Plan(
        title=values["title"],
        place=values["place"],
        starts_at=datetime.combine(day, begin, clock.zone()),
        token=submission.token,
        weeks=values.get("weeks") or 1,
    )
    row, told = await calendar.plan(chat.work, chat.actor, int(submission.subject), planned)
    await _sent(chat, row.club_id, told, "club_desk.planned")


async def _news_written(chat: Chat, submission: Submission) -> None:
    club_id = int(submission.subject)
    photo = next((one for one in submission.media if one.sha256), None)
    told = await calendar.write(
        chat.work,
        chat.actor,
        club_id,
        submission.values["words"],
        token=submission.token,
        photo=photo,
    )
    await _sent(chat, club_id, told, "club_desk.news_sent")


async def _sent(chat: Chat, club_id: int, told: Audience, key: str) -> None:
    """How many hear of it here, and whom the leader has to call."""
    count = len(told.reached.keys() - {chat.actor.person_id})
    text = say(key, count=count)
    if told.unreached:
        names = str(say("forms.value.between")).join(row.name for row in told.unreached)
        text = join([text, say("club_desk.call_them", names=names)])
    await chat.show(Screen(text, (back_to(club_id),)))


async def _work_added(chat: Chat, submission: Submission) -> None:
    values, club_id = submission.values, int(submission.subject)
    photo = next((one for one in submission.media if one.sha256), None)
    if photo is None:
        raise Refusal("clubs.no_photo")
    await calendar.add_work(
        chat.work,
        chat.actor,
        club_id,
        values["title"],
        photo=photo,
        token=submission.token,
        maker=values.get("maker"),
    )
    await chat.say("club_desk.work_added", back_to(club_id))


registry.register(Form("club", done=_written, lists={"communities": _communities}))
registry.register(Form("club_date", done=_planned))
registry.register(Form("club_news", done=_news_written))
registry.register(Form("club_work", done=_work_added))
