"""A chat: who is in it, what was said, and what its keyboards look like now."""

from dataclasses import dataclass, field

from bot.sandbox.shapes import Json

GROUPS = ("group", "supergroup")


@dataclass
class Chat:
    """`bot_status`: the bot's membership; in a private chat "kicked" means blocked.

    `opened`: the person has written here once, so that the bot may write back.
    `keyboards`: the reply keyboard each member sees. `sealed`: messages that carry a reply
    keyboard and so cannot be edited. `faded`: inline buttons that an edit has taken away.
    `unread`: per person, messages of others not seen on the page.
    """

    id: int
    type: str
    title: str = ""
    username: str = ""
    first_name: str = ""
    members: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    bot_status: str = "member"
    opened: bool = False
    upgraded_to: int | None = None
    last_id: int = 0
    messages: dict[int, Json] = field(default_factory=dict)
    keyboards: dict[int, Json] = field(default_factory=dict)
    sealed: set[int] = field(default_factory=set)
    faded: dict[int, list[Json]] = field(default_factory=dict)
    unread: dict[int, int] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        return self.type in GROUPS

    def face(self) -> Json:
        """The Chat object inside messages."""
        shape: Json = {"id": self.id, "type": self.type}
        for name in ("title", "username", "first_name"):
            if value := getattr(self, name):
                shape[name] = value
        return shape

    def newest(self) -> list[Json]:
        """Messages, the newest first."""
        return [self.messages[key] for key in sorted(self.messages, reverse=True)]


def sender_name(message: Json) -> str:
    """Who a message is from, for transcripts."""
    sender = message.get("from") or message.get("sender_chat") or {}
    return str(sender.get("first_name") or sender.get("title") or "?")
