"""Background work about personal data: the copy for /mydata, and what /forget leaves to be done."""

import asyncio
import fcntl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.jobs.files import Exports
from bot.jobs.runner import Effect
from db.engine import Database
from db.stores import inbox, outbox, people
from db.work import Work
from handlers.chat import compose
from handlers.people import mydata
from services import clock
from services.errors import Refusal
from services.people import personal_data
from services.photo_store import PhotoMissingError, PhotoStore

FORGOTTEN = "forgotten"


class PersonalJobs:
    """Runs the jobs "mydata", "forget", "drop_photos" and "scrub"."""

    def __init__(self, database: Database, store: PhotoStore, folder: Path) -> None:
        self._database = database
        self._store = store
        self._folder = folder
        self._exports = Exports(folder)

    async def mydata(self, payload: Mapping[str, Any]) -> Effect:
        """Gather all about a person into a text and a file, and send both."""
        person_id = int(payload["person_id"])
        try:
            async with self._database.read() as session:
                copy = await personal_data.copy(Work(session), person_id)
        except Refusal:
            return _nothing
        file = await asyncio.to_thread(self._write_copy, person_id, copy)

        async def effect(work: Work) -> None:
            person = await people.by_id(work.session, person_id)
            if person is None or person.telegram_id is None:
                return
            for screen in mydata.screens(copy, file):
                messages = compose(person.telegram_id, screen, person.large_print)
                await outbox.add(work.session, messages, now=clock.now())

        return effect

    def _write_copy(self, person_id: int, copy: personal_data.Copy) -> dict[str, str]:
        photos = {}
        for sha256 in copy.photos:
            try:
                photos[sha256] = self._store.get(sha256)
            except PhotoMissingError:
                continue
        name, content = mydata.document(copy, photos)
        return self._exports.put(content, name, mark=f"mydata-{person_id}-")

    async def forget(self, payload: Mapping[str, Any]) -> Effect:
        """Note the request beside the database, remove files. Safe to repeat."""
        await asyncio.to_thread(self._forget_files, payload)
        return _nothing

    def _forget_files(self, payload: Mapping[str, Any]) -> None:
        note(self._folder, payload["hash"], payload["at"])
        for sha256 in payload["photos"]:
            self._store.delete(sha256)
        self._exports.drop(f"mydata-{payload['person_id']}-")

    async def drop_photos(self, payload: Mapping[str, Any]) -> Effect:
        """Remove photos nobody's rows name any more."""
        for sha256 in payload["photos"]:
            await asyncio.to_thread(self._store.delete, sha256)
        return _nothing

    async def scrub(self, payload: Mapping[str, Any]) -> Effect:
        """Remove the last traces of the conversation itself, and of the job, from the file."""
        telegram_id = int(payload["telegram_id"])
        async with self._database.write() as session:
            await inbox.forget_person(session, telegram_id)
            if await people.by_telegram_id(session, telegram_id) is None:
                await outbox.forget_chat(session, telegram_id)
            else:  # they came back: what waits for them stays
                await outbox.forget_sent(session, telegram_id)
        await self._database.scrub()
        return _nothing


def note(folder: Path, person_hash: str, at: str) -> None:
    """Append a request to be forgotten to DATA_DIR/forgotten, once."""
    line = f"{person_hash} {at}\n"
    with (folder / FORGOTTEN).open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if line not in file.readlines():
            file.write(line)
            file.flush()


async def _nothing(_work: Work) -> None:
    return
