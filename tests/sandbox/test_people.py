"""What people do, as the bot's updates show it."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.sandbox import Sandbox, SimError, sample_picture

GROUP = -2001
CHANNEL = -1003000000001
YES = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="yes")]])


async def newest(bot: Bot) -> Update:
    return (await bot.get_updates(offset=-1))[-1]


async def test_everything_a_person_can_send(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sent = [
        (await sandbox.photo(resident, sample_picture(), caption="灯坏了"), "photo"),
        (await sandbox.document(resident, b"x", name="表.xlsx"), "document"),
        (await sandbox.voice(resident), "voice"),
        (await sandbox.sticker(resident), "sticker"),
        (await sandbox.video(resident), "video"),
        (await sandbox.location(resident, 27.8, 114.4), "location"),
        (await sandbox.contact(resident), "contact"),
        (await sandbox.poll(resident, "去吗", ["去", "不去"]), "poll"),
        (await sandbox.forward(resident, "听说停水", of=1002), "forward_origin"),
        (await sandbox.forward(resident, "听说停水", hidden="邻居"), "forward_origin"),
    ]
    updates = await bot.get_updates()
    assert [u.update_id for u in updates] == [update["update_id"] for update, _ in sent]
    for update, (_, kind) in zip(updates, sent, strict=True):
        assert update.message is not None
        assert getattr(update.message, kind)
        assert update.message.from_user is not None
        assert update.message.from_user.id == resident
    assert sandbox.violations == []


async def test_an_album_arrives_as_several_updates(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    await sandbox.album(resident, [None, None, None], caption="三张")
    messages = [update.message for update in await bot.get_updates()]
    assert [message.caption for message in messages if message] == ["三张", None, None]
    assert len({message.media_group_id for message in messages if message}) == 1
    assert len({message.photo[-1].file_id for message in messages if message}) == 3


async def test_a_file_over_20_megabytes_cannot_be_fetched(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    await sandbox.document(resident, size=20 * 1024 * 1024 + 1)
    message = (await newest(bot)).message
    assert message is not None
    assert message.document is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(message.document.file_id)
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nope")


async def test_an_edit_and_a_moving_place(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sent = await sandbox.text(resident, "三栋")
    await sandbox.edit(resident, sent["message"]["message_id"], "四栋")
    edited = (await newest(bot)).edited_message
    assert edited is not None
    assert edited.text == "四栋"
    live = await sandbox.location(resident, live_period=900)
    await sandbox.move(resident, live["message"]["message_id"], 27.9, 114.5)
    moved = (await newest(bot)).edited_message
    assert moved is not None
    assert moved.location is not None
    assert moved.location.latitude == 27.9
    with pytest.raises(SimError):
        await sandbox.edit(1002, sent["message"]["message_id"], "x")
    assert sandbox.violations == []


async def test_a_deep_link_and_a_stranger(sandbox: Sandbox, bot: Bot) -> None:
    await sandbox.start(555, "act_17")
    message = (await newest(bot)).message
    assert message is not None
    assert message.text == "/start act_17"
    assert message.entities[0].type == "bot_command"
    assert message.entities[0].length == 6
    assert await bot.send_message(555, "您好")
    with pytest.raises(SimError):
        await sandbox.start(555, "x" * 65)


async def test_a_tap_is_answered_once_shown_and_grows_old(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    await bot.send_message(resident, "好吗", reply_markup=YES)
    press = await sandbox.tap(resident, "好")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.data == "yes"
    assert sandbox.answer(press) is None
    await query.answer("记下了", show_alert=True)
    assert sandbox.answer(press) == {"text": "记下了", "alert": True, "url": ""}
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("nope")
    sandbox.advance(151)
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()
    again = await sandbox.tap(resident, data="yes")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(again["callback_query"]["id"], "字" * 201)


async def test_taps_that_find_no_button(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, "好吗", reply_markup=YES)
    await bot.edit_message_text("完了", resident, sent.message_id)
    with pytest.raises(SimError, match="no button"):
        await sandbox.tap(resident, "好")
    stale = await sandbox.tap(resident, "好", stale=True)
    assert stale["callback_query"]["data"] == "yes"
    forged = await sandbox.tap(resident, data="admin:1", message_id=sent.message_id, forged=True)
    assert forged["callback_query"]["data"] == "admin:1"
    with pytest.raises(SimError, match="no key"):
        await sandbox.press(resident, "没有")


async def test_blocking_tells_the_bot(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    await sandbox.block(resident)
    change = (await newest(bot)).my_chat_member
    assert change is not None
    assert change.new_chat_member.status == "kicked"
    with pytest.raises(SimError, match="blocked"):
        await sandbox.text(resident, "x")
    with pytest.raises(Forbidden):
        await bot.send_chat_action(resident, "typing")
    await sandbox.unblock(resident)
    assert await bot.send_message(resident, "x")
    assert sandbox.violations == []


async def test_a_group_hears_only_what_is_for_the_bot(sandbox: Sandbox, bot: Bot) -> None:
    await sandbox.text(1001, "今天真热", chat_id=GROUP)
    await sandbox.text(1001, "/help", chat_id=GROUP)
    await sandbox.text(1002, "@jiedao_demo_bot 在吗", chat_id=GROUP)
    heard = [u.message.text for u in await bot.get_updates() if u.message]
    assert heard == ["/help", "@jiedao_demo_bot 在吗"]
    said = await bot.send_message(GROUP, "在")
    await sandbox.text(1003, "谢谢", chat_id=GROUP, reply_to=said.message_id)
    answer = (await newest(bot)).message
    assert answer is not None
    assert answer.text == "谢谢"
    with pytest.raises(SimError):
        await sandbox.text(9001, "x", chat_id=GROUP)
    assert (await bot.get_chat_member(GROUP, 1301)).status == "administrator"
    assert (await bot.get_chat_member(GROUP, 9001)).status == "left"
    assert await bot.get_chat_member_count(GROUP) == 6
    assert [one.user.id for one in await bot.get_chat_administrators(GROUP)] == [1301]
    assert (await bot.get_chat(GROUP)).title == "东湖社区居民群"
    assert sandbox.violations == []


async def test_a_group_becomes_a_supergroup(sandbox: Sandbox, bot: Bot) -> None:
    old, new = await sandbox.upgrade(GROUP)
    moved = new["message"]["chat"]["id"]
    assert old["message"]["migrate_to_chat_id"] == moved
    with pytest.raises(ChatMigrated) as told:
        await bot.send_message(GROUP, "x")
    assert told.value.new_chat_id == moved
    assert (await bot.send_message(moved, "x")).chat.type == "supergroup"
    assert sandbox.violations == []


async def test_the_bot_comes_and_goes(sandbox: Sandbox, bot: Bot) -> None:
    await sandbox.add_bot(1002, -77, title="新群")
    assert [bool(u.my_chat_member) for u in await bot.get_updates()] == [True, False]
    await sandbox.join(1003, -77)
    assert (await newest(bot)).message is not None
    await sandbox.remove_bot(1002, -77)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(-77, "x")
    await sandbox.add_bot(1002, -77, admin=True)
    assert await bot.leave_chat(-77)
    with pytest.raises(Forbidden, match="bot is not a member"):
        await bot.send_message(-77, "x")
    assert sandbox.violations == []


async def test_channels_and_raw_updates(sandbox: Sandbox, bot: Bot) -> None:
    await sandbox.channel_post(CHANNEL, "通告")
    assert (await newest(bot)).channel_post is not None
    assert (await bot.send_message("@jiedao_notice_demo", "补充")).sender_chat is not None
    raw = await sandbox.raw({"something_new": {"x": 1}})
    assert (await newest(bot)).update_id == raw["update_id"]
    assert sandbox.violations == []


async def test_inline_mode(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    update = await sandbox.inline_query(resident, "路灯")
    query = (await newest(bot)).inline_query
    assert query is not None
    article = InlineQueryResultArticle(
        "1", "路灯坏了找谁", InputTextMessageContent("找社区"), reply_markup=YES
    )
    await query.answer([article])
    await sandbox.choose(resident, update["inline_query"]["id"])
    chosen = (await newest(bot)).chosen_inline_result
    assert chosen is not None
    assert await bot.edit_message_text("找物业", inline_message_id=chosen.inline_message_id)
    assert sandbox.messages(resident)[-1]["text"] == "找物业"
    with pytest.raises(BadRequest, match=r"(?i)result_id_duplicate"):
        await bot.answer_inline_query(query.id, [article, article])
    assert sandbox.violations == []


async def test_a_transcript_reads_like_the_chat(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    await bot.send_message(resident, "好吗", reply_markup=YES)
    await sandbox.photo(resident, caption="灯")
    assert sandbox.transcript(resident) == (
        "[1] 王秀兰: /start\n[2] 文明创建小助手: 好吗\n    [好]\n[3] 王秀兰: <photo> 灯"
    )
