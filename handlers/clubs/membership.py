"""Residents see the troupes and classes, join or leave, read the news, sign up their family."""

from typing import Any

from markupsafe import Markup

from db.models.clubs import Club
from db.stores import clubs as rows
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen, number_in
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.people import consents as consent
from handlers.texts import join, say
from services import clock
from services.clubs import calendar, membership
from services.clubs.membership import Listed, Newcomer
from services.fillings import Submission
from services.people import identities as people
from services.people.consents import Purpose

PAGE = 5
NEWS = 3
SLOT = "club"


async def listing(chat: Chat, page: int = 0) -> None:
    """/clubs: one's own first, then those of one's community."""
    found = await membership.listed(chat.work, chat.actor)
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = [_line(one) for one in shown]
    text = say("clubs.list", lines=join(lines)) if lines else say("clubs.none")
    buttons = [(Button(one.club.name, f"club:show:{one.club.id}"),) for one in shown]
    last = paging.turning("club:list", page, more=len(found) > (page + 1) * PAGE)
    home = Button(str(say("menu.back")), "home:menu")
    await show(chat, text, (*buttons, (*last, home)))


def _line(one: Listed) -> Markup:
    return say(
        "clubs.line",
        name=one.club.name,
        kind=say(f"clubs.kind.{one.club.kind}"),
        meets=one.club.meets or say("clubs.meets_unknown"),
        mine=say("clubs.mine_mark") if one.mine else "",
    )


def button(key: str, data: str, **params: object) -> Button:
    """A button of this feature."""
    return Button(str(say(f"clubs.button.{key}", **params)), data)


async def show(chat: Chat, text: Markup, buttons: tuple[tuple[Button, ...], ...]) -> None:
    """The one message in which the pages turn."""
    await desk_card.turn(chat, Screen(text, buttons), slot=SLOT)


async def pressed(chat: Chat) -> None:
    """Buttons: 'club:<act>:<club>:<more>'."""
    act, what, more = chat.press_parts(3)
    number = number_in(what)
    if act not in ACTS or (act != "list" and not number):
        await listing(chat)
        return
    await ACTS[act](chat, number, number_in(more))


async def from_link(chat: Chat, rest: str) -> None:
    """The link on a poster: /start club_<id>."""
    await _card(chat, number_in(rest), 0)


async def _list(chat: Chat, page: int, _more: int) -> None:
    await listing(chat, page)


# -- one club -----------------------------------------------------------------------------------


async def _card(chat: Chat, club_id: int, _more: int) -> None:
    """What it is, when it meets next, and what this person can do here."""
    club = await membership.access(chat.work, chat.actor, club_id)
    await show(chat, await _text(chat, club), await _buttons(chat, club))


async def _text(chat: Chat, club: Club) -> Markup:
    session = chat.work.session
    dates = await calendar.coming(chat.work, chat.actor, club.id)
    lines = [say("clubs.card.name", name=club.name, kind=say(f"clubs.kind.{club.kind}"))]
    if club.about:
        lines.append(say("clubs.card.about", about=club.about))
    if club.meets:
        lines.append(say("clubs.card.meets", meets=club.meets))
    if club.leader_id is not None:
        leader = await rows.member_of_person(session, club.id, club.leader_id)
        lines.append(say("clubs.card.leader", name=leader.name if leader else ""))
    count = await rows.count_members(session, club.id)
    places = say("clubs.card.places", capacity=club.capacity) if club.capacity else ""
    lines.append(
        say(f"clubs.card.{'members' if count else 'nobody_yet'}", count=count, places=places)
    )
    if dates:
        lines.append(say("clubs.card.next", **dates[0]))
    lines.append(await _standing(chat, club))
    return join(lines)


async def _standing(chat: Chat, club: Club) -> Markup:
    if club.closed_at is not None:
        return say("clubs.card.closed")
    mine = await membership.mine(chat.work, chat.actor, club)
    if mine is None:
        return say("clubs.card.not_in")
    return say("clubs.card.waiting") if mine.waiting else say("clubs.card.in")


