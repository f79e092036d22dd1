"""Leaders run their troupe or class, and staff set it up: members, dates, news, works."""

from markupsafe import Markup

from db.models.clubs import ClubMember
from db.stores import clubs as rows
from db.stores import jobs
from handlers import desk_card, paging
from handlers.chat import Button, Chat, Screen, number_in
from handlers.clubs import forms
from handlers.clubs.forms import back_to, button, edited
from handlers.forms import runner
from handlers.texts import join, say
from services import clock, privacy
from services.clubs import calendar, membership
from services.errors import Refusal
from services.permissions import Permission

PAGE = 5
SLOT = "cdesk"


async def show(chat: Chat, text: Markup, *buttons: tuple[Button, ...]) -> None:
    """The one message in which the pages turn."""
    screen = Screen(text, tuple(row for row in buttons if row))
    await desk_card.turn(chat, screen, slot=SLOT)


async def pressed(chat: Chat) -> None:
    """Buttons: 'cdesk:<act>:<club, date or work>:<page or member>'."""
    act, what, more = chat.press_parts(3)
    if act not in ACTS:
        raise Refusal("common.old_button")
    number = number_in(what)
    await ACTS[act](chat, number, number_in(more))


# -- the list of staff --------------------------------------------------------------------------


async def listing(chat: Chat, page: int = 0, closed: int = 0) -> None:
    """The clubs that staff may change, and a new one."""
    chat.actor.require(Permission.CLUB_EDIT)
    found = await membership.listed(chat.work, chat.actor, closed=bool(closed))
    found = [one for one in found if membership.may_edit(chat.actor, one.club)]
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = [say("club_desk.line", name=one.club.name, count=one.members) for one in shown]
    text = say(
        "club_desk.closed_list" if closed else "club_desk.list",
        lines=join(lines) or say("club_desk.nothing"),
    )
    buttons = [(Button(one.club.name, f"cdesk:show:{one.club.id}"),) for one in shown]
    more = not closed and len(found) > (page + 1) * PAGE
    turn = paging.turning("cdesk:list", 0 if closed else page, more=more)
    acts = [button("new", "cdesk:new"), button("closed", "cdesk:closed")]
    back = Button(str(say("menu.back")), "menu:office")
    if closed:
        acts, back = [], button("back", "cdesk:list:0")
    await show(chat, text, *buttons, turn, tuple(acts), (back,))


async def _list(chat: Chat, page: int, _more: int) -> None:
    await listing(chat, page)


async def _closed(chat: Chat, _what: int, _more: int) -> None:
    await listing(chat, closed=1)


# -- one club -----------------------------------------------------------------------------------


