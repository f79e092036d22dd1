"""Turns the form fields of a request into typed values; PTB sends everything but text as JSON."""

import json
from typing import Any

from bot.sandbox.refusals import ApiError, bad_request
from bot.sandbox.shapes import Json

WHOLE = frozenset(
    (
        "offset",
        "limit",
        "timeout",
        "message_id",
        "message_thread_id",
        "user_id",
        "max_connections",
        "cache_time",
        "live_period",
        "heading",
        "proximity_alert_radius",
        "duration",
        "width",
        "height",
        "until_date",
        "open_period",
        "close_date",
        "from_chat_id",
        "chat_id",
        "start_timestamp",
        "length",
    )
)
REAL = frozenset(("latitude", "longitude", "horizontal_accuracy"))
TRUTH = frozenset(
    (
        "drop_pending_updates",
        "disable_notification",
        "protect_content",
        "allow_paid_broadcast",
        "show_caption_above_media",
        "has_spoiler",
        "disable_content_type_detection",
        "show_alert",
        "is_personal",
        "is_anonymous",
        "allows_multiple_answers",
        "is_closed",
        "remove_caption",
        "revoke_messages",
        "only_if_banned",
        "is_big",
        "supports_streaming",
        "disable_web_page_preview",
    )
)
STRUCTURED: dict[str, type] = {
    "reply_markup": dict,
    "reply_parameters": dict,
    "link_preview_options": dict,
    "scope": dict,
    "menu_button": dict,
    "button": dict,
    "permissions": dict,
    "rights": dict,
    "entities": list,
    "caption_entities": list,
    "allowed_updates": list,
    "commands": list,
    "results": list,
    "message_ids": list,
    "options": list,
    "reaction": list,
}


def decode(raw: Json, *, media_is_list: bool = False) -> Json:
    """Values by their type. Raises ApiError 400 for one that cannot be read.

    `media` is an array in sendMediaGroup and an object elsewhere. An empty value counts as absent.
    """
    kinds = STRUCTURED | {"media": list if media_is_list else dict}
    return {name: _value(name, value, kinds) for name, value in raw.items() if value != ""}


def _value(name: str, value: Any, kinds: dict[str, type]) -> Any:
    if name in WHOLE:
        return _whole(name, value)
    if name in REAL:
        return _number(name, value)
    if name in TRUTH:
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
    if name in kinds:
        return _structured(name, value, kinds[name])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _whole(name: str, value: Any) -> int | str:
    if name.endswith("chat_id") and isinstance(value, str) and value.startswith("@"):
        return value
    try:
        return int(value)
    except (TypeError, ValueError):
        if name.endswith("chat_id"):
            raise bad_request("chat not found") from None
        raise bad_request(f'parameter "{name}" must be an integer') from None


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise bad_request(f"can't parse {name}: a number is expected") from None


def _structured(name: str, value: Any, kind: type) -> Any:
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise _unreadable(name) from None
    if not isinstance(parsed, kind):
        raise _unreadable(name)
    return parsed


def _unreadable(name: str) -> ApiError:
    if name == "reply_markup":
        return bad_request("object expected as reply markup")
    return bad_request(f"can't parse {name.replace('_', ' ')} JSON object")
