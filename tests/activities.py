"""Volunteers on the roster and activities for tests."""

from datetime import timedelta

from db.models.volunteers import Volunteer
from db.stores import people as people_rows
from db.stores import volunteers
from db.work import Work
from services import clock
from services.activities import planning as activities
from services.activities.planning import Plan
from services.permissions import Actor, HeldRole, Role
from tests.telegram import Somebody, Town

BOSS = (HeldRole(Role.ADMIN),)


async def enrol(
    town: Town,
    *who: Somebody,
    year: int = 1960,
    category: str = "environment",
    skills: str | None = None,
    home: str = "donghu",
) -> None:
    """These people are on the roster."""
    now = clock.now()
    async with town.database.write() as session:
        home_id = await town.community_id(home)
        for one in who:
            person = await people_rows.meet(session, one.id, now=now)
            row = Volunteer(
                name="林秀英", person_id=person.id, community_id=home_id, birth_year=year,
                skills=skills, free_times=[], state="active", number=f"V-{one.id}",
                created_at=now, changed_at=now,
            )  # fmt: skip
            await volunteers.add(session, row, (category,))


async def planned(town: Town, *, capacity: int = 1, min_age: int | None = None) -> int:
    """A published activity in two days."""
    leader = await town.person("负责人", Role.COMMUNITY_STAFF, community="donghu")
    by = Actor(await town.person_id(leader), BOSS)
    start = clock.now() + timedelta(days=2)
    home = await town.community_id("donghu")
    async with town.database.write() as session:
        plan = Plan(
            title="环境清洁", category="environment", community_id=home, place="东湖广场",
            starts_at=start, ends_at=start + timedelta(hours=2), capacity=capacity, token="t",
            min_age=min_age,
        )  # fmt: skip
        [row] = await activities.create(Work(session), by, plan)
        await activities.publish(Work(session), by, row.id)
        return row.id
