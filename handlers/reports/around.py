"""Residents look at open reports of others nearby, and follow what they met too."""

from collections.abc import Sequence
from typing import Any

from db.models.reports import Report
from db.stores import people, report_lists
from db.stores import reports as rows
from handlers import notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.reports import form
from handlers.reports.cards import label, line, public_where
from handlers.texts import join, say
from services import clock, places
from services.forms.answers import fix
from services.forms.givens import Location
from services.reports import additions, around
from services.reports.transitions import State

A_PAGE = 6
SLOT = "reports"
"""The one message in which somebody looks at reports."""
POINT = "point"


async def located(chat: Chat) -> None:
    """A location that nothing asked for: report here, or see what is known here."""
    point = chat.given.point
    if point is None:
        return
    topic = await people.topic(chat.work.session, chat.id)
    here = fix(Location(point.latitude, point.longitude, point.accuracy))
    await people.set_topic(chat.work.session, chat.id, topic | {POINT: here}, now=clock.now())
    await chat.say(
        "reports.around.located",
        notices.button_row(("reports.button.here", "rep:here")),
        notices.button_row(("reports.button.around", "rep:around:0")),
    )


async def _point(chat: Chat) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await people.topic(chat.work.session, chat.id)).get(POINT)
    return found


async def report_here(chat: Chat, _first: int, _second: int) -> None:
    """A report at the location that was sent."""
    point = await _point(chat)
    known = {"located": "yes", "place": point} if point else {}
    await form.start(chat, known, subject=f"here:{chat.given.message_id}")


async def around_here(chat: Chat, first: int, _second: int) -> None:
    """What is open around the location that was sent."""
    point = await _point(chat)
    if point is None:
        await estates(chat, 0, 0)
        return
    found = await around.near(chat.work, point["lat"], point["lon"])
    await _show(chat, found, first, "rep:around")


async def estates(chat: Chat, page: int, _second: int) -> None:
    """Pick an estate of one's own community; others by their community."""
    home = chat.actor.community_id
    known = await places.estates(chat.work, home) if home else []
    if not known:
        await communities(chat, 0, 0)
        return
    await _choose(chat, [Button(one.name, f"rep:at:{one.id}:0") for one in known], page, "rep:near")


async def communities(chat: Chat, _first: int, _second: int) -> None:
    """Whose estates are to be shown."""
    known = [one for one in await places.communities(chat.work) if not one.unattached]
    buttons = [Button(one.name, f"rep:of:{one.id}:0") for one in known]
    pairs = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    back = notices.button_row(("reports.button.mine", "rep:mine:0"))
    screen = Screen(say("reports.around.which_community"), (*pairs, back))
    await turn(chat, screen, slot=SLOT)


async def estates_of(chat: Chat, community_id: int, page: int) -> None:
    """Estates of another community."""
    known = await places.estates(chat.work, community_id)
    buttons = [Button(one.name, f"rep:at:{one.id}:0") for one in known]
    await _choose(chat, buttons, page, f"rep:of:{community_id}")


async def _choose(chat: Chat, buttons: Sequence[Button], page: int, data: str) -> None:
    shown = [(one,) for one in buttons[page * A_PAGE : (page + 1) * A_PAGE]]
    turning = paging.turning(data, page, more=len(buttons) > (page + 1) * A_PAGE)
    others = notices.button_row(
        ("reports.button.other_community", "rep:others"), ("reports.button.mine", "rep:mine:0")
    )
    rows_ = (*shown, *([turning] if turning else []), others)
    await turn(chat, Screen(say("reports.around.which_estate"), rows_), slot=SLOT)


async def at_estate(chat: Chat, estate_id: int, first: int) -> None:
    """What is open in an estate."""
    found = await around.in_estate(chat.work, estate_id)
    await _show(chat, found, first, f"rep:at:{estate_id}")


