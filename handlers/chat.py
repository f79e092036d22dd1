"""What a feature sees of a conversation: who speaks, what they did, how to answer. No Telegram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from db.stores import outbox
from db.stores.outbox import Outgoing
from db.work import Work
from handlers.texts import say
from knowledge.index import Index
from services import clock
from services.permissions import Actor

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
VAGUE = (None, "", "application/octet-stream")
"""Kinds that say nothing about a file."""


class Kind(StrEnum):
    """What somebody did."""

    TEXT = "text"
    COMMAND = "command"
    PRESS = "press"
    PHOTO = "photo"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    POLL = "poll"
    EDITED = "edited"
    INLINE = "inline"
    OTHER = "other"


@dataclass(frozen=True)
class FileRef:
    """A file on Telegram's side, not fetched yet; sizes in bytes and pixels where known."""

    file_id: str
    unique_id: str
    size: int | None = None
    name: str | None = None
    mime: str | None = None
    width: int | None = None
    height: int | None = None

    @property
    def calls_itself_picture(self) -> bool:
        """By the kind it was sent with, or its name; only its content tells what it is."""
        named = (self.name or "").lower().endswith(PICTURES)
        return (self.mime or "").startswith("image/") or (self.mime in VAGUE and named)


@dataclass(frozen=True)
class Point:
    """A location as the phone gave it; accuracy in metres, where it said."""

    latitude: float
    longitude: float
    accuracy: float | None = None
    live: bool = False


@dataclass(frozen=True)
class Contact:
    """A phone number shared by button; `own` if it is the sender's."""

    phone: str
    name: str
    own: bool


@dataclass(frozen=True)
class Input:
    """One thing a person did."""

    kind: Kind
    text: str = ""
    args: str = ""
    press: str = ""
    message_id: int | None = None
    file: FileRef | None = None
    album: str | None = None
    point: Point | None = None
    contact: Contact | None = None
    forwarded: bool = False
    mentions_bot: bool = False
    reply_to: str | None = None
    query_id: str | None = None


