"""The bucket keeps photos as the folder does: against the client's memory and a small S3 server."""

import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.photo_stores import photo_store
from bot.settings import Settings
from services.photo_bucket import Access, BucketStore, bucket
from services.photo_store import FolderStore, PhotoAlteredError, PhotoMissingError, PhotoStore

pytest.importorskip("obstore", reason="the extra s3 is not installed")
PermissionDeniedError = pytest.importorskip("obstore.exceptions").PermissionDeniedError

PHOTO = b"\xff\xd8\xff the bytes of a photo"
NAME = hashlib.sha256(PHOTO).hexdigest()


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as a photo needs; whoever does not sign is turned away."""

    objects: dict[str, bytes]
    faults: list[int]

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT")
        self.send_header("ETag", '"x"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _turned_away(self) -> bool:
        signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=me/")
        if not signed:
            self._answer(403)
        elif self.faults:
            self._answer(self.faults.pop())
            return True
        return not signed

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.faults:
            self._answer(self.faults.pop())
        elif not self._turned_away():
            self.objects[self.path] = body
            self._answer(200)

    def do_GET(self) -> None:
        if not self._turned_away():
            found = self.objects.get(self.path)
            self._answer(404) if found is None else self._answer(200, found)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def do_POST(self) -> None:
        """Several objects deleted at once, as the client does for one too."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self._turned_away():
            return
        keys = re.findall(r"<Key>(.*?)</Key>", body)
        for key in keys:
            self.objects.pop(f"/photos/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def log_message(self, *_: object) -> None:
        """Not to the test's output."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Bucket.objects, Bucket.faults = {}, []
    made = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def at(server: ThreadingHTTPServer, key: str = "me") -> BucketStore:
    endpoint = f"http://127.0.0.1:{server.server_port}"
    return bucket(
        Access(bucket="photos", prefix="office", endpoint=endpoint, key=key, secret="s" * 20)
    )


def in_memory() -> PhotoStore:
    from obstore.store import MemoryStore

    return BucketStore(MemoryStore())


@pytest.mark.parametrize("where", ["memory", "server"])
def test_a_photo_is_kept_found_and_forgotten(server: ThreadingHTTPServer, where: str) -> None:
    store = at(server) if where == "server" else in_memory()
    assert not store.exists(NAME)
    with pytest.raises(PhotoMissingError):
        store.get(NAME)
    store.put(NAME, PHOTO)
    store.put(NAME, PHOTO)
    assert store.exists(NAME)
    assert store.get(NAME) == PHOTO
    assert store.delete(NAME) is True
    assert store.delete(NAME) is False
    assert not store.exists(NAME)


def test_the_object_stands_under_the_prefix_by_its_hash(server: ThreadingHTTPServer) -> None:
    at(server).put(NAME, PHOTO)
    assert list(Bucket.objects) == [f"/photos/office/{NAME[:2]}/{NAME[2:4]}/{NAME}.jpg"]


def test_an_altered_object_is_noticed_and_mended_by_sending_again(
    server: ThreadingHTTPServer,
) -> None:
    store = at(server)
    store.put(NAME, PHOTO)
    [path] = Bucket.objects
    Bucket.objects[path] = PHOTO[:5]
    with pytest.raises(PhotoAlteredError):
        store.get(NAME)
    store.put(NAME, PHOTO)
    assert store.get(NAME) == PHOTO


def test_a_server_that_stumbles_once_is_asked_again(server: ThreadingHTTPServer) -> None:
    Bucket.faults = [503]
    at(server).put(NAME, PHOTO)
    assert at(server).get(NAME) == PHOTO


def test_a_stranger_is_turned_away_and_that_is_no_missing_photo(
    server: ThreadingHTTPServer,
) -> None:
    at(server).put(NAME, PHOTO)
    with pytest.raises(PermissionDeniedError):
        at(server, key="stranger").get(NAME)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME.upper(), NAME[:-1], NAME + "\n"])
def test_a_name_that_is_no_hash_is_never_a_path(name: str) -> None:
    store = in_memory()
    for act in (store.get, store.delete, store.exists):
        with pytest.raises(ValueError, match="SHA-256"):
            act(name)
    with pytest.raises(ValueError, match="SHA-256"):
        store.put(name, PHOTO)
    with pytest.raises(ValueError, match="fit"):
        store.put(NAME, PHOTO + b"!")


def test_the_setting_chooses(tmp_path: Path) -> None:
    plain = Settings(_env_file=None, data_dir=tmp_path)
    assert isinstance(photo_store(plain), FolderStore)
    far = Settings(
        _env_file=None,
        data_dir=tmp_path,
        photo_store="s3://office-photos/2026",
        photo_store_endpoint="http://127.0.0.1:9",
        photo_store_key="me",
        photo_store_secret=SecretStr("secret"),
    )
    assert isinstance(photo_store(far), BucketStore)
    for wrong in ("http://elsewhere", "s3://", "s3:///x", "s3://b/../../etc passwd"):
        with pytest.raises(ValidationError):
            Settings(_env_file=None, data_dir=tmp_path, photo_store=wrong)
