"""Fetches files after the commit, has them checked in a worker process, keeps our own copies."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from bot.jobs.files import fetch
from bot.jobs.runner import Effect
from bot.office import RunningOffice
from bot.transport import OfficeBot
from db.engine import Database
from db.stores import forms
from db.work import Work
from handlers.forms import media as form_media
from services import photos
from services.errors import Refusal
from services.photo_store import PhotoStore
from services.photos import CleanPhoto

LARGEST = 20 * 1024 * 1024  # what a bot may fetch


class Photographer:
    """Runs the job "media"."""

    def __init__(
        self, database: Database, bot: OfficeBot, store: PhotoStore, office: RunningOffice
    ) -> None:
        self._database = database
        self._bot = bot
        self._store = store
        self._office = office
        self._pool: ProcessPoolExecutor | None = None

    async def fetch(self, payload: Mapping[str, Any]) -> Effect:
        """Fetch and clean one file; the effect tells the form it was given to."""
        media_id = payload["media_id"]
        async with self._database.read() as session:
            media = await forms.media(session, media_id)
        if media is None or media.state != "pending":
            return _nothing
        if media.kind not in ("photo", "file"):
            return self._verdict(media_id)
        try:
            data = await self._download(media.file_id, payload.get("size"))
            clean = await self._clean(data)
        except Refusal as no:
            return self._verdict(media_id, refusal=no)
        await asyncio.to_thread(self._keep, clean)
        return self._verdict(media_id, photo=clean)

    async def _clean(self, data: bytes) -> CleanPhoto:
        try:
            return await photos.clean_in_worker(data, self._workers())
        except BrokenProcessPool:
            self.close()  # the next try gets a new one
            raise

    def _keep(self, clean: CleanPhoto) -> None:
        self._store.put(clean.sha256, clean.data)
        self._store.put(clean.thumbnail_sha256, clean.thumbnail)

    async def _download(self, file_id: str, size: int | None) -> bytes:
        if size is not None and size > LARGEST:
            raise Refusal("photos.too_large", limit_mb=LARGEST // 2**20)
        return await fetch(self._bot, file_id, gone="photos.not_to_be_had")

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = photos.make_pool()
        return self._pool

    def _verdict(self, media_id: str, **verdict: Any) -> Effect:
        async def effect(work: Work) -> None:
            await form_media.judged(work, self._office, media_id, **verdict)

        return effect

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


async def _nothing(_work: Work) -> None:
    return