@dataclass(frozen=True)
class Button:
    """A button under a message: it sends `data` back, or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True)
class Key:
    """A key of the keyboard at the bottom; pressing it types its label or shares something."""

    label: str
    asks: str = ""  # "", "contact" or "location"


@dataclass(frozen=True)
class Shared:
    """An answer offered to somebody who searches from another chat; `text` is HTML."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Screen:
    """A message: text, buttons under it, keys below it, or a picture beside it.

    `picture` and `document` name a stored file: {"sha256": …} or {"path": …, "name": …}; a picture
    may also be {"qr": a link}, drawn when it is sent.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    keys: tuple[tuple[Key, ...], ...] = ()
    drop_keys: bool = False
    picture: Mapping[str, str] | None = None
    document: Mapping[str, str] | None = None


class Office(Protocol):
    """What outlives one update: caches and facts of the running process."""

    bot_username: str
    knowledge: Index
    admin_ids: frozenset[int]


@dataclass
class Chat:
    """One person in one chat, during one update."""

    work: Work
    actor: Actor
    id: int
    given: Input
    office: Office
    private: bool = True
    large_print: bool = False
    blocked: bool = False
    telegram_id: int = 0
    name: str = ""
    toast: str | None = field(default=None, init=False)
    alert: bool = field(default=False, init=False)
    results: tuple[Shared, ...] = field(default=(), init=False)
    failure: BaseException | None = field(default=None, init=False)

    async def say(self, key: str, *rows: Sequence[Button], **params: object) -> None:
        """Send the sentence of this key, with rows of buttons under it."""
        await self.show(Screen(say(key, **params), tuple(tuple(row) for row in rows)))

    async def show(
        self,
        screen: Screen,
        *,
        slot: str | None = None,
        edit: bool = False,
        dedup: str | None = None,
    ) -> None:
        """Send a message; with a `slot` and `edit` the message that shows the slot is changed.

        Who typed a command looks at the end of the chat, so there it comes anew.
        """
        edit = edit and self.given.kind is not Kind.COMMAND
        for message in compose(self.id, screen, self.large_print, slot=slot, edit=edit):
            if dedup:
                message = replace(message, dedup=dedup)
            await self.send(message)

    async def send(self, message: Outgoing) -> None:
        await outbox.add(self.work.session, [message], now=clock.now())

    def press_parts(self, count: int) -> list[str]:
        """What the pressed button carries behind its prefix, as exactly `count` parts."""
        parts = self.given.press.split(":")[1 : count + 1]
        return parts + [""] * (count - len(parts))

    def tell(self, key: str, *, alert: bool = False, **params: object) -> None:
        """Answer the button press itself with a short line that fades (or an alert)."""
        self.toast = str(say(key, **params).striptags())[:200]
        self.alert = alert


def compose(
    chat_id: int,
    screen: Screen,
    large_print: bool = False,
    *,
    slot: str | None = None,
    edit: bool = False,
) -> list[Outgoing]:
    """The calls that show a screen: one, or several where the text is too long for one."""
    buttons = screen.buttons
    if large_print:
        buttons = tuple((button,) for row in buttons for button in row)
    markup = _markup(buttons, screen)
    if screen.picture or screen.document:
        return _with_file(chat_id, screen, markup, slot, edit=edit)
    pieces = split(str(screen.text))
    if large_print:
        pieces = [f"<b>{piece}</b>" if "<b>" not in piece else piece for piece in pieces]
    calls = []
    for i, piece in enumerate(pieces):
        payload: dict[str, Any] = {"chat_id": chat_id, "text": piece, "parse_mode": "HTML"}
        payload["link_preview_options"] = {"is_disabled": True}
        if markup and i == len(pieces) - 1:
            payload["reply_markup"] = markup
        method = "editMessageText" if edit and slot and len(pieces) == 1 else "sendMessage"
        last = i == len(pieces) - 1
        calls.append(Outgoing(chat_id, method, payload, slot=slot if last else None))
    return calls


def _with_file(
    chat_id: int, screen: Screen, markup: dict[str, Any], slot: str | None, *, edit: bool
) -> list[Outgoing]:
    kind = "photo" if screen.picture else "document"
    file = {"stored": dict(screen.picture or screen.document or {})}
    caption = str(screen.text)
    if units(caption) > CAPTION_LIMIT:
        after = compose(chat_id, replace(screen, picture=None, document=None))
        return [Outgoing(chat_id, *_file_call(chat_id, kind, file, {}), slot=slot), *after]
    words: dict[str, Any] = {"caption": caption, "parse_mode": "HTML"}
    buttons = {"reply_markup": markup} if markup else {}
    if edit and slot and screen.picture:
        media = {"type": kind, "media": file, **words}
        payload = {"chat_id": chat_id, "media": media, **buttons}
        return [Outgoing(chat_id, "editMessageMedia", payload, slot=slot)]
    method, payload = _file_call(chat_id, kind, file, {**words, **buttons})
    return [Outgoing(chat_id, method, payload, slot=slot)]


def _file_call(
    chat_id: int, kind: str, file: dict[str, Any], rest: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    return f"send{kind.capitalize()}", {"chat_id": chat_id, kind: file, **rest}


def _markup(buttons: tuple[tuple[Button, ...], ...], screen: Screen) -> dict[str, Any]:
    if buttons:
        return {"inline_keyboard": [[_inline(b) for b in row] for row in buttons if row]}
    if screen.keys:
        return {
            "keyboard": [[_key(k) for k in row] for row in screen.keys],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        }
    return {"remove_keyboard": True} if screen.drop_keys else {}


def _inline(button: Button) -> dict[str, str]:
    if button.url:
        return {"text": button.label, "url": button.url}
    if not 1 <= len(button.data.encode()) <= 64:
        raise ValueError("a button carries 1 to 64 bytes")
    return {"text": button.label, "callback_data": button.data}


def _key(key: Key) -> dict[str, Any]:
    asks: dict[str, Any] = {f"request_{key.asks}": True} if key.asks else {}
    return {"text": key.label, **asks}


def number_in(text: str) -> int:
    """An id or a page as a button carries it; 0 for what cannot be one, however it was forged."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Pieces that fit a message, cut at line ends where possible (markup never spans lines)."""
    if units(text) <= limit:
        return [text]
    pieces: list[str] = []
    current = ""
    for line in text.split("\n"):
        while units(line) > limit:
            cut = limit // 2
            pieces += [current, line[:cut]] if current else [line[:cut]]
            current, line = "", line[cut:]
        candidate = f"{current}\n{line}" if current else line
        if units(candidate) > limit:
            pieces.append(current)
            candidate = line
        current = candidate
    return [*pieces, current] if current else pieces
