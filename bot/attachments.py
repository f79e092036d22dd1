"""Puts stored files into calls, and removes those that were made only to be sent."""

import asyncio
from pathlib import Path
from typing import Any

from telegram import InputFile, InputMediaPhoto

from handlers.files.qr import code_png
from services.photo_store import PhotoStore


class Attachments:
    """Replaces {"stored": {…}} in a payload by the file it names.

    `sha256` names a photo of the store, `path` a file below the data folder, `file_id` a file
    that Telegram has already, `qr` a link whose code is drawn now.
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
        media = payload.get("media")
        if isinstance(media, dict) and "stored" in media["media"]:
            return {**payload, "media": await self._photo(media)}
        return payload

    async def _photo(self, media: dict[str, Any]) -> InputMediaPhoto:
        """The new picture of a message that is edited."""
        file = await self._file(media["media"]["stored"])
        words = {key: media[key] for key in ("caption", "parse_mode") if key in media}
        if not isinstance(file, InputFile):
            return InputMediaPhoto(file, **words)
        return InputMediaPhoto(file.input_file_content, filename=file.filename, **words)

    async def _file(self, stored: dict[str, str]) -> Any:
        if "file_id" in stored:
            return stored["file_id"]
        name = stored.get("name", "photo.jpg")
        if "qr" in stored:
            content = await asyncio.to_thread(code_png, stored["qr"])
        elif "sha256" in stored:
            content = await asyncio.to_thread(self._store.get, stored["sha256"])
        else:
            content = await asyncio.to_thread(self._path(stored["path"]).read_bytes)
        return InputFile(content, filename=name)

    def _path(self, name: str) -> Path:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise FileNotFoundError(name)
        return path

    async def discard(self, payload: dict[str, Any]) -> None:
        """An export or a drawing is removed once it is sent; photos of the store stay."""
        media = payload.get("media")
        inner = media.get("media") if isinstance(media, dict) else None
        for value in (inner, *(payload.get(field) for field in self.FIELDS)):
            stored = value.get("stored", {}) if isinstance(value, dict) else {}
            if "path" in stored:
                await asyncio.to_thread(self._path(stored["path"]).unlink, missing_ok=True)
