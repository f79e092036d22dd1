"""A questionnaire in two languages: picked on its first page, changed midway, answers stay."""

from services.surveys.drafts import Publication
from tests.scenarios.small_surveys import drop_starters, published
from tests.telegram import Town

TWO = {
    "name": "two",
    "title": "两种语言",
    "languages": ["English (en)", "中文 (zh)"],
    "question": [
        {
            "name": "clean",
            "kind": "choose_one",
            "label": {"English (en)": "Is it clean?", "中文 (zh)": "干净吗?"},
            "required": True,
            "choices": [
                ["yes", {"English (en)": "Yes", "中文 (zh)": "干净"}],
                ["no", {"English (en)": "No", "中文 (zh)": "不干净"}],
            ],
        },
        {
            "name": "lamps",
            "kind": "integer",
            "label": {"English (en)": "How many lamps?", "中文 (zh)": "几盏灯?"},
            "hint": {"English (en)": "A number", "中文 (zh)": "写数字"},
            "constraint": ". < 10",
            "constraint_message": {"English (en)": "Less than ten.", "中文 (zh)": "不到十盏。"},
        },
    ],
}


async def test_the_language_is_picked_first_and_changed_midway(town: Town) -> None:
    await drop_starters(town)
    number = await published(town, Publication(anonymous=False, once=True), TWO)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/survey")
    wang.sees("两种语言", buttons=["开始答", "English", "先不答"])
    await wang.taps("English")
    first = wang.sees("Is it clean?", buttons=["Yes", "No", "中文"])
    await wang.taps("中文")
    wang.sees("干净吗", buttons=["干净", "不干净", "English"])
    await wang.taps("干净")
    wang.sees("几盏灯", "写数字")
    await wang.taps("English")
    wang.sees("How many lamps?", "A number")
    await wang.sends("12")
    wang.sees("Less than ten.", "How many lamps?")
    await wang.taps("中文", on=first)
    wang.sees_toast("之前")
    await wang.sends("3")
    wang.sees("Is it clean:Yes", "How many lamps:3", buttons=["交上去", "中文"])
    await wang.taps("中文")
    wang.sees("干净吗:干净", "几盏灯:3")
    await wang.taps("先存着")
    await wang.presses(f"svy:go:{number}")
    wang.sees("填到一半", buttons=["接着填", "不填了", "先不答"])
    await wang.presses(f"svy:start:{number}:99")
    wang.sees("干净吗:干净")
    await wang.taps("交上去")
    wang.sees("谢谢您")


async def test_chinese_is_the_usual_one_and_one_language_has_no_button(town: Town) -> None:
    await drop_starters(town)
    await published(town, Publication(anonymous=False, once=True), TWO)
    wang = await town.person("王阿姨", community="donghu")
    await wang.sends("/survey")
    await wang.taps("开始答")
    wang.sees("干净吗", buttons=["干净", "不干净", "我替别人填", "English"])
    await wang.sends("/cancel")
    single = {**TWO, "languages": ["中文 (zh)"], "name": "single", "title": "一种"}
    await drop_starters(town)
    await published(town, Publication(anonymous=False, once=True), single)
    await wang.sends("/survey")
    assert "English" not in wang.screen[-1].buttons
    await wang.taps("开始答")
    assert "English" not in wang.screen[-1].buttons
