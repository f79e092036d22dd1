"""Opens the place where photos are kept: a folder, or a bucket by a setting."""

from urllib.parse import urlsplit

from bot.settings import Settings
from services.photo_bucket import Access, bucket
from services.photo_store import FolderStore, PhotoStore

FOLDER = "photos"


def photo_store(settings: Settings) -> PhotoStore:
    """The store of the settings; raises MissingExtraError for a bucket without its client."""
    if not settings.photo_store:
        return FolderStore(settings.data_dir / FOLDER)
    address = urlsplit(settings.photo_store)
    secret = settings.photo_store_secret
    return bucket(
        Access(
            bucket=address.netloc,
            prefix=address.path.strip("/"),
            endpoint=settings.photo_store_endpoint,
            region=settings.photo_store_region,
            key=settings.photo_store_key,
            secret=secret.get_secret_value() if secret else "",
        )
    )
