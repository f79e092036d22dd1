"""Everything that makes a new message: text, media, albums, places, copies, typing."""

from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.markups import check_markup, is_inline
from bot.sandbox.methods.registry import Request, caption_of, method
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import Json, poll

ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)
MEDIA = ("Photo", "Document", "Voice", "Audio", "Video", "Animation", "Sticker", "VideoNote")
NO_CAPTION = ("sticker", "video_note")
OWN = frozenset(("message_id", "from", "chat", "date", "edit_date", "reply_markup", "sender_chat"))


def deliver(request: Request, chat: Chat, content: Json) -> Json:
    """Posts the bot's message with its keyboard and what it replies to; the meter counts it."""
    params, world = request.params, request.world
    markup = params.get("reply_markup")
    content |= _replied(request, chat)
    if markup:
        check_markup(markup, lambda error: world.journal.advise(request.method, error))
        if is_inline(markup) and any(markup["inline_keyboard"]):
            content["reply_markup"] = markup
    if params.get("protect_content"):
        content["has_protected_content"] = True
    world.floods.record(chat.id, world.clock.pace(), group=chat.is_group)
    message = world.post(chat, None if chat.type == "channel" else world.bot, content)
    if markup and not is_inline(markup):
        _lay_keyboard(request, chat, message, markup)
    return message


def _replied(request: Request, chat: Chat) -> Json:
    wanted = request.params.get("reply_parameters") or {}
    if "message_id" not in wanted:
        return {}
    target = chat.messages.get(wanted["message_id"])
    if target is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in target.items() if k != "reply_to_message"}}


def _lay_keyboard(request: Request, chat: Chat, message: Json, markup: Json) -> None:
    """A reply keyboard is not part of the message: it lies under the chat until another comes."""
    chat.sealed.add(message["message_id"])
    for user_id in chat.members:
        if markup.get("remove_keyboard"):
            chat.keyboards.pop(user_id, None)
        else:
            chat.keyboards[user_id] = markup
    request.world.stream.tell("keyboard", chat_id=chat.id, markup=markup)


@method("sendMessage")
def send_message(request: Request) -> Json:
    chat = request.chat()
    text, entities = request.text()
    content: Json = {"text": text} | ({"entities": entities} if entities else {})
    if "link_preview_options" in request.params:
        content["link_preview_options"] = request.params["link_preview_options"]
    return deliver(request, chat, content)


@method(*(f"send{kind}" for kind in MEDIA))
def send_media(request: Request) -> Json:
    kind = request.method[4:].lower().replace("videonote", "video_note")
    chat = request.chat()
    caption = {} if kind in NO_CAPTION else caption_of(request.params)
    return deliver(request, chat, media_content(request, kind, request.params) | caption)


def media_content(request: Request, kind: str, source: Json) -> Json:
    """The file of a request or of an album item, as a message shows it."""
    file = request.media(kind, source.get("media") or request.params.get(kind))
    content: Json = {kind: request.world.files.describe(kind, file, source)}
    if kind == "animation":
        content["document"] = request.world.files.describe("document", file, source)
    if source.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


@method("sendMediaGroup")
def send_media_group(request: Request) -> list[Json]:
    chat = request.chat()
    items = request.params.get("media")
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) < 2:
        raise bad_request("too few messages to send as an album")
    if len(items) > 10:
        raise bad_request("too many messages to send as an album")
    kinds = {item.get("type") for item in items}
    if not (kinds <= {"photo", "video"} or kinds == {"document"} or kinds == {"audio"}):
        raise bad_request("this type of media can't be mixed with other media types in an album")
    contents = [media_content(request, i["type"], i) | caption_of(i) for i in items]
    album = {"media_group_id": str(request.world.ids.number("album"))}
    return [deliver(request, chat, content | album) for content in contents]


@method("sendLocation")
def send_location(request: Request) -> Json:
    return deliver(request, request.chat(), {"location": _location(request)})


def _location(request: Request) -> Json:
    params = request.params
    for name, most in (("latitude", 90), ("longitude", 180)):
        if name not in params:
            raise bad_request(f"{name} is empty")
        if not -most <= params[name] <= most:
            raise bad_request(f"wrong {name} specified")
    names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading")
    return {name: params[name] for name in names if name in params}


@method("sendVenue")
def send_venue(request: Request) -> Json:
    named = _required(request, "title", "address")
    return deliver(request, request.chat(), {"venue": {"location": _location(request)} | named})


@method("sendContact")
def send_contact(request: Request) -> Json:
    contact = _required(request, "phone_number", "first_name")
    more = {k: request.params[k] for k in ("last_name", "vcard") if k in request.params}
    return deliver(request, request.chat(), {"contact": contact | more})


@method("sendPoll")
def send_poll(request: Request) -> Json:
    question = _required(request, "question")["question"]
    options = [option["text"] for option in request.params.get("options", ())]
    if not 1 <= len(options) <= 12:
        raise bad_request("poll must have at least 1 option and at most 12")
    content = poll(request.world.ids.token("poll"), question, options)
    return deliver(request, request.chat(), {"poll": content})


@method("sendDice")
def send_dice(request: Request) -> Json:
    return deliver(request, request.chat(), {"dice": {"emoji": "🎲", "value": 4}})


def _required(request: Request, *names: str) -> Json:
    for name in names:
        if not request.params.get(name):
            raise bad_request(f'parameter "{name}" is required')
    return {name: request.params[name] for name in names}


@method("sendChatAction")
def send_chat_action(request: Request) -> bool:
    chat, action = request.chat(), request.params.get("action", "")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    request.world.stream.tell("action", chat_id=chat.id, action=action)
    return True


@method("copyMessage", "forwardMessage")
def repeat_message(request: Request) -> Json:
    message = _repeat(request, request.params.get("message_id"))
    return _id_only(message) if request.method.lower().startswith("copy") else message


@method("copyMessages", "forwardMessages")
def repeat_messages(request: Request) -> list[Json]:
    return [_id_only(_repeat(request, one)) for one in request.params.get("message_ids", ())]


def _repeat(request: Request, message_id: Any) -> Json:
    verb = "copy" if request.method.lower().startswith("copy") else "forward"
    chat, source = request.chat(), request.find_chat("from_chat_id")
    original = source.messages.get(message_id)
    if original is None:
        raise bad_request(f"message to {verb} not found")
    if original.get("has_protected_content"):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    content = {key: value for key, value in original.items() if key not in OWN}
    if verb == "forward":
        content["forward_origin"] = origin_of(original)
    elif "caption" in request.params:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= caption_of(request.params)
    return deliver(request, chat, content)


def origin_of(message: Json) -> Json:
    """A MessageOrigin: where a forwarded message first came from."""
    if "from" in message:
        return {"type": "user", "date": message["date"], "sender_user": message["from"]}
    return {
        "type": "channel",
        "date": message["date"],
        "chat": message["chat"],
        "message_id": message["message_id"],
    }


def _id_only(message: Json) -> Json:
    return {"message_id": message["message_id"]}
