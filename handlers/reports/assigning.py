"""Giving a report, or several at once, to a person or to a responsible body."""

from db.models.places import Body
from db.models.reports import Report
from db.stores import people as person_rows
from handlers import colleagues, paging
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.reports import office_calendar
from handlers.reports.lists import PAGE
from handlers.reports.page import SLOT, changed, show
from handlers.texts import say
from services import places
from services.reports import desk
from services.reports.desk import Brought
from services.reports.transitions import State


async def choose(chat: Chat, row: Report, page: str, version: str) -> None:
    """The people who can be given this report, and the way to the bodies."""
    if await changed(chat, row, version):
        return
    able = await desk.handlers_of(chat.work, row)
    reached = await person_rows.chats_of(chat.work.session, able)
    known = await colleagues.called(chat.work, reached)
    people = [
        Button(known[one], f"rdesk:give:{row.id}:{one}:{row.version}")
        for one in able
        if one in known
    ]
    number = int(page) if page.isdecimal() and len(page) < 4 else 0
    ways = paging.turning(f"rdesk:assign:{row.id}", number, more=len(people) > (number + 1) * PAGE)
    bodies = Button(str(say("report_desk.button.bodies")), f"rdesk:bodies:{row.id}:0:{row.version}")
    back = Button(str(say("report_desk.button.back")), f"rdesk:show:{row.id}")
    rows = [(one,) for one in people[number * PAGE : (number + 1) * PAGE]]
    key = "report_desk.whom" if people else "report_desk.nobody"
    screen = Screen(say(key), (*rows, *([ways] if ways else []), (bodies,), (back,)))
    await turn(chat, screen, slot=SLOT)


async def choose_body(chat: Chat, row: Report, page: str, version: str) -> None:
    """The bodies a report can be given to, first whoever answers for the building."""
    if await changed(chat, row, version):
        return
    number = int(page) if page.isdecimal() and len(page) < 4 else 0
    buttons = [
        Button(body.name, f"rdesk:body:{row.id}:{body.id}:{row.version}")
        for body in await bodies_for(chat, row)
    ]
    shown = paging.in_rows(buttons[number * PAGE : (number + 1) * PAGE], 1)
    ways = paging.turning(f"rdesk:bodies:{row.id}", number, more=len(buttons) > (number + 1) * PAGE)
    back = Button(str(say("report_desk.button.back")), f"rdesk:show:{row.id}")
    key = "report_desk.which_body" if buttons else "report_desk.no_body"
    screen = Screen(say(key), (*shown, *([ways] if ways else []), (back,)))
    await turn(chat, screen, slot=SLOT)


async def bodies_for(chat: Chat, row: Report | None) -> list[Body]:
    """Every body in use; whoever manages or owns the building of this report comes first."""
    known = list(await places.bodies(chat.work))
    if row is None or row.building_id is None:
        return known
    answerable = await places.who_answers_for(chat.work, row.building_id)
    first = [body for body in (answerable.managing, answerable.owner) if body is not None]
    ids = {body.id for body in first}
    ordered = [*first, *(body for body in known if body.id not in ids)]
    return list({body.id: body for body in ordered}.values())


async def give(chat: Chat, row: Report, person: str, version: str) -> None:
    """'rdesk:give:<report>:<person>:<version>'."""
    if person.isdecimal() and not await changed(chat, row, version):
        await _assign(chat, row, Brought(assignee_id=int(person)))


async def give_body(chat: Chat, row: Report, body: str, version: str) -> None:
    """'rdesk:body:<report>:<body>:<version>'."""
    if body.isdecimal() and not await changed(chat, row, version):
        await _assign(chat, row, Brought(body_id=int(body)))


async def _assign(chat: Chat, row: Report, brought: Brought) -> None:
    await desk.move(chat.work, chat.actor, row, State.ASSIGNED, brought)
    if await desk.somebody_hears(chat.work, row):
        chat.tell("report_desk.assigned")
    else:
        chat.tell("report_desk.assigned_unheard", alert=True)
    await office_calendar.warn_if_guessed(chat, row)
    await show(chat, row)
