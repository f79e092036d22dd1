"""What people do besides sending: taps, keyboards, blocking, groups, inline mode, raw updates."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.markups import buttons_of
from bot.sandbox.people import People
from bot.sandbox.refusals import SimError
from bot.sandbox.shapes import Json, member
from bot.sandbox.towns import Place
from bot.sandbox.world import Query


class Gestures(People):
    """People with fingers."""

    async def tap(
        self,
        user_id: int,
        label: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        chat_id: int | None = None,
        stale: bool = False,
        forged: bool = False,
    ) -> Json:
        """Presses an inline button, found by its label or data, the newest message first.

        `stale`: also one that an edit or deletion took away while the person still saw it.
        `forged`: sends `data` that no button carries, as a modified client can.
        """
        chat = self.chat(user_id, chat_id)
        if forged:
            where = message_id or max(chat.messages, default=0)
            return self._press(user_id, chat, where, data or "")
        for where, button in self._buttons(chat, message_id, stale=stale):
            if label in (None, button["text"]) and data in (None, button.get("callback_data")):
                if "callback_data" not in button:
                    raise SimError(f"button {button['text']} tells the bot nothing")
                return self._press(user_id, chat, where, button["callback_data"])
        raise SimError(f"no button {label or data} in chat {chat.id}")

    def _buttons(
        self, chat: Chat, message_id: int | None, *, stale: bool
    ) -> Iterable[tuple[int, Json]]:
        for message in chat.newest():
            if message_id in (None, message["message_id"]):
                for button in buttons_of(message.get("reply_markup")):
                    yield message["message_id"], button
        for where, buttons in sorted(chat.faded.items(), reverse=True) if stale else ():
            if message_id in (None, where):
                yield from ((where, button) for button in reversed(buttons))

    def _press(self, user_id: int, chat: Chat, message_id: int, data: str) -> Json:
        press = self.world.ids.token("press")
        self.world.presses[press] = Query(user_id, self.world.clock.moment())
        gone = {"chat": chat.face(), "message_id": message_id, "date": 0}
        query = {"id": press, "from": self.world.person(user_id).user(), "data": data}
        query |= {
            "message": dict(chat.messages.get(message_id, gone)),
            "chat_instance": str(chat.id),
        }
        return self.push("callback_query", query, chat.id)

    def answer(self, update: Json) -> Json | None:
        """How the bot answered a press: text, alert, url; None while it has not."""
        query = self.world.presses.get(update["callback_query"]["id"])
        return query.answer if query else None

    async def press(self, user_id: int, label: str, *, chat_id: int | None = None) -> Json:
        """Presses a button of the reply keyboard: its text, the contact or the place is sent."""
        chat = self.chat(user_id, chat_id)
        keyboard = chat.keyboards.get(user_id, {})
        rows = keyboard.get("keyboard", ())
        buttons = [{"text": b} if isinstance(b, str) else b for row in rows for b in row]
        button = next((button for button in buttons if button["text"] == label), None)
        if button is None:
            raise SimError(f"no key {label} in chat {chat.id}")
        if keyboard.get("one_time_keyboard"):
            chat.keyboards.pop(user_id)
        if button.get("request_contact"):
            return await self.contact(user_id, chat_id=chat_id)
        if button.get("request_location"):
            return await self.location(user_id, chat_id=chat_id)
        return await self.text(user_id, label, chat_id=chat_id)

    async def block(self, user_id: int) -> Json:
        """Blocks the bot: it may not write here until unblocked."""
        return self._membership(user_id, self.chat(user_id), "kicked")

    async def unblock(self, user_id: int) -> Json:
        return self._membership(user_id, self.chat(user_id), "member")

    async def add_bot(
        self, user_id: int, chat_id: int, *, title: str = "", admin: bool = False
    ) -> Json:
        """Adds the bot to a group; an unknown id founds one with this person in it."""
        if chat_id not in self.world.chats:
            kind = "supergroup" if chat_id < -(10**12) else "group"
            place = Place(chat_id, kind, title or f"Group {-chat_id}", (user_id,), (user_id,))
            self.world.add_place(place).bot_status = "left"
        chat = self.chat(user_id, chat_id)
        update = self._membership(user_id, chat, "administrator" if admin else "member")
        content = {"new_chat_members": [self.world.bot]}
        message = self.world.post(chat, self.world.person(user_id).user(), content)
        self.push("message", dict(message), chat.id)
        return update

    async def remove_bot(self, user_id: int, chat_id: int) -> Json:
        return self._membership(user_id, self.chat(user_id, chat_id), "kicked")

    def _membership(self, user_id: int, chat: Chat, status: str) -> Json:
        bot, before = self.world.bot, chat.bot_status
        if before == status:
            raise SimError(f"the bot is {status} already")
        chat.bot_status = status
        self.world.stream.tell("chats")
        change: Json = {"chat": chat.face(), "from": self.world.person(user_id).user()}
        change |= {"date": self.world.clock.now(), "old_chat_member": member(bot, before)}
        change["new_chat_member"] = member(bot, status)
        return self.push("my_chat_member", change, chat.id)

    async def join(self, user_id: int, chat_id: int) -> Json:
        """A person joins a group; the bot reads it as a service message."""
        person, chat = self.world.person(user_id), self.world.chats.get(chat_id)
        if chat is None or not chat.is_group:
            raise SimError(f"there is no group {chat_id}")
        chat.members.add(user_id)
        self.world.stream.tell("chats")
        message = self.world.post(chat, person.user(), {"new_chat_members": [person.user()]})
        return self.push("message", dict(message), chat.id)

    async def upgrade(self, chat_id: int) -> list[Json]:
        """A group becomes a supergroup with another id; both chats say so."""
        old = self.world.chats.get(chat_id)
        if old is None or old.type != "group" or old.upgraded_to:
            raise SimError(f"{chat_id} is not a group that can be upgraded")
        place = Place(-(10**12) + chat_id, "supergroup", old.title, (*old.members,), (*old.admins,))
        new = self.world.add_place(place)
        new.bot_status, old.upgraded_to = old.bot_status, new.id
        sender = self.world.person(min(old.members)).user()
        moved = self.world.post(old, sender, {"migrate_to_chat_id": new.id})
        came = self.world.post(new, sender, {"migrate_from_chat_id": old.id})
        self.world.stream.tell("chats")
        return [self.push("message", dict(m), m["chat"]["id"]) for m in (moved, came)]

    async def channel_post(self, chat_id: int, text: str) -> Json:
        channel = self.world.chats.get(chat_id)
        if channel is None or channel.type != "channel":
            raise SimError(f"there is no channel {chat_id}")
        return self.push(
            "channel_post", dict(self.world.post(channel, None, {"text": text})), chat_id
        )

    async def inline_query(self, user_id: int, query: str) -> Json:
        """Types @bot and a query in some chat."""
        token = self.world.ids.token("inline")
        self.world.inline_queries[token] = Query(user_id, self.world.clock.moment())
        content: Json = {"id": token, "from": self.world.person(user_id).user(), "query": query}
        return self.push("inline_query", content | {"offset": "", "chat_type": "sender"}, user_id)

    async def choose(self, user_id: int, query_id: str, index: int = 0) -> Json:
        """Takes one of the inline results: it is posted in the private chat, via the bot."""
        query = self.world.inline_queries.get(query_id)
        results: list[Json] = (query.answer or {}).get("results", []) if query else []
        if not 0 <= index < len(results):
            raise SimError("there is no such result")
        result, chat = results[index], self.chat(user_id)
        shown = result.get("input_message_content", {})
        content: Json = {"text": shown.get("message_text", result.get("title", "?"))}
        content["via_bot"] = self.world.bot
        chosen: Json = {"result_id": result["id"], "from": self.world.person(user_id).user()}
        if markup := result.get("reply_markup"):
            content["reply_markup"] = markup
        message = self.world.post(chat, self.world.person(user_id).user(), content)
        if markup:
            chosen["inline_message_id"] = self.world.ids.token("inlinemsg")
            where = (chat.id, message["message_id"])
            self.world.inline_messages[chosen["inline_message_id"]] = where
        return self.push("chosen_inline_result", chosen | {"query": ""}, user_id)

    async def raw(self, update: dict[str, Any], *, lane: int = 0) -> Json:
        """Injects an update just as it is; without an update_id it gets the next one."""
        whole = {"update_id": self.world.ids.number("update")} | update
        self.world.updates.inject(whole, lane)
        return whole

    async def read(self, user_id: int, chat_id: int) -> Json:
        """The person has seen the chat: nothing is unread any more."""
        chat = self.chat(user_id, chat_id)
        if chat.unread.pop(user_id, 0):
            self.world.stream.tell("unread", chat_id=chat_id, user_id=user_id, count=0)
        return {}
