"""Random walks by every role through every service of the desk: no illegal move by any path."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from db.engine import Database
from db.models.forms import FormMedia
from db.models.places import Body
from db.models.report_desk import ReportRequest
from db.models.reports import Report, ReportMove, ReportPhoto
from db.stores import people, places, reports
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Permission, Role, Scope, ScopeKind, community
from services.reports import desk, notes, requests, views
from services.reports.desk import Brought, Draft
from services.reports.requests import Kind
from services.reports.transitions import FIXED, MOVES, RESULTS, State

START = datetime(2026, 11, 24, 2, 0, tzinfo=clock.zone())
PHOTO = FormMedia(id="m", token="t", kind="photo", sha256="0" * 64, state="ok")
STEPS = 350
NEAR, CHANGE = 0.7, 0.4
ENDS = (State.REJECTED, State.VOID)
PAIRS = {(move.before, move.after) for move in MOVES}


@dataclass
class Street:
    """Three reports, everybody who may touch them, and those who may not."""

    work: Work
    chance: random.Random
    cast: list[Actor] = field(default_factory=list)
    rows: list[Report] = field(default_factory=list)
    body_id: int = 0
    now: datetime = START
    last: tuple[Actor, Report] | None = None

    async def settle(self) -> None:
        here, there = (await places.communities(self.work.session))[:2]
        body = Body(name="湖滨物业", kind="property_company")
        self.work.session.add(body)
        await self.work.session.flush()
        self.body_id = body.id
        grants = [
            (Role.RESIDENT, community(here.id)),
            (Role.VOLUNTEER, community(here.id)),
            (Role.SUPERVISOR, Scope()),
            (Role.GRID_WORKER, community(here.id)),
            (Role.GRID_WORKER, community(here.id)),
            (Role.GRID_WORKER, Scope(ScopeKind.BODY, body.id)),
            (Role.COMMUNITY_STAFF, community(here.id)),
            (Role.COMMUNITY_STAFF, community(here.id)),
            (Role.COMMUNITY_STAFF, community(there.id)),
            (Role.STREET_STAFF, Scope()),
            (Role.ADMIN, Scope()),
        ]
        for i, (role, scope) in enumerate(grants):
            person = await people.meet(self.work.session, 500 + i, now=clock.now())
            await people.grant(
                self.work.session, person.id, role, scope_kind=scope.kind, scope_id=scope.id,
                granted_by=None, now=clock.now(),
            )  # fmt: skip
            self.cast.append(Actor(person.id, (HeldRole(role, scope),), here.id))
        for by in (self.cast[0], self.cast[3], self.cast[5]):  # workers report things too
            self.rows.append(await self.new_report(by))

    def brought(self) -> Brought:
        pick = self.chance.choice
        somebody = pick([None, self.cast[3].person_id, self.cast[4].person_id, 999])
        return Brought(
            words=pick(["", " ", "words", "words", "words"]),
            photos=pick([(), (PHOTO,), (PHOTO,)]),
            assignee_id=somebody,
            body_id=self.body_id if somebody is None else pick([None, None, self.body_id]),
            master_id=pick([None, *(row.id for row in self.rows), 999]),
            outside_number=pick(["", "", "", "区-7"]),
            request_id=pick([None, *range(1, 9)]),
            result=pick(RESULTS),
        )

    def who_does_what(self) -> tuple[Actor, Report]:
        """Often the same person goes on with the same report: what nobody may do alone."""
        if self.last is None or self.last[1] not in self.rows or self.chance.random() < CHANGE:
            self.last = self.chance.choice(self.cast), self.chance.choice(self.rows)
        return self.last

    def target(self, row: Report) -> State:
        """Often a state that can be reached, seldom an end, sometimes anything."""
        near = [m.after for m in MOVES if m.before == row.state and m.after not in ENDS]
        if near and self.chance.random() < NEAR:
            return self.chance.choice(near)
        return self.chance.choice(list(State))

    async def begin_anew(self) -> None:
        """A report that came to its end makes room for a new one."""
        for i, row in enumerate(self.rows):
            if row.state in ENDS:
                self.rows[i] = await self.new_report(self.cast[0])

    async def new_report(self, by: Actor) -> Report:
        draft = Draft("stairwell_light", "x", community_id=by.community_id)
        return await desk.file(self.work, by, draft)

    async def decide(self, by: Actor, row: Report) -> None:
        asked = await requests.pending(self.work, row)
        number = self.chance.choice([asked.id if asked else 1, 1, 999])
        await requests.decide(
            self.work, by, number, approve=self.chance.choice([True, True, False])
        )

    async def act(self, by: Actor, row: Report) -> None:
        """Try anything."""
        choose = self.chance.choice
        acts: list[Callable[[], Awaitable[Any]]] = [
            *[lambda: desk.move(self.work, by, row, self.target(row), self.brought())] * 8,
            lambda: requests.ask(
                self.work, by, row, choose(list(Kind)), words="w", days=choose([0, 3])
            ),
            *[lambda: self.decide(by, row)] * 2,
            lambda: notes.hurry(self.work, by, row),
            lambda: notes.add(self.work, by, row, "note"),
            lambda: views.tick(self.work, by, row, on=True),
            lambda: views.give(self.work, by, self.brought()),
            lambda: desk.rate(self.work, by, row, choose([0, 3])),
        ]
        await choose(acts)()


def shape(row: Report) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in inspect(Report).column_attrs}


async def history(work: Work) -> list[tuple[Any, ...]]:
    rows = await work.session.scalars(select(ReportMove).order_by(ReportMove.id))
    return [
        (m.id, m.report_id, m.actor_id, m.before, m.after, m.words, tuple(m.details)) for m in rows
    ]


def may(row: dict[str, Any], by: Actor, move: Any) -> bool:
    """Who may make a move, told again in other words than the service's."""
    if move.who is None:
        return bool(row["reporter_id"] == by.person_id)
    here = any(
        held.scope in (Scope(), community(row["community_id"]))
        for held in by.roles
        if by.can(move.who)
    )
    own = row["assignee_id"] == by.person_id
    for_body = any(held.scope == Scope(ScopeKind.BODY, row["body_id"] or 0) for held in by.roles)
    return by.can(move.who) and (
        here or own or (for_body and move.who in (Permission.REPORT_VIEW, Permission.REPORT_HANDLE))
    )


