"""How news about reports look to staff: a sentence, and the way to the report."""

from typing import Any

from handlers import notices
from handlers.chat import Screen
from handlers.reports.cards import label
from handlers.texts import join, say
from services.reports.requests import Kind

LOOK = ("report_desk.button.look", "show")
HOURS = "report_desk.which.hours"
ACCEPT = ("report_desk.button.accept", "accept")


def _staff_notice(code: str, *extra: tuple[str, str]) -> None:
    def screen(params: dict[str, Any]) -> Screen:
        told = {"due": "", "words": ""} | params | {"category": label(params["category"])}
        pairs = [(key, f"rdesk:{act}:{params['report_id']}") for key, act in (LOOK, *extra)]
        return Screen(say(code, **told), (notices.button_row(*pairs),))

    notices.screen_for(code)(screen)


_staff_notice("reports.job.assigned", ACCEPT)
for _code in (
    "reports.new_for_staff",
    "reports.job.reopened",
    "reports.job.hurried",
    "reports.job.taken_back",
    "reports.photos_for_assignee",
    "reports.to_check",
    "report_desk.answered",
    "report_desk.escalated",
    "report_desk.given_back",
    "report_desk.reopened_again",
    *(f"report_requests.answer.{kind}.{answer}" for kind in Kind for answer in ("yes", "no")),
):
    _staff_notice(_code)


def _digest(params: dict[str, Any]) -> Screen:
    """The counts; a line more where something waits longer than the street allows."""
    lists = [("report_desk.which.new", "new"), ("report_desk.which.due", "due")]
    lines = [say("report_desk.digest", **params)]
    if params.get("late_accept"):
        lines.append(say("report_desk.digest_accept", **params))
    if params.get("late_check"):
        lines.append(say("report_desk.digest_check", **params))
        lists.insert(1, ("report_desk.which.handled", "handled"))
    look = notices.button_row(*((key, f"rdesk:list:{which}:0") for key, which in lists))
    if not params.get("hours"):
        return Screen(join(lines), (look,))
    lines.append(say("report_desk.digest_hours", **params))
    return Screen(join(lines), (look, notices.button_row((HOURS, "adesk:hours:0"))))


def _job_digest(params: dict[str, Any]) -> Screen:
    look = notices.button_row(("report_desk.button.jobs", "rdesk:jobs"))
    return Screen(say("report_queue.digest", **params), (look,))


notices.screen_for("report_desk.digest")(_digest)
notices.screen_for("report_queue.digest")(_job_digest)


def _reporter_notice(code: str, *buttons: tuple[str, str]) -> None:
    def screen(params: dict[str, Any]) -> Screen:
        told = {**params, "category": label(params["category"])}
        pairs = [(key, f"rep:{act}:{params['report_id']}") for key, act in buttons]
        return Screen(say(code, **told), (notices.button_row(*pairs),))

    notices.screen_for(code)(screen)


PROGRESS = ("reports.button.progress", "show")
STILL = ("reports.button.no", "no")
_reporter_notice("reports.told.extended", PROGRESS)
_reporter_notice("reports.told.no_action", PROGRESS, STILL)
_reporter_notice("reports.told.outside", PROGRESS, STILL)
