"""Edits and deletions: what they change, and when Telegram says no."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest

from bot.sandbox import Sandbox, SimError, sample_picture

YES = InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data="yes")]])
NO = InlineKeyboardMarkup([[InlineKeyboardButton("不", callback_data="no")]])


async def test_a_text_and_its_keyboard_change_in_place(bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, "一", reply_markup=YES)
    edited = await bot.edit_message_text(
        "<b>二</b>", resident, sent.message_id, parse_mode="HTML", reply_markup=NO
    )
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup) == ("二", NO)
    assert edited.edit_date is not None
    bare = await bot.edit_message_reply_markup(resident, sent.message_id)
    assert isinstance(bare, Message)
    assert bare.reply_markup is None


async def test_the_same_again_is_not_modified(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, "<b>一</b>", parse_mode="HTML", reply_markup=YES)
    before = sandbox.messages(resident)[-1].copy()
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text(
            "<b>一</b>", resident, sent.message_id, parse_mode="HTML", reply_markup=YES
        )
    assert sandbox.messages(resident)[-1] == before
    assert await bot.edit_message_text("一", resident, sent.message_id, reply_markup=YES)


async def test_captions_and_media(bot: Bot, resident: int) -> None:
    photo = await bot.send_photo(resident, sample_picture(), caption="一")
    edited = await bot.edit_message_caption(resident, photo.message_id, caption="二")
    assert isinstance(edited, Message)
    assert edited.caption == "二"
    other = InputMediaPhoto(sample_picture(3), caption="三")
    swapped = await bot.edit_message_media(other, resident, photo.message_id)
    assert isinstance(swapped, Message)
    assert swapped.caption == "三"
    assert swapped.photo[-1].file_id != photo.photo[-1].file_id
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", resident, photo.message_id)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.edit_message_caption(resident, photo.message_id, caption="字" * 1025)


async def test_what_cannot_be_edited(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    own = await bot.send_message(resident, "一")
    theirs = sandbox.messages(resident)[0]["message_id"]
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", resident, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", resident, theirs)
    with pytest.raises(BadRequest, match="There is no caption"):
        await bot.edit_message_caption(resident, own.message_id, caption="x")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.edit_message_text("字" * 4097, resident, own.message_id)
    with pytest.raises(BadRequest, match="Inline keyboard expected"):
        await bot.edit_message_reply_markup(
            resident,
            own.message_id,
            reply_markup=ReplyKeyboardMarkup([["x"]]),  # type: ignore[arg-type]  # the point
        )


async def test_deleting(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, "一", reply_markup=YES)
    assert await bot.delete_message(resident, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(resident, sent.message_id)
    with pytest.raises(SimError):
        await sandbox.tap(resident, "好")
    press = await sandbox.tap(resident, "好", stale=True)
    assert press["callback_query"]["message"]["date"] == 0
    late = await bot.send_message(resident, "二")
    sandbox.advance(49 * 3600)
    with pytest.raises(BadRequest, match="can't be deleted for everyone"):
        await bot.delete_message(resident, late.message_id)
    fresh = await bot.send_message(resident, "三")
    assert await bot.delete_messages(resident, [fresh.message_id, 998, 999])
    assert sandbox.violations == []


async def test_a_poll_is_stopped_once(bot: Bot, resident: int) -> None:
    sent = await bot.send_poll(resident, "去吗?", ["去", "不去"])
    assert (await bot.stop_poll(resident, sent.message_id)).is_closed
    with pytest.raises(BadRequest, match="already been closed"):
        await bot.stop_poll(resident, sent.message_id)
