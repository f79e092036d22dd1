"""Odd, broken and hostile things in the middle of every form: each is answered, none fails."""

from typing import Any

import pytest

from services.permissions import Role
from tests.scenarios.test_forged_input import sent
from tests.scenarios.test_reports import gazetteer
from tests.telegram import File, Location, Photo, Somebody, Town, picture

RTL = "\u202e\u200b\u2066<script>alert(1)</script>&amp;\u0000"
EMOJI = "🧓🏽" * 32
FORMULA = '=cmd|"/C calc"!A0'
FORWARDED = {"forward_origin": {"type": "hidden_user", "sender_user_name": RTL, "date": 1}}
STEPS: dict[str, tuple[str, ...]] = {
    "idle": (),
    "report: a photo": ("/report", "灯不亮", "楼道灯"),
    "volunteer: a name": ("/volunteer", "我要报名", "同意"),
    "survey: a choice": ("/survey", "社区生活", "开始答"),
}


def odd(town: Town, who: Somebody) -> list[dict[str, Any]]:
    """Updates that no honest client sends, or seldom."""
    page = File(b"<html><script>alert(1)</script>", name="a.jpg", mime="image/jpeg")
    things: list[object] = [
        page,
        File(b"", name="empty.jpg", mime="image/jpeg"),
        File(b"PK\x03\x04", name=RTL, mime="image/png", caption=FORMULA),
        Photo(b""),
        Photo(b"GIF89a" + bytes(20)),
        {**town.photo(Photo(picture())), "caption": "<b>" + "字" * 1021},
        Location(91.0, 181.0),
        Location(0.0, 0.0, 0.0),
        Location(32.1, 119.9, 1500.0),
        {"location": {"latitude": 32.1, "longitude": 119.9}, **FORWARDED},
        {"location": {"latitude": 32.1, "longitude": 119.9, "live_period": 60}},
        {"contact": {"phone_number": "13900000000", "first_name": RTL, "user_id": 99999}},
        {"contact": {"phone_number": FORMULA, "first_name": EMOJI}},
        {"dice": {"emoji": "🎲", "value": 6}},
        {"text": "您好", **FORWARDED},
        *(RTL, EMOJI, FORMULA, "\u200b", ".", "<b>", "&lt;", "字" * 4096, "１３８" * 9, "/", "/x"),
    ]  # fmt: skip
    updates = [{"message": who.message(thing)} for thing in things]
    updates += [{"message": who.message(town.photo(Photo(picture())))} for _ in range(12)]
    for number in range(10):
        words = {"media_group_id": "7", "caption": f"第{number}张 {RTL}"}
        updates.append({"message": who.message({**town.photo(Photo(picture())), **words})})
    updates.append({"edited_message": who.message(FORMULA) | {"edit_date": 1}})
    updates.append({"edited_message": who.message(Location(32.1, 119.9)) | {"edit_date": 1}})
    for one in updates:
        message = next(iter(one.values()))
        message["from"] = message["from"] | {"first_name": EMOJI, "last_name": RTL, "username": "x"}
    return [{"update_id": next(town.ids), **one} for one in updates]


@pytest.mark.parametrize("step", STEPS)
async def test_whatever_comes_in_the_middle_of_a_form_is_answered(town: Town, step: str) -> None:
    await gazetteer(town)
    wang = await town.person("王阿姨", Role.COMMUNITY_STAFF, community="donghu")
    first, *taps = STEPS[step] or ("/start",)
    await wang.sends(first)
    for label in taps:
        await wang.taps(label)
    for update in odd(town, wang):
        before = len(wang.screen), [shown.edited for shown in wang.screen]
        failed = await sent(town, [update])
        assert not failed, "\n".join(failed)
        message = next(value for key, value in update.items() if key != "update_id")
        await town.clock_work()
        after = len(wang.screen), [shown.edited for shown in wang.screen]
        quiet = message.get("media_group_id") or (
            message.get("edit_date") and not message.get("text")
        )
        if not quiet:  # an album is answered once; a live location moves on without words
            assert before != after, f"no answer to {message}"
