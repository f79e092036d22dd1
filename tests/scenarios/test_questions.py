"""Residents ask; the bot answers, offers, or hands over and tells the answer later."""

from datetime import timedelta

import pytest

from services import clock
from services.permissions import Role
from tests.telegram import Town


async def test_a_question_of_the_base_is_answered_with_what_can_be_done_next(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("有物业的楼，楼道灯谁修？")
    wang.sees("物业", buttons=["帮我登记", "有用", "没用"])
    assert "{{" not in wang.screen[-1].text
    await wang.taps("有用")
    wang.sees_toast("谢谢")
    await wang.sends("/why")
    wang.sees("我是按")


async def test_what_may_be_meant_is_offered_and_picked_by_button_or_number(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("楼道灯坏了找谁修?")
    offer = wang.sees("您是不是想问", buttons=["有物业的楼", "都不是"])
    await wang.taps("有物业的楼")
    wang.sees("物业")
    await wang.taps("没物业", on=offer)
    wang.sees("没物业的老楼")
    await wang.sends("楼道灯坏了找谁修?")
    await wang.sends("2")
    wang.sees("楼道灯", buttons=["有用"])


async def test_an_unknown_question_reaches_staff_and_the_answer_comes_back(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    await wang.sends("二胡班几点开始呀")
    shown = wang.screen[-1]
    if "都不是" in shown.buttons:
        await wang.taps("都不是")
        wang.sees("1 个工作日内回您")
    else:
        wang.sees("不乱说", "1 个工作日内")
    assert "电话" not in wang.screen[-1].text
    staff.sees("等您回复", buttons=["看一看"])
    assert not other.screen
    await staff.taps("看一看")
    page = staff.sees("二胡班几点开始呀")
    await staff.taps("回答", on=page)
    await staff.sends("每周三上午 9 点,在社区活动室。")
    await staff.taps("交上去")
    wang.sees("二胡班几点开始呀", "每周三上午 9 点")
    await staff.sends("/kb")
    staff.sees("没有等着回答")


async def test_staff_are_reminded_once_of_a_question_that_is_late(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends("zzzz qqqq 二胡班")
    if "都不是" in wang.screen[-1].buttons:
        await wang.taps("都不是")
    seen = len(staff.screen)
    late = clock.now() + timedelta(days=5)
    clock.set_source(lambda: late)
    await town.clock_work()
    await town.clock_work()
    assert len([s for s in staff.screen[seen:] if "过了答应的时间" in s.text]) == 1


async def test_topics_can_be_browsed(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/ask")
    wang.sees("哪方面", buttons=["垃圾分类", "热线电话"])
    await wang.taps("垃圾分类")
    first = next(b for b in wang.sees("垃圾分类").buttons if "回到" not in b and "下一页" not in b)
    await wang.taps(first)
    wang.sees(first)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("楼上着火了快来人", "119"),
        ("我不想活了", "12356"),
        ("我老公又打我了", "110"),
    ],
)
async def test_danger_gets_the_numbers_first(town: Town, words: str, number: str) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(words)
    assert number in wang.screen[0].text


async def test_a_wish_to_volunteer_is_offered(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("我想报名当志愿者")
    wang.sees("志愿者", buttons=["报名志愿者"])


@pytest.mark.parametrize(
    "words",
    ["啊", "?", "🙂🙂", "。。。", "hello there", "13812345678", "你是猪吗", "灯" * 4096, "<b>&"],
)
async def test_anything_typed_gets_a_sensible_reply(town: Town, words: str) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(words)
    assert wang.screen


async def test_buttons_of_somebody_else_show_nothing(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    await wang.sends("垃圾怎么分类")
    for data in ("ask:p:1:0", "ask:up:1", "ask:none:1", "kb:show:1", "kb:answer:1", "ask:p:x:y"):
        await zhou.presses(data)
    assert all("垃圾" not in shown.text for shown in zhou.screen if "哪方面" not in shown.text)


async def test_in_a_group_it_answers_only_when_spoken_to(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    group = {"chat": {"id": -500, "type": "supergroup", "title": "群"}}
    await wang.sends("垃圾怎么分类", **group)
    assert not [name for name, _ in town.calls if name == "sendMessage"]
    await wang.sends("@office_bot 垃圾分哪几类", **group)
    assert [p["chat_id"] for name, p in town.calls if name == "sendMessage"] == [-500]


async def test_inline_search_gives_answers_to_share(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    query = {"id": "9", "from": wang.user(), "query": "垃圾分类", "offset": ""}
    await town.deliver({"inline_query": query})
    name, params = town.calls[-1]
    assert name == "answerInlineQuery"
    assert params["results"]
