"""The one runner for everything that is filled in, seen from the chat."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from db.stores import inbox
from db.work import Work
from handlers.chat import Chat, Screen
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from services import clock, fillings
from services.fillings import Submission
from services.forms.handwritten import from_mapping
from tests.telegram import File, Location, Photo, SharedContact, Somebody, Town, picture

SPECIMEN: dict[str, Any] = {
    "name": "specimen",
    "title": "样表",
    "question": [
        {
            "name": "kind",
            "kind": "choose_one",
            "label": "哪一类?",
            "required": True,
            "choices": [["light", "灯"], ["road", "路"]],
        },
        {
            "name": "lamps",
            "kind": "integer",
            "label": "几盏?",
            "hint": "写数字就行",
            "required": True,
            "relevant": "${kind} = 'light'",
            "constraint": ". > 0 and . < 100",
            "constraint_message": "一般不会超过 99 盏,请再数一下。",
        },
        {
            "name": "when",
            "kind": "choose_several",
            "label": "什么时候?",
            "choices": [["am", "上午"], ["pm", "下午"], ["night", "晚上"]],
        },
        {"name": "day", "kind": "date", "label": "哪天发现的?", "required": True},
        {"name": "photos", "kind": "photos", "label": "拍张照片?", "at_most": 3},
        {"name": "place", "kind": "place", "label": "在哪里?", "required": True},
        {"name": "phone", "kind": "contact", "label": "电话?"},
        {"name": "words", "kind": "text", "label": "还有什么?"},
    ],
}

handed_in: list[Submission] = []


async def done(chat: Chat, submission: Submission) -> None:
    handed_in.append(submission)
    await chat.show(Screen("✓"))


@pytest.fixture(autouse=True)
async def specimen(town: Town) -> AsyncIterator[None]:
    handed_in.clear()
    registry.register(Form("specimen", done, for_another=True, handwritten=False))
    async with town.database.write() as session:
        await fillings.publish(Work(session), from_mapping(SPECIMEN))
    clock.set_source(lambda: datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    yield
    del registry.FORMS["specimen"]


async def begins(who: Somebody) -> None:
    """Begin the form as a feature would, from inside a turn."""
    await who.town.turn_of(who, lambda chat: runner.begin(chat, "specimen"))


SCRIPT: list[object] = [
    "[灯]",
    "十二",
    "[上午]",
    "[选好了]",
    "明天",
    Photo(),
    "[发好了]",
    "3栋2单元",
    SharedContact("13812345678"),
    "<b>没有</b> 🙂",
]


async def does(who: Somebody, what: object) -> None:
    if isinstance(what, str) and what.startswith("["):
        await who.taps(what[1:-1])
    else:
        await who.sends(what)


async def test_a_form_from_the_first_question_to_the_end(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    wang.sees("第 1/", "哪一类", buttons=["灯", "路", "先存着", "我替别人填"])
    await wang.taps("灯")
    wang.sees("第 2/8 题", "几盏", "写数字就行", buttons=["上一题"])
    await wang.sends("十二")
    wang.sees_somewhere("几盏", "12")
    wang.sees("什么时候", buttons=["☐ 上午", "选好了", "跳过"])
    await wang.taps("上午")
    wang.sees("什么时候", buttons=["☑ 上午"])
    await wang.taps("选好了")
    await wang.sends("11月3日")
    wang.sees_somewhere("2026年11月3日 星期二")
    wang.sees("照片", buttons=["先不拍"])
    await wang.sends(Photo())
    wang.sees("已收到 1 张")
    await wang.taps("发好了")
    await wang.sends(Location(30.2, 111.3, 12))
    await wang.taps("跳过")
    await wang.sends("<b>灯</b>坏了")
    wang.sees("请看一眼", "哪一类:灯", "几盏:12", "<b>灯</b>坏了", "没填")
    await wang.taps("交上去")
    wang.sees_somewhere("交上去的内容")
    [one] = handed_in
    assert one.values["kind"] == "light"
    assert one.values["lamps"] == 12
    assert one.values["day"] == "2026-11-03"
    assert one.media[0].state == "ok"
    assert one.media[0].sha256


async def test_the_card_is_edited_in_place_while_buttons_are_pressed(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    before = len(wang.screen)
    await wang.taps("路")
    await wang.taps("晚上")
    await wang.taps("上午")
    assert len(wang.screen) == before
    assert wang.screen[-1].edited == 3


@pytest.mark.parametrize("fatal", range(len(SCRIPT) + 1))
async def test_a_worker_dies_before_the_commit_at_any_question(
    town: Town, fatal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    for i, what in enumerate([*SCRIPT, "[交上去]"]):
        if i == fatal:
            with monkeypatch.context() as patch:
                patch.setattr(inbox, "mark_done", _die)
                with pytest.raises(SystemExit):
                    await does(wang, what)
            handed_in.clear()
            await town.work()
        else:
            await does(wang, what)
    assert len(handed_in) == 1
    assert handed_in[0].values["words"] == "<b>没有</b> 🙂"


async def _die(*_: object, **__: object) -> None:
    raise SystemExit


async def test_back_from_every_question_and_forward_again(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    for count in range(1, len(SCRIPT)):
        if SCRIPT[count - 1] in ("[上午]",) or isinstance(SCRIPT[count - 1], Photo):
            await does(wang, SCRIPT[count - 1])
            continue
        await does(wang, SCRIPT[count - 1])
        await wang.taps("上一题")
        await does(wang, SCRIPT[count - 1])
    await does(wang, SCRIPT[-1])
    wang.sees("请看一眼")
    await wang.taps("上一题")
    wang.sees("还有什么", "您之前填的是", buttons=["保持不变"])
    await wang.taps("保持不变")
    await wang.taps("交上去")
    assert len(handed_in) == 1


async def test_change_any_answer_from_the_review_page(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    for what in SCRIPT:
        await does(wang, what)
    await wang.taps("改一项")
    await wang.taps("哪一类")
    await wang.taps("路")
    page = wang.sees("请看一眼", "哪一类:路")
    assert "几盏" not in page.text
    await wang.taps("交上去")
    assert "lamps" not in handed_in[0].values


async def test_old_double_and_foreign_buttons_change_nothing(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    zhou = await town.person("周叔", community="donghu")
    await begins(wang)
    first = wang.sees("哪一类")
    await wang.taps("灯")
    await wang.taps("路", on=first)
    wang.sees_toast("几盏")
    await zhou.presses(first.buttons["灯"])
    zhou.sees_toast("没有用了")
    wang.sees("几盏")


async def test_submit_twice_hands_in_once(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    for what in SCRIPT:
        await does(wang, what)
    page = wang.sees("请看一眼")
    await wang.taps("交上去", on=page)
    await wang.taps("交上去", on=page)
    wang.sees_toast("没有用了")
    assert len(handed_in) == 1


async def test_cancel_asks_when_answers_would_be_lost(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.sends("/cancel")
    wang.sees_somewhere("不填了")
    await begins(wang)
    await wang.taps("灯")
    await wang.sends("/cancel")
    wang.sees("已经填了 1 题", buttons=["不填了", "先存着", "接着填"])
    await wang.taps("接着填")
    wang.sees("几盏")
    await wang.sends("/cancel")
    await wang.taps("不填了")
    await wang.sends("/cancel")
    wang.sees("没有在填")


async def test_save_leave_resume_after_days_a_restart_and_a_new_version(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("灯")
    await wang.taps("先存着")
    wang.sees("先存着了", buttons=["接着填"])
    await wang.sends("3")
    async with town.database.write() as session:
        newer = {**SPECIMEN, "question": SPECIMEN["question"][:1]}
        await fillings.publish(Work(session), from_mapping(newer))
    town.workers.clear()
    await town.start_process()
    clock.set_source(lambda: datetime(2026, 11, 29, 3, 0, tzinfo=UTC))
    await wang.taps("接着填")
    wang.sees("几盏", "/8 题")
    zhou = await town.person("周叔", community="donghu")
    await begins(zhou)
    zhou.sees("第 1/1 题")


async def test_a_second_form_in_the_middle_makes_the_first_wait(town: Town) -> None:
    registry.register(Form("other", done, handwritten=False))
    wang = await town.person("王阿姨", community="donghu")
    async with town.database.write() as session:
        other = {"name": "other", "title": "另一份", "question": SPECIMEN["question"][-1:]}
        await fillings.publish(Work(session), from_mapping(other))
    await begins(wang)
    await wang.taps("灯")
    await town.turn_of(wang, lambda chat: runner.begin(chat, "other"))
    await wang.sends("七")
    await wang.taps("交上去")
    assert [s.form for s in handed_in] == ["other"]
    wang.sees("样表", "还没填完", buttons=["接着填"])
    await wang.taps("接着填")
    wang.sees("几盏")
    del registry.FORMS["other"]


async def test_what_waits_can_be_given_up_where_it_is_offered(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("灯")
    await wang.taps("先存着")
    saved = wang.sees("先存着了", buttons=["接着填", "不填了"])
    await wang.taps("不填了")
    asked = wang.sees("样表", "已经填了 1 题", "真的不填", buttons=["不填了", "接着填"])
    await wang.taps("接着填")
    wang.sees("几盏")
    await wang.taps("不填了", on=saved)
    await wang.taps("不填了")
    wang.sees("“样表”不填了")
    await wang.taps("不填了", on=asked)
    wang.sees_toast("不填了")
    await wang.taps("接着填", on=saved)
    wang.sees_toast("没有用了")
    await wang.sends("/cancel")
    wang.sees("没有在填")


async def test_the_review_reads_like_a_card(town: Town) -> None:
    named = {**SPECIMEN["question"][1], "relevant": "", "short": "盏数"}
    long = {"name": "long", "kind": "text", "label": "您家门口的路灯晚上几点亮、早上几点灭,说说看?"}
    rounds = {"name": "r", "kind": "repeat", "count": "2", "question": [
        {"name": "x", "kind": "text", "label": "哪一盏?"}]}  # fmt: skip
    wang = await town.person("王阿姨", community="donghu")
    async with town.database.write() as session:
        newer = {**SPECIMEN, "question": [named, long, rounds]}
        await fillings.publish(Work(session), from_mapping(newer))
    await begins(wang)
    for words in ("3", "六点", "东", "西"):
        await wang.sends(words)
    wang.sees(
        "盏数:3", "您家门口的路灯晚上几点亮、早上几点灭…:六点", "哪一盏(1):东", "哪一盏(2):西"
    )
    await wang.taps("改一项")
    wang.sees(
        "想改哪一项",
        buttons=["盏数", "您家门口的路灯晚上几点亮、早上几点灭…", "哪一盏(1)", "哪一盏(2)"],
    )


async def test_wrong_kinds_and_wrong_values_are_explained_and_nothing_is_lost(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.sends(Photo())
    wang.sees("选一个", "哪一类")
    await wang.sends("灯")
    for bad, why in (("很多", "没看懂"), ("300", "99 盏"), ("", ""), ("1.5", "整数")):
        if bad:
            await wang.sends(bad)
            wang.sees(why, "几盏")
    await wang.sends("12")
    await wang.taps("跳过")
    await wang.sends("2月31日")
    wang.sees("没有", "哪天发现的")
    await wang.sends("昨天")
    await wang.sends(File(b"%PDF-1.7 not a picture", "a.pdf", "application/pdf"))
    wang.sees("照片")
    await wang.taps("先不拍")
    await wang.sends(Location(0, 0))
    wang.sees("没有定到位")
    await wang.sends("东门")
    await wang.sends("123456789012")
    wang.sees("电话")
    await wang.sends("１３８ １２３４ ５６７８")
    await wang.taps("跳过")
    wang.sees("13812345678")


async def test_a_file_that_is_no_picture_is_refused_after_the_check(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("路")
    await wang.taps("跳过")
    await wang.sends("今天")
    await wang.sends(File(b"PK\x03\x04 zip in disguise", "photo.jpg", "image/jpeg"))
    wang.sees("不是一张照片", "拍张照片")
    await wang.sends(Photo(picture(1200, 900)))
    wang.sees("已收到 1 张")


async def test_submitting_waits_for_the_photo_check(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("路")
    await wang.taps("跳过")
    await wang.sends("今天")
    town.jobs_run = False
    await wang.sends(Photo())
    await wang.taps("发好了")
    await wang.sends("东门")
    await wang.taps("跳过")
    await wang.taps("跳过")
    await wang.taps("交上去")
    wang.sees_toast("还在检查")
    assert not handed_in
    town.jobs_run = True
    await town.work()
    assert len(handed_in) == 1


async def test_an_album_gets_one_card(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("路")
    await wang.taps("跳过")
    await wang.sends("今天")
    before = len(wang.screen)
    await wang.sends(Photo(album="a"), Photo(album="a"))
    wang.sees("已收到 2 张")
    assert len(wang.screen) == before + 1


async def test_filling_in_for_another_is_noted(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("我替别人填")
    wang.sees("替别人填")
    for what in SCRIPT:
        await does(wang, what)
    await wang.taps("交上去")
    assert handed_in[0].for_another


async def test_commands_still_work_in_the_middle(town: Town) -> None:
    wang = await town.person("王阿姨", community="donghu")
    await begins(wang)
    await wang.taps("灯")
    await wang.sends("/help")
    await wang.sends("5")
    wang.sees("什么时候")
