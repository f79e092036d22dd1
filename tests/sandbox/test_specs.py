"""The check against api.json: good calls pass, bad ones are named; skipped where it is absent."""

from typing import Any

import pytest

from bot.sandbox.options import default_api
from bot.sandbox.specs import Spec, read_spec

API = default_api()
pytestmark = pytest.mark.skipif(API is None, reason="api.json is not here (SANDBOX_BOT_API)")


@pytest.fixture(scope="module")
def spec() -> Spec:
    assert API is not None
    return read_spec(API)


@pytest.mark.parametrize(
    ("method", "params", "errors"),
    [
        ("sendMessage", {"chat_id": 1, "text": "x"}, []),
        ("sendmessage", {"chat_id": "@x", "text": "x"}, []),
        ("sendMessage", {"chat_id": 1}, ["sendMessage.text: required"]),
        ("sendMessage", {"chat_id": 1, "text": 5}, ["sendMessage.text: not String"]),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "tekst": "x"},
            ["sendMessage.tekst: unknown field"],
        ),
        ("sendNothing", {}, ["unknown method sendNothing"]),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1", "text": "字" * 201},
            ["answerCallbackQuery.text: 201 characters, not 0-200"],
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            ["setMyCommands.commands[0].description: 0 characters, not 1-256"],
        ),
        ("sendLocation", {"chat_id": 1, "latitude": 1, "longitude": 1.5}, []),
        (
            "sendLocation",
            {"chat_id": 1, "latitude": True, "longitude": 1.5},
            ["sendLocation.latitude: not Float"],
        ),
    ],
)
def test_requests(spec: Spec, method: str, params: dict[str, Any], errors: list[str]) -> None:
    assert spec.request(method, params, []) == errors


def test_callback_data_counts_bytes(spec: Spec) -> None:
    def request(data: str) -> list[str]:
        markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
        params = {"chat_id": 1, "text": "x", "reply_markup": markup}
        return spec.request("sendMessage", params, [])

    assert request("字" * 21) == []
    assert "66 bytes, not 1-64" in request("字" * 22)[0]


def test_uploads_must_be_there(spec: Spec) -> None:
    album = [{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://b"}]
    params = {"chat_id": 1, "media": album}
    assert spec.request("sendMediaGroup", params, ["a", "b"]) == []
    assert spec.request("sendMediaGroup", params, ["a"]) != []
    assert spec.request("sendPhoto", {"chat_id": 1}, ["photo"]) == []
    assert spec.request("sendPhoto", {"chat_id": 1}, []) == ["sendPhoto.photo: required"]


def test_replies_and_updates(spec: Spec) -> None:
    chat = {"id": 1, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "text": "x"}
    assert spec.reply("sendMessage", message) == []
    assert spec.reply("sendMessage", True) != []
    assert spec.reply("sendMessage", message | {"date": "now"}) == ["sendMessage.date: not Integer"]
    assert spec.reply("deleteMessage", True) == []
    assert spec.update({"update_id": 1, "message": message}) == []
    assert spec.update({"update_id": 1, "message": message, "edited_message": message}) != []
    assert spec.update({"message": message}) == ["update.update_id: required"]


def test_a_kind_is_told_apart_by_its_tag(spec: Spec) -> None:
    def scope(**content: Any) -> list[str]:
        return spec.request("getMyCommands", {"scope": content}, [])

    assert scope(type="chat", chat_id=1) == []
    assert scope(type="default") == []
    assert scope(type="chat") != []
    assert scope(type="everyone") != []
