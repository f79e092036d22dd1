"""Everybody presses anything, shown, foreign or forged: no illegal move, and no fault."""

import itertools
import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.models.queues import InboxUpdate
from db.models.reports import Report, ReportMove, ReportPhoto
from services.permissions import Permission, Role
from services.reports.additions import ADDED
from services.reports.transitions import MOVES, State
from tests.scenarios.test_report_handling import TUESDAY, at, works_for
from tests.scenarios.test_report_office import files
from tests.scenarios.test_reports import gazetteer
from tests.telegram import Photo, Somebody, Town

STEPS = 60
FORGED = (
    "to", "assign", "bodies", "body", "give", "say", "why", "reply", "words", "accept", "cannot",
    "hurry", "more", "note", "handle", "merge", "up", "req", "show", "photo",
)  # fmt: skip
ELSEWHERE = (
    "add", "cat", "find", "jobs", "ledger", "list", "mine", "near", "new", "note",
    "photo", "pic", "setup", "show", "sw",
)  # fmt: skip
RIGHTS = {
    Role.RESIDENT: frozenset(),
    Role.SUPERVISOR: frozenset({Permission.REPORT_CHECK}),
    Role.GRID_WORKER: frozenset({Permission.REPORT_HANDLE}),
    Role.COMMUNITY_STAFF: frozenset(
        {Permission.REPORT_HANDLE, Permission.REPORT_ASSIGN, Permission.REPORT_CLOSE}
    ),
    Role.STREET_STAFF: frozenset(
        {
            Permission.REPORT_HANDLE,
            Permission.REPORT_ASSIGN,
            Permission.REPORT_CLOSE,
            Permission.REPORT_CHECK,
            Permission.REPORT_VOID,
        }
    ),
}
"""What each may do at the desk, told again here."""


async def everybody(town: Town) -> list[tuple[Somebody, Role]]:
    await gazetteer(town)
    cast = {
        "王阿姨": (Role.RESIDENT, "donghu"),
        "周叔": (Role.RESIDENT, "donghu"),
        "监督员": (Role.SUPERVISOR, None),
        "网格员孙": (Role.GRID_WORKER, "donghu"),
        "社区刘": (Role.COMMUNITY_STAFF, "donghu"),
        "社区陈": (Role.COMMUNITY_STAFF, "donghu"),
        "西峡干部": (Role.COMMUNITY_STAFF, "xixia"),
        "街道周": (Role.STREET_STAFF, None),
    }
    found = []
    for name, (role, place) in cast.items():
        given = None if role is Role.RESIDENT else role
        found.append((await town.person(name, given, community=place), role))
    plumber = await town.person("物业小张")
    await works_for(town, plumber, "湖滨物业")
    found.append((plumber, Role.GRID_WORKER))
    return found


def forged(chance: random.Random) -> str:
    """A button nobody was shown."""
    act = chance.choice(FORGED)
    more = chance.choice([*State, "0", "1", "7", "9", "yes", "no", "not_found", "x", ""])
    return f"rdesk:{act}:{chance.choice(['1', '2', '99', 'x', ''])}:{more}"


async def does_something(who: Somebody, chance: random.Random, newest: int) -> None:
    """Go about a report's page, press what is shown or never was, or send something."""
    kind = chance.random()
    if kind < 0.7:
        pages = ("rdesk", "rdesk", "rdesk", "rep")
        await who.presses(f"{chance.choice(pages)}:show:{chance.choice([newest - 1, newest])}")
        await presses_any(who, chance)
        await fills_in(who, chance)
    elif kind < 0.78:
        await presses_any(who, chance)
    elif kind < 0.9:
        await who.presses(forged(chance))
    elif kind < 0.95:
        await who.presses(f"rep:{chance.choice(['ok', 'no', 'rate', 'same', 'show'])}:1:2")
    else:
        await who.sends(chance.choice([Photo(), "修好了", "3", "/cancel", "/reports"]))


