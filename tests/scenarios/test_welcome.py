"""The first meeting, and what is answered to whatever arrives."""

import pytest

from services.permissions import Role
from tests.telegram import Shown, Town

MOVING = {"file_id": "m", "file_unique_id": "m", "duration": 3}
FORWARDED = {"type": "hidden_user", "sender_user_name": "x", "date": 1}
POLL = {
    "id": "1",
    "question": "?",
    "options": [{"persistent_id": "1", "text": "x", "voter_count": 0}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


async def test_first_start_asks_for_the_community_and_shows_the_menu(town: Town) -> None:
    wang = await town.person("王阿姨")
    await wang.sends("/start")
    wang.sees("您住在哪个社区", buttons=["东湖社区", "不在社区管理范围"])
    await wang.taps("东湖社区")
    wang.sees_somewhere("东湖社区")
    wang.sees("您想做什么")


async def test_forged_and_foreign_buttons_are_harmless(town: Town) -> None:
    wang = await town.person("王阿姨")
    await wang.sends("/start")
    for data in (
        "",
        "x",
        "home:community:999999",
        "home:community:'; DROP",
        "f:none:1:0",
        "dead:retry",
    ):
        await wang.presses(data or "?")
        assert wang.toasts or wang.screen
    await wang.taps("东湖社区")
    wang.sees("您想做什么")


@pytest.mark.parametrize(
    "body",
    [
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
        {
            "sticker": {
                "file_id": "s",
                "file_unique_id": "s",
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            }
        },
        {"location": {"latitude": 30.1, "longitude": 111.2, "live_period": 900}},
        {
            "venue": {
                "location": {"latitude": 30.1, "longitude": 111.2},
                "title": "x",
                "address": "y",
            }
        },
        {"contact": {"phone_number": "13912345678", "first_name": "x"}},
        {"audio": {"file_id": "a", "file_unique_id": "a", "duration": 3}},
        {"video": {**MOVING, "width": 1, "height": 1}},
        {"video_note": {**MOVING, "length": 1}},
        {"animation": {**MOVING, "width": 1, "height": 1}},
        {"document": {"file_id": "d", "file_unique_id": "d"}},
        {"poll": POLL},
        {"game": {"title": "x", "description": "y", "photo": []}},
        {"text": "垃圾怎么分类", "forward_origin": FORWARDED},
        {
            "voice": {"file_id": "v", "file_unique_id": "v", "duration": 3},
            "forward_origin": FORWARDED,
        },
        {"dice": {"emoji": "🎲", "value": 3}},
        {"text": "   "},
        {"text": "👋"},
    ],
)
async def test_whatever_arrives_gets_an_answer(town: Town, body: dict[str, object]) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(body)
    assert len(wang.screen) == 1, wang.transcript()


async def test_a_message_that_was_changed_is_to_be_sent_anew(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await town.deliver({"edited_message": wang.message("楼道灯不亮") | {"edit_date": 2}})
    wang.sees("改", "再发一遍")
    live = {"location": {"latitude": 30.1, "longitude": 111.2, "live_period": 900}}
    await town.deliver({"edited_message": wang.message(live) | {"edit_date": 3}})
    assert len(wang.screen) == 1  # a phone on the move is not answered at every step


async def test_channel_posts_other_bots_and_unknown_updates_are_ignored(town: Town) -> None:
    chat = {"id": -100, "type": "channel", "title": "c"}
    await town.deliver({"channel_post": {"message_id": 1, "date": 1, "chat": chat, "text": "x"}})
    bot = {"id": 7, "is_bot": True, "first_name": "other"}
    private = {"id": 7, "type": "private", "first_name": "other"}
    await town.deliver(
        {"message": {"message_id": 1, "date": 1, "chat": private, "from": bot, "text": "x"}}
    )
    await town.deliver({"something_new": {"x": 1}})
    assert [c for c, _ in town.calls if c.startswith("send")] == []


async def test_the_same_update_twice_takes_effect_once(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    message = wang.message("/start")
    await town.deliver({"message": message}, update_id=77)
    await town.deliver({"message": message}, update_id=77)
    assert len(wang.screen) == 1


async def test_more_than_thirty_waiting_updates_of_one_person_are_slowed_down(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    flood = [{"update_id": 5000 + i, "message": wang.message("/start")} for i in range(60)]
    await town.processes[0].intake.accept(
        [*flood, {"update_id": 6000, "message": zhou.message("/start")}]
    )
    await town.work()
    assert len([s for s in wang.screen if "您想做什么" in s.text]) == 30
    assert len([s for s in wang.screen if "发得太快" in s.text]) == 1
    zhou.sees("您想做什么")


async def test_old_button_says_what_to_do(town: Town) -> None:
    wang = await town.person("王阿姨")
    await wang.presses("gone:1", Shown(1, "old"))
    wang.sees_toast("不能用了")


async def test_every_desk_has_a_way_back_to_the_menu(town: Town) -> None:
    staff = await town.person("街道老周", Role.STREET_STAFF)
    for desk in ("/reports", "/volunteers", "/surveys", "/plan", "/kb", "/kept"):
        await staff.sends(desk)
        await staff.taps("回菜单")
        staff.sees("今天先看哪一样", buttons=["上报"])
        await staff.sends("/help")
        staff.sees("拍张照片")


async def test_every_list_of_a_resident_has_a_way_back_to_the_menu(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    for listing in ("/myreports", "/activities", "/clubs", "/progress"):
        await wang.sends(listing)
        await wang.taps("回菜单")
        wang.sees("您想做什么", buttons=["报修"])
