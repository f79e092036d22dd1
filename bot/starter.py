"""Loads the starter content when it is new or has changed; a second start reads nothing."""

from datetime import timedelta
from pathlib import Path

import structlog

from bot.settings import Settings
from db import seeds
from db.engine import Database
from db.stores import settings as stored
from db.work import Work
from handlers import commands  # noqa: F401 - registers every form
from handlers.forms import registry
from knowledge.entries import shipped_entries
from services import clock, deadlines, notice_hours
from services.entries import drafts as entries
from services.people import identities as people
from services.reports import categories
from services.surveys import starters

log = structlog.get_logger(__name__)

LOADING = 7_210_043_419
CONTENT = Path(__file__).resolve().parent.parent / "knowledge" / "content"


async def load(database: Database, settings: Settings) -> None:
    """Communities, knowledge entries, starter questionnaires; and the first administrators."""
    files = [*seeds.FOLDER.rglob("*.toml"), *CONTENT.glob("*.*"), *registry.FOLDER.glob("*.toml")]
    files.append(categories.SEED)  # the form of a report asks what it says
    digest = seeds.digest(*files) + ("+examples" if settings.with_examples else "")
    async with database.write() as session:
        await stored.lock(session, LOADING)  # processes that start together load it once
        known = await stored.value(session, "starter_content")
        if not known or known["digest"] != digest:
            await seeds.load_communities(session)
            await seeds.load_clubs(session, now=clock.now())
            if settings.with_examples:
                await seeds.load_example_places(session)
            await registry.publish_handwritten(Work(session))
            await deadlines.seed(Work(session))
            await entries.load(Work(session), shipped_entries())
            await starters.load(Work(session), seeds.surveys(), examples=settings.with_examples)
            if settings.in_demo_mode:
                await seeds.load_demo_people(session, now=clock.now())
                await notice_hours.never_quiet(Work(session))
            if settings.in_demo_mode and settings.with_examples:
                morning = clock.local().replace(hour=9, minute=0, second=0, microsecond=0)
                soon = morning + timedelta(days=3)
                await seeds.load_demo_activity(session, starts_at=soon, now=clock.now())
            await stored.put(session, "starter_content", {"digest": digest}, now=clock.now())
            log.info("starter content loaded")
        for telegram_id in settings.admin_ids:
            await people.recognise(Work(session), telegram_id=telegram_id, is_admin=True)
