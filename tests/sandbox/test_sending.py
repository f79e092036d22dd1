"""Each method that makes a message, called by PTB over real HTTP, and what is refused."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.sandbox import Sandbox, sample_picture


def keyboard(data: str = "yes", *, label: str = "好") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)]])


async def test_a_text_comes_back_as_the_message_that_was_sent(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    sent = await bot.send_message(
        resident, "<b>您好</b> 👍<i>x</i>", parse_mode="HTML", reply_markup=keyboard()
    )
    assert sent.text == "您好 👍x"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 0, 2),
        ("italic", 5, 1),
    ]
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    assert sent.date.year == 2025
    assert sent.reply_markup == keyboard()
    assert sandbox.violations == []


async def test_a_text_of_digits_stays_a_text(bot: Bot, resident: int) -> None:
    assert (await bot.send_message(resident, "123")).text == "123"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        ("  \n ", "text must be non-empty"),
        ("字" * 4097, "message is too long"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("字</b>", "Unexpected end tag at byte offset 3"),
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<b></b>", "text must be non-empty"),
    ],
)
async def test_a_text_that_telegram_refuses(
    bot: Bot, resident: int, text: str, reason: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(resident, text, parse_mode="HTML")
    assert reason.lower() in str(refused.value).lower()


async def test_markup_does_not_count_towards_the_limit(bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, f"<b>{'字' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (keyboard("字" * 22), "Button_data_invalid"),
        (keyboard("x" * 65), "Button_data_invalid"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x")]]), "text buttons are unallowed"),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="1")]] * 101),
            "Reply markup is too long",
        ),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("x", url="ftp://x")]]),
            "Button_url_invalid",
        ),
    ],
)
async def test_a_keyboard_that_telegram_refuses(
    bot: Bot, resident: int, markup: InlineKeyboardMarkup, reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_message(resident, "x", reply_markup=markup)


async def test_64_bytes_of_data_pass(bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, "x", reply_markup=keyboard("字" * 21 + "x"))
    assert sent.reply_markup is not None


async def test_a_reply_keyboard_is_not_echoed_but_lies_under_the_chat(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    keys = ReplyKeyboardMarkup([["报修"], [KeyboardButton("发位置", request_location=True)]])
    sent = await bot.send_message(resident, "x", reply_markup=keys)
    assert sent.reply_markup is None
    await sandbox.press(resident, "发位置")
    await sandbox.press(resident, "报修")
    updates = await bot.get_updates()
    assert updates[0].message is not None
    assert updates[0].message.location is not None
    assert updates[1].message is not None
    assert updates[1].message.text == "报修"
    await bot.send_message(resident, "y", reply_markup=ReplyKeyboardRemove())
    assert sandbox.world.chats[resident].keyboards == {}
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("z", resident, sent.message_id)


async def test_a_photo_is_uploaded_resent_and_downloaded(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    picture = sample_picture()
    sent = await bot.send_photo(resident, picture, caption="<b>楼道</b>", parse_mode="HTML")
    assert [(size.width, size.height) for size in sent.photo] == [(90, 67), (320, 240)]
    assert sent.caption_entities[0].type == "bold"
    again = await bot.send_photo(resident, sent.photo[-1].file_id)
    assert again.photo[-1].file_id == sent.photo[-1].file_id
    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == picture
    assert sandbox.violations == []


async def test_photos_that_telegram_refuses(bot: Bot, resident: int) -> None:
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(resident, b"not a picture")
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(resident, "no-such-id")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(resident, sample_picture(), caption="字" * 1025)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(resident, b"", filename="x.txt")


async def test_a_document_keeps_its_name(bot: Bot, resident: int) -> None:
    sent = await bot.send_document(resident, b"%PDF-1.4", filename="台账.pdf")
    assert sent.document is not None
    assert sent.document.file_name == "台账.pdf"
    assert sent.document.mime_type == "application/pdf"


async def test_an_album_is_one_group_of_2_to_10(sandbox: Sandbox, bot: Bot, resident: int) -> None:
    photos = [InputMediaPhoto(sample_picture(n), caption=f"第{n}张") for n in range(3)]
    sent = await bot.send_media_group(resident, photos)
    assert [message.caption for message in sent] == ["第0张", "第1张", "第2张"]
    assert len({message.media_group_id for message in sent}) == 1
    with pytest.raises(BadRequest, match="Too few"):
        await bot.send_media_group(resident, photos[:1])
    with pytest.raises(BadRequest, match="Too many messages to send as an album"):
        await bot.send_media_group(resident, [InputMediaPhoto(sample_picture())] * 11)
    mixed: list[InputMediaPhoto | InputMediaDocument] = [
        InputMediaPhoto(sample_picture()),
        InputMediaDocument(b"x", filename="x"),
    ]
    with pytest.raises(BadRequest, match="can't be mixed"):
        await bot.send_media_group(resident, mixed)


async def test_places_contacts_polls_and_other_media(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    place = (await bot.send_location(resident, 27.8, 114.4)).location
    assert place is not None
    assert (place.latitude, place.longitude) == (27.8, 114.4)
    assert (await bot.send_venue(resident, 27.8, 114.4, "社区", "东湖路 1 号")).venue
    assert (await bot.send_contact(resident, "+8612345", "社区")).contact
    poll = (await bot.send_poll(resident, "亮吗?", ["亮", "不亮"])).poll
    assert poll is not None
    assert [option.text for option in poll.options] == ["亮", "不亮"]
    assert (await bot.send_dice(resident)).dice
    assert (await bot.send_voice(resident, b"OggS")).voice
    assert (await bot.send_video(resident, b"x" * 8)).video
    assert (await bot.send_audio(resident, b"x" * 8)).audio
    assert (await bot.send_animation(resident, b"x" * 8)).animation
    assert (await bot.send_sticker(resident, b"RIFF")).sticker
    assert (await bot.send_video_note(resident, b"x" * 8)).video_note
    assert await bot.send_chat_action(resident, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(resident, "dancing")
    with pytest.raises(BadRequest, match="Wrong latitude"):
        await bot.send_location(resident, 91, 0)
    assert [v for v in sandbox.violations if v["what"] != "sendChatAction"] == []


async def test_copies_and_forwards(bot: Bot, resident: int) -> None:
    sent = await bot.send_message(resident, "通知", reply_markup=keyboard())
    copy = await bot.copy_message(resident, resident, sent.message_id)
    assert copy.message_id > sent.message_id
    forwarded = await bot.forward_message(resident, resident, sent.message_id)
    assert forwarded.forward_origin is not None
    assert forwarded.reply_markup is None
    assert len(await bot.copy_messages(resident, resident, [sent.message_id])) == 1
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(resident, resident, 999)


async def test_a_reply_points_at_its_message(bot: Bot, resident: int) -> None:
    first = await bot.send_message(resident, "一")
    answer = await bot.send_message(
        resident, "二", reply_parameters=ReplyParameters(first.message_id)
    )
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "一"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(resident, "三", reply_parameters=ReplyParameters(999))
    loose = ReplyParameters(999, allow_sending_without_reply=True)
    assert (await bot.send_message(resident, "三", reply_parameters=loose)).text == "三"


async def test_only_people_who_have_written_can_be_written_to(
    sandbox: Sandbox, bot: Bot, resident: int
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1002, "x")
    await sandbox.block(resident)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(resident, "x")
    await sandbox.unblock(resident)
    assert await bot.send_message(resident, "x")


async def test_an_upload_over_50_megabytes_is_refused(bot: Bot, resident: int) -> None:
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(resident, bytes(50 * 1024 * 1024 + 1), filename="x.bin")
