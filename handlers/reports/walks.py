"""Walking a building with one hand: a floor a screen, big buttons, the last floor correctable."""

from collections.abc import Awaitable, Callable, Sequence

from markupsafe import Markup

from db.models.reports import Sweep, SweepFloor
from handlers import paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.paging import in_rows
from handlers.texts import join, say
from services.errors import Refusal
from services.fillings import Submission
from services.reports import sweeps, walks
from services.reports.walks import MOST_BROKEN, Spot, Walk

PAGE = 6
COUNTS = (1, 2, 3)
MORE_COUNTS = (4, 5, 6, 7, 8)
NONE = "none"


async def pressed(chat: Chat, act: str, sweep: Sweep, more: Sequence[str]) -> None:
    """Buttons: 'rdesk:sw:<act>:<round>:<building>:<entrance>:<floor>:<broken>'."""
    walk = await walks.enter(chat.work, chat.actor, sweep, _number(more[0]))
    spot = Spot(walk.building.id, _number(more[1]), _number(more[2]))
    await ACTS[act](chat, sweep, walk, spot, more[3])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


async def _go(chat: Chat, sweep: Sweep, walk: Walk, spot: Spot, _more: str) -> None:
    """To a floor, or to the next one nobody has noted."""
    if spot not in walk.route():
        last = await walks.resume(chat.work, chat.actor, sweep)
        here = last[1] if last and last[0].building.id == walk.building.id else None
        await _show(chat, sweep, walk, here or walk.next_after(None))
        return
    await _show(chat, sweep, walk, spot)


async def _mark(chat: Chat, sweep: Sweep, _walk: Walk, spot: Spot, seen: str) -> None:
    if seen != NONE and not seen.isdecimal():
        raise Refusal("common.old_button")
    count = None if seen == NONE else _number(seen)
    walk = await walks.mark(chat.work, chat.actor, sweep, spot, count)
    await _show(chat, sweep, walk, walk.next_after(spot), just=spot)


async def _show(
    chat: Chat,
    sweep: Sweep,
    walk: Walk,
    spot: Spot | None,
    *,
    just: Spot | None = None,
    edit: bool = True,
) -> None:
    """The card of a floor, or of the walked building; `just` is the floor noted a moment ago."""
    if spot is None:
        screen = await _walked(chat, sweep, walk)
    else:
        lines = [say("sweeps.floor", estate=walk.estate.name, name=walk.building.name,
                     entrance=spot.entrance, floor=spot.floor)]  # fmt: skip
        if spot in walk.noted:
            lines.append(say("sweeps.noted_before", what=_what(walk.noted[spot])))
        if just is not None and just != spot:
            lines.append(_just(walk, just))
        lines.append(_so_far(walk))
        screen = Screen(join(lines), _floor_rows(sweep, walk, spot, just))
    await chat.show(screen, slot="rdesk", edit=edit)


def _so_far(walk: Walk) -> Markup:
    return say("sweeps.so_far", seen=len(walk.noted), floors=walk.floors, broken=walk.broken)


def _just(walk: Walk, spot: Spot) -> Markup:
    noted = walk.noted[spot]
    return say("sweeps.just", entrance=spot.entrance, floor=spot.floor, what=_what(noted))


def _what(noted: SweepFloor | None) -> str:
    """What was noted on a floor, in a word."""
    if noted is None:
        return str(say("sweeps.what.nothing"))
    if not noted.installed:
        return str(say("sweeps.what.none"))
    if noted.broken:
        return str(say("sweeps.what.broken", count=noted.broken))
    return str(say("sweeps.what.good"))


def _data(act: str, sweep: Sweep, spot: Spot) -> str:
    return f"rdesk:sw:{act}:{sweep.id}:{spot.building_id}:{spot.entrance}:{spot.floor}"


def _button(key: str, data: str, **params: object) -> Button:
    return Button(str(say(key, **params)), data)


