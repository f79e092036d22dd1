"""The folder of photos: whole files under their own hash, and nothing outside it."""

import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services import clock
from services.photo_store import FolderStore, PhotoAlteredError, PhotoMissingError, PhotoStore

PHOTO = b"\xff\xd8\xff the bytes of a photo"
NAME = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return FolderStore(tmp_path / "photos")


def files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def test_a_photo_is_kept_once_under_its_hash(store: PhotoStore, tmp_path: Path) -> None:
    assert not store.exists(NAME)
    store.put(NAME, PHOTO)
    store.put(NAME, PHOTO)
    assert store.exists(NAME)
    assert store.get(NAME) == PHOTO
    [path] = files(tmp_path)
    assert path.relative_to(tmp_path / "photos").parts == (NAME[:2], NAME[2:4], f"{NAME}.jpg")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_a_deleted_photo_leaves_no_trace(store: PhotoStore, tmp_path: Path) -> None:
    store.put(NAME, PHOTO)
    assert store.delete(NAME) is True
    assert store.delete(NAME) is False
    assert not store.exists(NAME)
    assert not list(files(tmp_path))
    with pytest.raises(PhotoMissingError):
        store.get(NAME)
    store.put(NAME, PHOTO)
    assert store.get(NAME) == PHOTO


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", NAME.upper(), NAME + "/..", NAME[:-1], NAME + "\n", "照片.jpg"]
)
def test_a_name_that_is_no_hash_is_never_a_path(store: PhotoStore, name: str) -> None:
    for act in (store.get, store.delete, store.exists):
        with pytest.raises(ValueError, match="SHA-256"):
            act(name)
    with pytest.raises(ValueError, match="SHA-256"):
        store.put(name, PHOTO)


def test_bytes_that_do_not_fit_the_name_are_refused(store: PhotoStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fit"):
        store.put(NAME, PHOTO + b"!")
    assert not list(files(tmp_path))


def test_an_altered_file_is_noticed_and_mended_by_sending_again(
    store: PhotoStore, tmp_path: Path
) -> None:
    store.put(NAME, PHOTO)
    [path] = files(tmp_path)
    path.write_bytes(PHOTO[:5])
    with pytest.raises(PhotoAlteredError):
        store.get(NAME)
    store.put(NAME, PHOTO)
    assert store.get(NAME) == PHOTO


def test_a_write_that_fails_leaves_nothing(
    store: PhotoStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        store.put(NAME, PHOTO)
    assert not store.exists(NAME)
    assert not list(files(tmp_path))


def test_many_senders_of_one_photo_do_not_disturb_each_other(store: PhotoStore) -> None:
    big = PHOTO * 20_000
    name, seen = hashlib.sha256(big).hexdigest(), list[bytes]()

    def send() -> None:
        store.put(name, big)
        seen.append(store.get(name))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [big] * 8


def test_drafts_of_dead_processes_are_swept_and_fresh_ones_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    (tmp_path / "incoming" / "draft").write_bytes(PHOTO)
    assert store.discard_drafts() == 0
    later = datetime.now(UTC) + timedelta(hours=2)  # noqa: TID251 - the file system's own clock
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert store.discard_drafts() == 1
    assert not list(files(tmp_path))
