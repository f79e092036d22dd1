"""Puts stored files into calls, and remembers the ids Telegram gives them."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import InputFile

from services.photo_store import PhotoStore


class Attachments:
    """Replaces {"stored": {…}} in a payload by the file it names.

    `sha256` names a photo of the store, `path` a file below the data folder, `file_id` a file
    that Telegram has already.
    """

    FIELDS = ("photo", "document")

    def __init__(self, store: PhotoStore, folder: Path) -> None:
        self._store = store
        self._folder = folder.resolve()

    async def fill(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The payload with its file attached. Raises OSError if the file is gone."""
        for field in self.FIELDS:
            value = payload.get(field)
            if isinstance(value, dict) and "stored" in value:
                return {**payload, field: await self._file(value["stored"])}
        return payload

    async def _file(self, stored: dict[str, str]) -> Any:
        if "file_id" in stored:
            return stored["file_id"]
        name = stored.get("name", "photo.jpg")
        if "sha256" in stored:
            content = await asyncio.to_thread(self._store.get, stored["sha256"])
        else:
            path = (self._folder / stored["path"]).resolve()
            if not path.is_relative_to(self._folder):
                raise FileNotFoundError(stored["path"])
            content = await asyncio.to_thread(path.read_bytes)
        return InputFile(content, filename=name)

    async def remember(self, session: AsyncSession, payload: dict[str, Any], sent: Any) -> None:
        """Exports are removed once they are sent; photos stay."""
        stored = (payload.get("document") or {}) if isinstance(payload, dict) else {}
        if isinstance(stored, dict) and "path" in stored.get("stored", {}):
            path = (self._folder / stored["stored"]["path"]).resolve()
            if path.is_relative_to(self._folder):
                await asyncio.to_thread(path.unlink, missing_ok=True)
