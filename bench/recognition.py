"""Prints what recognition costs with 10,000 volunteers: the roster, certificates, statistics.

`python -m bench.recognition`. Goals: the roster exported in under 2 s, 100 certificates in under
20 s. Beside the roster openpyxl, the peer, writes the same cells; beside the certificates fpdf2
alone opens, fills with one line and closes a document for each, as a bot would without batches.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from fpdf import FPDF
from openpyxl import Workbook

from bench.activities import volunteer
from bot import logs
from bot.jobs.recognition import RecognitionJobs
from bot.office import RunningOffice
from db import encryption
from db.engine import Database
from db.models.activities import Activity, ServiceHours, Signup
from db.stores import outbox, people, places
from db.work import Work
from handlers.files import fonts, rosters
from handlers.files.rosters import Listed
from handlers.volunteers.desk import everybody
from services import clock, privacy
from services.permissions import Actor, HeldRole, Role
from services.recognition import certificate_batches
from services.recognition import statistics as recognition_statistics
from services.recognition.standing import Span
from tests.databases import Databases
from tests.telegram import TEST_KEY

ROSTER, CERTIFICATES, ACTIVITIES, ROUNDS = 10_000, 100, 500, 3
A_CROWD = 40
CATEGORIES = ("environment", "culture", "manners", "medical")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def fill(database: Database) -> tuple[int, int]:
    """10,000 volunteers, of whom 100 live in the second community, and 20,000 services of theirs.

    Ids of the second community and of somebody who holds every right.
    """
    async with database.write() as session:
        first, second = [one.id for one in (await places.communities(session))[:2]]
        admin = await people.meet(session, 99, now=clock.now())
        await people.grant(
            session, admin.id, Role.ADMIN, scope_kind="street", scope_id=0, granted_by=None,
            now=clock.now(),
        )  # fmt: skip
        rows = [
            volunteer(number, second if number % (ROSTER // CERTIFICATES) == 0 else first)
            for number in range(ROSTER)
        ]
        session.add_all(rows)
        await session.flush()
        ids = [row.id for row in rows]
    for start in range(0, ACTIVITIES, 50):
        async with database.write() as session:
            session.add_all(
                activity(number, first, admin.id) for number in range(start, start + 50)
            )
            await session.flush()
    async with database.write() as session:
        await serve(Work(session), ids)
    return second, admin.id


def activity(number: int, home: int, leader: int) -> Activity:
    start = clock.now() - timedelta(days=number % 300 + 1)
    return Activity(
        title=f"activity {number}", category=CATEGORIES[number % 4], community_id=home,
        place="square", starts_at=start, ends_at=start + timedelta(hours=2), capacity=A_CROWD,
        leave_until=start, leader_id=leader, state="published", form_token=f"b{number}",
        created_at=start,
    )  # fmt: skip


async def serve(work: Work, ids: list[int]) -> None:
    """Every activity with a crowd whose hours are approved."""
    now = clock.now()
    signups = []
    for number in range(ACTIVITIES):
        crowd = [ids[(number * A_CROWD + at) % len(ids)] for at in range(A_CROWD)]
        signups += [
            Signup(activity_id=number + 1, volunteer_id=one, state="left", queued=at, at=now)
            for at, one in enumerate(crowd)
        ]
    work.session.add_all(signups)
    await work.session.flush()
    work.session.add_all(
        ServiceHours(
            signup_id=one.id, volunteer_id=one.volunteer_id, half_hours=4, proposed_by=1,
            approved_by=2, approved_at=now, at=now,
        )
        for one in signups
    )  # fmt: skip
    await work.session.flush()


async def timed(run: Callable[[], Awaitable[object]]) -> float:
    """The median of some runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


async def roster(database: Database) -> tuple[float, float]:
    """Seconds for our roster and for the same cells by openpyxl, in turn."""
    listed: list[Listed] = []

    async def ours() -> None:
        async with database.read() as session:
            listed[:] = await everybody(Work(session))
            rosters.written(listed)

    async def peer() -> None:
        book = Workbook()
        for row in listed:
            book.active.append([row.name, row.sex, row.community, row.number, "", row.hours,
                                row.phone, row.joined_on, row.birth_year, row.skills])  # fmt: skip
        book.save(BytesIO())

    return await timed(ours), await timed(peer)


async def certificates(database: Database, folder: Path, community: int, admin: int) -> float:
    """Seconds from the order of a batch until its document is ready to be sent."""
    office = RunningOffice(bot_username="office_bot")
    jobs = RecognitionJobs(database, office, folder)
    by = Actor(admin, (HeldRole(Role.ADMIN),))
    began = time.perf_counter()
    async with database.write() as session:
        work = Work(session)
        count = await certificate_batches.order(work, by, community, Span.ALL, chat_id=99)
    assert count == CERTIFICATES
    effect = await jobs.batch({"batch_id": 1, "part": 0, "chat_id": 99})
    async with database.write() as session:
        await effect(Work(session))
        depth, _ = await outbox.depth_and_age(session, now=clock.now())
    took = time.perf_counter() - began
    assert depth >= 2, "progress and a document"
    return took


async def one_document_each() -> None:
    """The peer: fpdf2 opens the font, writes a line and closes, for each certificate anew."""
    for number in range(CERTIFICATES // 10):
        page = FPDF(unit="pt", format="A4")
        page.add_font("sans", fname=fonts.sans_path())
        page.add_page()
        page.set_font("sans", size=20)
        page.text(60, 100, f"\u5fd7\u613f\u670d\u52a1\u8bb0\u5f55\u8bc1\u660e {number}")
        page.output()


async def count_year(database: Database) -> float:
    async def run() -> None:
        async with database.read() as session:
            year = clock.today().year
            await recognition_statistics.of_year(Work(session), year, None)

    return await timed(run)


async def measure(url: str, folder: Path) -> None:
    database = Database(url)
    community, admin = await fill(database)
    ours, peer = await roster(database)
    say(f"roster of {ROSTER}: {ours:.2f} s with decryption and hours (goal 2 s); openpyxl, cells "
        f"only, {peer:.2f} s")  # fmt: skip
    took = await certificates(database, folder, community, admin)
    began = time.perf_counter()
    await one_document_each()
    each = (time.perf_counter() - began) * 10
    say(f"{CERTIFICATES} certificates, from the order to the file: {took:.2f} s (goal 20 s); fpdf2 "
        f"with a document each, one line only, {each:.2f} s (ten measured)")  # fmt: skip
    took = await count_year(database)
    say(f"statistics of a year over {ACTIVITIES * A_CROWD} services: {took:.2f} s")
    await database.close()


def main() -> None:
    logs.configure("ERROR")
    privacy.configure(TEST_KEY)
    encryption.install(privacy.encrypt, privacy.decrypt)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = Databases(folder)
        for kind, make in (("SQLite", made.sqlite), ("PostgreSQL", made.postgresql)):
            say(kind)
            asyncio.run(measure(make(), folder))
        made.close()


if __name__ == "__main__":
    main()
