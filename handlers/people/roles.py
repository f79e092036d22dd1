"""Invitations by one-time link, the list of staff, taking roles back, leaving and handing over."""

from collections.abc import Sequence

from db.models.people import Person
from handlers import colleagues, menu, paging
from handlers.chat import Button, Chat, Screen
from handlers.people import consents
from handlers.texts import join, say
from services import places
from services.errors import Refusal
from services.people import handovers, roles
from services.people.consents import Purpose
from services.permissions import STREET, HeldRole, Permission, Role, Scope, ScopeKind, community

A_PAGE = 6


async def pressed(chat: Chat) -> None:
    """Buttons: 'role:<act>:…', see ACTS."""
    act, first, second, third = chat.press_parts(4)
    if act not in ACTS:
        raise Refusal("common.old_button")
    await ACTS[act](chat, first, second, third)


# -- inviting -----------------------------------------------------------------------------------


async def _choose_role(chat: Chat, role: str, page: str, _third: str) -> None:
    """First the role, then the scope where more than one is possible."""
    chat.actor.require(Permission.ROLE_GRANT)
    if role in tuple(Role):
        await _choose_scope(chat, Role(role), _number(page))
        return
    buttons = [
        Button(str(say(f"roles.name.{one}")), f"role:inv:{one}:0")
        for one in roles.INVITED
        if await _scopes(chat, one)
    ]
    await _screen(chat, "roles.which_role", paging.in_rows(buttons))


async def _choose_scope(chat: Chat, role: Role, page: int) -> None:
    scopes = await _scopes(chat, role)
    buttons = [
        Button(label, f"role:make:{role}:{where.kind}:{where.id}") for label, where in scopes
    ]
    shown = paging.paged(buttons, page, f"role:inv:{role}")
    await _screen(chat, "roles.which_scope", shown, role=say(f"roles.name.{role}"))


async def _scopes(chat: Chat, role: Role) -> list[tuple[str, Scope]]:
    """Where the actor may give this role, with the names of the places."""
    found = [(str(say("roles.whole_street")), STREET)]
    for one in await places.communities(chat.work):
        if not one.unattached:
            found.append((one.name, community(one.id)))
    for body in await places.bodies(chat.work):
        found.append((body.name, places.scope_of_body(body)))
    return [(label, where) for label, where in found if role in roles.grantable(chat.actor, where)]


async def _make(chat: Chat, role: str, kind: str, scope_id: str) -> None:
    if role not in tuple(Role) or kind not in tuple(ScopeKind):
        raise Refusal("common.old_button")
    held = HeldRole(Role(role), Scope(ScopeKind(kind), _number(scope_id)))
    token = await roles.invite(chat.work, chat.actor, held.role, held.scope)
    link = f"https://t.me/{chat.office.bot_username}?start=inv_{token}"
    await chat.say(
        "roles.invitation",
        role=say(f"roles.name.{held.role}"),
        scope=await scope_name(chat, held.scope),
        link=link,
        days=roles.VALID_FOR.days,
    )


async def scope_name(chat: Chat, where: Scope) -> str:
    """A scope in words."""
    if where.kind is ScopeKind.STREET:
        return str(say("roles.whole_street"))
    if where.kind is ScopeKind.COMMUNITY:
        return (await places.community(chat.work, where.id)).name
    return (await places.body(chat.work, where.id)).name


# -- being invited ------------------------------------------------------------------------------


async def follow_invitation(chat: Chat, token: str) -> None:
    """/start inv_<token>: what is offered, and the words about the name that colleagues see."""
    offered = await roles.open_invitation(chat.work, chat.actor, token)
    role, scope = say(f"roles.name.{offered.role}"), await scope_name(chat, offered.scope)
    accept = f"role:yes:{token}"
    await chat.say("roles.offer", role=role, scope=scope)
    if await consents.given_or_ask(chat, Purpose.STAFF, then=accept):
        yes = Button(str(say("consent.staff.yes")), accept)
        no = Button(str(say("consent.staff.no")), "home:menu")
        await chat.say("roles.accept_now", [yes, no])


async def _accept(chat: Chat, token: str, _second: str, _third: str) -> None:
    got = await roles.accept(chat.work, chat.actor, token, name=chat.name)
    scope = await scope_name(chat, got.scope)
    await chat.say(
        "roles.accepted",
        [Button(str(say("roles.button.start_work")), "home:menu")],
        role=say(f"roles.name.{got.role}"),
        scope=scope,
    )


# -- who holds what -----------------------------------------------------------------------------


