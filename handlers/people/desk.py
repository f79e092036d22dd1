"""Staff find a person, see them masked or in full, block and unblock."""

from collections.abc import Sequence

from markupsafe import Markup

from db.models.people import Person
from handlers import menu, paging
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import clock, places
from services.people import identities, roles
from services.people.identities import BlockReason, Particulars
from services.permissions import Permission

A_PAGE = 6


async def find(chat: Chat) -> None:
    """/people: the desk, or the people of the phone number typed behind it."""
    if not chat.given.args:
        await home(chat)
        return
    found = await identities.find_by_phone(chat.work, chat.actor, chat.given.args)
    if not found:
        await chat.say("people_desk.nobody")
        return
    for person in found[:A_PAGE]:
        await show(chat, person)


async def home(chat: Chat) -> None:
    """What can be done about people."""
    actor = chat.actor
    offers = [("people_desk.button.blocked", "ppl:blocked:0", Permission.PERSON_BLOCK)]
    if actor.can(Permission.ROLE_GRANT):
        offers = [
            ("people_desk.button.invite", "role:inv", Permission.ROLE_GRANT),
            ("people_desk.button.staff", "role:list:0", Permission.ROLE_GRANT),
            *offers,
        ]
    buttons = [Button(str(say(key)), data) for key, data, need in offers if actor.can(need)]
    rows = (*paging.in_rows(buttons), (Button(str(say("menu.back")), "menu:office"),))
    await chat.show(Screen(say("people_desk.home"), rows), slot=menu.SLOT, edit=_pressed(chat))


def _pressed(chat: Chat) -> bool:
    return bool(chat.given.query_id)


async def pressed(chat: Chat) -> None:
    """Buttons: 'ppl:<act>:<person or page>:<reason>'."""
    act, what, more = chat.press_parts(3)
    if not what.isdecimal() or act not in ACTS:
        await home(chat)
        return
    await ACTS[act](chat, int(what), more)


async def _card(chat: Chat, person_id: int, _more: str) -> None:
    person = await identities.access(chat.work, chat.actor, person_id, Permission.PERSON_BLOCK)
    await show(chat, person)


async def show(chat: Chat, person: Person, full: Particulars | None = None) -> None:
    """A person's card; masked unless `full` was asked for."""
    shown = full or identities.masked(person)
    where = await places.community(chat.work, person.community_id) if person.community_id else None
    held = await roles.actor_of(chat.work, person.id)
    lines = [
        say("people_desk.who", id=person.id, name=shown.name or "—", phone=shown.phone or "—"),
        say("people_desk.where", community=where.name if where else "—"),
    ]
    lines += [say("people_desk.role", role=say(f"roles.name.{one.role}")) for one in held.roles]
    if person.blocked_at is not None:
        lines.append(_why_blocked(person))
    rows = (*_acts(chat, person, full), (Button(str(say("menu.back")), "ppl:home"),))
    slot = f"person:{person.id}"
    await chat.show(Screen(join(lines), rows), slot=slot, edit=_pressed(chat))


def _why_blocked(person: Person) -> Markup:
    assert person.blocked_at is not None
    return say(
        "people_desk.is_blocked",
        reason=say(f"people_desk.reason.{person.blocked_reason}"),
        day=clock.local(person.blocked_at).date(),
    )


def _acts(chat: Chat, person: Person, full: Particulars | None) -> tuple[tuple[Button, ...], ...]:
    act = "unblock" if person.blocked_at else "block"
    row = [Button(str(say(f"people_desk.button.{act}")), f"ppl:{act}:{person.id}")]
    where = identities.scope_of(person)
    if full is None and chat.actor.can(Permission.PERSON_VIEW_FULL, where):
        row.append(Button(str(say("people_desk.button.full")), f"ppl:full:{person.id}"))
    return (tuple(row),)


async def _full(chat: Chat, person_id: int, _more: str) -> None:
    full = await identities.in_full(chat.work, chat.actor, person_id)
    person = await identities.access(chat.work, chat.actor, person_id, Permission.PERSON_VIEW_FULL)
    await show(chat, person, full)


async def _block(chat: Chat, person_id: int, reason: str) -> None:
    if reason in tuple(BlockReason):
        person = await identities.block(chat.work, chat.actor, person_id, BlockReason(reason))
        chat.tell("people_desk.blocked")
        await show(chat, person)
        return
    await identities.access(chat.work, chat.actor, person_id, Permission.PERSON_BLOCK)
    buttons = [
        Button(str(say(f"people_desk.reason.{one}")), f"ppl:block:{person_id}:{one}")
        for one in BlockReason
    ]
    rows = (*paging.in_rows(buttons), (Button(str(say("menu.back")), f"ppl:card:{person_id}"),))
    screen = Screen(say("people_desk.why"), rows)
    await chat.show(screen, slot=f"person:{person_id}", edit=True)


async def _unblock(chat: Chat, person_id: int, _more: str) -> None:
    person = await identities.unblock(chat.work, chat.actor, person_id)
    chat.tell("people_desk.unblocked")
    await show(chat, person)


async def _blocked(chat: Chat, page: int, _more: str) -> None:
    rows = await identities.blocked(chat.work, chat.actor)
    shown = rows[page * A_PAGE : (page + 1) * A_PAGE]
    buttons = [(Button(_line(person), f"ppl:card:{person.id}"),) for person in shown]
    turning = _turning(rows, page)
    back = (Button(str(say("menu.back")), "ppl:home"),)
    key = "people_desk.list_blocked" if rows else "people_desk.none_blocked"
    screen = Screen(say(key), (*buttons, *turning, back))
    await chat.show(screen, slot=menu.SLOT, edit=True)


def _turning(rows: Sequence[Person], page: int) -> tuple[tuple[Button, ...], ...]:
    more = len(rows) > (page + 1) * A_PAGE
    return ((Button(str(say("paging.more")), f"ppl:blocked:{page + 1}"),),) if more else ()


def _line(person: Person) -> str:
    reason = say(f"people_desk.reason.{person.blocked_reason}")
    return f"#{person.id} {identities.masked(person).name} {reason}"


ACTS = {
    "card": _card,
    "full": _full,
    "block": _block,
    "unblock": _unblock,
    "blocked": _blocked,
}
