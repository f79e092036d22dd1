"""Anybody checks a certificate by its code, reads the public notice, objects to what is there."""

from markupsafe import Markup

from db.models.certificates import Certificate
from handlers import desk_card, notices, paging
from handlers.chat import Button, Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.recognition.certificates import day_of, period, reason
from handlers.texts import join, say
from services import privacy
from services.activities import attendance
from services.fillings import Submission
from services.recognition import certificate_objections, certificates
from services.recognition.certificates import State

PAGE = 6
SLOT = "rec"


async def check(chat: Chat, token: str) -> None:
    """/start cert_<token>: the number, whether it is valid, and what the holder lets others see."""
    row = await certificates.check(chat.work, token)
    text = join([_verdict(row), join(_open_facts(row)), say("certificate_checks.chosen")], "\n\n")
    await chat.show(Screen(text, ((Button(str(say("menu.back")), "menu:home"),),)))


def _verdict(row: Certificate) -> Markup:
    assert row.issued_at is not None
    if row.state == State.VOID:
        assert row.closed_at is not None
        return say("certificate_checks.is_void", day=day_of(row.closed_at), reason=reason(row))
    return say("certificate_checks.is_valid", day=day_of(row.issued_at))


def _open_facts(row: Certificate) -> list[Markup]:
    """The number, and what the holder chose."""
    choice = certificates.shown(row)
    lines = [say("certificates.fact.number", number=row.number or "")]
    if row.name:
        lines.append(say("certificates.fact.name", name=_name(row)))
    if choice.hours:
        lines.append(say("certificates.fact.hours", hours=attendance.written(row.half_hours)))
    if choice.period:
        lines.append(say("certificates.fact.period", period=period(row)))
    return lines


def _name(row: Certificate) -> str:
    name = row.name or ""
    return name if certificates.shown(row).full_name else privacy.mask_name(name)


# -- the public notice --------------------------------------------------------------------------


async def pressed(chat: Chat) -> None:
    """Buttons: 'certn:list:<page>', 'certn:object'."""
    act, what = chat.press_parts(2)
    if act == "object":
        await runner.begin(chat, "certificate_objection")
    else:
        await public_notice(chat, int(what) if what.isdecimal() else 0)


async def public_notice(chat: Chat, page: int = 0) -> None:
    """What was issued in the last seven days, as far as the holders let others see."""
    found = await certificates.on_notice(chat.work, page=page, size=PAGE)
    lines = [_notice_line(row) for row in found[:PAGE]]
    turning = paging.turning("certn:list", page, more=len(found) > PAGE)
    key = "certificate_checks.on_notice" if lines else "certificate_checks.nothing_on_notice"
    text = say(key, lines=join(lines)) if lines else say(key)
    act = (_button("object", "certn:object"),) if lines else ()
    rows = (act, turning, (Button(str(say("menu.back")), "menu:home"),))
    await desk_card.turn(chat, Screen(text, tuple(row for row in rows if row)), slot=SLOT)


def _notice_line(row: Certificate) -> Markup:
    hours = say("certificate_checks.hours", hours=attendance.written(row.half_hours))
    shows = certificates.shown(row).hours
    return say(
        "certificate_checks.line",
        number=row.number or "",
        name=_name(row),
        hours=hours if shows else "",
    )


async def _objected(chat: Chat, submission: Submission) -> None:
    await certificate_objections.file(
        chat.work,
        chat.actor,
        str(submission.values["number"]),
        words=str(submission.values["words"]),
        token=submission.token,
    )
    await chat.say("certificate_checks.objected")


registry.register(Form("certificate_objection", done=_objected))


@notices.screen_for("certificate_checks.objection")
def _objection(params: dict[str, str]) -> Screen:
    look = Button(str(say("certificates.button.look")), f"certd:show:{params['certificate_id']}")
    return Screen(say("certificate_checks.objection", number=params["number"]), ((look,),))


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"certificate_checks.button.{key}")), data)
