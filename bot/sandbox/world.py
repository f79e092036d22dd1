"""The state of one sandbox: chats, messages, presses, commands; shared by bot and people."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.clocks import Clock, Ids
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.floods import FloodMeter
from bot.sandbox.journals import Journal
from bot.sandbox.options import Options
from bot.sandbox.shapes import Json
from bot.sandbox.specs import read_spec
from bot.sandbox.streams import Stream
from bot.sandbox.towns import Person, Place, read_town
from bot.sandbox.updates import Updates


@dataclass
class Query:
    """A button press or an inline query that waits for the bot's answer."""

    user_id: int
    made: float
    answer: Json | None = None


@dataclass
class Profile:
    """What the bot says about itself: commands by (scope, language), names by language."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    words: dict[tuple[str, str], str] = field(default_factory=dict)


class World:
    """Everything that `reset` forgets, and the switches around it."""

    def __init__(self, options: Options):
        self.options = options
        self.stream = Stream()
        self.clock = Clock(deterministic=options.deterministic)
        self.ids = Ids(deterministic=options.deterministic)
        self.faults = Faults()
        self.journal = Journal(read_spec(options.api) if options.api else None)
        self.updates = Updates(
            clock=self.clock, ids=self.ids, faults=self.faults, press_ttl=options.press_ttl
        )
        self.profile = Profile()
        self._fill()

    def _fill(self) -> None:
        town = read_town(self.options.town)
        self.floods = FloodMeter()
        self.files = Files(self.ids)
        self.presses: dict[str, Query] = {}
        self.inline_queries: dict[str, Query] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}
        self.bot = town.bot
        self.people: dict[int, Person] = {person.id: person for person in town.people}
        self.chats: dict[int, Chat] = {}
        for person in town.people:
            self._open_private(person)
        for place in town.places:
            self.add_place(place)

    def reset(self) -> None:
        """Forgets chats, files, calls, faults and pending updates.

        What the bot has set stays (webhook, kinds of update, commands, names); ids and clock go on.
        """
        self.updates.drop()
        self.faults.clear()
        self.journal.calls.clear()
        self.journal.violations.clear()
        self._fill()
        self.stream.tell("reset")

    def _open_private(self, person: Person) -> Chat:
        chat = Chat(id=person.id, type="private", first_name=person.name, members={person.id})
        chat.username = person.username
        return self.chats.setdefault(person.id, chat)

    def add_place(self, place: Place) -> Chat:
        status = "administrator" if place.type == "channel" else "member"
        chat = Chat(
            id=place.id,
            type=place.type,
            title=place.title,
            username=place.username,
            members=set(place.members),
            admins=set(place.admins),
            bot_status=status,
            opened=True,
        )
        self.chats[place.id] = chat
        return chat

    def person(self, user_id: int) -> Person:
        """Somebody by id; a stranger moves into town."""
        if user_id not in self.people:
            self.people[user_id] = Person(id=user_id, name=f"User {user_id}")
            self._open_private(self.people[user_id])
        return self.people[user_id]

    def post(self, chat: Chat, sender: Json | None, content: Json) -> Json:
        """A new message in a chat; `sender` is None for a channel's own."""
        chat.last_id = self.ids.number(f"message {chat.id}")
        message: Json = {"message_id": chat.last_id}
        message |= {"from": sender} if sender else {"sender_chat": chat.face()}
        message |= {"chat": chat.face(), "date": self.clock.now()} | content
        chat.messages[chat.last_id] = message
        self._count_unread(chat, sender)
        self.stream.tell("message", chat_id=chat.id, message=message)
        return message

    def _count_unread(self, chat: Chat, sender: Json | None) -> None:
        author = (sender or {}).get("id")
        for user_id in chat.members - {author}:
            chat.unread[user_id] = chat.unread.get(user_id, 0) + 1
            self.stream.tell("unread", chat_id=chat.id, user_id=user_id, count=chat.unread[user_id])

    def changed(self, chat: Chat, message: Json) -> None:
        self.stream.tell("edited", chat_id=chat.id, message=message)

    def bot_membership(self, chat: Chat) -> Json:
        """What my_chat_member says about the bot, without the status."""
        return {"chat": chat.face(), "date": self.clock.now(), "user": self.bot}

    def settings(self) -> Any:
        """What the page needs to draw itself."""
        return {
            "bot": self.bot,
            "people": [vars(person) | {"phone": person.phone} for person in self.people.values()],
            "chats": [_summary(chat) for chat in self.chats.values() if not chat.upgraded_to],
            "words": {f"{kind}:{lang}": text for (kind, lang), text in self.profile.words.items()},
            "now": self.clock.now(),
        }


def _summary(chat: Chat) -> Json:
    newest = chat.newest()[:1]
    return chat.face() | {
        "members": sorted(chat.members),
        "bot_status": chat.bot_status,
        "opened": chat.opened,
        "unread": chat.unread,
        "last": newest[0] if newest else None,
    }
