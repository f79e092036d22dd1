"""Residents ask; the bot answers, offers, or hands over and tells the answer later."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from db.models.entries import AliasProposal, EntryCount
from db.models.questions import AskedQuestion
from services import clock
from services.permissions import Role
from services.questions import asking as questions
from tests.telegram import Somebody, Town

UNKNOWN = "二胡班几点开始呀"


async def rows(town: Town, model: Any) -> list[Any]:
    async with town.database.read() as session:
        return list((await session.scalars(select(model))).all())


async def ask_unknown(wang: Somebody, words: str = UNKNOWN) -> None:
    """Ask what the base cannot know, until staff have it."""
    await wang.sends(words)
    if "都不是" in wang.screen[-1].buttons:
        await wang.taps("都不是")


async def test_a_question_of_the_base_is_answered_with_what_can_be_done_next(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("有物业的楼，楼道灯谁修？")
    wang.sees("物业", buttons=["帮我登记", "有用", "没用"])
    assert "{{" not in wang.screen[-1].text
    await wang.taps("有用")
    await wang.taps("有用")
    wang.sees_toast("谢谢")
    await wang.sends("/why")
    wang.sees("一模一样", "第二像的是")
    counted = {(c.what, c.times) for c in await rows(town, EntryCount)}
    assert counted == {("hit", 1), ("up", 1)}


async def test_why_tells_words_and_share_but_no_score(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/why")
    wang.sees("还没有可以解释的回答")
    await wang.sends("我家有物业的楼 搂道灯谁来修理")
    await wang.sends("/why")
    wang.sees("我是按", "对得上", "%")
    assert "0." not in wang.screen[-1].text


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


async def test_a_tap_proposes_the_words_as_an_alias_once(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    for _ in range(2):
        await wang.sends("楼道灯坏了找谁修?")
        offer = wang.screen[-1]
        await wang.taps("有物业的楼", on=offer)
        await wang.taps("有物业的楼", on=offer)
    proposed = await rows(town, AliasProposal)
    assert [(p.entry_id, p.words, p.times) for p in proposed] == [
        ("kb_lamp_prop", "楼道灯坏了找谁修?", 2)
    ]


async def test_an_unknown_question_reaches_staff_and_the_answer_comes_back(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    other = await town.person("别的社区", Role.COMMUNITY_STAFF, community="xixia")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await ask_unknown(wang)
    wang.sees("1 个工作日内")
    assert "电话" not in wang.screen[-1].text
    staff.sees("等您回复", buttons=["看一看"])
    assert not other.screen
    assert not street.screen
    await staff.taps("看一看")
    page = staff.sees(UNKNOWN, buttons=["直接回答", "是已有的词条", "不用答"])
    assert "写成新词条" not in page.buttons
    await staff.taps("直接回答", on=page)
    await staff.sends("每周三上午 9 点,在社区活动室。")
    await staff.taps("交上去")
    wang.sees(UNKNOWN, "每周三上午 9 点")
    await staff.taps("看别的问题")
    staff.sees("没有等着回答")


async def test_a_question_from_nowhere_goes_to_the_street_office(town: Town) -> None:
    zhou = await town.person("周叔")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await ask_unknown(zhou)
    street.sees("等您回复")
    assert not staff.screen


async def test_staff_are_reminded_once_and_then_the_street_office(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    street = await town.person("街道小周", Role.STREET_STAFF)
    await ask_unknown(wang)
    for days in (6, 6.01, 14, 20):
        late = clock.now() + timedelta(days=days)
        clock.set_source(partial(lambda moment: moment, late))
        await town.clock_work()
        clock.reset()
    assert len([s for s in staff.screen if "过了答应的时间" in s.text]) == 1
    assert len([s for s in street.screen if "请街道跟进" in s.text]) == 1


async def test_the_phone_of_the_community_is_told_once_it_is_filled_in(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends("过节有什么活动")
    assert "社区电话" not in wang.screen[-1].text
    await staff.presses("kf:home")
    await staff.taps("社区电话")
    await staff.sends("0716-8888123")
    await staff.taps("交上去")
    await ask_unknown(wang, "zzzz 二胡班的老师姓什么")
    wang.sees_somewhere("0716-8888123")


async def test_topics_can_be_browsed_six_at_a_time(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/ask")
    wang.sees("哪方面", buttons=["垃圾分类", "热线电话", "下一页"])
    await wang.taps("下一页")
    wang.sees("哪方面", buttons=["上一页"])
    await wang.taps("上一页")
    await wang.taps("垃圾分类")
    shown = wang.sees("垃圾分类", buttons=["看看能问什么"])
    assert len([b for b in shown.buttons if b.endswith(("?", "吗"))]) <= 6
    first = next(iter(shown.buttons))
    await wang.taps(first)
    wang.sees(first)
    await wang.presses("ask:hot")
    assert any(first in b for s in wang.screen for b in s.buttons if "常问" in s.text)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("楼上着火了快来人", "119"),
        ("我不想活了", "12356"),
        ("我老公又打我了", "110"),
    ],
)
async def test_danger_gets_the_numbers_first_and_a_person_is_told(
    town: Town, words: str, number: str
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends(words, words)
    assert number in wang.screen[0].text
    assert len([s for s in staff.screen if "请马上看一下" in s.text]) == 1
    await staff.taps("看一看")
    staff.sees("说到危险", words)
    assert "是已有的词条" not in staff.screen[-1].buttons


async def test_danger_is_heard_while_a_form_is_open(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends("/report")
    await wang.sends("着火了,三楼有人困在里面")
    wang.sees_somewhere("119")
    staff.sees("请马上看一下")


async def test_a_wish_to_volunteer_is_offered(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("我想报名当志愿者")
    wang.sees("志愿者", buttons=["报名志愿者", "我只是问问"])
    await wang.taps("我只是问问")
    wang.sees("志愿", buttons=["有用"])


async def test_follow_ups_stay_on_topic(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("几点以后不能装修")
    first = (await rows(town, AskedQuestion))[-1]
    await wang.sends("那周末呢")
    asked = (await rows(town, AskedQuestion))[-1]
    assert first.words in asked.words


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("?", "没看到字"),
        ("🙂🙂", "没看到字"),
        ("。。。", "没看到字"),
        ("hello there", "只看得懂中文"),
        ("13812345678", "没有保存"),
        ("你是猪吗", "让您不痛快"),
        ("你好", "您好"),
        ("谢谢", "不客气"),
        ("我要人工", "转给社区"),
        ("你是谁", "小助手"),
    ],
)
async def test_what_is_no_question_gets_a_kind_word_and_no_place_in_the_queue(
    town: Town, words: str, reply: str
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await wang.sends(words)
    wang.sees(reply)
    assert not staff.screen


@pytest.mark.parametrize("words", ["啊", "灯" * 4096, "<b>&", "楼" * 200])
async def test_anything_typed_gets_an_answer(town: Town, words: str) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends(words)
    assert wang.screen


async def test_a_thing_that_is_only_named_is_looked_up(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("灯")
    wang.sees("您是不是想问", buttons=["灯"])


async def test_buttons_of_somebody_else_show_nothing(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    await wang.sends("垃圾怎么分类")
    for data in ("ask:p:1:0", "ask:up:1", "ask:none:1", "kq:show:1", "kq:answer:1", "ask:p:x:y"):
        await zhou.presses(data)
    assert all("垃圾" not in shown.text for shown in zhou.screen if "哪方面" not in shown.text)


async def test_in_a_group_it_answers_only_when_spoken_to(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    group = {"chat": {"id": -500, "type": "supergroup", "title": "群"}}
    await wang.sends("垃圾怎么分类", **group)
    assert not [name for name, _ in town.calls if name == "sendMessage"]
    await wang.sends("@office_bot 垃圾分哪几类", **group)
    await wang.sends("@office_bot 楼上着火了", **group)
    said = [p for name, p in town.calls if name == "sendMessage"]
    assert {p["chat_id"] for p in said} == {-500}
    assert "119" in said[1]["text"]
    assert not await rows(town, AskedQuestion)


async def test_inline_search_gives_answers_to_share(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    query = {"id": "9", "from": wang.user(), "query": "垃圾分类", "offset": ""}
    await town.deliver({"inline_query": query})
    name, params = town.calls[-1]
    assert name == "answerInlineQuery"
    assert params["results"]
    assert "{{" not in str(params["results"])


async def test_words_are_forgotten_after_the_retention_time_and_counts_stay(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("楼道灯坏了找谁修?")
    await wang.taps("有物业的楼")
    later = clock.now() + timedelta(days=91)
    clock.set_source(lambda: later)
    await town.clock_work()
    assert [row.words for row in await rows(town, AskedQuestion)] == [""]
    assert not await rows(town, AliasProposal)
    assert {c.what for c in await rows(town, EntryCount)} == {"shown", "tap"}


async def test_every_action_of_an_answer_has_a_button(town: Town) -> None:
    from handlers.questions.asking import ACTIONS

    entries = town.processes[0].office.knowledge.entries
    assert {e.action.partition(":")[0] for e in entries if e.action} <= set(ACTIONS)
    assert questions.LONGEST <= 1000
