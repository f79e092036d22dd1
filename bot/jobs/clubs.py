"""Background work of clubs: a poster whose code opens the club's page."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, sending
from db.engine import Database
from db.models.clubs import Club
from db.stores import clubs
from handlers.chat import Screen
from handlers.files.qr import Poster, poster_pdf, poster_png
from handlers.texts import say


class ClubJobs:
    """Runs the job "club_poster"."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._exports = Exports(folder)

    async def poster(self, payload: Mapping[str, Any]) -> Effect:
        """Draw the poster, one for the chat and one to print, and send both."""
        async with self._database.read() as session:
            club = await clubs.by_id(session, payload["club_id"], lock=False)
        if club is None:
            return sending(payload["chat_id"])
        made = _poster(club, payload["bot_username"])
        picture = await asyncio.to_thread(poster_png, made)
        paper = await asyncio.to_thread(poster_pdf, made)
        note, name = say("clubs.poster.note", club=club.name), say("clubs.poster.name")
        return sending(
            payload["chat_id"],
            Screen(note, picture=await self._exports.keep(picture, f"{name}.png")),
            Screen(
                say("clubs.poster.to_print"),
                document=await self._exports.keep(paper, f"{name}-{club.id}.pdf"),
            ),
        )


def _poster(club: Club, bot_username: str) -> Poster:
    lines = (club.meets, str(say("clubs.poster.scan")))
    return Poster(
        title=club.name,
        lines=tuple(line for line in lines if line),
        link=f"https://t.me/{bot_username}?start=club_{club.id}",
        foot=str(say("clubs.poster.foot")),
    )