async def _show(chat: Chat, found: Sequence[Report], first: int, data: str) -> None:
    """A few, each with its photo, state and day; then how to see more or report one's own."""
    shown = found[first : first + around.A_FEW]
    for row in shown:
        await _card(chat, row)
    ways = [("reports.button.new", "rep:new"), ("reports.button.near", "rep:near:0")]
    buttons = [notices.button_row(*ways)]
    more = first + around.A_FEW
    if len(found) > more:
        buttons.insert(0, notices.button_row(("reports.button.more", f"{data}:{more}")))
    key = "reports.around.found" if shown else "reports.around.none"
    await chat.say(key, *buttons, count=len(found))


async def _card(chat: Chat, row: Report) -> None:
    photos = await rows.photos_of(chat.work.session, row.id, "before")
    small = (photos[0].thumbnail_sha256 or photos[0].sha256) if photos else None
    picture = {"sha256": small} if small else None
    text, buttons = await _public(chat, row)
    await chat.show(Screen(text, buttons, picture=picture))


async def _public(chat: Chat, row: Report) -> tuple[str, tuple[tuple[Button, ...], ...]]:
    """What everybody may see of a report, and the one thing they can do."""
    text = say(
        "reports.around.card",
        number=row.number,
        category=label(row.category),
        where=await public_where(chat, row),
        state=say(f"reports.state.{row.state}"),
        day=clock.local(row.created_at).date(),
    )
    count = await report_lists.count_same(chat.work.session, row.id)
    if count:
        text = join([text, say("reports.around.same", count=count)])
    if row.reporter_id == chat.actor.person_id:
        button = ("reports.button.progress", f"rep:show:{row.id}")
    elif await around.follows(chat.work, chat.actor, row):
        button = ("reports.button.unfollow", f"rep:unfollow:{row.id}")
    else:
        button = ("reports.button.follow", f"rep:follow:{row.id}")
    return text, (notices.button_row(button),)


async def show(chat: Chat, row: Report) -> None:
    """The public page of a report that somebody follows."""
    text, buttons = await _public(chat, row)
    if State(row.state) not in additions.ENDED:
        buttons = (*buttons, notices.button_row(("reports.button.add_photo", f"rep:add:{row.id}")))
    back = notices.button_row(("reports.button.mine", "rep:mine:0"))
    await chat.show(Screen(text, (*buttons, back)))


async def follow(chat: Chat, row: Report) -> None:
    """One press; a second one changes nothing."""
    count = await around.follow(chat.work, chat.actor, row)
    chat.tell("reports.around.joined", alert=True, count=count)


async def unfollow(chat: Chat, row: Report) -> None:
    """Hear no more of it."""
    await around.unfollow(chat.work, chat.actor, row)
    chat.tell("reports.around.unfollowed")


def ways() -> tuple[Button, ...]:
    """To what others reported."""
    return notices.button_row(
        ("reports.button.near_me", "rep:near:0"), ("reports.button.followed", "rep:followed:0")
    )


async def followed(chat: Chat, page: int, _second: int) -> None:
    """What others reported and this person hears of, the newest first."""
    found = await around.followed(chat.work, chat.actor, first=page * A_PAGE, limit=A_PAGE + 1)
    buttons: list[tuple[Button, ...]] = [
        (Button(line(row), f"rep:show:{row.id}"),) for row in found[:A_PAGE]
    ]
    turning = paging.turning("rep:followed", page, more=len(found) > A_PAGE)
    buttons += [turning] if turning else []
    back = notices.button_row(
        ("reports.button.near_me", "rep:near:0"), ("reports.button.mine", "rep:mine:0")
    )
    key = "reports.around.followed" if found else "reports.around.follows_none"
    await turn(chat, Screen(say(key), (*buttons, back)), slot=SLOT)


#: What 'rep:<act>:<number>:<number>' shows.
PAGES = {
    "around": around_here,
    "at": at_estate,
    "followed": followed,
    "here": report_here,
    "near": estates,
    "of": estates_of,
    "others": communities,
}
#: What can be done with a report of somebody else's.
FOLLOWING = {"follow": follow, "unfollow": unfollow}
