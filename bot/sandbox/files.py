"""Files that people and the bot send: kept in memory, named by file_id, with Telegram's limits."""

import mimetypes
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.sandbox.clocks import Ids
from bot.sandbox.pictures import picture_size
from bot.sandbox.refusals import ApiError, bad_request
from bot.sandbox.shapes import Json

MEGABYTE = 1024 * 1024
DOWNLOAD_LIMIT = 20 * MEGABYTE
UPLOAD_LIMIT = 50 * MEGABYTE
PHOTO_LIMIT = 10 * MEGABYTE
SIDES = (90, 320, 800)  # the longer side of the smaller copies of a photo
KINDS = {
    "photo": ("photos", ".jpg", "image/jpeg"),
    "voice": ("voice", ".oga", "audio/ogg"),
    "sticker": ("stickers", ".webp", "image/webp"),
    "video": ("videos", ".mp4", "video/mp4"),
    "video_note": ("video_notes", ".mp4", "video/mp4"),
    "animation": ("animations", ".mp4", "video/mp4"),
    "audio": ("music", ".mp3", "audio/mpeg"),
    "document": ("documents", "", "application/octet-stream"),
}


@dataclass(frozen=True)
class Upload:
    """A file as it arrives."""

    name: str
    data: bytes
    mime: str = ""


@dataclass(frozen=True)
class StoredFile:
    """A file with its place; `size` may be claimed larger than `data` to try the limits."""

    file_id: str
    unique_id: str
    path: str
    upload: Upload
    size: int
    kind: str

    def shape(self) -> Json:
        """file_id, file_unique_id and file_size."""
        same: Json = {"file_id": self.file_id, "file_unique_id": self.unique_id}
        return same | {"file_size": self.size}


class Files:
    """Stores uploads and finds them again by file_id or path."""

    def __init__(self, ids: Ids):
        self._ids = ids
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def all(self) -> list[StoredFile]:
        return list(self._by_id.values())

    def restore(self, file: StoredFile) -> None:
        self._by_id[file.file_id] = self._by_path[file.path] = file

    def add(self, kind: str, upload: Upload, *, size: int | None = None) -> StoredFile:
        folder, suffix, mime = KINDS[kind]
        guessed = upload.mime or mimetypes.guess_type(upload.name)[0] or mime
        suffix = suffix or PurePosixPath(upload.name).suffix
        file_id = self._ids.token("AgACAgUAAx")
        file = StoredFile(
            file_id=file_id,
            unique_id=self._ids.token("AQAD"),
            path=f"{folder}/file_{self._ids.number('file')}{suffix}",
            upload=Upload(upload.name, upload.data, mime if kind == "photo" else guessed),
            size=len(upload.data) if size is None else size,
            kind=kind,
        )
        self.restore(file)
        return file

    def describe(self, kind: str, file: StoredFile, extra: Json) -> Json | list[Json]:
        """The object under `message[kind]`; a photo is a list of sizes, the largest last."""
        if kind == "photo":
            return self._sizes(file)
        shape = file.shape()
        if kind in ("document", "audio", "video", "animation"):
            shape |= {"file_name": file.upload.name}
        if kind not in ("sticker", "video_note"):
            shape |= {"mime_type": file.upload.mime}
        if kind in ("voice", "audio", "video", "animation", "video_note"):
            shape["duration"] = int(extra.get("duration", 1))
        return shape | _frame(kind, extra)

    def _sizes(self, file: StoredFile) -> list[Json]:
        width, height = picture_size(file.upload.data) or (1280, 960)
        longer = max(width, height)
        sizes = []
        for side in (side for side in SIDES if side < longer):
            # The smaller copies keep the full picture's bytes: there is nothing to scale with.
            copy = self.add("photo", file.upload)
            scaled = {"width": max(1, width * side // longer)}
            sizes.append(copy.shape() | scaled | {"height": max(1, height * side // longer)})
        return [*sizes, file.shape() | {"width": width, "height": height}]


def _frame(kind: str, extra: Json) -> Json:
    if kind == "video_note":
        return {"length": 240}
    if kind in ("video", "animation"):
        return {"width": int(extra.get("width", 640)), "height": int(extra.get("height", 480))}
    if kind == "sticker":
        size = {"type": "regular", "width": 512, "height": 512}
        return size | {"is_animated": False, "is_video": False, "emoji": extra.get("emoji", "👍")}
    return {}


def check_upload(kind: str, upload: Upload) -> None:
    """Raises ApiError for a file that Telegram does not take from a bot."""
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > UPLOAD_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        _check_photo(upload)


def _check_photo(upload: Upload) -> None:
    if len(upload.data) > PHOTO_LIMIT:
        raise bad_request("file is too big")
    size = picture_size(upload.data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > 10_000 or max(size) > 20 * max(1, min(size)):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
