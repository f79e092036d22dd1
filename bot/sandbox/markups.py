"""Checks keyboards as the Bot API does: one action a button, 64 bytes of data, 100 buttons."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.refusals import ApiError, bad_request
from bot.sandbox.shapes import Json

ACTIONS = frozenset(
    (
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    )
)
MOST_BUTTONS = 100
MOST_REPLY_BUTTONS = 300
MOST_IN_A_ROW = 8
DATA_BYTES = 64


def check_markup(markup: Json, advise: Callable[[str], None]) -> None:
    """Raises ApiError 400 for a keyboard that Telegram refuses.

    `advise` hears of what Telegram takes but shows badly.
    """
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"], advise)
    elif "keyboard" in markup:
        _check_reply(markup["keyboard"])
    elif not (markup.get("remove_keyboard") or markup.get("force_reply")) and markup:
        raise bad_request("object expected as reply markup")


def is_inline(markup: Json | None) -> bool:
    return bool(markup) and "inline_keyboard" in (markup or {})


def buttons_of(markup: Json | None) -> list[Json]:
    """All inline buttons, row after row."""
    return [button for row in (markup or {}).get("inline_keyboard", ()) for button in row]


def _check_inline(rows: Any, advise: Callable[[str], None]) -> None:
    if not _is_grid(rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    for row in rows:
        if len(row) > MOST_IN_A_ROW:
            advise(f"inline_keyboard: {len(row)} buttons in a row, at most {MOST_IN_A_ROW}")
        for button in row:
            _check_button(button)
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise _cannot('Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if len(ACTIONS & button.keys()) != 1:
        raise _cannot("Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")


def _check_reply(rows: Any) -> None:
    if not _is_grid(rows):
        raise bad_request('field "keyboard" of the ReplyKeyboardMarkup must be an Array')
    buttons = [button for row in rows for button in row]
    for button in buttons:
        text = button if isinstance(button, str) else button.get("text")
        if not isinstance(text, str) or not text.strip():
            raise bad_request("keyboard button text must be non-empty")
    if len(buttons) > MOST_REPLY_BUTTONS:
        raise bad_request("reply markup is too long")


def _is_grid(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, list) for row in rows)


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")
