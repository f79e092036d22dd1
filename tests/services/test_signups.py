"""Whatever people do in whatever order: never over capacity, nobody passes who waits."""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from db.models.activities import Activity, Signup
from db.models.volunteers import Volunteer
from db.stores import activities as rows
from db.stores import people, places, volunteers
from db.work import Work
from services import clock
from services.activities import changes as activity_changes
from services.activities import planning as activities
from services.activities import signups
from services.activities.planning import Place, Plan
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Role

TAKES = ("confirmed", "offered", "arrived", "left")
CROWD, STEPS = 9, 200


def plan_of(home: int, capacity: int) -> Plan:
    start = clock.now().replace(microsecond=0) + timedelta(days=30)
    return Plan(
        title="环境清洁", category="environment", community_id=home, place="东湖广场",
        starts_at=start, ends_at=start + timedelta(hours=2), capacity=capacity, token="t",
    )  # fmt: skip


class Scene:
    """An activity, its staff and a crowd; every third has no Telegram."""

    def __init__(self, work: Work, chance: random.Random) -> None:
        self.work, self.chance = work, chance
        self.began, self.minutes = clock.now(), 0

    async def prepare(self) -> None:
        session, now = self.work.session, clock.now()
        home = (await places.communities(session))[0].id
        boss = await people.meet(session, 1, now=now)
        self.boss = Actor(boss.id, (HeldRole(Role.ADMIN),))
        self.plan = plan_of(home, 3)
        self.crowd = []
        for number in range(CROWD):
            on_paper = number % 3 == 2
            person = None if on_paper else await people.meet(session, 100 + number, now=now)
            row = Volunteer(
                name=f"人{number}", person_id=person.id if person else None, community_id=home,
                free_times=[], state="active", number=f"N-{number}", created_at=now,
                changed_at=now,
            )  # fmt: skip
            await volunteers.add(session, row, ())
            self.crowd.append((Actor(person.id) if person else None, row))
        [self.activity] = await activities.create(self.work, self.boss, self.plan)
        await activities.publish(self.work, self.boss, self.activity.id)

    async def step(self) -> None:
        actor, volunteer = self.chance.choice(self.crowd)
        acts: list[Callable[[], Awaitable[object]]] = [self.wait, self.resize]
        if actor is None:
            acts += 2 * [lambda: signups.enter(self.work, self.boss, self.activity.id,
                                               volunteer.number or "")]  # fmt: skip
        else:
            for act in (signups.sign_up, signups.sign_up, signups.leave, signups.accept,
                        signups.cannot_come, signups.coming):  # fmt: skip
                acts.append(lambda a=act: a(self.work, actor, self.activity.id))  # type: ignore[misc]
        with suppress(Refusal):
            await self.chance.choice(acts)()

    async def wait(self) -> None:
        """Time passes, and the clock work is done."""
        self.minutes += self.chance.choice((10, 60, 130))
        later = self.began + timedelta(minutes=self.minutes)
        clock.set_source(lambda: later)
        await signups.end_offers(self.work)

    async def resize(self) -> None:
        """Staff ask for more or fewer places; fewer than are taken is refused."""
        capacity = self.chance.randint(1, 6)
        taken = await rows.places_taken(self.work.session, self.activity.id)
        wanted = activities.Plan(**{**vars(self.plan), "capacity": capacity})
        if capacity < taken:
            with pytest.raises(Refusal) as no:
                await activity_changes.change(self.work, self.boss, self.activity.id, wanted)
            assert no.value.code == "activities.below_confirmed"
        else:
            await activity_changes.change(self.work, self.boss, self.activity.id, wanted)

    async def check(self) -> None:
        found = await rows.everybody(self.work.session, self.activity.id)
        taken = [signup for signup, _ in found if signup.state in TAKES]
        waiting = [signup for signup, _ in found if signup.state == "waiting"]
        assert len(taken) <= self.activity.capacity
        assert not waiting or len(taken) == self.activity.capacity
        assert len({signup.queued for signup, _ in found}) == len(found)
        for signup, volunteer in found:
            assert volunteer.person_id is not None or signup.state != Place.OFFERED
        for signup in taken:
            if signup.state == Place.OFFERED:
                assert signup.offered_until
                assert all(signup.queued < other.queued for other in waiting)


@pytest.mark.parametrize("seed", range(4))
async def test_no_order_of_acts_breaks_the_queue(work: Work, seed: int) -> None:
    scene = Scene(work, random.Random(seed))
    await scene.prepare()
    seen: set[str] = set()
    for _ in range(STEPS):
        await scene.step()
        await scene.check()
        seen |= {s.state for s, _ in await rows.everybody(work.session, scene.activity.id)}
    assert {"confirmed", "waiting", "offered", "cancelled"} <= seen


async def test_a_place_left_by_somebody_who_was_forgotten_is_offered(work: Work) -> None:
    scene = Scene(work, random.Random(0))
    await scene.prepare()
    able = [(actor, row) for actor, row in scene.crowd if actor is not None][:4]
    for actor, _ in able:
        await signups.sign_up(work, actor, scene.activity.id)
    await volunteers.remove(work.session, able[0][1])
    work.session.expire_all()
    await signups.end_offers(work)
    row = await rows.signup(work.session, scene.activity.id, able[3][1].id)
    assert isinstance(row, Signup)
    assert row.state == Place.OFFERED


async def test_who_pauses_can_still_say_that_they_do_not_come(work: Work) -> None:
    scene = Scene(work, random.Random(0))
    await scene.prepare()
    actor, volunteer = next(pair for pair in scene.crowd if pair[0] is not None)
    assert actor is not None
    await signups.sign_up(work, actor, scene.activity.id)
    volunteer.state = "paused"
    activity = await signups.cannot_come(work, actor, scene.activity.id)
    assert isinstance(activity, Activity)
    assert await signups.my_place(work, actor, activity) is Place.CANCELLED
    with pytest.raises(Refusal, match="volunteers_only"):
        await signups.sign_up(work, actor, scene.activity.id)