async def _buttons(chat: Chat, club: Club) -> tuple[tuple[Button, ...], ...]:
    session, number = chat.work.session, club.id
    first = []
    if club.closed_at is None:
        mine = await membership.mine(chat.work, chat.actor, club)
        act = "join" if mine is None else "leave"
        first = [button(act, f"club:{act}:{number}"), button("family", f"club:family:{number}")]
    more = []
    if await rows.news(session, number, offset=0, limit=1):
        more.append(button("news", f"club:news:{number}:0"))
    if await calendar.coming(chat.work, chat.actor, number):
        more.append(button("dates", f"club:dates:{number}:0"))
    if await rows.count_works(session, number):
        more.append(button("works", f"club:work:{number}:0"))
    last = [button("back", "club:list:0")]
    if membership.may_lead(chat.actor, club):
        last.insert(0, button("lead", f"cdesk:show:{number}"))
    return tuple(tuple(row) for row in (first, *paging.in_rows(more), last) if row)


def back_to(club_id: int) -> tuple[Button, ...]:
    """The way back to a club's page."""
    return (button("back", f"club:show:{club_id}"),)


# -- joining and leaving ------------------------------------------------------------------------


async def _join(chat: Chat, club_id: int, _more: int) -> None:
    """One press where their name is known; else one question, after consent."""
    club = await membership.access(chat.work, chat.actor, club_id)
    mine = await membership.mine(chat.work, chat.actor, club)
    if mine is not None:
        await _card(chat, club_id, 0)
        return
    onward = {"then": f"club:join:{club_id}", "otherwise": f"club:show:{club_id}"}
    if not await consent.given_or_ask(chat, Purpose.CLUB, **onward):
        return
    name = await membership.known_name(chat.work, chat.actor)
    if name is None:
        await runner.begin(chat, "club_join", subject=str(club_id))
    else:
        await _joined(chat, club_id, name)


async def _named(chat: Chat, submission: Submission) -> None:
    name = submission.values["name"]
    await people.set_contact(chat.work, chat.actor, purpose=Purpose.CLUB, name=name)
    await _joined(chat, int(submission.subject), name)


async def _joined(chat: Chat, club_id: int, name: str) -> None:
    row = await membership.join(chat.work, chat.actor, club_id, name=name)
    club = await membership.access(chat.work, chat.actor, club_id)
    key = "clubs.joined_waiting" if row.waiting else "clubs.joined"
    await chat.say(key, back_to(club_id), club=club.name)


async def _ask_to_leave(chat: Chat, club_id: int, _more: int) -> None:
    club = await membership.access(chat.work, chat.actor, club_id)
    buttons = (
        button("really_leave", f"club:out:{club_id}"),
        button("stay", f"club:show:{club_id}"),
    )
    await show(chat, say("clubs.leave_asks", club=club.name), (buttons,))


async def _leave(chat: Chat, club_id: int, _more: int) -> None:
    club = await membership.leave(chat.work, chat.actor, club_id)
    chat.tell("clubs.left", club=club.name)
    await _card(chat, club_id, 0)


# -- the family ---------------------------------------------------------------------------------


async def _family(chat: Chat, club_id: int, _more: int) -> None:
    """Whom they signed up; straight to the form where it is nobody yet."""
    club = await membership.access(chat.work, chat.actor, club_id)
    found = await membership.family(chat.work, chat.actor, club)
    if not found:
        await _sign_up(chat, club_id, 0)
        return
    lines = [say("clubs.family_line", name=row.name) for row in found]
    buttons = [
        (button("take_out", f"club:drop:{club_id}:{row.id}", name=row.name),)
        for row in found[:PAGE]
    ]
    another = (button("another", f"club:sign:{club_id}"), *back_to(club_id))
    await show(chat, say("clubs.family", club=club.name, lines=join(lines)), (*buttons, another))


async def _sign_up(chat: Chat, club_id: int, _more: int) -> None:
    club = await membership.access(chat.work, chat.actor, club_id)
    before = say("clubs.before_family", club=club.name)
    await runner.begin(chat, "club_sign_up", subject=f"{club_id}:family", before=before)


async def _drop(chat: Chat, club_id: int, member_id: int) -> None:
    club = await membership.access(chat.work, chat.actor, club_id)
    row = await membership.member_of(chat.work, chat.actor, club, member_id)
    name = row.name
    await membership.take_out(chat.work, chat.actor, club, member_id)
    chat.tell("clubs.taken_out", name=name)
    await _card(chat, club_id, 0)


