"""Volunteers see their hours, the star level reached, points where there are any, their year."""

from typing import Any

from markupsafe import Markup

from handlers import desk_card, notices
from handlers.chat import Button, Chat, Screen
from handlers.texts import join, say
from services import clock
from services.activities import attendance
from services.recognition import standing
from services.recognition.standing import Record, Rules

SLOT = "rec"


async def pressed(chat: Chat) -> None:
    """Buttons: 'rec:me', 'rec:year:<year>', 'rec:wish:<on or off>'."""
    act, what = chat.press_parts(2)
    if act == "year" and what.isdecimal():
        await standing.order_picture(chat.work, chat.actor, int(what), chat_id=chat.id)
        chat.tell("recognition.drawing")
    elif act == "wish" and what in ("on", "off"):
        await standing.want_picture(chat.work, chat.actor, wanted=what == "on")
        chat.tell(f"recognition.wish_{what}")
        await show(chat)
    else:
        await show(chat)


async def show(chat: Chat) -> None:
    """Hours, level, how far it is to the next one, and what can be had."""
    volunteer = await standing.myself(chat.work, chat.actor)
    record = await standing.record(chat.work, volunteer)
    rules = await standing.rules(chat.work)
    wish = "off" if volunteer.wants_year_picture else "on"
    rows = (
        (_button("certificate", "cert:new"), _button("mine", "cert:list:0")),
        _years(record),
        (_button(f"wish_{wish}", f"rec:wish:{wish}"),),
        (_button("notice", "certn:list:0"), _button("back", "vol:me")),
    )
    text = join(_lines(record, rules))
    await desk_card.turn(chat, Screen(text, tuple(row for row in rows if row)), slot=SLOT)


def _years(record: Record) -> tuple[Button, ...]:
    """Of this year and the last, those with something to draw."""
    served = {clock.local(one.starts_at).year for one in record.services}
    this_year = clock.today().year
    return tuple(
        Button(str(say("recognition.button.year", year=year)), f"rec:year:{year}")
        for year in (this_year, this_year - 1)
        if year in served
    )


def _lines(record: Record, rules: Rules) -> list[Markup]:
    hours = attendance.written(record.half_hours)
    lines = [say("recognition.hours", hours=hours, count=len(record.services))]
    stands = standing.standing(record.half_hours, rules.levels)
    if stands.level:
        reached = rules.levels[stands.level - 1]
        lines.append(say("recognition.reached", level=stands.level, hours=reached))
    if stands.next_hours is not None:
        missing = attendance.written(stands.missing_half_hours)
        level = stands.level + 1
        lines.append(say("recognition.next", level=level, missing=missing, at=stands.next_hours))
    if rules.points_an_hour:
        points = attendance.written(record.half_hours * rules.points_an_hour)
        lines.append(say("recognition.points", points=points))
    lines.append(say("recognition.not_granted"))
    return lines


@notices.screen_for("recognition.level_reached")
def _level_reached(params: dict[str, Any]) -> Screen:
    button = _button("hours", "rec:me")
    return Screen(say("recognition.level_reached", **params), ((button,),))


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"recognition.button.{key}")), data)
