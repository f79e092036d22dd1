"""What the bot shows of itself: commands by scope and language, name, descriptions."""

import re

from bot.sandbox.chats import Chat
from bot.sandbox.methods.registry import Request, method
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import Json, utf16
from bot.sandbox.world import World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MOST_COMMANDS = 100
PLAIN_SCOPES = frozenset(
    ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
)
WORDS = {
    "Name": ("name", 64),
    "Description": ("description", 512),
    "ShortDescription": ("short_description", 120),
}


@method("setMyCommands")
def set_commands(request: Request) -> bool:
    commands = request.params.get("commands")
    if commands is None:
        raise bad_request("can't parse BotCommand list: expected an Array")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    request.world.profile.commands[_key(request)] = commands
    request.world.stream.tell("commands")
    return True


@method("getMyCommands")
def get_commands(request: Request) -> list[Json]:
    return request.world.profile.commands.get(_key(request), [])


@method("deleteMyCommands")
def delete_commands(request: Request) -> bool:
    request.world.profile.commands.pop(_key(request), None)
    request.world.stream.tell("commands")
    return True


def _key(request: Request) -> tuple[str, str]:
    """A scope as text, and a language. A scope of one chat needs a chat that the bot knows."""
    scope = request.params.get("scope") or {"type": "default"}
    kind = scope.get("type", "")
    language = request.params.get("language_code", "")
    if kind in PLAIN_SCOPES:
        return kind, language
    if kind not in ("chat", "chat_administrators", "chat_member"):
        raise bad_request("can't parse BotCommandScope: type is not supported")
    chat_id = _chat_id(scope.get("chat_id"))
    chat = request.world.chats.get(chat_id)
    if chat is None or not chat.opened:
        raise bad_request("chat not found")
    who = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat_id}{who}", language


def _chat_id(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise bad_request("chat not found") from None


def commands_for(world: World, chat: Chat, user_id: int) -> list[Json]:
    """The menu one person sees, by the order in "Determining list of commands" of the Bot API."""
    scopes = _scopes(chat, user_id)
    for scope in scopes:
        for language in ("zh", ""):
            if found := world.profile.commands.get((scope, language)):
                return found
    return []


def _scopes(chat: Chat, user_id: int) -> list[str]:
    if chat.type == "private":
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    admin = user_id in chat.admins
    return [
        f"chat_member:{chat.id}:{user_id}",
        *([f"chat_administrators:{chat.id}"] if admin else []),
        f"chat:{chat.id}",
        *(["all_chat_administrators"] if admin else []),
        "all_group_chats",
        "default",
    ]


@method(*(f"setMy{kind}" for kind in WORDS))
def set_words(request: Request) -> bool:
    field, most = WORDS[_which(request)]
    text = request.params.get(field, "")
    if utf16(text) > most:
        raise bad_request(f"{field.upper()}_TOO_LONG")
    key = (field, request.params.get("language_code", ""))
    request.world.profile.words[key] = text
    request.world.stream.tell("profile")
    return True


@method(*(f"getMy{kind}" for kind in WORDS))
def get_words(request: Request) -> Json:
    field = WORDS[_which(request)][0]
    words = request.world.profile.words
    language = request.params.get("language_code", "")
    text = words.get((field, language)) or words.get((field, ""), "")
    if field == "name":
        text = text or request.world.bot["first_name"]
    return {field: text}


def _which(request: Request) -> str:
    return next(kind for kind in WORDS if request.method.lower().endswith(f"my{kind.lower()}"))


@method("setChatMenuButton", "setMyDefaultAdministratorRights")
def acknowledge(request: Request) -> bool:
    """Taken and not shown: the page always has the menu of commands."""
    return True


@method("getChatMenuButton")
def get_menu_button(request: Request) -> Json:
    return {"type": "commands"}


@method("getUserProfilePhotos")
def get_profile_photos(request: Request) -> Json:
    return {"total_count": 0, "photos": []}
