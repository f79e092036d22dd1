"""Names the clock work and the background jobs of this process."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.jobs.activities import ActivityJobs
from bot.jobs.categories import CategoryJobs
from bot.jobs.clubs import ClubJobs
from bot.jobs.entries import EntryJobs
from bot.jobs.files import Exports
from bot.jobs.gazetteer import PlaceJobs
from bot.jobs.personal_data import PersonalJobs
from bot.jobs.recognition import RecognitionJobs
from bot.jobs.reports import ReportJobs
from bot.jobs.rosters import RosterJobs
from bot.jobs.runner import Run
from bot.jobs.survey_files import SurveyFiles
from bot.jobs.survey_lists import ListImport
from bot.jobs.survey_workbooks import WorkbookImport
from bot.jobs.surveys import SurveyJobs, remind
from bot.timetable import Task
from db.stores import inbox, outbox
from db.work import Work
from handlers.activities import attendance
from services import alerts, clock, fillings, supervisors
from services.activities import records as activity_records
from services.activities import signups
from services.clubs import calendar as club_calendar
from services.clubs import membership as clubs
from services.questions import asking as questions
from services.questions import desk as question_desk
from services.recognition import standing as recognition
from services.reports import reminders
from services.surveys import desk, paces

if TYPE_CHECKING:
    from bot.app import Process

KEEP = timedelta(days=7)
STALLED_SECONDS = 120
LEAST_FREE = 0.05


def job_kinds(process: "Process") -> dict[str, Run]:
    """Background jobs by kind."""
    surveys = SurveyJobs(process.database, process.settings.data_dir)
    knowledge = EntryJobs(process.database, process.bot, process.settings.data_dir)
    roster = RosterJobs(process.database, process.bot, process.settings.data_dir)
    gazetteer = PlaceJobs(process.database, process.bot, process.settings.data_dir)
    personal = PersonalJobs(process.database, process.store, process.settings.data_dir)
    honours = RecognitionJobs(process.database, process.office, process.settings.data_dir)
    tiles = process.settings.map_tiles_url
    reports = ReportJobs(process.database, process.settings.data_dir, tiles=tiles)
    outings = ActivityJobs(process.database, process.store, process.settings.data_dir)
    table = CategoryJobs(process.database, process.bot, process.settings.data_dir)
    return {
        "activity_album": outings.album,
        "activity_calendar": outings.calendar,
        "category_export": table.export,
        "category_import": table.take,
        "certificate": honours.certificate,
        "certificate_batch": honours.batch,
        "club_poster": ClubJobs(process.database, process.settings.data_dir).poster,
        "entry_export": knowledge.export,
        "entry_file": knowledge.read,
        "drop_photos": personal.drop_photos,
        "forget": personal.forget,
        "mydata": personal.mydata,
        "place_import": gazetteer.take,
        "place_template": gazetteer.template,
        "scrub": personal.scrub,
        "media": process.photographer.fetch,
        "recognition_statistics": honours.statistics,
        "report_ledger": reports.ledger,
        "report_map": reports.map,
        "report_picture": reports.picture,
        "roster": roster.export,
        "roster_check": roster.check,
        "roster_import": roster.take_in,
        "roster_template": roster.template,
        "survey_batch": surveys.batch,
        "survey_chart": surveys.chart,
        "survey_file": SurveyFiles(process.database, process.settings.data_dir).run,
        "survey_import": WorkbookImport(process.bot).run,
        "survey_invite": surveys.invite,
        "survey_list": ListImport(process.bot).run,
        "year_picture": honours.year_picture,
    }


def tasks(process: "Process") -> list[Task]:
    """The timetable."""
    return [
        Task("prune queues", _prune, every=timedelta(hours=6)),
        Task("old exports", _drop_exports(process), every=timedelta(hours=6)),
        Task("expire forms", _expire_forms, every=timedelta(hours=6)),
        Task("remind of surveys", remind, every=timedelta(hours=1)),
        Task("close surveys", desk.close_those_due, every=timedelta(minutes=5)),
        Task("late questions", question_desk.watch, every=timedelta(minutes=10)),
        Task("week of questions", question_desk.tell_weekly, at=time(8, 30)),
        Task("old questions", _forget_questions(process), every=timedelta(hours=12)),
        Task("report digest", reminders.morning, every=timedelta(minutes=5)),
        Task("supervisors' digest", supervisors.tell_daily, at=time(8, 30)),
        Task("late reports", reminders.escalate, every=timedelta(minutes=15)),
        Task("missing report photos", reminders.missing_photos, every=timedelta(minutes=30)),
        Task("unanswered reports", reminders.unanswered, every=timedelta(hours=1)),
        Task("fresh check-in codes", _refresh_codes(process), every=timedelta(minutes=1)),
        Task("remind of activities", signups.remind, every=timedelta(minutes=5)),
        Task("ask for feedback", activity_records.ask, every=timedelta(minutes=15)),
        Task("sum up feedback", activity_records.sum_up, every=timedelta(hours=1)),
        Task("end offers of places", signups.end_offers, every=timedelta(minutes=1)),
        Task("remind of dates", club_calendar.remind, every=timedelta(minutes=10)),
        Task("places in clubs", clubs.fill_all, every=timedelta(hours=1)),
        Task("pictures of the year", recognition.greet, every=timedelta(minutes=10)),
        Task("watch sender", _watch_sender, every=timedelta(seconds=30)),
        Task("watch disk", _watch_disk(process), every=timedelta(minutes=5)),
    ]


def _refresh_codes(process: "Process") -> Callable[[Work], Awaitable[None]]:
    async def refresh(work: Work) -> None:
        await attendance.refresh_codes(work, process.office.bot_username)

    return refresh


async def _prune(work: Work) -> None:
    await inbox.prune(work.session, now=clock.now(), keep=KEEP)
    await outbox.prune(work.session, now=clock.now(), keep=KEEP)


def _drop_exports(process: "Process") -> Callable[[Work], Awaitable[None]]:
    async def drop(_work: Work) -> None:
        Exports(process.settings.data_dir).drop_old()

    return drop


async def _expire_forms(work: Work) -> None:
    await fillings.expire(work, leaving=paces.gave_up)


def _forget_questions(process: "Process") -> Callable[[Work], Awaitable[None]]:
    async def forget(work: Work) -> None:
        keep = timedelta(days=process.settings.keep_questions_days)
        await questions.forget_old_words(work, keep)

    return forget


async def _watch_sender(work: Work) -> None:
    depth, age = await outbox.depth_and_age(work.session, now=clock.now())
    if age > STALLED_SECONDS:
        await alerts.raise_once(work, "sender_stalled", depth=depth, minutes=int(age // 60))
    else:
        await alerts.clear(work, "sender_stalled")


def _watch_disk(process: "Process") -> Callable[[Work], Awaitable[None]]:
    async def watch(work: Work) -> None:
        usage = shutil.disk_usage(process.settings.data_dir)
        if usage.free / usage.total < LEAST_FREE:
            await alerts.raise_once(work, "disk_nearly_full", free=usage.free // 2**20)
        else:
            await alerts.clear(work, "disk_nearly_full")

    return watch
