"""Hands the keys for names and phones to those who seal and open them."""

from bot.settings import Settings
from db import encryption
from services import privacy


class KeyMissing(Exception):  # noqa: N818 - told to whoever starts the process
    """SECRET_KEY is needed outside demo mode."""


def configure(settings: Settings) -> None:
    """Use SECRET_KEY, or in demo mode a key file made in the data folder."""
    if settings.secret_key is not None:
        material = settings.secret_key.get_secret_value()
    elif settings.with_examples:
        material = privacy.load_or_make_key(settings.data_dir / "secret.key")
    else:
        raise KeyMissing
    privacy.configure(material)
    encryption.install(privacy.encrypt, privacy.decrypt)
