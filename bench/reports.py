"""Prints what 100,000 reports cost: pages of lists, counts, the search for duplicates, a ledger.

`python -m bench.reports [--reports N]`. Everything runs on SQLite in a file, sealed columns and
all. Beside each figure stands the same rows without our indexes or rules: a scan by sqlite3 for
the pages, a comparison with every report of the community for the duplicates, openpyxl for the
ledger. Goals: a page or count under 50 ms, a duplicate search under 20 ms, 10,000 rows under 3 s.
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import insert

from bot.schema import migrate
from db import encryption, seeds
from db.engine import Database
from db.models.places import Building, Estate
from db.models.reports import Report
from db.stores import people, places, reports
from db.work import Work
from handlers.files import ledgers as files
from services import clock, privacy
from services.permissions import Actor, HeldRole, Role
from services.permissions import community as scope_of
from services.reports import categories, duplicates, figures, ledgers, nearby, queues
from services.reports.figures import Kind
from services.reports.periods import last_days
from services.reports.transitions import State

ROUNDS = 15
WORDS = ("不亮", "坏了", "没人修", "堆了很多东西", "积水", "有异味", "松动了", "一闪一闪")
STATES = [*[State.CLOSED] * 80, *[State.SUBMITTED] * 4, *[State.FILED] * 6, *[State.ASSIGNED] * 4,
          *[State.IN_PROGRESS] * 3, *[State.HANDLED] * 3]  # fmt: skip


async def fill(database: Database, count: int) -> None:
    """A town of nine communities with as many reports over two years."""
    chance = random.Random(7)
    kinds = categories.table()
    async with database.write() as session:
        await seeds.load_communities(session)
        person = await people.meet(session, 1, now=clock.now())
        buildings = []
        for community in await places.communities(session):
            for n in range(6):
                estate = Estate(community_id=community.id, name=f"{n}", aliases=[])
                session.add(estate)
                await session.flush()
                for b in range(20):
                    one = Building(estate_id=estate.id, name=f"{b}栋", aliases=[], entrances=4)
                    session.add(one)
                    buildings.append((community.id, estate.id, one))
        await session.flush()
        for start in range(0, count, 2000):
            rows = [
                _row(chance, i, kinds, buildings, person.id)
                for i in range(start, min(start + 2000, count))
            ]
            await session.execute(insert(Report), rows)


def _row(
    chance: random.Random, i: int, kinds: Any, buildings: Any, person_id: int
) -> dict[str, Any]:
    community_id, estate_id, building = chance.choice(buildings)
    kind = chance.choice(kinds)
    state = chance.choice(STATES)
    made = clock.now() - timedelta(minutes=chance.randrange(2 * 365 * 24 * 60))
    return {
        "number": f"B-{i:06d}", "source": "resident", "reporter_id": person_id,
        "for_another": False, "category": kind.code, "place": "", "urgent": i % 50 == 0,
        "words": f"{kind.label}{chance.choice(WORDS)},{i % 977}天了", "community_id": community_id,
        "estate_id": estate_id, "building_id": building.id if i % 2 else None,
        "entrance": str(1 + i % 4) if i % 2 else None, "floor": 1 + i % 6 if i % 2 else None,
        "latitude": 30 + chance.random() / 10, "longitude": 111 + chance.random() / 10,
        "state": state, "due_at": made + timedelta(days=7), "reopened": 0, "version": 1,
        "soon_at": made + timedelta(days=6),
        "created_at": made,
        "closed_at": made + timedelta(hours=i % 300) if state is State.CLOSED else None,
    }  # fmt: skip


async def measured(act: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> float:
    """Median milliseconds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def scanned(path: Path, statement: str) -> float:
    """Median milliseconds of a statement that may use no index."""
    plain = sqlite3.connect(path)
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        plain.execute(statement).fetchall()
        taken.append((time.perf_counter() - start) * 1000)
    plain.close()
    return statistics.median(taken)


def show(what: str, ours: float, goal: float, peer: str, theirs: float) -> None:
    verdict = "ok" if ours <= goal else "OVER"
    print(f"{what:<34}{ours:>10.1f} ms  goal {goal:>6.0f}  {verdict:<5}{peer} {theirs:.1f} ms")


