"""Turns updates into Chat calls and registers them; the only module here that knows PTB."""

from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

from telegram import Message, MessageEntity, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from db.work import Work
from handlers import commands, links
from handlers.chat import Chat, Contact, FileRef, Input, Kind, Office, Point
from services import groups
from services.people import identities as people

current: ContextVar[Chat] = ContextVar("current")
Callback = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]


async def open_chat(work: Work, update: Update, office: Office) -> Chat | None:
    """The conversation this update belongs to; None where it is ignored on purpose.

    Ignored: channel posts, other bots, anonymous group administrators, and updates without a
    person or of a kind we did not ask for.
    """
    user, where = update.effective_user, update.effective_chat
    if update.message and await _moved(work, update.message):
        return None
    if user is None or user.is_bot:
        return None
    if update.message and (update.message.sender_chat or update.message.via_bot):
        return None
    given = read(update, office.bot_username)
    if given is None:
        return None
    person, actor = await people.recognise(
        work, telegram_id=user.id, is_admin=user.id in office.admin_ids
    )
    chat_id = where.id if where else user.id
    return Chat(
        work,
        actor,
        chat_id,
        given,
        office,
        private=where is None or where.type == "private",
        large_print=person.large_print,
        blocked=person.blocked_at is not None,
        telegram_id=user.id,
        name=user.first_name,
    )


async def _moved(work: Work, message: Message) -> bool:
    """Whether this message only says that a group has a new id; then the group is moved."""
    if message.migrate_to_chat_id is not None:
        await groups.move(work, message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await groups.move(work, message.migrate_from_chat_id, message.chat.id)
    else:
        return False
    return True


def read(update: Update, bot_username: str) -> Input | None:
    """What the person did, in our own words; None for what we do not take."""
    if update.callback_query is not None:
        query = update.callback_query
        message_id = query.message.message_id if query.message else None
        press = links.plausible(query.data or "")
        return Input(Kind.PRESS, press=press, message_id=message_id, query_id=query.id)
    if update.inline_query is not None:
        return Input(Kind.INLINE, text=update.inline_query.query, query_id=update.inline_query.id)
    if update.my_chat_member is not None:
        status = update.my_chat_member.new_chat_member.status
        return Input(Kind.OTHER, text=status, args=update.my_chat_member.chat.title or "")
    if update.edited_message is not None:
        live = update.edited_message.location is not None
        text = update.edited_message.text or update.edited_message.caption or ""
        return Input(Kind.LOCATION if live else Kind.EDITED, text=text, forwarded=live)
    return _read_message(update.message, bot_username) if update.message else None


def _read_message(message: Message, bot_username: str) -> Input:
    kind = _kind(message)
    text = message.text or message.caption or ""
    return Input(
        kind,
        text=text,
        args=text.partition(" ")[2].strip() if kind is Kind.COMMAND else "",
        message_id=message.message_id,
        file=_file(message),
        album=message.media_group_id,
        point=_point(message),
        contact=_contact(message),
        forwarded=message.forward_origin is not None,
        mentions_bot=_mentions(message, bot_username),
        reply_to=_replied_text(message),
    )


def _kind(message: Message) -> Kind:
    if message.text is not None:
        first = message.entities[0] if message.entities else None
        is_command = first and first.type == MessageEntity.BOT_COMMAND and first.offset == 0
        return Kind.COMMAND if is_command else Kind.TEXT
    for name, kind in (
        ("photo", Kind.PHOTO),
        ("animation", Kind.VIDEO),
        ("document", Kind.DOCUMENT),
        ("location", Kind.LOCATION),
        ("contact", Kind.CONTACT),
        ("voice", Kind.VOICE),
        ("video_note", Kind.VIDEO),
        ("video", Kind.VIDEO),
        ("audio", Kind.AUDIO),
        ("sticker", Kind.STICKER),
        ("poll", Kind.POLL),
    ):
        if getattr(message, name):
            return kind
    return Kind.OTHER


def _file(message: Message) -> FileRef | None:
    if message.photo:
        best = message.photo[-1]
        return FileRef(
            best.file_id,
            best.file_unique_id,
            best.file_size,
            width=best.width,
            height=best.height,
        )
    found = (
        message.document or message.voice or message.audio or message.video or message.video_note
    )
    if found is None:
        return None
    return FileRef(
        found.file_id,
        found.file_unique_id,
        found.file_size,
        name=getattr(found, "file_name", None),
        mime=getattr(found, "mime_type", None),
    )


def _point(message: Message) -> Point | None:
    place = message.location or (message.venue.location if message.venue else None)
    if place is None:
        return None
    return Point(
        place.latitude, place.longitude, place.horizontal_accuracy, bool(place.live_period)
    )


def _contact(message: Message) -> Contact | None:
    shared = message.contact
    if shared is None:
        return None
    own = bool(message.from_user and shared.user_id == message.from_user.id)
    name = f"{shared.last_name or ''}{shared.first_name}"
    return Contact(shared.phone_number, name, own)


def _mentions(message: Message, bot_username: str) -> bool:
    replied = message.reply_to_message
    if replied and replied.from_user and replied.from_user.username == bot_username:
        return True
    return bool(bot_username) and f"@{bot_username}".lower() in (message.text or "").lower()


def _replied_text(message: Message) -> str | None:
    replied = message.reply_to_message
    return (replied.text or replied.caption) if replied else None


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Hand every command, button and message to the feature that commands.py names for it."""
    for command in commands.COMMANDS:
        application.add_handler(CommandHandler(command.name, _callback(command)))
    for press in commands.PRESSES:
        pattern = rf"^{press.prefix}(:|$)"
        application.add_handler(CallbackQueryHandler(_callback(press), pattern=pattern))
    application.add_handler(CallbackQueryHandler(_callback(commands.UNKNOWN_PRESS)))
    application.add_handler(InlineQueryHandler(_callback(commands.INLINE)))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, _callback(commands.MESSAGE)))
    application.add_handler(TypeHandler(Update, _callback(commands.OTHER)))
    application.add_error_handler(_keep_failure)


def _callback(entry: commands.Entry) -> Callback:
    async def callback(_update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await commands.run(entry, current.get())

    return callback


async def _keep_failure(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """PTB swallows what handlers raise; the worker needs it to roll back or to answer."""
    current.get().failure = context.error
