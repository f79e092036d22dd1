"""The state machine of reports: no illegal move by any role, evidence always asked for."""

import random
from datetime import datetime

import pytest

from db.engine import Database
from db.models.forms import FormMedia
from db.stores import people, places, reports
from db.work import Work
from services import clock, deadlines
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Permission, Role, community
from services.reports import desk
from services.reports.desk import Brought, Draft
from services.reports.transitions import MOVES, Evidence, State, between

FINAL = {State.REJECTED, State.VOID}


def test_every_state_can_be_reached_and_only_the_ends_cannot_be_left() -> None:
    reached = {move.after for move in MOVES} | {State.SUBMITTED}
    assert reached == set(State)
    assert {s for s in State if not any(m.before is s for m in MOVES)} == FINAL


def test_handled_needs_a_photo_or_a_leader_and_closing_another_person() -> None:
    for before in State:
        for way in between(before, State.HANDLED):
            assert way.needs & {Evidence.PHOTO, Evidence.REQUEST}
            assert way.who is Permission.REPORT_CLOSE or Evidence.PHOTO in way.needs
    for way in between(State.HANDLED, State.CLOSED):
        assert Evidence.OTHER_PERSON in way.needs


@pytest.mark.parametrize("seed", range(6))
async def test_random_walks_by_every_role_follow_the_table(database: Database, seed: int) -> None:
    """Whoever tries whatever: what happens is in the table, was their right, is written down."""
    chance = random.Random(seed)
    async with database.write() as session:
        work = Work(session)
        place = (await places.communities(session))[0]
        cast = []
        for i, role in enumerate(Role):
            person = await people.meet(session, 500 + i, now=clock.now())
            held = () if role is Role.RESIDENT else (HeldRole(role, community(place.id)),)
            if role is Role.GRID_WORKER:
                await people.grant(
                    session, person.id, role, scope_kind="community", scope_id=place.id,
                    granted_by=None, now=clock.now(),
                )  # fmt: skip
            cast.append(Actor(person.id, held, place.id))
        reporter = cast[0]
        row = await desk.file(work, reporter, Draft("stairwell_light", "x", community_id=place.id))
        grid = cast[list(Role).index(Role.GRID_WORKER)].person_id
        photo = FormMedia(id="m", token="t", kind="photo", sha256="0" * 64, state="ok")
        for _ in range(120):
            by, after = chance.choice(cast), chance.choice(list(State))
            brought = Brought(
                chance.choice(["", "words"]),
                chance.choice([(), (photo,)]),
                chance.choice([None, grid, 999]),
                chance.choice([None, row.id, row.id + 1]) if after is not State.MERGED else None,
            )
            before, ways = State(row.state), between(State(row.state), after)
            entitled = [w for w in ways if w in desk.allowed(row, by)]
            try:
                await desk.move(work, by, row, after, brought)
            except Refusal:
                assert row.state == before
                continue
            assert entitled
            assert row.state == after
            last = (await reports.moves_of(session, row.id))[-1]
            assert (last.before, last.after, last.actor_id) == (before, after, by.person_id)
            if after is State.HANDLED:
                assert brought.photos


def test_five_working_days_skip_weekends_and_holidays() -> None:

    friday = datetime(2026, 11, 20, 10, tzinfo=clock.zone())
    assert deadlines.after_working_days(friday, 5).date().isoformat() == "2026-11-27"
    before_spring = datetime(2026, 2, 13, 10, tzinfo=clock.zone())
    assert deadlines.after_working_days(before_spring, 5).date().isoformat() > "2026-02-24"
    no_table = datetime(2031, 1, 3, 10, tzinfo=clock.zone())
    assert deadlines.after_working_days(no_table, 1).date().isoformat() == "2031-01-06"
