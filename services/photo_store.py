"""Where cleaned photos are kept: named by their SHA-256, so that nothing a sender wrote is a path.

A folder here; services.photo_bucket keeps the same in an object store.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Protocol

from services import clock

_NAME = re.compile(r"[0-9a-f]{64}")
_LEFT_OVER_AFTER = 3600
"""Seconds: a draft older than this belongs to a process that died."""


class PhotoMissingError(LookupError):
    """No photo of that name is kept (any more)."""


class PhotoAlteredError(RuntimeError):
    """The bytes do not fit their name: the disk or somebody changed them."""


class PhotoStore(Protocol):
    """Keeps bytes under their SHA-256 in hexadecimal; every method raises ValueError for others."""

    def put(self, sha256: str, data: bytes) -> None:
        """Keep `data`; once it returns they outlive a power cut. Safe to repeat."""

    def get(self, sha256: str) -> bytes:
        """The bytes; raises PhotoMissingError or PhotoAlteredError."""

    def delete(self, sha256: str) -> bool:
        """Forget them; whether there was anything to forget."""

    def exists(self, sha256: str) -> bool:
        """Whether they are kept."""


class FolderStore:
    """A folder with two levels of subfolders, files readable by the owner only.

    A file appears whole or not at all. The folder is made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._drafts = root / "incoming"
        self._drafts.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, sha256: str, data: bytes) -> None:
        target = self._path(sha256)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError("The bytes do not fit their name.")
        if target.exists() and target.read_bytes() == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._drafts / secrets.token_hex(16)
        try:
            _write_through(draft, data)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        for folder in (target.parent, target.parent.parent, self._root):
            _sync_folder(folder)

    def get(self, sha256: str) -> bytes:
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise PhotoMissingError(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise PhotoAlteredError(sha256)
        return data

    def delete(self, sha256: str) -> bool:
        path = self._path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync_folder(path.parent)
        return True

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).is_file()

    def discard_drafts(self) -> int:
        """Remove what processes that died were writing; how many files. Call it at start."""
        oldest = clock.now().timestamp() - _LEFT_OVER_AFTER
        stale = [path for path in self._drafts.iterdir() if path.stat().st_mtime < oldest]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _path(self, sha256: str) -> Path:
        name = checked_name(sha256)
        return self._root / name[:2] / name[2:4] / f"{name}.jpg"


def checked_name(sha256: str) -> str:
    """The name, if it is one; raises ValueError for whatever else could be a path."""
    if not _NAME.fullmatch(sha256):
        raise ValueError("A photo is named by a SHA-256 in lower case hexadecimal.")
    return sha256


def _write_through(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes the names in `folder` outlive a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
