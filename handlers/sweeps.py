"""Walking the stairwells with one hand: a floor a screen, totals live, reports in one press."""

from collections.abc import Sequence

from db.models.places import Building
from db.models.reports import Sweep
from db.stores import sweeps as rows
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.texts import say
from services import clock, places
from services.errors import Refusal
from services.fillings import Open, Submission
from services.permissions import Permission
from services.reports import sweeps
from services.reports.sweeps import Spot

PAGE = 6
COUNTS = (1, 2, 3)
EVERYWHERE = "0"


async def pressed(chat: Chat) -> None:
    """Buttons: 'rdesk:sw:<act>:<sweep>:<building or page>:<entrance>:<floor>:<broken>'."""
    _, act, *numbers = chat.press_parts(7)
    if act == "new":
        chat.actor.require(Permission.REPORT_ASSIGN)
        await runner.begin(chat, "sweep")
        return
    if not numbers[0].isdecimal():
        await listing(chat)
        return
    sweep = await sweeps.access(chat.work, chat.actor, int(numbers[0]))
    await _walk(chat, act, sweep, numbers[1:])


async def _walk(chat: Chat, act: str, sweep: Sweep, numbers: Sequence[str]) -> None:
    what, entrance, floor, seen = (int(n) if n.isdecimal() else 0 for n in numbers)
    if act == "page":
        await show(chat, sweep, what)
        return
    building = await sweeps.building(chat.work, chat.actor, sweep, what)
    if act == "mark":
        spot = Spot(building.id, entrance, floor)
        count = None if numbers[3] == "none" else seen
        await sweeps.mark(chat.work, chat.actor, sweep, spot, count)
        await _show_next(chat, sweep, building, sweeps.after(building, spot))
    elif act == "report":
        words = str(say("sweeps.words"))
        made = await sweeps.report_broken(chat.work, chat.actor, sweep, building.id, words)
        chat.tell("sweeps.reported", alert=True, new=made[0], known=made[1])
        await _show_next(chat, sweep, building, None)
    else:
        await _show_next(chat, sweep, building, Spot(building.id, max(entrance, 1), max(floor, 1)))


async def listing(chat: Chat) -> None:
    """The rounds under way."""
    found = await sweeps.running(chat.work, chat.actor)
    buttons = [(Button(s.title, f"rdesk:sw:page:{s.id}:0"),) for s in found[:PAGE]]
    if chat.actor.can(Permission.REPORT_ASSIGN):
        buttons.append((Button(str(say("sweeps.button.new")), "rdesk:sw:new"),))
    buttons.append((Button(str(say("sweeps.button.back")), "rdesk:list:new:0"),))
    text = say("sweeps.list" if found else "sweeps.none")
    await chat.show(Screen(text, tuple(buttons)), slot="rdesk", edit=True)


async def show(chat: Chat, sweep: Sweep, page: int) -> None:
    """Live totals, and the buildings of the round."""
    totals = await sweeps.totals(chat.work, sweep)
    seen = await rows.totals(chat.work.session, sweep.id)
    found = await rows.buildings(
        chat.work.session, sweep.community_id, limit=PAGE + 1, offset=page * PAGE
    )
    buttons: list[tuple[Button, ...]] = []
    for building, estate in found[:PAGE]:
        label = say(
            "sweeps.building",
            estate=estate.name,
            name=building.name,
            seen=seen.get(building.id, (0, 0, 0))[0],
            floors=building.entrances * building.floors,
        )
        buttons.append((Button(str(label), f"rdesk:sw:go:{sweep.id}:{building.id}:1:1"),))
    turn = []
    if page:
        key = str(say("forms.button.previous_page"))
        turn.append(Button(key, f"rdesk:sw:page:{sweep.id}:{page - 1}"))
    if len(found) > PAGE:
        key = str(say("forms.button.next_page"))
        turn.append(Button(key, f"rdesk:sw:page:{sweep.id}:{page + 1}"))
    back = Button(str(say("sweeps.button.back")), "rdesk:sw:list")
    text = say(
        "sweeps.page",
        title=sweep.title,
        begins=f"{sweep.begins_on:%m-%d}",
        ends=f"{sweep.ends_on:%m-%d}",
        **vars(totals),
    )
    screen = Screen(text, (*buttons, *([tuple(turn)] if turn else []), (back,)))
    await chat.show(screen, slot="rdesk", edit=True)


async def _show_next(chat: Chat, sweep: Sweep, building: Building, spot: Spot | None) -> None:
    """The card of a floor, or of the walked building."""
    all_seen = await rows.totals(chat.work.session, sweep.id)
    seen, broken, without = all_seen.get(building.id, (0, 0, 0))
    told = {
        "name": building.name,
        "seen": seen,
        "floors": building.entrances * building.floors,
        "broken": broken,
    }
    back = (Button(str(say("sweeps.button.back")), f"rdesk:sw:page:{sweep.id}:0"),)
    if spot is None:
        report = Button(
            str(say("sweeps.button.report")), f"rdesk:sw:report:{sweep.id}:{building.id}"
        )
        text = say("sweeps.walked", without=without, **told)
        screen = Screen(text, (((report,), back) if broken else (back,)))
    else:
        text = say("sweeps.floor", entrance=spot.entrance, floor=spot.floor, **told)
        screen = Screen(text, (*_floor_rows(sweep, building, spot), back))
    await chat.show(screen, slot="rdesk", edit=True)


def _floor_rows(sweep: Sweep, building: Building, spot: Spot) -> list[tuple[Button, ...]]:
    """Good, broken n, none installed; and the way to the next entrance."""
    base = f"rdesk:sw:mark:{sweep.id}:{spot.building_id}:{spot.entrance}:{spot.floor}"
    counts = [Button(str(say("sweeps.button.broken", count=n)), f"{base}:{n}") for n in COUNTS]
    rows_of_buttons: list[tuple[Button, ...]] = [
        (Button(str(say("sweeps.button.good")), f"{base}:0"),),
        tuple(counts),
    ]
    last = [Button(str(say("sweeps.button.none")), f"{base}:none")]
    if spot.entrance < building.entrances:
        label = str(say("sweeps.button.entrance", number=spot.entrance + 1))
        data = f"rdesk:sw:go:{sweep.id}:{spot.building_id}:{spot.entrance + 1}:1"
        last.append(Button(label, data))
    return [*rows_of_buttons, tuple(last)]


async def _communities(chat: Chat, _one: Open) -> list[tuple[str, str]]:
    mine = chat.actor.communities(Permission.REPORT_ASSIGN)
    known = [
        (str(c.id), c.name)
        for c in await places.communities(chat.work)
        if mine is None or c.id in mine
    ]
    return [*known, *([(EVERYWHERE, str(say("sweeps.everywhere")))] if mine is None else [])]


async def _begun(chat: Chat, submission: Submission) -> None:
    values = submission.values
    begins, ends = clock.day(values["begins"]), clock.day(values["ends"])
    community = int(values["community"]) or None
    title = str(say("sweeps.title", month=f"{begins:%Y-%m}"))
    try:
        await sweeps.begin(
            chat.work, chat.actor, title, community_id=community, begins=begins, ends=ends
        )
    except Refusal as no:
        await chat.say(no.code)
        return
    await chat.say("sweeps.begun")
    await listing(chat)


registry.register(Form("sweep", done=_begun, lists={"communities": _communities}))
