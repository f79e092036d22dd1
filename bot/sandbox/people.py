"""What a person can do in Telegram towards the bot; each action returns the update it made."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.entities import detected
from bot.sandbox.files import Upload
from bot.sandbox.pictures import sample_picture
from bot.sandbox.refusals import SimError
from bot.sandbox.shapes import Json, poll
from bot.sandbox.world import World

PAYLOAD_LIMIT = 64
NESTED = ("reply_to_message",)


class People:
    """Messages of every kind. `chat_id` is the private chat with the bot unless it is given."""

    def __init__(self, world: World):
        self.world = world

    async def text(
        self, user_id: int, text: str, *, chat_id: int | None = None, reply_to: int | None = None
    ) -> Json:
        """Types a message; raises SimError for an empty one, which no client sends."""
        if not text.strip():
            raise SimError("an empty text cannot be sent")
        content: Json = {"text": text}
        if entities := detected(text):
            content["entities"] = entities
        return self.send(user_id, content, chat_id=chat_id, reply_to=reply_to)

    async def start(self, user_id: int, payload: str = "") -> Json:
        """Opens the chat, by a deep link when there is a payload of up to 64 characters."""
        if len(payload) > PAYLOAD_LIMIT:
            raise SimError("a deep link carries at most 64 characters")
        return await self.text(user_id, f"/start {payload}".strip())

    async def photo(
        self,
        user_id: int,
        data: bytes | None = None,
        *,
        caption: str = "",
        chat_id: int | None = None,
        media_group_id: str | None = None,
        size: int | None = None,
    ) -> Json:
        """Sends a photo, a drawn one by default; `size` claims another file size."""
        file = Upload("photo.jpg", data or sample_picture())
        content = self._media("photo", file, caption=caption, size=size)
        if media_group_id:
            content["media_group_id"] = media_group_id
        return self.send(user_id, content, chat_id=chat_id)

    async def album(
        self,
        user_id: int,
        photos: Sequence[bytes | None] = (None, None),
        *,
        caption: str = "",
        chat_id: int | None = None,
    ) -> list[Json]:
        """Sends several photos at once: one update each, the caption on the first."""
        if not 2 <= len(photos) <= 10:
            raise SimError("an album has 2 to 10 photos")
        album = str(self.world.ids.number("album"))
        return [
            await self.photo(
                user_id,
                data or sample_picture(number),
                caption="" if number else caption,
                chat_id=chat_id,
                media_group_id=album,
            )
            for number, data in enumerate(photos)
        ]

    async def document(
        self,
        user_id: int,
        data: bytes = b"%PDF-1.4\n",
        *,
        name: str = "file.pdf",
        caption: str = "",
        chat_id: int | None = None,
        mime: str = "",
        size: int | None = None,
    ) -> Json:
        file = Upload(name, data, mime)
        content = self._media("document", file, caption=caption, size=size)
        return self.send(user_id, content, chat_id=chat_id)

    async def voice(
        self, user_id: int, data: bytes = b"OggS", *, chat_id: int | None = None, duration: int = 3
    ) -> Json:
        content = self._media("voice", Upload("voice.oga", data), duration=duration)
        return self.send(user_id, content, chat_id=chat_id)

    async def sticker(self, user_id: int, emoji: str = "👍", *, chat_id: int | None = None) -> Json:
        content = self._media("sticker", Upload("sticker.webp", b"RIFF"), emoji=emoji)
        return self.send(user_id, content, chat_id=chat_id)

    async def video(
        self, user_id: int, data: bytes = b"\0\0\0\x18ftyp", *, chat_id: int | None = None
    ) -> Json:
        return self.send(user_id, self._media("video", Upload("v.mp4", data)), chat_id=chat_id)

    def _media(
        self, kind: str, file: Upload, *, caption: str = "", size: int | None = None, **extra: Any
    ) -> Json:
        stored = self.world.files.add(kind, file, size=size)
        content: Json = {kind: self.world.files.describe(kind, stored, extra)}
        return content | ({"caption": caption} if caption else {})

    async def location(
        self,
        user_id: int,
        latitude: float = 27.8,
        longitude: float = 114.4,
        *,
        chat_id: int | None = None,
        live_period: int | None = None,
    ) -> Json:
        """Shares a place; a live one with `live_period` in seconds."""
        place: Json = {"latitude": latitude, "longitude": longitude}
        if live_period:
            place["live_period"] = live_period
        return self.send(user_id, {"location": place}, chat_id=chat_id)

    async def move(self, user_id: int, message_id: int, latitude: float, longitude: float) -> Json:
        """A live location moves on: an edited message."""
        message = self._own_message(user_id, message_id)
        message["location"] = message["location"] | {"latitude": latitude, "longitude": longitude}
        return self._edited(user_id, message)

    async def contact(
        self, user_id: int, phone: str | None = None, *, name: str = "", chat_id: int | None = None
    ) -> Json:
        """Shares the person's own contact, or somebody else's when a phone is given."""
        person = self.world.person(user_id)
        own = {"phone_number": person.phone, "first_name": person.name, "user_id": user_id}
        other = {"phone_number": phone or "", "first_name": name or person.name}
        return self.send(user_id, {"contact": other if phone else own}, chat_id=chat_id)

    async def poll(
        self, user_id: int, question: str, options: Sequence[str], *, chat_id: int | None = None
    ) -> Json:
        content = poll(self.world.ids.token("poll"), question, list(options))
        return self.send(user_id, {"poll": content}, chat_id=chat_id)

    async def forward(
        self,
        user_id: int,
        text: str,
        *,
        of: int | None = None,
        hidden: str = "",
        chat_id: int | None = None,
    ) -> Json:
        """Forwards somebody's text: of a person, or of one who hides behind a name."""
        origin: Json = {"type": "hidden_user", "sender_user_name": hidden or "?"}
        if of is not None:
            origin = {"type": "user", "sender_user": self.world.person(of).user()}
        origin["date"] = self.world.clock.now() - 60
        content: Json = {"text": text, "forward_origin": origin}
        return self.send(user_id, content, chat_id=chat_id)

    async def edit(
        self, user_id: int, message_id: int, text: str, *, chat_id: int | None = None
    ) -> Json:
        """Changes one's own message: text, or the caption of a photo."""
        message = self._own_message(user_id, message_id, chat_id)
        message["text" if "text" in message else "caption"] = text
        message.pop("entities", None)
        if "text" in message and (entities := detected(text)):
            message["entities"] = entities
        return self._edited(user_id, message)

    def _own_message(self, user_id: int, message_id: int, chat_id: int | None = None) -> Json:
        message = self.chat(user_id, chat_id).messages.get(message_id)
        if message is None or message.get("from", {}).get("id") != user_id:
            raise SimError(f"{user_id} has no message {message_id} here")
        return message

    def _edited(self, user_id: int, message: Json) -> Json:
        chat = self.chat(user_id, message["chat"]["id"])
        message["edit_date"] = self.world.clock.now()
        self.world.changed(chat, message)
        return self.push("edited_message", dict(message), chat.id)

    def chat(self, user_id: int, chat_id: int | None = None) -> Chat:
        """The chat a person acts in; raises SimError when they are not in it."""
        self.world.person(user_id)
        chat = self.world.chats.get(user_id if chat_id is None else chat_id)
        if chat is None or chat.upgraded_to or user_id not in chat.members:
            raise SimError(f"{user_id} is not in chat {chat_id}")
        return chat

    def send(
        self,
        user_id: int,
        content: Json,
        *,
        chat_id: int | None = None,
        reply_to: int | None = None,
    ) -> Json:
        """Posts any content as this person and tells the bot if it may know."""
        chat = self.chat(user_id, chat_id)
        if chat.type == "private":
            if chat.bot_status == "kicked":
                raise SimError("the bot is blocked; unblock it first")
            chat.opened = True
        if reply_to is not None:
            if reply_to not in chat.messages:
                raise SimError(f"there is no message {reply_to} to reply to")
            target = chat.messages[reply_to]
            content["reply_to_message"] = {k: v for k, v in target.items() if k not in NESTED}
        message = self.world.post(chat, self.world.person(user_id).user(), content)
        if not self._bot_sees(chat, message):
            return {"update_id": 0, "message": message}
        return self.push("message", dict(message), chat.id)

    def _bot_sees(self, chat: Chat, message: Json) -> bool:
        """Privacy mode: in a group the bot hears commands, mentions of it and replies to it."""
        if chat.bot_status in ("left", "kicked"):
            return False
        if chat.type == "private" or chat.bot_status == "administrator":
            return True
        if self.world.bot.get("can_read_all_group_messages"):
            return True
        text = message.get("text") or message.get("caption") or ""
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        named = f"@{self.world.bot['username']}".lower() in text.lower()
        return named or text.startswith("/") or replied == self.world.bot["id"]

    def push(self, kind: str, content: Json, lane: int) -> Json:
        """Queues an update for the bot and checks its shape."""
        update = self.world.updates.push(kind, content, lane)
        self.world.journal.update({"update_id": 0} | update)
        return update
