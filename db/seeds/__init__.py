"""Starter data: loaded when its files changed, never over the edits of the office."""

import hashlib
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models.activities import Activity
from db.models.clubs import Club
from db.models.places import Body, Building, Community, Estate, Landmark
from db.models.volunteers import Volunteer
from db.stores import people, settings, volunteers

FOLDER = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """One file of starter data."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def digest(*paths: Path) -> str:
    """One hash over these files, to see whether anything changed since the last start."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def surveys() -> dict[str, dict[str, Any]]:
    """The starter questionnaires by code."""
    return {
        path.stem: read(f"surveys/{path.name}") for path in sorted(FOLDER.glob("surveys/*.toml"))
    }


async def load_communities(session: AsyncSession) -> None:
    """Enter communities that are not known yet, in the order of the file."""
    known = set((await session.scalars(select(Community.code))).all())
    for position, row in enumerate(read("communities.toml")["community"]):
        if row["code"] not in known:
            session.add(Community(position=position, **row))
    await session.flush()


async def load_clubs(session: AsyncSession, *, now: datetime) -> None:
    """Enter the troupes and classes that are known by name, once in a database's life."""
    if await settings.put_once(session, "clubs_entered", {}, now=now):
        for row in read("clubs.toml")["club"]:
            session.add(Club(created_at=now, **row))
        await session.flush()


async def load_demo_people(session: AsyncSession, *, now: datetime) -> None:
    """Give the people of the demo page the roles they play, and names colleagues know them by."""
    codes = {row.code: row.id for row in (await session.scalars(select(Community))).all()}
    for row in read("demo_people.toml")["person"]:
        person = await people.meet(session, row["telegram_id"], now=now)
        where = codes[row["community"]] if "community" in row else 0
        person.community_id = person.community_id or where or None
        if person.forgotten_at is None:
            person.name = person.name or row["name"]
        await people.grant(
            session,
            person.id,
            row["role"],
            scope_kind="community" if where else "street",
            scope_id=where,
            granted_by=None,
            now=now,
        )


async def load_demo_activity(session: AsyncSession, *, starts_at: datetime, now: datetime) -> None:
    """Put the volunteers of the demo page on the roster, with something to sign up for, once."""
    if not await settings.put_once(session, "demo_activity", {}, now=now):
        return
    made = read("demo_people.toml")
    codes = {row.code: row.id for row in (await session.scalars(select(Community))).all()}
    for row in made["volunteer"]:
        person = await people.meet(session, row["telegram_id"], now=now)
        own = {key: row[key] for key in ("name", "number", "birth_year", "brought_half_hours")}
        volunteer = Volunteer(
            person_id=person.id,
            community_id=codes[row["community"]],
            free_times=[],
            state="active",
            joined_on=now.date(),
            created_at=now,
            changed_at=now,
            **own,
        )
        await volunteers.add(session, volunteer, row["categories"])
    session.add(await _demo_activity(session, dict(made["activity"]), codes, starts_at, now))
    await session.flush()


async def _demo_activity(
    session: AsyncSession,
    row: dict[str, Any],
    codes: dict[str, int],
    starts_at: datetime,
    now: datetime,
) -> Activity:
    leader = await people.meet(session, row.pop("leader"), now=now)
    return Activity(
        community_id=codes[row.pop("community")],
        leader_id=leader.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        leave_until=starts_at - timedelta(hours=3),
        state="published",
        form_token="demo",  # noqa: S106 - the name of the form it did not come from
        created_at=now,
        **row,
    )


async def load_example_places(session: AsyncSession) -> None:
    """Enter the made-up estates of the demo that are not there yet; each is marked as such."""
    made = read("examples.toml")
    codes = {row.code: row.id for row in (await session.scalars(select(Community))).all()}
    bodies = {row.name: row.id for row in (await session.scalars(select(Body))).all()}
    for row in made["body"]:
        if row["name"] not in bodies:
            body = Body(name=row["name"], kind=row["kind"], example=True)
            session.add(body)
            await session.flush()
            bodies[body.name] = body.id
    known = set((await session.scalars(select(Estate.name))).all())
    for row in made["estate"]:
        if row["name"] not in known:
            await _load_example_estate(session, row, codes[row["community"]], bodies)
    spots = set((await session.scalars(select(Landmark.name))).all())
    for row in made["landmark"]:
        if row["name"] not in spots:
            spot = Landmark(name=row["name"], aliases=row["aliases"], example=True)
            spot.community_id = codes[row["community"]]
            session.add(spot)
    await session.flush()


async def _load_example_estate(
    session: AsyncSession, row: dict[str, Any], community_id: int, bodies: dict[str, int]
) -> None:
    looked_after: dict[str, Any] = {
        "managing_body_id": bodies.get(row.get("managing", "")),
        "owner_body_id": bodies.get(row.get("owner", "")),
        "example": True,
    }
    estate = Estate(community_id=community_id, name=row["name"], aliases=row["aliases"])
    for key, value in looked_after.items():
        setattr(estate, key, value)
    session.add(estate)
    await session.flush()
    for name, entrances, floors in row["buildings"]:
        size = {"name": name, "aliases": [], "entrances": entrances, "floors": floors}
        session.add(Building(estate_id=estate.id, **size, **looked_after))
