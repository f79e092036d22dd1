"""Background work of clubs: a poster whose code opens the club's page."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.jobs import Effect
from db.engine import Database
from db.stores import clubs, outbox
from db.work import Work
from handlers.chat import Screen, compose
from handlers.files.qr import Poster, poster_pdf, poster_png
from handlers.texts import say
from services import clock


class ClubJobs:
    """Runs the job "club_poster"."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def poster(self, payload: Mapping[str, Any]) -> Effect:
        """Draw the poster, one for the chat and one to print, and send both."""
        async with self._database.read() as session:
            club = await clubs.by_id(session, payload["club_id"], lock=False)
        screens = []
        if club is not None:
            made = Poster(
                title=club.name,
                lines=tuple(one for one in (club.meets, str(say("clubs.poster.scan"))) if one),
                link=f"https://t.me/{payload['bot_username']}?start=club_{club.id}",
                foot=str(say("clubs.poster.foot")),
            )
            picture = {"path": await self._file("png", poster_png, made)}
            name = str(say("clubs.poster.name", number=club.id))
            paper = {"path": await self._file("pdf", poster_pdf, made), "name": name}
            screens = [
                Screen(say("clubs.poster.note", club=club.name), picture=picture),
                Screen(say("clubs.poster.to_print"), document=paper),
            ]

        async def effect(work: Work) -> None:
            for screen in screens:
                calls = compose(payload["chat_id"], screen)
                await outbox.add(work.session, calls, now=clock.now())

        return effect

    async def _file(self, kind: str, draw: Callable[[Poster], bytes], made: Poster) -> str:
        path = f"exports/{secrets.token_hex(8)}.{kind}"
        content = await asyncio.to_thread(draw, made)
        await asyncio.to_thread(self._write, path, content)
        return path

    def _write(self, path: str, content: bytes) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(content)
