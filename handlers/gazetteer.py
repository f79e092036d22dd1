"""Staff keep the gazetteer in chat: estates, buildings, bodies, the workbook."""

from db.models.places import Building, Estate
from db.stores import jobs
from handlers import menu, paging, sent_workbooks
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.sent_workbooks import Awaited
from handlers.texts import join, say
from services import clock, gazetteer, places
from services.errors import Refusal
from services.fillings import Submission
from services.imports import Outcome
from services.permissions import Permission
from services.places import BodyKind

A_PAGE = 6
WORKBOOK = Awaited("places", "place_import", Permission.PLACE_EDIT, None, "place_sheet.name")


async def start(chat: Chat) -> None:
    """/places."""
    await _home(chat, 0, 0)


async def pressed(chat: Chat) -> None:
    """Buttons: 'place:<act>:<id>:<more>'."""
    act, first, second = chat.press_parts(3)
    if act not in ACTS:
        raise Refusal("common.old_button")
    await ACTS[act](chat, _number(first), _number(second))


def _number(text: str) -> int:
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) < 18 else 0


async def _home(chat: Chat, _first: int, _second: int) -> None:
    """The communities of whoever asks; straight on where there is one."""
    known = await gazetteer.communities(chat.work, chat.actor)
    buttons = [Button(c.name, f"place:estates:{c.id}:0") for c in known]
    tools = (_button("template", "place:template"), _button("import", "place:import"))
    rows = (*paging.in_rows(buttons), tools, (_button("body", "place:body"),), _back("menu:office"))
    await _show(chat, Screen(say("place_desk.home"), rows))


async def _estates(chat: Chat, community_id: int, page: int) -> None:
    await _check(chat, community_id)
    where = await places.community(chat.work, community_id)
    known = await places.estates(chat.work, community_id)
    buttons = [Button(_label(e), f"place:estate:{e.id}:0") for e in known]
    rows = (
        *paging.paged(buttons, page, f"place:estates:{community_id}"),
        (
            _button("new_estate", f"place:new_estate:{community_id}"),
            _button("new_landmark", f"place:new_landmark:{community_id}"),
        ),
        _back("place:home"),
    )
    spots = [one.name for one in await places.landmarks(chat.work, community_id)]
    text = say("place_desk.estates", community=where.name, count=len(known))
    lines = [say("place_desk.landmarks", names=", ".join(spots))] if spots else []
    await _show(chat, Screen(join([text, *lines]), rows))


async def _check(chat: Chat, community_id: int) -> None:
    if community_id not in {c.id for c in await gazetteer.communities(chat.work, chat.actor)}:
        raise Refusal("common.not_there")


async def _estate(chat: Chat, estate_id: int, page: int) -> None:
    row = await gazetteer.access_estate(chat.work, chat.actor, estate_id)
    known = await places.buildings(chat.work, estate_id)
    buttons = [Button(b.name, f"place:building:{b.id}") for b in known]
    rows = (
        *paging.paged(buttons, page, f"place:estate:{row.id}", a_row=3),
        (
            _button("new_building", f"place:new_building:{row.id}"),
            _button("rename", f"place:rename:{row.id}"),
        ),
        (_button("point", f"place:point:{row.id}"),),
        _back(f"place:estates:{row.community_id}:0"),
    )
    text = say(
        "place_desk.estate",
        estate=_label(row),
        aliases=", ".join(row.aliases) or "—",
        count=len(known),
        point=say("place_desk.no_point" if row.latitude is None else "place_desk.has_point"),
    )
    await _show(chat, Screen(text, rows))


def _label(row: Estate) -> str:
    return str(say("place_desk.example", name=row.name)) if row.example else row.name


async def _building(chat: Chat, building_id: int, _second: int) -> None:
    row = await gazetteer.access_building(chat.work, chat.actor, building_id)
    await _show_building(chat, row)