def _floor_rows(
    sweep: Sweep, walk: Walk, spot: Spot, just: Spot | None
) -> tuple[tuple[Button, ...], ...]:
    """Good, broken n, none installed; below them the ways back and on."""
    mark = _data("mark", sweep, spot)
    counts = [_button("sweeps.button.broken", f"{mark}:{n}", count=n) for n in COUNTS]
    last = [
        _button("sweeps.button.more", _data("more", sweep, spot)),
        _button("sweeps.button.none", f"{mark}:{NONE}"),
    ]
    ways = []
    if (before := walk.before(spot)) is not None:
        ways.append(_button("sweeps.button.before", _data("go", sweep, before)))
    ways.append(_button("sweeps.button.floors", _at(sweep, walk, "floors", spot.entrance)))
    rows = [(_button("sweeps.button.good", f"{mark}:0"),), tuple(counts), tuple(last), tuple(ways)]
    if (photo := _photo_button(sweep, walk, just)) is not None:
        rows.append((photo,))
    return (*rows, _back(sweep, walk))


def _photo_button(sweep: Sweep, walk: Walk, just: Spot | None) -> Button | None:
    """For the floor noted just now, where something is amiss; nobody has to."""
    noted = walk.noted.get(just) if just else None
    if just is None or noted is None or (noted.installed and not noted.broken):
        return None
    return _button("sweeps.button.photo", _data("photo", sweep, just), floor=just.floor)


def _back(sweep: Sweep, walk: Walk) -> tuple[Button, ...]:
    return (_button("sweeps.button.back", f"rdesk:sw:at:{sweep.id}:e{walk.estate.id}"),)


def _at(sweep: Sweep, walk: Walk, act: str, *numbers: int) -> str:
    return ":".join(["rdesk:sw", act, str(sweep.id), str(walk.building.id), *map(str, numbers)])


async def _walked(chat: Chat, sweep: Sweep, walk: Walk) -> Screen:
    """The end of a building: what is broken to reports, the next one of the estate."""
    text = say("sweeps.walked", estate=walk.estate.name, name=walk.building.name,
               seen=len(walk.noted), floors=walk.floors, broken=walk.broken,
               without=walk.without)  # fmt: skip
    rows = [*_report_row(sweep, walk)]
    lines = await sweeps.progress(chat.work, chat.actor, sweep)
    left = [one for one in sweeps.by_estate(lines)[walk.estate.id] if not one.done]
    following = next((one for one in left if one.building.id > walk.building.id), None)
    following = following or next(iter(left), None)
    if following is not None:
        data = f"rdesk:sw:go:{sweep.id}:{following.building.id}"
        rows.append((_button("sweeps.button.next", data, name=following.building.name),))
    rows.append((_button("sweeps.button.floors", _at(sweep, walk, "floors", 0)),))
    return Screen(text, (*rows, _back(sweep, walk)))


def _report_row(sweep: Sweep, walk: Walk) -> list[tuple[Button, ...]]:
    if not walk.broken:
        return []
    return [(_button("sweeps.button.report", _at(sweep, walk, "report")),)]


async def _report(chat: Chat, sweep: Sweep, walk: Walk, _spot: Spot, _more: str) -> None:
    words = str(say("sweeps.words"))
    new, known = await walks.report_broken(chat.work, chat.actor, sweep, walk.building.id, words)
    chat.tell("sweeps.reported", alert=True, new=new, known=known)
    walk = await walks.enter(chat.work, chat.actor, sweep, walk.building.id)
    await _show(chat, sweep, walk, walk.next_after(None))


# -- looking back -------------------------------------------------------------------------------


async def _floors(chat: Chat, sweep: Sweep, walk: Walk, spot: Spot, _more: str) -> None:
    """The entrances (0), or the floors of one, each with what was noted; a press corrects it."""
    page, entrance = spot.floor, spot.entrance
    if walk.building.entrances == 1:
        entrance = 1
    if 1 <= entrance <= walk.building.entrances:
        shown = [one for one in walk.route() if one.entrance == entrance]
        buttons = [_floor_button(sweep, walk, one) for one in shown]
        text = say("sweeps.entrance", estate=walk.estate.name, name=walk.building.name,
                   entrance=entrance)  # fmt: skip
        up = _at(sweep, walk, "floors", 0) if walk.building.entrances > 1 else ""
    else:
        entrance = 0
        buttons = [_entrance_button(sweep, walk, n) for n in range(1, walk.building.entrances + 1)]
        text = say("sweeps.entrances", estate=walk.estate.name, name=walk.building.name)
        up = ""
    rows = [*in_rows(buttons[page * PAGE : (page + 1) * PAGE])]
    rows += paging.turning_row(
        _at(sweep, walk, "floors", entrance), page, len(buttons), PAGE, onward="more"
    )
    rows += _report_row(sweep, walk)
    on = _button("sweeps.button.on", f"rdesk:sw:go:{sweep.id}:{walk.building.id}")
    back = (_button("sweeps.button.back", up),) if up else _back(sweep, walk)
    screen = Screen(join([text, _so_far(walk)]), (*rows, (on, *back)))
    await chat.show(screen, slot="rdesk", edit=True)