async def pages(work: Work, path: Path, who: dict[str, Actor]) -> None:
    """Every list, first page and a late one, and the counts, by two reaches."""
    order = "FROM reports NOT INDEXED"
    count_peer = scanned(path, f"SELECT state, count(*) {order} GROUP BY state")
    page_peer = scanned(path, f"SELECT * {order} WHERE state='filed' ORDER BY due_at LIMIT 7")
    for reach, by in who.items():
        counts = await measured(partial(queues.counts, work, by))
        show(f"counts, {reach}", counts, 50, "full scan", count_peer)
        for which in (*queues.LISTED, "due"):
            for page in (0, 20):
                act = partial(queues.listed, work, by, which, page=page, size=6)
                taken = await measured(act)
                show(f"list {which} page {page}, {reach}", taken, 50, "full scan", page_peer)


async def counted(work: Work, path: Path, who: dict[str, Actor]) -> None:
    """Every picture's numbers over 90 days, by two reaches."""
    order = "FROM reports NOT INDEXED WHERE created_at >= date('now', '-90 days')"
    theirs = scanned(path, f"SELECT category, state, count(*) {order} GROUP BY 1, 2")
    for reach, by in who.items():
        for kind in Kind:
            act = partial(figures.figures, work, kind, last_days(90), figures.reach(by))
            show(f"picture by {kind}, {reach}", await measured(act), 50, "full scan", theirs)


async def search(work: Work, session: Any) -> None:
    """Candidates of fifty new reports, beside comparing with all of the community."""
    sample = [await reports.by_id(session, i) for i in range(1, 2000, 40)]
    found = [row for row in sample if row is not None]
    taken = []
    await nearby.candidates(work, found[0])  # the first of a process reads the lexicon
    for row in found:
        start = time.perf_counter()
        await nearby.candidates(work, row)
        taken.append((time.perf_counter() - start) * 1000)
    one = duplicates.prepare(found[0].words, category=found[0].category)
    start = time.perf_counter()
    for row in found:
        duplicates.score(one, duplicates.prepare(row.words, category=row.category))
    each = (time.perf_counter() - start) * 1000 / len(found)
    show(
        "duplicate search, median",
        statistics.median(taken),
        20,
        "all of a community",
        each * 11_000,
    )
    late = sorted(taken)[int(0.95 * len(taken))]
    show("duplicate search, 95 of 100", late, 20, "all of a community", each * 11_000)
    show("duplicate search, slowest", max(taken), 20, "all of a community", each * 11_000)


async def ledger(work: Work) -> None:
    """Reading and writing 10,000 rows."""
    period = last_days(75)
    start = time.perf_counter()
    found = (await ledgers.entries(work, period, None))[:10_000]
    files.problems(found, files.notes("x", period))
    taken = (time.perf_counter() - start) * 1000
    show(f"ledger of {len(found)} rows", taken, 3000, "openpyxl, writing alone", peer(found))


def peer(found: Sequence[ledgers.Entry]) -> float:
    start = time.perf_counter()
    book = Workbook()
    page = book.active
    for one in found:
        page.append([one.report.number, one.report.words, one.category, one.community] * 4)
    book.save(BytesIO())
    return (time.perf_counter() - start) * 1000


async def run(path: Path, count: int) -> None:
    url = f"sqlite:///{path}"
    database = Database(url)
    start = time.perf_counter()
    await fill(database, count)
    print(f"{count} reports made in {time.perf_counter() - start:.0f} s")
    who = {
        "street": Actor(1, (HeldRole(Role.STREET_STAFF),)),
        "community": Actor(1, (HeldRole(Role.COMMUNITY_STAFF, scope_of(3)),)),
    }
    async with database.read() as session:
        work = Work(session)
        await pages(work, path, who)
        await counted(work, path, who)
        await search(work, session)
        await ledger(work)
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    count = parser.parse_args().reports
    privacy.configure("a-key-for-the-benchmark-alone-and-long")
    encryption.install(privacy.encrypt, privacy.decrypt)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.db"
        migrate(f"sqlite:///{path}")
        asyncio.run(run(path, count))


if __name__ == "__main__":
    main()
