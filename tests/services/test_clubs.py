"""Places in a club: never more than there are, whoever comes and goes, in whatever order."""

import asyncio
import random

import pytest

from db.engine import Database
from db.models.people import Person
from db.stores import clubs as rows
from db.stores import people
from db.work import Work
from services import clock
from services.clubs import membership as clubs
from services.clubs.membership import Charter, Kind, Newcomer
from services.errors import Refusal
from services.people import consents
from services.people.consents import Purpose
from services.permissions import Actor, HeldRole, Role

BOSS = Actor(0, (HeldRole(Role.ADMIN),))


async def residents(database: Database, count: int) -> list[Actor]:
    """People who agreed to be called by name."""
    found = []
    async with database.write() as session:
        for i in range(count):
            person: Person = await people.meet(session, 5000 + i, now=clock.now())
            by = Actor(person.id)
            await consents.give(Work(session), by, Purpose.CLUB, words="好")
            found.append(by)
    return found


async def founded(database: Database, capacity: int | None) -> int:
    async with database.write() as session:
        charter = Charter(kind=Kind.CLASS, name="编织班", capacity=capacity)
        return (await clubs.create(Work(session), BOSS, charter)).id


async def standing(database: Database, club: int) -> tuple[int, int]:
    async with database.read() as session:
        inside = await rows.count_members(session, club)
        return inside, await rows.count_members(session, club, waiting=True)


@pytest.mark.parametrize("seed", range(4))
async def test_any_walk_keeps_the_places(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    everybody = await residents(database, 6)
    capacity: int | None = 3
    club = await founded(database, capacity)
    for step in range(40):
        by = chance.choice(everybody)
        inside_before, _ = await standing(database, club)
        async with database.write() as session:
            work = Work(session)
            act = chance.choice(("join", "join", "leave", "family", "resize"))
            if act == "join":
                await clubs.join(work, by, club, name="甲")
            elif act == "leave":
                await clubs.leave(work, by, club)
            elif act == "family":
                newcomer = Newcomer(name="奶奶", agreed=True, token=f"{seed}.{step}")
                await clubs.sign_up(work, by, club, newcomer)
            else:
                capacity = chance.choice((1, 3, 5, None))
                charter = Charter(kind=Kind.CLASS, name="编织班", capacity=capacity)
                await clubs.edit(work, BOSS, club, charter)
                now_inside = await rows.count_members(session, club)
                assert now_inside >= inside_before  # nobody is thrown out
        inside, waiting = await standing(database, club)
        if waiting:
            assert capacity is not None
            assert inside >= capacity
        if capacity is not None:
            assert inside <= max(capacity, inside_before)


async def test_many_at_once_for_the_last_places(database: Database) -> None:
    everybody = await residents(database, 12)
    club = await founded(database, 3)

    async def press(by: Actor) -> None:
        async with database.write() as session:
            await clubs.join(Work(session), by, club, name="甲")

    await asyncio.gather(*(press(by) for by in everybody for _ in range(2)))
    assert await standing(database, club) == (3, 9)
    async with database.read() as session:
        found = await rows.members(session, club)
    assert [one.waiting for one in found] == [False] * 3 + [True] * 9


async def test_nobody_enters_without_consent_or_somebody_else_without_asking(
    database: Database,
) -> None:
    [by] = await residents(database, 1)
    club = await founded(database, None)
    async with database.write() as session:
        stranger = Actor((await people.meet(session, 7777, now=clock.now())).id)
        with pytest.raises(Refusal) as no:
            await clubs.join(Work(session), stranger, club, name="甲")
        assert no.value.code == "consent.needed"
        with pytest.raises(Refusal) as no:
            await clubs.sign_up(Work(session), by, club, Newcomer(name="奶奶", agreed=False))
        assert no.value.code == "clubs.must_agree"
        newcomer = Newcomer(name="奶奶", agreed=True, by_family=False)
        with pytest.raises(Refusal) as no:
            await clubs.sign_up(Work(session), by, club, newcomer)
        assert no.value.code == "common.not_there"
    assert await standing(database, club) == (0, 0)
