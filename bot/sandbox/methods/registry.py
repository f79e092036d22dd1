"""The table from a method's name to its code, and the request that the code reads."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.entities import formatted
from bot.sandbox.files import StoredFile, Upload, check_upload
from bot.sandbox.refusals import bad_request, forbidden
from bot.sandbox.shapes import Json, utf16
from bot.sandbox.webhooks import Webhook
from bot.sandbox.world import World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True)
class Request:
    """One call: decoded parameters, uploads by field name, and the world it acts on."""

    world: World
    webhook: Webhook
    method: str
    params: Json
    uploads: dict[str, Upload]

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat that is meant and that the bot may write to, or ApiError as Telegram says it."""
        chat = self.find_chat(name)
        if chat.upgraded_to:
            raise bad_request(
                "group chat was upgraded to a supergroup chat",
                parameters={"migrate_to_chat_id": chat.upgraded_to},
            )
        if chat.bot_status in ("kicked", "left"):
            raise forbidden(_why_not(chat))
        return chat

    def find_chat(self, name: str = "chat_id") -> Chat:
        wanted = self.params.get(name)
        if wanted is None:
            raise bad_request(f"{name} is empty")
        chat = self.world.chats.get(wanted) if isinstance(wanted, int) else self._named(wanted)
        if chat is None or not chat.opened:
            raise bad_request("chat not found")
        return chat

    def _named(self, name: str) -> Chat | None:
        """A public group or channel by its @username; people are not found that way."""
        for chat in self.world.chats.values():
            if chat.type != "private" and f"@{chat.username}".lower() == name.lower():
                return chat
        return None

    def text(self, name: str = "text") -> tuple[str, list[Json]]:
        """A text that may not be empty, and its entities."""
        source = self.params.get(name)
        if not source:
            raise bad_request("message text is empty")
        text, entities = formatted(
            source, self.params.get("parse_mode"), self.params.get("entities")
        )
        if not text:
            raise bad_request("text must be non-empty")
        if utf16(text) > TEXT_LIMIT:
            raise bad_request("message is too long")
        return text, entities

    def media(self, kind: str, reference: str | None) -> StoredFile:
        """The file behind a file_id, an `attach://` reference or an upload under its own name."""
        key = (reference or f"attach://{kind}").removeprefix("attach://")
        if upload := self.uploads.get(key):
            check_upload(kind, upload)
            return self.world.files.add(kind, upload)
        if reference is None:
            raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
        file = self.world.files.find(reference)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return file


def caption_of(source: Json) -> Json:
    """caption and caption_entities from a request or one album item."""
    text, entities = formatted(
        source.get("caption") or "", source.get("parse_mode"), source.get("caption_entities")
    )
    if utf16(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    shape: Json = {"caption": text} if text else {}
    return shape | ({"caption_entities": entities} if text and entities else {})


def _why_not(chat: Chat) -> str:
    if chat.type == "private":
        return "bot was blocked by the user"
    if chat.bot_status == "kicked":
        return f"bot was kicked from the {chat.type} chat"
    return f"bot is not a member of the {chat.type} chat"


Method = Callable[[Request], Any | Awaitable[Any]]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Registers a function under these names; Telegram ignores their case."""

    def register(function: Method) -> Method:
        METHODS.update(dict.fromkeys((name.lower() for name in names), function))
        return function

    return register
