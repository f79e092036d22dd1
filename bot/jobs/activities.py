"""Background work of activities: a date for the phone's calendar, the album to take along."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.runner import Effect, sending
from db.engine import Database
from db.models.activities import Activity
from db.stores import activities, activity_records
from handlers.chat import Screen
from handlers.files import albums
from handlers.files.albums import Archive, Picture
from handlers.files.calendars import Event, calendar
from handlers.texts import say
from services import clock
from services.activities.planning import State
from services.photo_store import PhotoAlteredError, PhotoMissingError, PhotoStore


class ActivityJobs:
    """Runs the jobs "activity_calendar" and "activity_album"."""

    def __init__(self, database: Database, store: PhotoStore, folder: Path) -> None:
        self._database = database
        self._store = store
        self._exports = Exports(folder)

    async def calendar(self, payload: Mapping[str, Any]) -> Effect:
        """Write the date of an activity and send it, unless it was called off meanwhile."""
        async with self._database.read() as session:
            row = await activities.by_id(session, payload["activity_id"])
        if row is None or row.state != State.PUBLISHED:
            return sending(payload["chat_id"])
        content = calendar(_event(row, payload["bot_username"]))
        file = await self._exports.keep(content, str(say("activities.calendar_file", id=row.id)))
        text = say("activities.calendar_document", title=row.title)
        return sending(payload["chat_id"], Screen(text, document=file))

    async def album(self, payload: Mapping[str, Any]) -> Effect:
        """Pack every photo of an activity and send the archives."""
        async with self._database.read() as session:
            row = await activities.by_id(session, payload["activity_id"])
            photos = await activity_records.photos(session, payload["activity_id"])
        if row is None or not photos:
            return sending(payload["chat_id"])
        pictures = [Picture(photo.sha256, photo.at) for photo in photos]
        screens = await asyncio.to_thread(self._packed, row, pictures)
        return sending(payload["chat_id"], *screens)

    def _packed(self, row: Activity, pictures: Sequence[Picture]) -> list[Screen]:
        made = albums.archives(row.title, pictures, self._photo)
        return [self._screen(row, part, one) for part, one in enumerate(made, 1)]

    def _photo(self, sha256: str) -> bytes | None:
        try:
            return self._store.get(sha256)
        except (PhotoMissingError, PhotoAlteredError):  # the list says so; the rest is good
            return None

    def _screen(self, row: Activity, part: int, one: Archive) -> Screen:
        name = str(say("activity_album.file", id=row.id, part=part))
        text = say("activity_album.packed", title=row.title, part=part, count=one.count)
        if one.lost:
            text += "\n" + say("activity_album.lost", count=one.lost)
        return Screen(text, document=self._exports.put(one.content, name))


def _event(row: Activity, bot_username: str) -> Event:
    point = None
    if row.latitude is not None and row.longitude is not None:
        point = (row.latitude, row.longitude)
    return Event(
        uid=f"activity-{row.id}@{bot_username}",
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        written_at=clock.now(),
        place=row.place,
        note=row.risk_note or "",
        point=point,
    )
