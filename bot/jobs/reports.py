"""Background work of reports: writing ledgers and pictures."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, sending
from db.engine import Database
from db.stores import places
from db.stores import sweeps as rounds
from db.work import Work
from handlers.chat import Screen
from handlers.files import ledgers as files
from handlers.files import report_charts, report_maps
from handlers.texts import say
from services import clock
from services.reports import figures, ledgers, maps, periods, sweeps
from services.reports.figures import Kind
from services.reports.ledgers import Light
from services.reports.sweeps import Line

MOST_BYTES = 50 * 2**20
"""What Telegram takes from a bot in one file."""


class ReportJobs:
    """Runs the jobs "report_ledger", "report_map" and "report_picture"."""

    def __init__(self, database: Database, folder: Path, *, tiles: str = "") -> None:
        self._database = database
        self._exports = Exports(folder)
        self._tiles = tiles

    async def ledger(self, payload: Mapping[str, Any]) -> Effect:
        """Write the file (or files) that were ordered and send them."""
        title = say(f"ledgers.title.{payload['kind']}")
        screens = []
        for name, content in (await self._contents(payload)).items():
            if len(content) > MOST_BYTES:
                size, most = len(content) // 2**20, MOST_BYTES // 2**20
                screens.append(Screen(say("ledgers.too_large", title=title, size=size, most=most)))
                continue
            document = await self._exports.keep(content, name)
            screens.append(Screen(title, document=document))
        return sending(payload["chat_id"], *screens)

    async def picture(self, payload: Mapping[str, Any]) -> Effect:
        """Draw the figures that were asked for and send them."""
        kind, period = Kind(payload["kind"]), periods.find(payload["period"])
        async with self._database.read() as session:
            found = await figures.figures(Work(session), kind, period, payload["communities"])
        owner = payload["owner"]
        content = await asyncio.to_thread(report_charts.picture, found, owner=owner)
        picture = await self._exports.keep(content, f"{kind}.png")
        title = report_charts.caption(found, owner=owner)
        return sending(payload["chat_id"], Screen(title, picture=picture))

    async def map(self, payload: Mapping[str, Any]) -> Effect:
        """Draw the map of what everybody may see, or write its page, and send it."""
        async with self._database.read() as session:
            town = await maps.public(Work(session))
        as_page = payload["form"] == "page"
        if as_page:
            content = report_maps.page(town, tiles=self._tiles).encode()
        else:
            content = await asyncio.to_thread(report_maps.picture, town)
        file = await self._exports.keep(content, report_maps.file_name(as_page=as_page))
        return sending(payload["chat_id"], report_maps.screen(town, file, as_page=as_page))

    async def _contents(self, payload: Mapping[str, Any]) -> dict[str, bytes]:
        """The files by their names."""
        kind, communities = str(payload["kind"]), payload["communities"]
        period = periods.find(payload["period"])
        async with self._database.read() as session:
            work = Work(session)
            notes = files.notes(await self._owner(work, communities), period)
            if kind == "lights":
                found = await _round(work, payload["sweep_id"], communities)
                content = await asyncio.to_thread(files.lights, *found, notes)
                return {_name(kind): content}
            entries = await ledgers.entries(work, period, communities)
        if kind == "open311":
            return await asyncio.to_thread(files.open311, entries)
        make = {"problems": files.problems, "events": files.events}[kind]
        return {_name(kind): await asyncio.to_thread(make, entries, notes)}

    async def _owner(self, work: Work, communities: list[int] | None) -> str:
        if communities is None:
            return str(say("ledgers.street"))
        known = {c.id: c.name for c in await places.communities(work.session)}
        return " ".join(known[one] for one in communities if one in known)


async def _round(
    work: Work, sweep_id: int, communities: list[int] | None
) -> tuple[list[Light], list[Line], dict[int, str]]:
    """Everything about a stairwell round in these communities."""
    sweep = await rounds.by_id(work.session, sweep_id)
    if sweep is None:
        return [], [], {}
    found = await ledgers.lights(work, sweep_id, communities)
    lines = await sweeps.lines(work, sweep, communities)
    return found, lines, await sweeps.community_names(work)


def _name(kind: str) -> str:
    return f"{say(f'ledgers.title.{kind}')}-{clock.today().isoformat()}.xlsx"