async def _show_building(chat: Chat, row: Building) -> None:
    """Entrances and floors go up and down by a press; bodies are chosen from a list."""
    answerable = await places.who_answers_for(chat.work, row.id)
    text = say(
        "place_desk.building",
        name=row.name,
        entrances=row.entrances,
        floors=row.floors,
        managing=answerable.managing.name if answerable.managing else "—",
        owner=answerable.owner.name if answerable.owner else "—",
    )
    rows = (
        (
            _button("fewer_entrances", f"place:entrances:{row.id}:{row.entrances - 1}"),
            _button("more_entrances", f"place:entrances:{row.id}:{row.entrances + 1}"),
        ),
        (
            _button("fewer_floors", f"place:floors:{row.id}:{row.floors - 1}"),
            _button("more_floors", f"place:floors:{row.id}:{row.floors + 1}"),
        ),
        (
            _button("managing", f"place:manages:{row.id}:0"),
            _button("owner", f"place:owns:{row.id}:0"),
        ),
        _back(f"place:estate:{row.estate_id}:0"),
    )
    await _show(chat, Screen(text, rows))


async def _set_entrances(chat: Chat, building_id: int, count: int) -> None:
    row = await gazetteer.access_building(chat.work, chat.actor, building_id)
    await gazetteer.resize(chat.work, chat.actor, building_id, entrances=count, floors=row.floors)
    await _show_building(chat, row)


async def _set_floors(chat: Chat, building_id: int, count: int) -> None:
    row = await gazetteer.access_building(chat.work, chat.actor, building_id)
    await gazetteer.resize(
        chat.work, chat.actor, building_id, entrances=row.entrances, floors=count
    )
    await _show_building(chat, row)


async def _choose_managing(chat: Chat, building_id: int, page: int) -> None:
    await _choose_body(chat, building_id, page, "manages", "managed_by")


async def _choose_owner(chat: Chat, building_id: int, page: int) -> None:
    await _choose_body(chat, building_id, page, "owns", "owned_by")


async def _choose_body(chat: Chat, building_id: int, page: int, act: str, sets: str) -> None:
    await gazetteer.access_building(chat.work, chat.actor, building_id)
    known = await places.bodies(chat.work)
    buttons = [Button(body.name, f"place:{sets}:{building_id}:{body.id}") for body in known]
    rows = (
        *paging.paged(buttons, page, f"place:{act}:{building_id}"),
        (_button("nobody", f"place:{sets}:{building_id}:0"),),
        _back(f"place:building:{building_id}"),
    )
    await _show(chat, Screen(say("place_desk.which_body"), rows))


async def _set_managing(chat: Chat, building_id: int, body_id: int) -> None:
    row = await gazetteer.access_building(chat.work, chat.actor, building_id)
    await gazetteer.set_body(
        chat.work, chat.actor, row.id, managing=body_id or None, owner=row.owner_body_id
    )
    await _show_building(chat, row)


async def _set_owner(chat: Chat, building_id: int, body_id: int) -> None:
    row = await gazetteer.access_building(chat.work, chat.actor, building_id)
    await gazetteer.set_body(
        chat.work, chat.actor, row.id, managing=row.managing_body_id, owner=body_id or None
    )
    await _show_building(chat, row)


# -- forms --------------------------------------------------------------------------------------


async def _new_estate(chat: Chat, community_id: int, _second: int) -> None:
    await _check(chat, community_id)
    await runner.begin(chat, "place_estate", subject=f"new:{community_id}")


async def _rename(chat: Chat, estate_id: int, _second: int) -> None:
    row = await gazetteer.access_estate(chat.work, chat.actor, estate_id)
    await runner.begin(chat, "place_estate", subject=f"edit:{row.id}")


async def _point(chat: Chat, estate_id: int, _second: int) -> None:
    row = await gazetteer.access_estate(chat.work, chat.actor, estate_id)
    await runner.begin(chat, "place_point", subject=str(row.id))


async def _new_building(chat: Chat, estate_id: int, _second: int) -> None:
    row = await gazetteer.access_estate(chat.work, chat.actor, estate_id)
    await runner.begin(chat, "place_building", subject=str(row.id))


async def _new_landmark(chat: Chat, community_id: int, _second: int) -> None:
    await _check(chat, community_id)
    await runner.begin(chat, "place_estate", subject=f"landmark:{community_id}")


async def _new_body(chat: Chat, _first: int, _second: int) -> None:
    await runner.begin(chat, "place_body")


