"""Changing and removing what was sent."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.markups import buttons_of, check_markup, is_inline
from bot.sandbox.methods.registry import Request, caption_of, method
from bot.sandbox.methods.sending import media_content
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import Json

TWO_DAYS = 48 * 3600
SAME = (
    "message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)
WITH_CAPTION = ("photo", "document", "video", "animation", "audio", "voice")
SHOWN = ("text", "entities", "caption", "caption_entities", "reply_markup", "location")


@method("editMessageText")
def edit_text(request: Request) -> Any:
    def change(message: Json) -> None:
        text, entities = request.text()
        if "text" not in message:
            raise bad_request("there is no text in the message to edit")
        message |= {"text": text, "entities": entities}

    return _edit(request, change)


@method("editMessageCaption")
def edit_caption(request: Request) -> Any:
    def change(message: Json) -> None:
        if not any(kind in message for kind in WITH_CAPTION):
            raise bad_request("there is no caption in the message to edit")
        message |= {"caption": None, "caption_entities": None} | caption_of(request.params)

    return _edit(request, change)


@method("editMessageReplyMarkup")
def edit_markup(request: Request) -> Any:
    return _edit(request, lambda message: None)


@method("editMessageMedia")
def edit_media(request: Request) -> Any:
    def change(message: Json) -> None:
        item = request.params.get("media") or {}
        kind = item.get("type", "")
        if kind not in WITH_CAPTION:
            raise bad_request("wrong type of the media")
        for old in (*WITH_CAPTION, "text", "entities", "caption", "caption_entities"):
            message.pop(old, None)
        message |= media_content(request, kind, item) | caption_of(item)

    return _edit(request, change)


@method("editMessageLiveLocation", "stopMessageLiveLocation")
def edit_location(request: Request) -> Any:
    def change(message: Json) -> None:
        if "location" not in message:
            raise bad_request("message can't be edited")
        names = ("latitude", "longitude", "heading")
        moved = {name: request.params[name] for name in names if name in request.params}
        message["location"] = message["location"] | moved

    return _edit(request, change)


def _edit(request: Request, change: Callable[[Json], None]) -> Any:
    """Applies a change to a copy first, so that a refusal leaves the message as it was."""
    chat, message = _target(request)
    markup = request.params.get("reply_markup") or {}
    if markup and not is_inline(markup):
        raise bad_request("inline keyboard expected")
    check_markup(markup, lambda error: request.world.journal.advise(request.method, error))
    draft = deepcopy(message)
    change(draft)
    draft["reply_markup"] = markup if buttons_of(markup) else None
    draft = {key: value for key, value in draft.items() if value not in (None, [])}
    if _same(draft, message):
        raise bad_request(SAME)
    _fade(chat, message, draft)
    message.clear()
    message |= draft | {"edit_date": request.world.clock.now()}
    request.world.changed(chat, message)
    return True if "inline_message_id" in request.params else message


def _same(draft: Json, message: Json) -> bool:
    shown = all(draft.get(key) == message.get(key) for key in SHOWN)
    return shown and all(draft.get(kind) == message.get(kind) for kind in WITH_CAPTION)


def _fade(chat: Chat, message: Json, draft: Json) -> None:
    """Keeps the buttons that go, for people who press what they still see."""
    left = buttons_of(draft.get("reply_markup"))
    gone = [b for b in buttons_of(message.get("reply_markup")) if b not in left]
    chat.faded.setdefault(message["message_id"], []).extend(gone)


def _target(request: Request) -> tuple[Chat, Json]:
    world = request.world
    if inline := request.params.get("inline_message_id"):
        if inline not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        chat_id, message_id = world.inline_messages[inline]
        return world.chats[chat_id], world.chats[chat_id].messages[message_id]
    chat = request.chat()
    if "message_id" not in request.params:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(request.params["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    own = message.get("from", {}).get("id") == world.bot["id"] or chat.type == "channel"
    if not own or message["message_id"] in chat.sealed:
        raise bad_request("message can't be edited")
    return chat, message


@method("deleteMessage")
def delete_message(request: Request) -> bool:
    chat = request.chat()
    if "message_id" not in request.params:
        raise bad_request("message identifier is not specified")
    _delete(request, chat, request.params["message_id"])
    return True


@method("deleteMessages")
def delete_messages(request: Request) -> bool:
    """Those that are not there are skipped."""
    chat = request.chat()
    for message_id in request.params.get("message_ids", ()):
        if message_id in chat.messages:
            _delete(request, chat, message_id)
    return True


def _delete(request: Request, chat: Chat, message_id: int) -> None:
    message, world = chat.messages.get(message_id), request.world
    if message is None:
        raise bad_request("message to delete not found")
    own = message.get("from", {}).get("id") == world.bot["id"]
    may = own or chat.type == "private" or chat.bot_status == "administrator"
    if not may or world.clock.now() - message["date"] > TWO_DAYS:
        raise bad_request("message can't be deleted for everyone" if may else CANNOT)
    del chat.messages[message_id]
    chat.faded.setdefault(message_id, []).extend(buttons_of(message.get("reply_markup")))
    world.stream.tell("deleted", chat_id=chat.id, message_id=message_id)


CANNOT = "message can't be deleted"


@method("stopPoll")
def stop_poll(request: Request) -> Json:
    chat, message = _target(request)
    if "poll" not in message:
        raise bad_request("message with poll to stop not found")
    if message["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    message["poll"] = message["poll"] | {"is_closed": True}
    request.world.changed(chat, message)
    poll: Json = message["poll"]
    return poll
