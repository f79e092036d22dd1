"""Asking the leader for more days or to end a report unmended, deciding that; pressing a job."""

from typing import Any

from db.models.reports import Report
from handlers import notices
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.reports.cards import label
from handlers.reports.page import SLOT, show
from handlers.texts import say
from services.fillings import Submission
from services.reports import desk, notes, requests
from services.reports.requests import Kind


async def more_days(chat: Chat, row: Report) -> None:
    """'rdesk:more:<report>': ask for more days."""
    requests.check_asking(row, chat.actor, Kind.EXTENSION)
    await runner.begin(chat, "report_more_days", subject=str(row.id))


async def cannot(chat: Chat, row: Report) -> None:
    """'rdesk:cannot:<report>': ask to end it unmended."""
    requests.check_asking(row, chat.actor, Kind.NO_ACTION)
    await runner.begin(chat, "report_cannot", subject=str(row.id))


async def _asked_more(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    values = submission.values
    await requests.ask(
        chat.work,
        chat.actor,
        row,
        Kind.EXTENSION,
        words=values["words"],
        days=int(values["days"]),
    )
    await chat.say("report_requests.sent", number=row.number)


async def _asked_end(chat: Chat, submission: Submission) -> None:
    row = await desk.access(chat.work, chat.actor, int(submission.subject))
    values = submission.values
    await requests.ask(chat.work, chat.actor, row, Kind(values["kind"]), words=values["words"])
    await chat.say("report_requests.sent", number=row.number)


registry.register(Form("report_more_days", done=_asked_more))
registry.register(Form("report_cannot", done=_asked_end))


async def decide(chat: Chat) -> None:
    """'rdesk:req:<request>:<yes, no or nothing>': look at what is asked, or answer it."""
    _, number, answer = chat.press_parts(3)
    request_id = int(number) if number.isdecimal() and len(number) < 18 else 0
    if answer in ("yes", "no"):
        row = await requests.decide(chat.work, chat.actor, request_id, approve=answer == "yes")
        chat.tell(f"report_requests.told_{answer}")
        await show(chat, row)
        return
    row, asked = await requests.access(chat.work, chat.actor, request_id)
    text = say(
        f"report_requests.asked.{Kind(asked.kind)}",
        number=row.number,
        category=label(row.category),
        words=asked.words,
        days=asked.days or 0,
    )
    back = notices.button_row(("report_desk.button.back", f"rdesk:show:{row.id}"))
    screen = Screen(text, (_answers(asked.id), back))
    await turn(chat, screen, slot=SLOT)


def _answers(request_id: int) -> tuple[Button, ...]:
    return notices.button_row(
        ("report_requests.button.yes", f"rdesk:req:{request_id}:yes"),
        ("report_requests.button.no", f"rdesk:req:{request_id}:no"),
    )


async def hurry(chat: Chat, row: Report) -> None:
    """'rdesk:hurry:<report>': press whoever has it."""
    times = await notes.hurry(chat.work, chat.actor, row)
    chat.tell("report_notes.hurry_sent", times=times)
    await show(chat, row)


def _asked_notice(kind: Kind) -> None:
    def screen(params: dict[str, Any]) -> Screen:
        told = {**params, "category": label(params["category"])}
        look = notices.button_row(("report_desk.button.look", f"rdesk:show:{params['report_id']}"))
        return Screen(
            say(f"report_requests.asked.{kind}", **told), (_answers(params["request_id"]), look)
        )

    notices.screen_for(f"report_requests.asked.{kind}")(screen)


for _kind in Kind:
    _asked_notice(_kind)
