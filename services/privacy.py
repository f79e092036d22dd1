"""Personal data: how phones and names are read, masked, looked up and kept secret at rest."""

import os
import re
import secrets
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.errors import Refusal

SHORTEST_KEY = 16
"""Characters: a shorter secret could be guessed by trying."""

_LONGEST_PHONE = 60
_ONE_NUMBER = re.compile(r"[^\d+]*(?P<number>\+?[\d\s\-.()/·]+)[^\d+]*")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u2796\u30fc\uff5e~_]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_COUNTRY = re.compile(r"(?:\+|00)86")
_BARE_COUNTRY = re.compile(r"86(?=1[3-9]\d{9}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?P<area>010|02\d|0[3-9]\d{2})[2-9]\d{6,7}")


class KeysMissingError(RuntimeError):
    """The process was started without a usable SECRET_KEY."""


class UnreadableError(RuntimeError):
    """A stored value was sealed with a key that is no longer configured, or was altered."""


# -- phones and names ---------------------------------------------------------------------------


def normalise_phone(text: str) -> str:
    """The digits of the one phone number in `text`; a landline begins with its area code.

    Full-width digits, spaces, dashes, brackets, +86 and a word before or after are understood.
    A mobile number is 1[3-9] and nine digits, an area code 010, 02x or 0[3-9]xx (the national
    numbering plan), so twelve digits are right only for an area code of four and eight digits.
    Raises Refusal("people.bad_phone") for anything else; what was typed is never in the exception.
    """
    typed = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[: _LONGEST_PHONE + 1]))
    found = _ONE_NUMBER.fullmatch(_DASHES.sub("-", typed))
    if found is None or len(text) > _LONGEST_PHONE:
        raise Refusal("people.bad_phone")
    number = _without_country(re.sub(r"[^\d+]", "", found["number"]))
    if not (number.isascii() and (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))):
        raise Refusal("people.bad_phone")
    return number


def _without_country(number: str) -> str:
    national = _COUNTRY.sub("", number, count=1) if _COUNTRY.match(number) else None
    if national is None:
        return _BARE_COUNTRY.sub("", number)
    return national if _MOBILE.fullmatch(national) else "0" + national.removeprefix("0")


def is_mobile(phone: str) -> bool:
    """Whether a normalised number is a mobile one (it can receive a text message)."""
    return _MOBILE.fullmatch(phone) is not None


def mask_phone(phone: str) -> str:
    """A normalised number fit to be shown: ``138****1234``, ``0714****567``; else only stars."""
    if is_mobile(phone):
        return f"{phone[:3]}****{phone[-4:]}"
    landline = _LANDLINE.fullmatch(phone)
    return f"{landline['area']}****{phone[-3:]}" if landline else "****" if phone else ""


def mask_name(name: str) -> str:
    """The first character and one star, whatever the length: ``张*``."""
    shown = name.strip()
    return f"{shown[0]}*" if shown else ""


# -- keys ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ring:
    box: MultiFernet = field(repr=False)
    roots: tuple[bytes, ...] = field(repr=False)


_ring: _Ring | None = None


def configure(keys: str | Sequence[str]) -> None:
    """Set the key ring, once at start: the first key writes, all of them read.

    A string may hold several keys separated by commas. A key made by `make_key` is used as it is,
    any other secret of at least 16 characters is turned into one by HKDF.
    Raises KeysMissingError when there is no key or one is too short to be a secret.
    """
    global _ring  # noqa: PLW0603 - one process, one key ring
    parts = keys.split(",") if isinstance(keys, str) else keys
    roots = tuple(_root(key) for key in (part.strip() for part in parts) if key)
    if not roots:
        raise KeysMissingError(
            "SECRET_KEY is not set: personal data cannot be kept. Make a key with "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"` and keep a copy of it.'
        )
    _ring = _Ring(MultiFernet([Fernet(urlsafe_b64encode(root)) for root in roots]), roots)


def make_key() -> str:
    """A new random key, fit for SECRET_KEY."""
    return Fernet.generate_key().decode()


def load_or_make_key(path: Path) -> str:
    """The key kept in the file `path`, made on first use and readable by its owner only (0600).

    For the demo: an office keeps its key in the environment, apart from the database.
    Two processes that start together get the same key.
    Raises KeysMissingError when the file is empty.
    """
    if not path.exists():
        _write_key(path)
    path.chmod(0o600)
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise KeysMissingError(f"The key file {path.name} is empty; put its key back from a copy.")
    return key


def _write_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename it never replaces the key of another process
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _root(key: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise KeysMissingError(f"A key in SECRET_KEY has fewer than {SHORTEST_KEY} characters.")
    try:
        raw = urlsafe_b64decode(key.encode())
    except (BadBase64, ValueError):
        raw = b""
    is_fernet_key = len(raw) == 32 and urlsafe_b64encode(raw) == key.encode()
    return raw if is_fernet_key else _derive(key.encode(), "encryption")


def _derive(secret: bytes, purpose: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"street-office:{purpose}".encode())
    return kdf.derive(secret)


def _keys() -> _Ring:
    if _ring is None:
        raise KeysMissingError("The key ring was not set: call privacy.configure at start.")
    return _ring


# -- sealing and looking up ---------------------------------------------------------------------


def encrypt(text: str) -> str:
    """`text` sealed with the first key. The token tells nothing about when it was made."""
    return _keys().box.encrypt_at_time(text.encode(errors="surrogatepass"), 0).decode()


def decrypt(token: str) -> str:
    """What `encrypt` sealed, with any key of the ring; raises UnreadableError."""
    return _opened(_keys().box.decrypt, token).decode(errors="surrogatepass")


def rotate(token: str) -> str:
    """The same value sealed with the first key; raises UnreadableError. Safe to repeat."""
    return _opened(_keys().box.rotate, token).decode()


def _opened(act: Callable[[str], bytes], token: str) -> bytes:
    try:
        return act(token)
    except (InvalidToken, ValueError) as error:
        raise UnreadableError("No key in SECRET_KEY opens this value; was one removed?") from error


def blind_index(value: str, purpose: str) -> bytes:
    """32 bytes that find an encrypted value again and say nothing about it: what is stored.

    HMAC-SHA-256 with a key of its own per purpose, so that two columns cannot be joined.
    It hangs on the first key: after `rotate` of a row, store it anew.
    """
    return blind_indexes(value, purpose)[0]


def blind_indexes(value: str, purpose: str) -> tuple[bytes, ...]:
    """The index of `value` under each key of the ring, first key first: what is looked up."""
    if not purpose:
        raise ValueError("A blind index needs a purpose.")
    return tuple(_mac(_derive(root, f"index:{purpose}"), value) for root in _keys().roots)


def _mac(key: bytes, value: str) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(value.encode(errors="surrogatepass"))
    return mac.finalize()