async def presses_any(who: Somebody, chance: random.Random) -> None:
    """Up to three buttons of what was shown last, seldom one that only leads elsewhere."""
    for _ in range(3):
        shown = [(d, m) for m in who.screen[-2:] for d in m.buttons.values()]
        ours = [one for one in shown if one[0].startswith(("rdesk:", "rep:", "f:"))]
        acts = [one for one in ours if one[0].split(":")[1] not in ELSEWHERE]
        offered = acts if chance.random() < 0.9 else ours
        if not offered:
            return
        await who.presses(*chance.choice(offered))


async def fills_in(who: Somebody, chance: random.Random) -> None:
    """Answer what a form asks, as far as it goes."""
    for _ in range(8 if who.screen else 0):
        last = who.screen[-1]
        asked = {label: d for label, d in last.buttons.items() if d.startswith("f:")}
        if not asked:
            return
        ready = [label for label in ("交上去", "发好了") if label in asked]
        choices = [d for d in asked.values() if d.split(":")[3].isdecimal()]
        if ready:
            await who.taps(ready[0], on=last)
        elif "照片" in last.text and "先不拍" not in asked:
            await who.sends(Photo())
        elif "先不拍" in asked:
            await who.taps("先不拍", on=last)
        elif choices:
            await who.presses(chance.choice(choices), last)
        else:
            await who.sends(chance.choice(["3", "区-2026-1", "修好了"]))


async def moves(town: Town) -> list[ReportMove]:
    async with town.database.read() as session:
        return list(await session.scalars(select(ReportMove).order_by(ReportMove.id)))


@pytest.mark.parametrize("seed", range(2))
async def test_monkeys_make_no_illegal_move(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    at(TUESDAY)
    cast = await everybody(town)
    wang = cast[0][0]
    newest = 0
    roles = {await town.person_id(who): role for who, role in cast}
    reporter = await town.person_id(wang)
    now = TUESDAY
    for step in range(STEPS):
        now += timedelta(minutes=chance.choice([1, 5, 30, 240]))
        at(now)
        if step % 20 == 0:
            newest += 2
            for _ in range(2):
                await files(town, wang, "不亮", "stairwell_light")
        who, _ = chance.choice(cast)
        before = await moves(town)
        await does_something(who, chance, newest)
        after = await moves(town)
        assert [m.id for m in after[: len(before)]] == [m.id for m in before], step
        for made in after[len(before) :]:
            if made.before is None or ADDED in made.details:
                continue
            assert made.actor_id == await town.person_id(who), "nobody acts for another"
            ways = [m for m in MOVES if (m.before, m.after) == (made.before, made.after)]
            own = made.actor_id == reporter
            rights = RIGHTS[roles[made.actor_id]]
            assert any(way.who in rights or (way.who is None and own) for way in ways), (
                who.name,
                made.actor_role,
                made.before,
                made.after,
            )
    assert sum(m.before != m.after for m in await moves(town)) > newest + 2, (
        "the monkeys came nowhere"
    )
    await check_the_end(town)


async def check_the_end(town: Town) -> None:
    """Each report stands where its last move left it, and what it went through was proper."""
    async with town.database.read() as session:
        rows = (await session.scalars(select(Report))).all()
        photos = (await session.scalars(select(ReportPhoto))).all()
        waiting = await session.scalars(select(InboxUpdate).where(InboxUpdate.status == 0))
        assert [row.error for row in waiting] == [], "nothing anybody pressed is a fault"
    told = await moves(town)
    for row in rows:
        mine = [m for m in told if m.report_id == row.id]
        assert row.state == mine[-1].after
        assert all(a.after == b.before for a, b in itertools.pairwise(mine))
        handler = None
        for move in mine:
            if ADDED in move.details:
                continue
            if move.after == State.HANDLED:
                handler = move.details.get("asked_by", move.actor_id)
                taken = {p.taken_by for p in photos if p.report_id == row.id and p.kind == "after"}
                assert "asked_by" in move.details or handler in taken
            elif move.after == State.CLOSED:
                assert move.actor_id != handler
