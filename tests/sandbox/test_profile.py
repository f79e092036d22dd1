"""Commands by scope and language, names and descriptions."""

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
)
from telegram.error import BadRequest

from bot.sandbox import Sandbox
from bot.sandbox.methods.profile import commands_for


def names(sandbox: Sandbox, chat_id: int, user_id: int) -> list[str]:
    chat = sandbox.world.chats[chat_id]
    return [command["command"] for command in commands_for(sandbox.world, chat, user_id)]


async def test_the_narrowest_scope_wins(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    await bot.set_my_commands([("start", "开始")])
    assert names(sandbox, resident, resident) == ["start"]
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([("report", "报修")], scope=private)
    assert names(sandbox, resident, resident) == ["report"]
    assert names(sandbox, -2001, 1001) == ["start"]
    own = BotCommandScopeChat(resident)
    await bot.set_my_commands([("tasks", "任务")], scope=own)
    assert names(sandbox, resident, resident) == ["tasks"]
    assert await bot.get_my_commands(scope=own) == (BotCommand("tasks", "任务"),)
    await bot.set_my_commands([("mine", "我的")], scope=BotCommandScopeChatMember(-2001, 1001))
    assert names(sandbox, -2001, 1001) == ["mine"]
    await bot.delete_my_commands(scope=own)
    assert names(sandbox, resident, resident) == ["report"]
    await bot.set_my_commands([("report", "报修")], scope=private, language_code="zh")
    assert sandbox.violations == []


@pytest.mark.parametrize(
    ("command", "description", "reason"),
    [("报事", "x", "bot_command_invalid"), ("ok", "字" * 257, "description_invalid")],
)
async def test_commands_that_telegram_refuses(
    bot: Bot, command: str, description: str, reason: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.set_my_commands([(command, description)])
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.set_my_commands([("ok", "好")], scope=BotCommandScopeChat(9001))


async def test_name_and_descriptions(sandbox: Sandbox, bot: Bot) -> None:
    assert await bot.set_my_name("小助手")
    assert (await bot.get_my_name()).name == "小助手"
    assert (await bot.get_me()).first_name == "小助手"
    await bot.set_my_description("说明")
    await bot.set_my_short_description("短")
    assert (await bot.get_my_description()).description == "说明"
    assert (await bot.get_my_short_description()).short_description == "短"
    with pytest.raises(BadRequest, match=r"(?i)short_description_too_long"):
        await bot.set_my_short_description("字" * 121)
    assert await bot.set_chat_menu_button()
