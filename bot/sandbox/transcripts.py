"""A chat as plain text, to read in a test's failure or to paste into a report."""

from bot.sandbox.chats import Chat, sender_name
from bot.sandbox.shapes import Json

MEDIA = (
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
)


def transcript(chat: Chat) -> str:
    """One block a message: `[id] name: text`, then its buttons in brackets, row by row."""
    return "\n".join(_block(chat.messages[key]) for key in sorted(chat.messages))


def _block(message: Json) -> str:
    lines = [f"[{message['message_id']}] {sender_name(message)}: {content(message)}"]
    if "edit_date" in message:
        lines[0] += " (edited)"
    for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
        lines.append("    " + " ".join(f"[{button['text']}]" for button in row))
    return "\n".join(lines)


def content(message: Json) -> str:
    """A message's text, or its kind of media in angle brackets with the caption."""
    if "text" in message:
        return str(message["text"])
    kind = next((kind for kind in MEDIA if kind in message), None)
    caption = message.get("caption", "")
    if kind:
        return f"<{kind}> {caption}".rstrip()
    return "<" + ", ".join(sorted(message.keys() - {"message_id", "date", "chat", "from"})) + ">"
