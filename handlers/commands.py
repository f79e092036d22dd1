"""Everything a person can start: command or button, feature, right needed, menu text."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers import (
    anything,
    dead_letters,
    desk_counts,  # noqa: F401 - registers the counts of the menu
    gazetteer,
    kept_messages,
    links,
    menu,
    supervisors,
    welcome,
)
from handlers.activities import album as activity_album
from handlers.activities import attendance
from handlers.activities import desk as activity_desk
from handlers.activities import feedback as activity_feedback
from handlers.activities import signups as activities
from handlers.chat import Chat
from handlers.clubs import desk as club_desk
from handlers.clubs import membership as clubs
from handlers.entries import desk as entry_desk
from handlers.entries import files as entry_files
from handlers.entries import local_facts as fact_desk
from handlers.entries import tuning as entry_tuning
from handlers.forms import runner
from handlers.links import Link
from handlers.people import consents as consent
from handlers.people import desk as people_desk
from handlers.people import profile
from handlers.people import roles as roles_desk
from handlers.questions import asking as questions
from handlers.questions import desk as question_desk
from handlers.questions import topics as question_topics
from handlers.recognition import certificate_checks, certificate_desk, certificates
from handlers.recognition import desk as recognition_desk
from handlers.recognition import standing as recognition
from handlers.reports import desk as report_desk
from handlers.reports import lists as report_lists
from handlers.reports import pictures as report_pictures
from handlers.reports import reporters as reports
from handlers.surveys import answering as surveys
from handlers.surveys import audiences as survey_audience
from handlers.surveys import authoring as survey_authoring
from handlers.surveys import desk as survey_desk
from handlers.surveys import targets as survey_targets
from handlers.volunteers import desk as volunteer_desk
from handlers.volunteers import editing as volunteer_edit
from handlers.volunteers import queries as volunteer_queries
from handlers.volunteers import registration as volunteers
from handlers.volunteers import roster_files
from services.permissions import Actor, Permission

Feature = Callable[[Chat], Awaitable[None]]


@dataclass(frozen=True)
class Entry:
    """What is run, and the right it needs (None: open to everybody who is not blocked)."""

    run: Feature
    need: Permission | None
    private: bool = True
    blocked_too: bool = False


@dataclass(frozen=True)
class Command(Entry):
    """A command; `menu` is the key of its line in the command menu, empty for none."""

    name: str = ""
    menu: str = ""


@dataclass(frozen=True)
class Press(Entry):
    """Buttons whose data begins with this prefix."""

    prefix: str = ""


COMMANDS: tuple[Command, ...] = (
    Command(welcome.start, None, name="start", menu="commands.start"),
    Command(welcome.help_text, None, name="help", menu="commands.help", private=False),
    Command(runner.cancel, None, name="cancel", menu="commands.cancel"),
    Command(question_topics.topics, None, name="ask", menu="commands.ask"),
    Command(questions.why, None, name="why"),
    Command(entry_desk.home, Permission.KNOWLEDGE_REPLY, name="kb", menu="commands.kb"),
    Command(kept_messages.listing, Permission.KEPT_VIEW, name="kept", menu="commands.kept"),
    Command(reports.begin, Permission.REPORT_FILE, name="report", menu="commands.report"),
    Command(reports.mine, None, name="myreports", menu="commands.myreports"),
    Command(report_pictures.progress, None, name="progress", menu="commands.progress"),
    Command(report_lists.home, Permission.REPORT_VIEW, name="reports", menu="commands.reports"),
    Command(surveys.listing, Permission.SURVEY_ANSWER, name="survey", menu="commands.survey"),
    Command(
        survey_desk.listing, Permission.SURVEY_RESULTS, name="surveys", menu="commands.surveys"
    ),
    Command(
        volunteers.start, Permission.VOLUNTEER_REGISTER, name="volunteer", menu="commands.volunteer"
    ),
    Command(
        volunteer_desk.listing,
        Permission.VOLUNTEER_VIEW,
        name="volunteers",
        menu="commands.volunteers",
    ),
    Command(profile.show, None, name="me", menu="commands.me", blocked_too=True),
    Command(profile.export, None, name="mydata", blocked_too=True),
    Command(profile.ask_to_forget, None, name="forget", blocked_too=True),
    Command(gazetteer.start, Permission.PLACE_EDIT, name="places", menu="commands.places"),
    Command(people_desk.find, Permission.PERSON_BLOCK, name="people", menu="commands.people"),
    Command(
        activities.listing, Permission.ACTIVITY_JOIN, name="activities", menu="commands.activities"
    ),
    Command(supervisors.home, Permission.REPORT_CHECK, name="checks", menu="commands.checks"),
    Command(clubs.listing, Permission.CLUB_JOIN, name="clubs", menu="commands.clubs"),
    Command(activity_desk.listing, Permission.ACTIVITY_CREATE, name="plan", menu="commands.plan"),
    Command(dead_letters.show, Permission.INBOX_RETRY, name="dead", menu="commands.dead"),
)

PRESSES: tuple[Press, ...] = (
    Press(welcome.pressed, None, prefix="home"),
    Press(menu.pressed, None, prefix="menu"),
    Press(profile.pressed, None, prefix="me", blocked_too=True),
    Press(people_desk.pressed, Permission.PERSON_BLOCK, prefix="ppl"),
    Press(gazetteer.pressed, Permission.PLACE_EDIT, prefix="place"),
    Press(roles_desk.pressed, None, prefix="role"),
    Press(runner.pressed, None, prefix="f"),
    Press(consent.pressed, None, prefix="agree"),
    Press(questions.pressed, None, prefix="ask"),
    Press(entry_desk.pressed, Permission.KNOWLEDGE_REPLY, prefix="kb"),
    Press(entry_files.pressed, Permission.KNOWLEDGE_EDIT, prefix="kx"),
    Press(entry_tuning.pressed, Permission.KNOWLEDGE_REPLY, prefix="kt"),
    Press(fact_desk.pressed, Permission.KNOWLEDGE_REPLY, prefix="kf"),
    Press(question_desk.pressed, Permission.KNOWLEDGE_REPLY, prefix="kq"),
    Press(kept_messages.pressed, Permission.KEPT_VIEW, prefix="kept"),
    Press(reports.pressed, Permission.REPORT_FILE, prefix="rep"),
    Press(report_desk.pressed, Permission.REPORT_VIEW, prefix="rdesk"),
    Press(report_pictures.pressed_by_anybody, None, prefix="prog"),
    Press(supervisors.pressed, Permission.REPORT_CHECK, prefix="sup"),
    Press(surveys.pressed, Permission.SURVEY_ANSWER, prefix="svy"),
    Press(survey_authoring.pressed, Permission.SURVEY_EDIT, prefix="sdraft"),
    Press(survey_audience.pressed, Permission.SURVEY_EDIT, prefix="slist"),
    Press(survey_targets.pressed, Permission.SURVEY_EDIT, prefix="starget"),
    Press(survey_desk.pressed, Permission.SURVEY_RESULTS, prefix="sdesk"),
    Press(volunteers.pressed, Permission.VOLUNTEER_REGISTER, prefix="vol"),
    Press(volunteer_desk.pressed, Permission.VOLUNTEER_VIEW, prefix="vdesk"),
    Press(roster_files.pressed, Permission.VOLUNTEER_IMPORT, prefix="roster"),
    Press(volunteer_edit.pressed, Permission.VOLUNTEER_VERIFY, prefix="ve"),
    Press(volunteer_queries.pressed, Permission.VOLUNTEER_VIEW, prefix="vq"),
    Press(activities.pressed, Permission.ACTIVITY_JOIN, prefix="act"),
    Press(attendance.pressed, Permission.ACTIVITY_JOIN, prefix="att"),
    Press(activity_album.pressed, Permission.ACTIVITY_JOIN, prefix="alb"),
    Press(activity_feedback.pressed, Permission.ACTIVITY_JOIN, prefix="fbk"),
    Press(activity_desk.pressed, Permission.ACTIVITY_CREATE, prefix="adesk"),
    Press(clubs.pressed, Permission.CLUB_JOIN, prefix="club"),
    Press(club_desk.pressed, Permission.CLUB_JOIN, prefix="cdesk"),
    Press(recognition.pressed, None, prefix="rec"),
    Press(recognition_desk.pressed, Permission.VOLUNTEER_VIEW, prefix="recd"),
    Press(certificates.pressed, None, prefix="cert"),
    Press(certificate_checks.pressed, None, prefix="certn"),
    Press(certificate_desk.pressed, Permission.CERTIFICATE_ISSUE, prefix="certd"),
    Press(dead_letters.pressed, Permission.INBOX_RETRY, prefix="dead"),
)

LINKS: tuple[Link, ...] = (
    Link("cert", certificate_checks.check),
    Link("club", clubs.from_link),
    Link("in", attendance.scanned),
    Link("inv", roles_desk.follow_invitation),
    Link("svy", surveys.from_link),
)

UNKNOWN_PRESS = Entry(anything.unknown_press, None, private=False)
INLINE = Entry(questions.inline, None, private=False)
MESSAGE = Entry(anything.message, None, private=False)
OTHER = Entry(anything.other, None, private=False)


async def run(entry: Entry, chat: Chat) -> None:
    """Run a feature for whoever may. Raises Refusal for the others."""
    if chat.blocked and not entry.blocked_too:
        await welcome.turn_away(chat)
        return
    if entry.need is not None:
        chat.actor.require(entry.need)
    if entry.private and not chat.private:
        await anything.ask_in_private(chat)
        return
    await entry.run(chat)


def menu_for(actor: Actor) -> list[tuple[str, str]]:
    """The command menu of this person: name and text key of what they may use."""
    return [
        (command.name, command.menu)
        for command in COMMANDS
        if command.menu and (command.need is None or actor.can(command.need))
    ]


def _runs(press: Press) -> Feature:
    async def feature(chat: Chat) -> None:
        await run(press, chat)

    return feature


links.offer(LINKS, {press.prefix: _runs(press) for press in PRESSES})