async def _list(chat: Chat, page: str, _second: str, _third: str) -> None:
    holders = await roles.holders(chat.work, chat.actor)
    nameless = {one.person_id for one in holders if not one.name}
    posts = await colleagues.called(chat.work, nameless)
    buttons = []
    for one in holders:
        scope = await scope_name(chat, one.held.scope)
        who = one.name or posts[one.person_id]
        label = f"{who} {say(f'roles.name.{one.held.role}')} {scope}" if one.name else who
        buttons.append(Button(label, f"role:show:{one.grant_id}"))
    rows = paging.paged(buttons, _number(page), "role:list", a_row=1)
    await _screen(chat, "roles.list", rows, count=len(holders))


async def _show(chat: Chat, grant_id: str, _second: str, _third: str) -> None:
    row, person = await roles.grant_row(chat.work, chat.actor, _number(grant_id))
    held = roles.held(row)
    rows = [(Button(str(say("roles.button.take_back")), f"role:back:{row.id}"),)]
    if chat.actor.can(Permission.PERSON_HAND_OVER):
        rows.append((Button(str(say("roles.button.hand_over")), f"role:leave:{person.id}"),))
    await _screen(
        chat,
        "roles.one",
        tuple(rows),
        name=await colleagues.called_one(chat.work, person.id, masked=False),
        role=say(f"roles.name.{held.role}"),
        scope=await scope_name(chat, held.scope),
    )


async def _ask_back(chat: Chat, grant_id: str, _second: str, _third: str) -> None:
    row, person = await roles.grant_row(chat.work, chat.actor, _number(grant_id))
    yes = Button(str(say("roles.button.really")), f"role:really:{row.id}")
    name = await colleagues.called_one(chat.work, person.id, masked=False)
    role = say(f"roles.name.{row.role}")
    await _screen(chat, "roles.take_back_asks", ((yes,),), name=name, role=role)


async def _take_back(chat: Chat, grant_id: str, _second: str, _third: str) -> None:
    await roles.take_back(
        chat.work,
        chat.actor,
        _number(grant_id),
        named_in_settings=frozenset(chat.office.admin_ids),
    )
    chat.tell("roles.taken_back")
    await _list(chat, "0", "", "")


# -- leaving ------------------------------------------------------------------------------------


async def _leave(chat: Chat, person_id: str, page: str, _third: str) -> None:
    """What the leaver has in hand, and who could take it over."""
    leaver = _number(person_id) or chat.actor.person_id
    able = await handovers.successors(chat.work, chat.actor, leaver)
    waiting = await handovers.open_items(chat.work, leaver)
    if not waiting:
        yes = Button(str(say("roles.button.really")), f"role:gone:{leaver}:0")
        await _screen(chat, "roles.leave_asks", ((yes,),))
        return
    lines = join([say(f"roles.open.{name}", count=count) for name, count in waiting.items()])
    if not able:
        await _screen(chat, "roles.nobody_to_take_over", (), lines=lines)
        return
    rows = paging.paged(await _names(chat, able, leaver), _number(page), f"role:leave:{leaver}")
    await _screen(chat, "roles.leave_to_whom", rows, lines=lines)


async def _names(chat: Chat, able: Sequence[Person], leaver: int) -> list[Button]:
    known = await colleagues.called(chat.work, [one.id for one in able], masked=False)
    return [Button(known[one.id], f"role:gone:{leaver}:{one.id}") for one in able]


async def _gone(chat: Chat, leaver: str, successor: str, _third: str) -> None:
    moved = await handovers.hand_over(
        chat.work,
        chat.actor,
        _number(leaver),
        _number(successor) or None,
        named_in_settings=frozenset(chat.office.admin_ids),
    )
    await _screen(chat, "roles.left", (), count=moved)


# -- shared -------------------------------------------------------------------------------------


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


async def _screen(
    chat: Chat, key: str, rows: tuple[tuple[Button, ...], ...], **params: object
) -> None:
    back = (Button(str(say("menu.back")), "ppl:home"),)
    if not chat.actor.can(Permission.PERSON_BLOCK):
        back = (Button(str(say("menu.back")), "menu:home"),)
    screen = Screen(say(key, **params), (*rows, back))
    await chat.show(screen, slot=menu.SLOT, edit=True)


ACTS = {
    "inv": _choose_role,
    "make": _make,
    "yes": _accept,
    "list": _list,
    "show": _show,
    "back": _ask_back,
    "really": _take_back,
    "leave": _leave,
    "gone": _gone,
}
