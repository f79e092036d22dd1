"""The supervisors' pages: what to look at again, findings to write down, one's own record."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from db.models.reports import Report
from handlers import colleagues, desk_card, menu, notices, paging
from handlers.chat import Button, Chat, Screen, number_in
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports import crosswise
from handlers.reports import form as report_form
from handlers.reports.cards import label, page, timeline, where
from handlers.reports.reporters import send_photos
from handlers.texts import join, say
from services import clock, supervisors
from services.errors import Refusal
from services.fillings import Submission
from services.permissions import Permission
from services.supervisors import Record, Verdict, Waiting

PAGE = 5
SLOT = "sup"


def _button(key: str, data: str, **params: object) -> Button:
    return Button(str(say(f"supervisors.button.{key}", **params)), data)


async def _show(chat: Chat, text: Markup, *buttons: Sequence[Button]) -> None:
    found = tuple(tuple(row) for row in buttons if row)
    await desk_card.turn(chat, Screen(text, found), slot=SLOT)


async def home(chat: Chat) -> None:
    """/checks: what waits, and what can be done."""
    found = await supervisors.counts(chat.work, chat.actor)
    acts = [
        _button("handled", "sup:list:handled:0", count=found[Waiting.HANDLED]),
        _button("closed", "sup:list:closed:0", count=found[Waiting.CLOSED]),
        _button("finding", "sup:new"),
        _button("record", "sup:mine:0"),
    ]
    if chat.actor.can(Permission.ROLE_GRANT):
        acts.append(_button("team", "sup:team"))
    back = Button(str(say("menu.back")), "home:menu")
    await _show(chat, say("supervisors.home"), *paging.in_rows(acts), (back,))


async def pressed(chat: Chat) -> None:
    """Buttons: 'sup:<act>:<report, list or page>:<page>'."""
    act, what, more = chat.press_parts(3)
    if act == "list":
        which = Waiting(what) if what in tuple(Waiting) else Waiting.HANDLED
        await _list(chat, which, number_in(more))
    elif act == "mine":
        await _mine(chat, number_in(what))
    elif act in PAGES:
        await PAGES[act](chat)
    elif act in ONE:
        row = await supervisors.access(chat.work, chat.actor, number_in(what))
        await ONE[act](chat, row)
    else:
        raise Refusal("common.old_button")


async def _list(chat: Chat, which: Waiting, number: int) -> None:
    found = await supervisors.waiting(chat.work, chat.actor, which, page=number, size=PAGE)
    lines = [await _line(chat, row) for row in found[:PAGE]]
    text = say(f"supervisors.list.{which}", lines=join(lines) or say("supervisors.nothing"))
    buttons = [(Button(_title(row), f"sup:show:{row.id}"),) for row in found[:PAGE]]
    turn = paging.turning(f"sup:list:{which}", number, more=len(found) > PAGE)
    await _show(chat, text, *buttons, turn, (_button("back", "sup:home"),))


def _title(row: Report) -> str:
    return f"{row.number} {label(row.category)}"


async def _line(chat: Chat, row: Report) -> Markup:
    return say("supervisors.line", title=_title(row), where=await where(chat, row))


async def _one(chat: Chat, row: Report) -> None:
    """A report with what happened so far, and the two verdicts."""
    parts = [await page(chat, row), await timeline(chat, row)]
    acts = [_button("photos", f"sup:photo:{row.id}")]
    back = _button("back", "sup:home")
    if not await supervisors.can_check(chat.work, chat.actor, row):
        parts.append(say("supervisors.not_to_check"))
        await _show(chat, join(parts, "\n\n"), acts, (back,))
        return
    verdicts = (_button("passed", f"sup:yes:{row.id}"), _button("failed", f"sup:no:{row.id}"))
    await _show(chat, join(parts, "\n\n"), verdicts, (*acts, back))


async def _passed(chat: Chat, row: Report) -> None:
    await _look(chat, row, passed=True)


async def _failed(chat: Chat, row: Report) -> None:
    await _look(chat, row, passed=False)


async def _look(chat: Chat, row: Report, *, passed: bool) -> None:
    """Ask for the photo (and, where it is not mended, for words)."""
    if not await supervisors.can_check(chat.work, chat.actor, row):
        raise Refusal("supervisors.checked_already")
    verdict = "yes" if passed else "no"
    before = say(f"supervisors.before.{verdict}", number=row.number)
    subject = f"{row.id}:{verdict}"
    known = {"passed": verdict}
    await runner.begin(chat, "report_check", subject=subject, answers=known, before=before)


async def _looked(chat: Chat, submission: Submission) -> None:
    number, _, said = submission.subject.partition(":")
    verdict = Verdict(
        passed=said == "yes",
        words=submission.values.get("words") or "",
        photos=submission.media,
        token=submission.token,
    )
    row = await supervisors.check(chat.work, chat.actor, int(number), verdict)
    key = f"supervisors.looked.{'yes' if verdict.passed else 'no'}"
    await chat.say(key, [_button("on", "sup:home")], number=row.number)


registry.register(Form("report_check", done=_looked, aside=crosswise.aside))


async def _finding(chat: Chat) -> None:
    """The report form, with a photo asked for whatever the kind of problem."""
    before = say("supervisors.before_finding")
    await report_form.start(chat, {"finding": "yes"}, subject="finding", before=before)


# -- records ------------------------------------------------------------------------------------


async def _mine(chat: Chat, number: int) -> None:
    """What one did this month, and the checks one by one."""
    month = supervisors.month_start()
    done = await supervisors.record(chat.work, chat.actor, since=month)
    found = await supervisors.checks(chat.work, chat.actor, page=number, size=PAGE)
    lines = [
        say(
            "supervisors.check_line",
            day=clock.local(check.at).date(),
            title=_title(report),
            verdict=say(f"supervisors.verdict.{'yes' if check.passed else 'no'}"),
            words=check.words,
        )
        for check, report in found[:PAGE]
    ]
    text = say("supervisors.record", **_sums(done), lines=join(lines) or say("supervisors.nothing"))
    turn = paging.turning("sup:mine", number, more=len(found) > PAGE)
    await _show(chat, text, turn, (_button("back", "sup:home"),))


def _sums(done: Record) -> dict[str, int]:
    return {"findings": done.findings, "passed": done.passed, "failed": done.failed}


async def _team(chat: Chat) -> None:
    """What every supervisor did this month, for staff."""
    month = supervisors.month_start()
    found = await supervisors.team(chat.work, chat.actor, since=month)
    known = await colleagues.called(chat.work, [one.person_id for one in found])
    lines = [
        say("supervisors.team_line", name=known.get(one.person_id, ""), **_sums(one))
        for one in found
    ]
    text = say("supervisors.team", lines=join(lines) or say("supervisors.no_team"))
    await _show(chat, text, (_button("back", "sup:home"),))


PAGES = {"home": home, "new": _finding, "team": _team}
ONE = {"show": _one, "photo": send_photos, "yes": _passed, "no": _failed}


@notices.screen_for("supervisors.digest")
def _digest(params: dict[str, Any]) -> Screen:
    return Screen(say("supervisors.digest", **params), ((_button("look", "sup:home"),),))


@menu.counts("sup:home")
async def _to_look_at(chat: Chat) -> int:
    """How many reports wait for a look."""
    return sum((await supervisors.counts(chat.work, chat.actor)).values())
