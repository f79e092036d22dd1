"""Prints what volunteers' work costs: 200 presses for 20 places, and a roster of 10,000.

`python -m bench.activities`. Goals: all presses committed within 2 s on SQLite (one process) and
4 s on PostgreSQL (two processes), the roster exported in under 2 s; beside it openpyxl, the peer,
writes the same cells.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from bot import logs
from db import encryption
from db.engine import Database
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import people, places, volunteers
from db.work import Work
from handlers.files import rosters
from handlers.volunteers.desk import everybody
from services import clock, privacy
from services.activities import planning as activities
from services.activities.planning import Plan
from services.permissions import Actor, HeldRole, Role
from tests.databases import Databases
from tests.telegram import TEST_KEY, Town

PRESSES, PLACES, ROSTER, ROUNDS = 200, 20, 10_000, 3
FIRST_ID = 10_000


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def prepare(database: Database) -> int:
    """A published activity and as many volunteers as press."""
    now, by = clock.now(), Actor(1, (HeldRole(Role.ADMIN),))
    async with database.write() as session:
        work = Work(session)
        home = (await places.communities(session))[0].id
        for number in range(PRESSES):
            person = await people.meet(session, FIRST_ID + number, now=now)
            await volunteers.add(session, volunteer(number, home, person.id), ("environment",))
        leader = await people.meet(session, FIRST_ID, now=now)
        start = now + timedelta(days=2)
        plan = Plan(
            title="bench", category="environment", community_id=home, place="square",
            starts_at=start, ends_at=start + timedelta(hours=2), capacity=PLACES, token="bench",
        )  # fmt: skip
        [row] = await activities.create(work, Actor(leader.id, by.roles), plan)
        await activities.publish(work, by, row.id)
        return row.id


def volunteer(number: int, home: int, person_id: int | None = None) -> Volunteer:
    now = clock.now()
    return Volunteer(
        name=f"volunteer {number}", phone=f"138{number:08d}", person_id=person_id,
        phone_index=f"{number:064x}", community_id=home, birth_year=1960, free_times=[],
        state="active", number=f"B-{number:05d}", created_at=now, changed_at=now,
    )  # fmt: skip


def press(number: int, activity: int) -> dict[str, Any]:
    user = {"id": FIRST_ID + number, "is_bot": False, "first_name": "v"}
    chat = {"id": user["id"], "type": "private", "first_name": "v"}
    message = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": "?"}
    query = {"id": str(number), "from": user, "chat_instance": "1",
             "data": f"act:join:{activity}", "message": message}  # fmt: skip
    return {"update_id": 500_000 + number, "callback_query": query}


async def rush(url: str, folder: Path, processes: int) -> float:
    """Seconds from the first press until the last one is committed."""
    town = await Town.build(url, folder, 1)
    activity = await prepare(town.database)
    children = [start_child(url) for _ in range(processes)]
    for child in children:
        assert child.stdout is not None
        await asyncio.to_thread(child.stdout.readline)
    began = time.perf_counter()
    await town.processes[0].intake.accept([press(i, activity) for i in range(PRESSES)])
    if not children:
        while await town.workers[0].step():
            pass
    while await signed_up(town.database, activity) < PRESSES:
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    for child in children:
        child.kill()
        child.wait()
    async with town.database.read() as session:
        states = [signup.state for signup, _ in await rows.everybody(session, activity)]
    assert states == ["confirmed"] * PLACES + ["waiting"] * (PRESSES - PLACES)
    await town.close()
    return took


async def signed_up(database: Database, activity: int) -> int:
    async with database.read() as session:
        return await rows.next_in_queue(session, activity) - 1


def start_child(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.activities", "worker", url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def work_for_ever(url: str) -> None:
    """A process with four workers, as on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        town = await Town.build(url, Path(folder), 1)
        say("ready")
        process = town.processes[0]
        await asyncio.gather(*(process.make_worker().run() for _ in range(4)))


async def export(url: str) -> tuple[float, float]:
    """Seconds for our roster and for the same cells by openpyxl."""
    database = Database(url)
    async with database.write() as session:
        home = (await places.communities(session))[0].id
        session.add_all(volunteer(number, home) for number in range(PRESSES, ROSTER))
    async with database.read() as session:
        began = time.perf_counter()
        listed = await everybody(Work(session))
        rosters.written(listed)
        ours = time.perf_counter() - began
    await database.close()
    began = time.perf_counter()
    book = Workbook()
    for row in listed:
        book.active.append([row.name, row.sex, row.community, row.number, "", row.hours, row.phone,
                            row.joined_on, row.birth_year, row.skills])  # fmt: skip
    book.save(BytesIO())
    return ours, time.perf_counter() - began


def main() -> None:
    logs.configure("ERROR")
    privacy.configure(TEST_KEY)
    encryption.install(privacy.encrypt, privacy.decrypt)
    if sys.argv[1:2] == ["worker"]:
        with suppress(KeyboardInterrupt):
            asyncio.run(work_for_ever(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = Databases(folder)
        last = ""
        for kind, make, processes, goal in (
            ("SQLite, 1 process", made.sqlite, 0, 2),
            ("PostgreSQL, 2 processes", made.postgresql, 2, 4),
        ):
            urls = [make() for _ in range(ROUNDS)]
            times = [asyncio.run(rush(url, folder, processes)) for url in urls]
            last = last or urls[0]
            middle, worst = statistics.median(times), max(times)
            say(f"{kind}: median {middle:.2f} s, worst {worst:.2f} s (goal {goal} s)")
        ours, peer = asyncio.run(export(last))
        say(f"roster of {ROSTER}: {ours:.2f} s with decryption (goal 2 s); openpyxl, cells only, "
            f"{peer:.2f} s")  # fmt: skip
        made.close()


if __name__ == "__main__":
    main()
