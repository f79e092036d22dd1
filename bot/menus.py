"""Tells Telegram who the bot is and which commands each kind of person has."""

import structlog
from telegram.error import TelegramError

from bot.transport import OfficeBot
from db.engine import Database
from handlers import commands
from handlers.texts import say
from services.permissions import Actor

log = structlog.get_logger(__name__)


async def introduce(bot: OfficeBot, _database: Database) -> None:
    """Set the name, the profile texts and the command menus; a refusal only costs the menu."""
    nobody = Actor(0)
    resident = [
        {"command": name, "description": str(say(key))} for name, key in commands.menu_for(nobody)
    ]
    group = [c for c in resident if c["command"] in ("help",)]
    calls = (
        ("setMyName", {"name": str(say("profile.name"))}),
        ("setMyDescription", {"description": str(say("profile.description"))}),
        ("setMyShortDescription", {"short_description": str(say("profile.short"))}),
        ("setMyCommands", {"commands": resident, "scope": {"type": "all_private_chats"}}),
        ("setMyCommands", {"commands": group, "scope": {"type": "all_group_chats"}}),
    )
    for method, payload in calls:
        try:
            await bot.call(method, payload)
        except TelegramError as error:
            log.warning("profile not set", method=method, error=type(error).__name__)