def _floor_button(sweep: Sweep, walk: Walk, spot: Spot) -> Button:
    what = _what(walk.noted.get(spot))
    return _button("sweeps.floor_line", _data("go", sweep, spot), floor=spot.floor, what=what)


def _entrance_button(sweep: Sweep, walk: Walk, entrance: int) -> Button:
    noted = [one for spot, one in walk.noted.items() if spot.entrance == entrance]
    broken = sum(one.broken for one in noted)
    data = _at(sweep, walk, "floors", entrance)
    return _button("sweeps.entrance_line", data, number=entrance, seen=len(noted),
                   floors=walk.building.floors, broken=broken)  # fmt: skip


# -- many broken, and photos --------------------------------------------------------------------


async def _more(chat: Chat, sweep: Sweep, walk: Walk, spot: Spot, _more: str) -> None:
    """More than three: a number picked, or typed."""
    if spot not in walk.route():
        raise Refusal("common.not_there")
    mark = _data("mark", sweep, spot)
    counts = [_button("sweeps.button.broken", f"{mark}:{n}", count=n) for n in MORE_COUNTS]
    typed = _button("sweeps.button.typed", _data("typed", sweep, spot))
    back = _button("sweeps.button.back", _data("go", sweep, spot))
    text = say("sweeps.how_many", name=walk.building.name, entrance=spot.entrance,
               floor=spot.floor)  # fmt: skip
    await chat.show(Screen(text, (*in_rows(counts, 3), (typed, back))), slot="rdesk", edit=True)


async def _typed(chat: Chat, sweep: Sweep, walk: Walk, spot: Spot, _more: str) -> None:
    if spot not in walk.route():
        raise Refusal("common.not_there")
    await runner.begin(chat, "sweep_count", subject=_subject(sweep, spot))


async def _photo(chat: Chat, sweep: Sweep, walk: Walk, spot: Spot, _more: str) -> None:
    if spot not in walk.noted:
        raise Refusal("common.not_there")
    await runner.begin(chat, "sweep_photo", subject=_subject(sweep, spot))


def _subject(sweep: Sweep, spot: Spot) -> str:
    return f"{sweep.id}:{spot.building_id}:{spot.entrance}:{spot.floor}"


async def _of(chat: Chat, submission: Submission) -> tuple[Sweep, Spot]:
    """The round and the floor a form was about."""
    number, *place = (int(part) for part in submission.subject.split(":"))
    return await sweeps.access(chat.work, chat.actor, number), Spot(*place)


async def _counted(chat: Chat, submission: Submission) -> None:
    sweep, spot = await _of(chat, submission)
    count = int(submission.values["count"])
    if not 0 <= count <= MOST_BROKEN:
        raise Refusal("sweeps.too_many", most=MOST_BROKEN)
    walk = await walks.mark(chat.work, chat.actor, sweep, spot, count)
    await _show(chat, sweep, walk, walk.next_after(spot), just=spot, edit=False)


async def _photographed(chat: Chat, submission: Submission) -> None:
    sweep, spot = await _of(chat, submission)
    walk = await walks.enter(chat.work, chat.actor, sweep, spot.building_id)
    for photo in submission.media[:1]:
        walk = await walks.photograph(chat.work, chat.actor, sweep, spot, photo)
    await _show(chat, sweep, walk, walk.next_after(spot), edit=False)


registry.register(Form("sweep_count", done=_counted))
registry.register(Form("sweep_photo", done=_photographed))

Act = Callable[[Chat, Sweep, Walk, Spot, str], Awaitable[None]]
ACTS: dict[str, Act] = {
    "go": _go,
    "mark": _mark,
    "more": _more,
    "typed": _typed,
    "photo": _photo,
    "floors": _floors,
    "report": _report,
}
