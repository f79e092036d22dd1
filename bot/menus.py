"""Tells Telegram who the bot is and which commands each kind of person has."""

import structlog
from telegram.error import TelegramError

from bot.transport import OfficeBot
from db.engine import Database
from handlers import command_menus
from handlers.texts import say

log = structlog.get_logger(__name__)


async def introduce(bot: OfficeBot, _database: Database) -> None:
    """Set the name, the profile texts and the command menus; a refusal only costs the menu."""
    calls = (
        ("setMyName", {"name": str(say("profile.name"))}),
        ("setMyDescription", {"description": str(say("profile.description"))}),
        ("setMyShortDescription", {"short_description": str(say("profile.short"))}),
        *command_menus.for_everybody(),
    )
    for method, payload in calls:
        try:
            await bot.call(method, payload)
        except TelegramError as error:
            log.warning("profile not set", method=method, error=type(error).__name__)