async def check_move(street: Street, by: Actor, old: dict[str, Any], new: dict[str, Any]) -> None:
    """A move that happened was in the table, their right, and brought what it needs."""
    before, after = State(old["state"]), State(new["state"])
    ways = [m for m in MOVES if (m.before, m.after) == (before, after)]
    assert any(may(old, by, way) for way in ways), (by, before, after)
    assert new["version"] == old["version"] + 1
    if after is State.HANDLED:
        await check_handled(street, by, new)
    if after is State.CLOSED:
        moves = await reports.moves_of(street.work.session, new["id"])
        handled = [m for m in moves if m.after == State.HANDLED][-1]
        assert handled.details.get("asked_by", handled.actor_id) != by.person_id
    if after is State.REOPENED:
        assert new["reopened"] == old["reopened"] + 1
        assert new["original_due_at"] == (old["original_due_at"] or old["due_at"])
    if after is State.ASSIGNED:
        given = [new[key] for key in ("assignee_id", "body_id", "outside_number")]
        assert [one is not None for one in given].count(True) == 1
        workers = {one.person_id for one in street.cast if one.can(Permission.REPORT_HANDLE)}
        assert new["assignee_id"] in {None, *workers}
    if old["late_when_handled"]:
        assert new["late_when_handled"], "a verdict stays"


async def check_handled(street: Street, by: Actor, new: dict[str, Any]) -> None:
    photos = await street.work.session.scalars(
        select(ReportPhoto).where(ReportPhoto.report_id == new["id"], ReportPhoto.kind == "after")
    )
    if new["result"] == FIXED:
        assert any(photo.taken_by == by.person_id for photo in photos)
        return
    asked = await street.work.session.scalars(
        select(ReportRequest)
        .where(ReportRequest.report_id == new["id"])
        .order_by(ReportRequest.decided_at)
    )
    agreed = [one for one in asked if one.approved and one.kind == new["result"]]
    assert agreed[-1].decided_by == by.person_id != agreed[-1].asked_by


def check_quiet(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Without a move nothing but an extension, a hurry or a rating can have changed."""
    changed = {key for key in old if old[key] != new[key]}
    extended = {"due_at", "soon_at", "original_due_at", "extended_days", "version"}
    if "extended_days" in changed:
        changed -= extended
        assert new["original_due_at"] == (old["original_due_at"] or old["due_at"])
        assert new["due_at"] > old["due_at"]
    allowed = {"hurried", "hurried_at", "rating", "escalated_at", "escalated_higher_at"}
    assert changed <= allowed


@pytest.mark.parametrize("seed", range(6))
async def test_no_path_makes_an_illegal_move(database: Database, seed: int) -> None:
    async with database.write() as session:
        work = Work(session)
        street = Street(work, random.Random(seed))
        clock.set_source(lambda: street.now)
        await street.settle()
        seen: set[tuple[State, State]] = set()
        for _ in range(STEPS):
            street.now += timedelta(minutes=street.chance.choice([1, 10, 60, 600]))
            await street.begin_anew()
            by, row = street.who_does_what()
            old = [shape(one) for one in street.rows]
            told = await history(work)
            refused = False
            try:
                async with session.begin_nested():
                    await street.act(by, row)
            except Refusal:
                refused = True
            for one in street.rows:
                await session.refresh(one)
            new = [shape(one) for one in street.rows]
            now_told = await history(work)
            assert now_told[: len(told)] == told, "what is written is never changed"
            made = now_told[len(told) :]
            if refused:
                assert (new, made) == (old, [])
            for was, is_ in zip(old, new, strict=True):
                mine = [m for m in made if m[1] == was["id"]]
                if was["version"] == is_["version"] or not mine:
                    assert not mine
                    check_quiet(was, is_)
                    continue
                assert [(m[2], m[3], m[4]) for m in mine] == [
                    (by.person_id, was["state"], is_["state"])
                ]
                seen.add((State(was["state"]), State(is_["state"])))
                await check_move(street, by, was, is_)
        assert len(seen) > len(PAIRS) // 6, "the walk came nowhere"
        assert seen <= PAIRS
