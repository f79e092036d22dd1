"""The category, place, number and urgency proposed for a message."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports import categories, suggestions
from services.reports.dangers import Danger, danger
from tests.conftest import SHARED

TITLES = SHARED / "bench/reports/titles.jsonl"
LETTERS = Path(__file__).parent / "sentences/unseen_letters.tsv"
SPOKEN = Path(__file__).parent / "sentences/spoken.tsv"
CAMPAIGN = {
    "dilapidated",
    "street_light",
    "stairwell_light",
    "drain_cover",
    "garbage",
    "greening",
    "veg_plot",
}


def category(text: str) -> str | None:
    return suggestions.suggest(text).category


# ---------------------------------------------------------------- the table of categories


def test_thirty_kinds_with_other_last() -> None:
    assert len(set(categories.codes())) == 30
    assert categories.codes()[-1] == categories.OTHER
    assert {kind.code for kind in categories.table() if kind.campaign} == CAMPAIGN


def test_no_step_has_more_than_six_buttons() -> None:
    first, second = categories.groups(1), categories.groups(2)
    assert len(first) + 1 <= 6, "the five groups and the button for more"
    assert len(second) <= 6
    members = [categories.members(group.code) for group in (*first, *second)]
    assert all(1 <= len(inside) <= 6 for inside in members)
    assert sorted(kind.code for inside in members for kind in inside) == sorted(categories.codes())


def test_the_campaigns_own_come_first() -> None:
    first = {group.code for group in categories.groups(1)}
    assert {kind.group for kind in categories.table() if kind.campaign} <= first
    for group in categories.groups(1):
        flags = [kind.campaign for kind in categories.members(group.code)]
        assert flags == sorted(flags, reverse=True)


def test_rules_of_a_category() -> None:
    lamp = categories.find("stairwell_light")
    assert lamp is not None
    assert (lamp.needs_building, lamp.needs_entrance, lamp.needs_floor) == (True, True, True)
    assert (lamp.radius, lamp.limit, lamp.external_code) == (0, categories.DEFAULT_LIMIT, "")
    assert [question.code for question in lamp.questions] == ["count"]
    assert categories.find("no such kind") is None
    assert categories.groups(9) == ()


# ---------------------------------------------------------------- what a message reports


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3号楼2单元4楼灯坏了", "stairwell_light"),
        ("樓道燈壞了,裡面漆黑", "stairwell_light"),
        ("声控灯怎么跺脚都不亮", "stairwell_light"),
        ("楼道灯白天晚上一直亮着关不掉", "stairwell_light"),
        ("您好!我想反映一下。我家门口的路灯不亮了", "street_light"),
        ("不是楼道灯,是门口的路灯坏了", "street_light"),
        ("窨井盖碎了", "drain_cover"),
        ("下水道堵了,污水往外冒", "sewer"),
        ("单元门口倒了一地共享单车", "bike_parking"),
        ("垃圾好几天没人收,老鼠到处跑", "garbage"),
        ("3号楼2单元楼道灯坏了,找谁修啊", "stairwell_light"),
    ],
)
def test_reports(text: str, code: str) -> None:
    assert category(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀",
        "？？？",
        "你好",
        "hello, world",
        "13800001111",
        "楼道灯昨天修好了,谢谢师傅",
        "检查组一走垃圾又没人管,搞这些就是形式主义",
        "楼道里能放鞋柜吗",
        "路灯坏了归哪个部门管",
        "请问垃圾分类怎么分",
        "咨询旧房改造怎么补偿",
        "建议新建一条到高铁站的道路",
        "停车场乱收费",
        "今天天气真好",
    ],
)
def test_no_reports(text: str) -> None:
    found = suggestions.suggest(text)
    assert found.category is None
    assert found.confidence < 0.5


def test_several_kinds_name_the_main_one_first() -> None:
    found = suggestions.suggest("路灯不亮,井盖也松了")
    assert found.category == "street_light"
    assert "drain_cover" in found.also


def test_everything_at_once() -> None:
    found = suggestions.suggest("幸福小区3号楼2单元4楼坏了两盏灯")
    assert (found.category, found.quantity, found.urgent) == ("stairwell_light", 2, False)
    place = found.place
    assert (place.estate, place.building, place.entrance, place.floor) == (
        "幸福小区",
        "3",
        "2",
        "4",
    )
    assert found.why


def test_the_first_sentence_decides() -> None:
    assert category("楼道灯坏了。门口还有点垃圾,路面也不平。") == "stairwell_light"


@given(st.text(max_size=500))
def test_any_text_is_answered(text: str) -> None:
    found = suggestions.suggest(text)
    assert 0 <= found.confidence <= 1
    assert found.category is None or found.category in categories.codes()
    assert (found.category is not None) == (found.confidence >= 0.5)


def test_letters_nobody_tuned_for() -> None:
    rows = [line.split("\t") for line in LETTERS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if len(row) == 2]
    _judge([(text, None if codes == "-" else codes.split("|")) for codes, text in rows])


@pytest.mark.skipif(not TITLES.exists(), reason="the judged titles of letters are not here")
def test_judged_titles_of_letters() -> None:
    rows = [json.loads(line) for line in TITLES.read_text(encoding="utf-8").splitlines()]
    _judge([(r["text"], None if r["categories"] == [None] else r["categories"]) for r in rows])


def _judge(rows: list[tuple[str, list[str] | None]]) -> None:
    """At least 85 % right of those that fit, at most 10 % of the others categorised."""
    right = [category(text) in codes for text, codes in rows if codes is not None]
    wrong = [category(text) is not None for text, codes in rows if codes is None]
    assert sum(right) / len(right) >= 0.85
    assert sum(wrong) / len(wrong) <= 0.10


# ---------------------------------------------------------------- danger


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("三楼着火了", Danger.LIFE),
        ("楼道里一股煤气味", Danger.LIFE),
        ("有人困在电梯里出不来", Danger.LIFE),
        ("路上没井盖,小孩掉下去了", Danger.LIFE),
        ("電線掉下來了,冒火花", Danger.LIFE),
        ("我不想活了", Danger.MIND),
        ("有人要跳楼", Danger.MIND),
        ("老公又打我了", Danger.VIOLENCE),
        ("有人拿刀砍人", Danger.VIOLENCE),
        ("消防通道有火灾隐患", None),
        ("万一着火怎么跑", None),
        ("随地乱扔烟头", None),
        ("请打我电话", None),
        ("怎么打人工服务", None),
        ("吵得想死", None),
        ("楼道灯坏了", None),
        ("", None),
    ],
)
def test_dangers(text: str, kind: Danger | None) -> None:
    assert danger(text) is kind
    assert suggestions.suggest(text).urgent is (kind is Danger.LIFE)


def test_spoken_messages_are_understood_and_small_talk_is_left_alone() -> None:
    lines = SPOKEN.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    fitting = [category(text) == code for code, text in rows if code != "-"]
    others = [text for code, text in rows if code == "-" and category(text)]
    assert len(fitting) > 300
    assert sum(fitting) >= 0.95 * len(fitting)
    assert len(others) <= 0.05 * (len(rows) - len(fitting)), others


@pytest.mark.parametrize(
    "text",
    [
        "路灯几点开几点关",
        "消防演习哪天",
        "孩子丢了",
        "今天垃圾分类活动很热闹",
        "健身器材是哪年装的",
    ],
)
def test_a_thing_that_is_only_mentioned_or_asked_about_is_no_report(text: str) -> None:
    assert category(text) is None
