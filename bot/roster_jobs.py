"""Background work of the roster: writing it as a workbook and sending it."""

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.jobs import Effect
from db.engine import Database
from db.stores import outbox
from db.work import Work
from handlers.chat import Screen, compose
from handlers.files import rosters
from handlers.texts import say
from handlers.volunteer_desk import everybody
from services import clock, places


class RosterJobs:
    """Runs the job "roster"."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def export(self, payload: Mapping[str, Any]) -> Effect:
        """Read the roster that was ordered, write it off the event loop, send it."""
        chosen, phones = payload["communities"], payload["phones"]
        async with self._database.read() as session:
            work = Work(session)
            people = await everybody(work, chosen, phones=phones)
            owner = await _owner(work, chosen)
        notes = rosters.notes(owner, clock.today(), phones=phones)
        content = await asyncio.to_thread(rosters.written, people, notes)
        path = f"exports/{secrets.token_hex(8)}.xlsx"
        await asyncio.to_thread(self._write, path, content)
        name = f"{say('rosters.title')}-{clock.today().isoformat()}.xlsx"
        note = say("rosters.sent", owner=owner, count=len(people))
        calls = compose(payload["chat_id"], Screen(note, document={"path": path, "name": name}))

        async def effect(work: Work) -> None:
            await outbox.add(work.session, calls, now=clock.now())

        return effect

    def _write(self, path: str, content: bytes) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600)
        target.write_bytes(content)


async def _owner(work: Work, chosen: list[int] | None) -> str:
    """The communities by name."""
    if chosen is None:
        return str(say("rosters.whole_street"))
    between = str(say("forms.value.between"))
    return between.join(c.name for c in await places.communities(work) if c.id in chosen)