async def _signed_up(chat: Chat, submission: Submission) -> None:
    number, _, who = submission.subject.partition(":")
    values = submission.values
    newcomer = Newcomer(
        name=values["name"],
        phone=(values.get("phone") or {}).get("phone"),
        agreed="agreed" in values,
        by_family=who == "family",
        token=submission.token,
    )
    row = await membership.sign_up(chat.work, chat.actor, int(number), newcomer)
    club = await membership.access(chat.work, chat.actor, int(number))
    key = "clubs.signed_up_waiting" if row.waiting else "clubs.signed_up"
    back = back_to(club.id) if who == "family" else (button("back", f"cdesk:members:{club.id}:0"),)
    await chat.say(key, back, name=row.name, club=club.name)


registry.register(Form("club_join", done=_named))
registry.register(Form("club_sign_up", done=_signed_up))


# -- news, dates, works -------------------------------------------------------------------------


async def _news(chat: Chat, club_id: int, page: int) -> None:
    club = await membership.access(chat.work, chat.actor, club_id)
    found = await calendar.news(chat.work, chat.actor, club_id, page=page, size=NEWS)
    lines = [
        say("clubs.news_line", day=clock.local(row.at).date(), words=row.words)
        for row in found[:NEWS]
    ]
    last = paging.turning(f"club:news:{club_id}", page, more=len(found) > NEWS)
    text = say("clubs.news", club=club.name, lines=join(lines, "\n\n") or say("clubs.no_news"))
    await show(chat, text, ((*last, *back_to(club_id)),))


async def _dates(chat: Chat, club_id: int, page: int) -> None:
    club = await membership.access(chat.work, chat.actor, club_id)
    found = await calendar.coming(chat.work, chat.actor, club_id)
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = [say("clubs.date_line", **row) for row in shown]
    last = paging.turning(f"club:dates:{club_id}", page, more=len(found) > (page + 1) * PAGE)
    text = say("clubs.dates", club=club.name, lines=join(lines, "\n\n") or say("clubs.no_dates"))
    await show(chat, text, ((*last, *back_to(club_id)),))


async def _work(chat: Chat, club_id: int, position: int) -> None:
    """One work with its picture, a message of its own."""
    work, count = await calendar.work_at(chat.work, chat.actor, club_id, position)
    if work is None:
        await _card(chat, club_id, 0)
        return
    text = say("clubs.work", title=work.title, position=position + 1, count=count)
    if work.maker:
        text = join([text, say("clubs.maker", name=work.maker)])
    last = paging.turning(f"club:work:{club_id}", position, more=position + 1 < count)
    acts: list[tuple[Button, ...]] = [(*last, *back_to(club_id))]
    club = await membership.access(chat.work, chat.actor, club_id)
    if membership.may_lead(chat.actor, club):
        acts.append((button("drop_work", f"cdesk:unwork:{work.id}"),))
    await chat.show(Screen(text, tuple(acts), picture={"sha256": work.sha256}))


ACTS = {
    "list": _list,
    "show": _card,
    "join": _join,
    "leave": _ask_to_leave,
    "out": _leave,
    "family": _family,
    "sign": _sign_up,
    "drop": _drop,
    "news": _news,
    "dates": _dates,
    "work": _work,
}


# -- what members are told ----------------------------------------------------------------------


def _told(code: str) -> None:
    """A notice with whom to pass it on to, and the way to the club."""

    def screen(params: dict[str, Any]) -> Screen:
        names = str(say("forms.value.between")).join(params["for_names"])
        weekly = params.get("weeks", 1) > 1
        text = say(f"{code}_weekly" if weekly else code, **params)
        if names:
            text = join([text, say("clubs.told.pass_on", names=names)])
        look = (button("look", f"club:show:{params['club_id']}"),)
        photo = params.get("photo")
        return Screen(text, (look,), picture={"sha256": photo} if photo else None)

    notices.screen_for(code)(screen)


for _code in ("news", "dates", "called_off", "soon", "closed"):
    _told(f"clubs.told.{_code}")


def _leads(code: str, data: str) -> None:
    """A notice with one button."""

    def screen(params: dict[str, Any]) -> Screen:
        look = (button("look", data.format(club_id=params["club_id"])),)
        return Screen(say(code, **params), (look,))

    notices.screen_for(code)(screen)


_leads("clubs.told.leader", "cdesk:show:{club_id}")
_leads("clubs.told.leader_left", "cdesk:setup:{club_id}")
_leads("clubs.told.joined", "cdesk:members:{club_id}:0")
_leads("clubs.told.let_in", "club:show:{club_id}")
