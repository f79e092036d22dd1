"""Photos in a bucket of any S3-like object store, for several processes on several machines."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from services.photo_store import PhotoAlteredError, PhotoMissingError, checked_name

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PATIENCE = timedelta(seconds=20)
"""For one request; the job that waits for it is tried again later."""
MOST_TRIES = 3


class MissingExtraError(RuntimeError):
    """The client for object stores is an extra that is not installed."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where the bucket is and who asks: `endpoint` is empty for Amazon's own."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    key: str = ""
    secret: str = ""


class BucketStore:
    """Keeps photos as objects named by their SHA-256; see services.photo_store.PhotoStore.

    A PUT of an object store is whole or not at all, and there before it answers.
    """

    def __init__(self, store: "ObjectStore") -> None:
        import obstore

        self._client: Any = obstore
        self._store = store

    def put(self, sha256: str, data: bytes) -> None:
        path = _path(sha256)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError("The bytes do not fit their name.")
        self._client.put(self._store, path, data, attributes={"Content-Type": "image/jpeg"})

    def get(self, sha256: str) -> bytes:
        try:
            data = bytes(self._client.get(self._store, _path(sha256)).bytes())
        except FileNotFoundError as error:
            raise PhotoMissingError(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise PhotoAlteredError(sha256)
        return data

    def delete(self, sha256: str) -> bool:
        if not self.exists(sha256):
            return False
        self._client.delete(self._store, _path(sha256))
        return True

    def exists(self, sha256: str) -> bool:
        try:
            self._client.head(self._store, _path(sha256))
        except FileNotFoundError:
            return False
        return True


def _path(sha256: str) -> str:
    name = checked_name(sha256)
    return f"{name[:2]}/{name[2:4]}/{name}.jpg"


def bucket(access: Access) -> BucketStore:
    """The store behind an address; raises MissingExtraError. Nothing is asked of it yet."""
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise MissingExtraError("PHOTO_STORE needs the extra: pip install '.[s3]'") from error
    options: dict[str, Any] = {"region": access.region}
    if access.endpoint:
        options["endpoint"] = access.endpoint
    if access.key:
        options |= {"access_key_id": access.key, "secret_access_key": access.secret}
    store = S3Store(
        access.bucket,
        prefix=access.prefix or None,
        client_options={
            "timeout": PATIENCE,
            "allow_http": access.endpoint.startswith("http://"),
        },
        retry_config={"max_retries": MOST_TRIES, "retry_timeout": PATIENCE},
        **options,
    )
    return BucketStore(store)