async def _show(chat: Chat, club_id: int, _more: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    session = chat.work.session
    dates = await calendar.calendar(chat.work, chat.actor, club.id)
    coming = say("club_desk.next", **calendar.when(dates[0])) if dates else ""
    text = say(
        "club_desk.page",
        name=club.name,
        state=say("club_desk.is_closed") if club.closed_at else "",
        count=await rows.count_members(session, club.id),
        waiting=await rows.count_members(session, club.id, waiting=True),
        next=coming or say("club_desk.no_date"),
    )
    acts = [button("members", f"cdesk:members:{club.id}:0")]
    if club.closed_at is None:
        acts += [
            button("news", f"cdesk:news:{club.id}"),
            button("dates", f"cdesk:dates:{club.id}:0"),
            button("work", f"cdesk:work:{club.id}"),
        ]
    last = [button("resident_page", f"club:show:{club.id}")]
    if membership.may_edit(chat.actor, club):
        acts.append(button("set_up", f"cdesk:setup:{club.id}"))
        last.append(button("back", "cdesk:list"))
    await show(chat, text, *paging.in_rows(acts), tuple(last))


async def _set_up(chat: Chat, club_id: int, _more: int) -> None:
    """What only staff do."""
    club = await edited(chat, club_id)
    leader = club.leader_id and await rows.member_of_person(
        chat.work.session, club.id, club.leader_id
    )
    text = say(
        "club_desk.set_up", name=club.name, leader=leader.name if leader else say("club_desk.none")
    )
    state = "open" if club.closed_at else "close"
    acts = (button("edit", f"cdesk:edit:{club_id}"), button("leader", f"cdesk:leader:{club_id}:0"))
    link = f"https://t.me/{chat.office.bot_username}?start=club_{club.id}"
    text = join([text, say("club_desk.link", link=link)])
    more = (button("poster", f"cdesk:poster:{club_id}"), button(state, f"cdesk:{state}:{club_id}"))
    await show(chat, text, acts, more, back_to(club_id))


async def _poster(chat: Chat, club_id: int, _more: int) -> None:
    """For the notice board: the code on it opens the club's page."""
    club = await edited(chat, club_id)
    payload = {"club_id": club.id, "chat_id": chat.id, "bot_username": chat.office.bot_username}
    await jobs.add(chat.work.session, "club_poster", payload, now=clock.now())
    chat.tell("club_desk.poster_ordered")


async def _ask_to_close(chat: Chat, club_id: int, _more: int) -> None:
    club = await edited(chat, club_id)
    yes = button("really_close", f"cdesk:shut:{club_id}")
    await show(chat, say("club_desk.close_asks", name=club.name), (yes, *back_to(club_id)))


async def _close(chat: Chat, club_id: int, _more: int) -> None:
    await membership.set_closed(chat.work, chat.actor, club_id, closed=True)
    chat.tell("club_desk.closed")
    await _show(chat, club_id, 0)


async def _open(chat: Chat, club_id: int, _more: int) -> None:
    await membership.set_closed(chat.work, chat.actor, club_id, closed=False)
    chat.tell("club_desk.opened")
    await _show(chat, club_id, 0)


async def _leader(chat: Chat, club_id: int, page: int) -> None:
    """Which member is to lead: those with Telegram."""
    club = await edited(chat, club_id)
    able = [row for row in await rows.members(chat.work.session, club.id) if row.person_id]
    shown = able[page * PAGE : (page + 1) * PAGE]
    buttons = [(Button(row.name, f"cdesk:name:{club_id}:{row.id}"),) for row in shown]
    turn = paging.turning(f"cdesk:leader:{club_id}", page, more=len(able) > (page + 1) * PAGE)
    nobody = [button("no_leader", f"cdesk:name:{club_id}:0")] if club.leader_id else []
    key = "club_desk.which_leader" if able else "club_desk.no_able"
    last = (*nobody, button("back", f"cdesk:setup:{club_id}"))
    await show(chat, say(key, name=club.name), *buttons, turn, last)


async def _name_leader(chat: Chat, club_id: int, member_id: int) -> None:
    await membership.name_leader(chat.work, chat.actor, club_id, member_id or None)
    chat.tell("club_desk.leader_named")
    await _set_up(chat, club_id, 0)


# -- members ------------------------------------------------------------------------------------


async def _members(chat: Chat, club_id: int, page: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    found = await rows.members(chat.work.session, club.id)
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = [_member_line(row, page * PAGE + i) for i, row in enumerate(shown, start=1)]
    text = say("club_desk.members", name=club.name, lines=join(lines) or say("club_desk.nobody"))
    buttons = [(Button(row.name, f"cdesk:member:{club_id}:{row.id}"),) for row in shown]
    turn = paging.turning(f"cdesk:members:{club_id}", page, more=len(found) > (page + 1) * PAGE)
    enter = () if club.closed_at else (button("enter", f"cdesk:enter:{club_id}"),)
    await show(chat, text, *buttons, turn, (*enter, *back_to(club_id)))


def _member_line(row: ClubMember, position: int) -> Markup:
    key = "waiting" if row.waiting else "with_telegram" if row.person_id else "without_telegram"
    return say("club_desk.member_line", position=position, name=row.name, how=_how(key))


def _how(key: str) -> Markup:
    return say(f"club_desk.how.{key}")


async def _member(chat: Chat, club_id: int, member_id: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    row = await membership.member_of(chat.work, chat.actor, club, member_id)
    await _show_member(chat, row, privacy.mask_phone(row.phone or ""))


async def _phone(chat: Chat, club_id: int, member_id: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    row = await membership.phone_of(chat.work, chat.actor, club, member_id)
    await _show_member(chat, row, row.phone or "")


async def _show_member(chat: Chat, row: ClubMember, phone: str) -> None:
    text = say(
        "club_desk.member",
        name=row.name,
        day=clock.local(row.joined_at).date(),
        phone=phone or say("club_desk.no_phone"),
    )
    acts = [button("remove", f"cdesk:remove:{row.club_id}:{row.id}")]
    if row.phone and phone != row.phone:
        acts.insert(0, button("phone", f"cdesk:phone:{row.club_id}:{row.id}"))
    await show(chat, text, tuple(acts), (button("back", f"cdesk:members:{row.club_id}:0"),))


async def _ask_to_remove(chat: Chat, club_id: int, member_id: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    row = await membership.member_of(chat.work, chat.actor, club, member_id)
    yes = button("really_remove", f"cdesk:gone:{club_id}:{member_id}")
    no = button("back", f"cdesk:member:{club_id}:{member_id}")
    await show(chat, say("club_desk.remove_asks", name=row.name), (yes, no))


async def _remove(chat: Chat, club_id: int, member_id: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    await membership.take_out(chat.work, chat.actor, club, member_id)
    chat.tell("club_desk.removed")
    await _members(chat, club_id, 0)


async def _enter(chat: Chat, club_id: int, _more: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    before = say("club_desk.before_enter", name=club.name)
    await runner.begin(chat, "club_sign_up", subject=f"{club_id}:leader", before=before)


# -- dates, news, works -------------------------------------------------------------------------


async def _dates(chat: Chat, club_id: int, page: int) -> None:
    club = await membership.led(chat.work, chat.actor, club_id)
    found = await calendar.calendar(chat.work, chat.actor, club_id)
    shown = found[page * PAGE : (page + 1) * PAGE]
    buttons = [
        (Button(str(say("club_desk.date", **calendar.when(row))), f"cdesk:date:{row.id}"),)
        for row in shown
    ]
    turn = paging.turning(f"cdesk:dates:{club_id}", page, more=len(found) > (page + 1) * PAGE)
    text = say("club_desk.dates" if found else "club_desk.no_dates", name=club.name)
    plan = (button("plan", f"cdesk:plan:{club_id}"),)
    await show(chat, text, *buttons, turn, (*plan, *back_to(club_id)))


async def _date(chat: Chat, meeting_id: int, _more: int) -> None:
    club, row = await calendar.meeting(chat.work, chat.actor, meeting_id)
    back = button("back", f"cdesk:dates:{club.id}:0")
    off = button("call_off", f"cdesk:off:{meeting_id}")
    await show(chat, say("club_desk.date_page", **calendar.when(row)), (off, back))


async def _call_off(chat: Chat, meeting_id: int, _more: int) -> None:
    club = await calendar.call_off(chat.work, chat.actor, meeting_id)
    chat.tell("club_desk.called_off")
    await _dates(chat, club.id, 0)


async def _drop_work(chat: Chat, work_id: int, _more: int) -> None:
    club = await calendar.drop_work(chat.work, chat.actor, work_id)
    chat.tell("club_desk.work_dropped")
    await _show(chat, club.id, 0)


ACTS = {
    "list": _list,
    "closed": _closed,
    "show": _show,
    "setup": _set_up,
    "new": forms.new,
    "edit": forms.edit,
    "close": _ask_to_close,
    "shut": _close,
    "open": _open,
    "leader": _leader,
    "name": _name_leader,
    "poster": _poster,
    "members": _members,
    "member": _member,
    "phone": _phone,
    "remove": _ask_to_remove,
    "gone": _remove,
    "enter": _enter,
    "dates": _dates,
    "date": _date,
    "off": _call_off,
    "plan": forms.plan,
    "news": forms.news,
    "work": forms.work,
    "unwork": _drop_work,
}