async def _named(chat: Chat, submission: Submission) -> None:
    """A name and its aliases, for a new estate, a landmark, or an estate known already."""
    what, _, number = submission.subject.partition(":")
    values, key = submission.values, int(number)
    name, aliases = values["name"], _several(values.get("aliases"))
    work, by = chat.work, chat.actor
    if what == "landmark":
        await gazetteer.add_landmark(work, by, key, name=name, aliases=aliases)
        await _estates(chat, key, 0)
    elif what == "new":
        row = await gazetteer.add_estate(work, by, key, name=name, aliases=aliases)
        await _estate(chat, row.id, 0)
    else:
        await gazetteer.rename_estate(work, by, key, name=name, aliases=aliases)
        await _estate(chat, key, 0)


def _several(text: str | None) -> list[str]:
    between = str(say("place_sheet.between"))
    for sign in (",", "\n", chr(0xFF0C), "/"):
        text = (text or "").replace(sign, between)
    return [part for one in (text or "").split(between) if (part := " ".join(one.split()))]


async def _building_named(chat: Chat, submission: Submission) -> None:
    values = submission.values
    row = await gazetteer.add_building(
        chat.work,
        chat.actor,
        int(submission.subject),
        name=values["name"],
        entrances=int(values["entrances"]),
        floors=int(values["floors"]),
    )
    await _show_building(chat, row)


async def _pointed(chat: Chat, submission: Submission) -> None:
    """Where an estate is, for the map."""
    at, key = submission.values["point"], int(submission.subject)
    await gazetteer.set_point(chat.work, chat.actor, key, latitude=at["lat"], longitude=at["lon"])
    await _estate(chat, key, 0)


async def _body_named(chat: Chat, submission: Submission) -> None:
    values = submission.values
    row = await gazetteer.add_body(
        chat.work, chat.actor, name=values["name"], kind=BodyKind(values["kind"])
    )
    await chat.say("place_desk.body_added", name=row.name)


registry.register(Form("place_estate", done=_named))
registry.register(Form("place_building", done=_building_named))
registry.register(Form("place_body", done=_body_named))
registry.register(Form("place_point", done=_pointed))


# -- the workbook -------------------------------------------------------------------------------


async def _template(chat: Chat, _first: int, _second: int) -> None:
    payload = {"person_id": chat.actor.person_id, "chat_id": chat.id}
    await jobs.add(chat.work.session, "place_template", payload, now=clock.now())
    chat.tell("place_desk.making_template")


async def _ask_for_file(chat: Chat, _first: int, _second: int) -> None:
    await sent_workbooks.ask(chat, WORKBOOK.topic)
    await _show(chat, Screen(say("place_desk.send_file"), (_back("place:home"),)))


async def take(chat: Chat) -> bool:
    """Take the workbook, to be read after the commit; False where the message is something else."""
    return await sent_workbooks.take(chat, WORKBOOK)


def outcome_screen(outcome: Outcome) -> Screen:
    """What an import did, or what to mend."""
    if outcome.wrong:
        return sent_workbooks.failed_screen(outcome.wrong, "place:import")
    text = say("place_import.done", added=outcome.added, changed=outcome.changed)
    return Screen(text, ((_button("look", "place:home"),),))


# -- shared -------------------------------------------------------------------------------------


def _button(name: str, data: str) -> Button:
    return Button(str(say(f"place_desk.button.{name}")), data)


def _back(data: str) -> tuple[Button, ...]:
    return (Button(str(say("menu.back")), data),)


async def _show(chat: Chat, screen: Screen) -> None:
    """In place of the menu that was pressed; below where a command or a form led here."""
    edit = chat.given.press.startswith(("place:", "menu:"))
    await chat.show(screen, slot=menu.SLOT, edit=edit)


ACTS = {
    "home": _home,
    "estates": _estates,
    "estate": _estate,
    "building": _building,
    "entrances": _set_entrances,
    "floors": _set_floors,
    "manages": _choose_managing,
    "owns": _choose_owner,
    "managed_by": _set_managing,
    "owned_by": _set_owner,
    "new_estate": _new_estate,
    "new_building": _new_building,
    "new_landmark": _new_landmark,
    "rename": _rename,
    "point": _point,
    "body": _new_body,
    "template": _template,
    "import": _ask_for_file,
}
