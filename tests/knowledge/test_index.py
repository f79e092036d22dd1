"""Asking: what is found, how sure, and what an edit changes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.confidence import Thresholds
from knowledge.entries import Entry
from knowledge.index import Index
from knowledge.large import LargeEngine
from knowledge.replies import Outcome
from tests.knowledge.bases import ENTRIES, LAMP, WASTE

INDEX = Index.build(ENTRIES)


@pytest.mark.parametrize(
    ("asked", "entry_id"),
    [
        ("楼道灯坏了找谁修？", "lamp"),
        ("您好，请问樓道燈壞了找誰修，谢谢", "lamp"),
        ("楼倒灯坏了找谁修", "lamp"),
        ("楼道登坏了", "lamp"),
        ("马路", "street_lamp"),
        ("修", "lamp"),
        ("路灯", "street_lamp"),
        ("lese垃圾咋分", "waste"),
        ("志愿者", "volunteer"),
    ],
)
@pytest.mark.parametrize("engine", ["memory", "tantivy"])
def test_finds_the_entry_first(asked: str, entry_id: str, engine: str) -> None:
    index = Index.build(ENTRIES, engine=LargeEngine) if engine == "tantivy" else INDEX
    assert index.search(asked)[0].entry_id == entry_id


def test_an_exact_phrase_is_certain_and_first() -> None:
    reply = INDEX.ask("馬路邊的燈滅了！")
    assert reply.outcome is Outcome.ANSWER
    assert (reply.hits[0].entry_id, reply.confidence, reply.hits[0].exact) == (
        "street_lamp",
        1,
        True,
    )


@pytest.mark.parametrize(
    "text", ["", " ", "😊😂", "？！…", "a", "嗯", "13800138000", "hello world"]
)
def test_a_message_without_a_question_is_not_answered(text: str) -> None:
    assert INDEX.ask(text).outcome is not Outcome.ANSWER


def test_an_empty_base_knows_nothing() -> None:
    index = Index.build([])
    assert index.ask("楼道灯坏了").outcome is Outcome.UNKNOWN
    assert index.ask("楼道灯坏了").hits == ()
    assert not index.holds("灯")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_ordered_hits_and_a_probability(text: str) -> None:
    reply = INDEX.ask(text)
    assert 0 <= reply.confidence <= 1
    assert len({hit.entry_id for hit in reply.hits}) == len(reply.hits) <= 10
    assert set(reply.candidates) <= set(reply.hits[:5])
    scores = [hit.confidence for hit in reply.hits]
    assert scores == sorted(scores, reverse=True)


def test_outdated_entries_are_passed_over() -> None:
    old = replace(LAMP, valid_to=date(2026, 1, 31))
    index = Index.build([old, *ENTRIES[1:]])
    assert index.search("楼道灯坏了找谁修", day=date(2026, 1, 31))[0].entry_id == "lamp"
    assert "lamp" not in [h.entry_id for h in index.search("楼道灯坏了", day=date(2026, 2, 1))]


def test_an_edit_makes_a_new_index_and_leaves_the_old() -> None:
    more = INDEX.changed([Entry("dog", "遛狗要拴绳吗？"), replace(WASTE, aliases=("泔水往哪倒",))])
    assert more.search("泔水")[0].entry_id == "waste"
    assert more.search("遛狗")[0].entry_id == "dog"
    assert "dog" not in INDEX
    less = more.changed(removed=["dog"])
    assert "dog" not in less
    assert less.search("泔水")[0].entry_id == "waste"


def test_staff_keywords_and_synonyms_lift_an_entry() -> None:
    base = [Entry("a", "剩饭倒在哪里", keywords=("泔水",)), Entry("b", "废水倒在哪里")]
    assert Index.build(base).search("泔水桶倒在哪里")[0].entry_id == "a"
    plain = [replace(base[0], keywords=()), base[1]]
    assert Index.build(plain).search("泔水桶倒在哪里")[0].entry_id == "b"
    rows = [("泔水", "剩饭")]
    assert Index.build(plain, synonyms=rows).search("泔水桶倒在哪里")[0].entry_id == "a"


def test_the_answer_text_helps_where_the_question_does_not() -> None:
    assert INDEX.search("可回收物")[0].entry_id == "waste"
    assert INDEX.ask("可回收物").outcome is not Outcome.ANSWER


def test_thresholds_decide_the_outcome() -> None:
    text = "楼梯里没有灯"
    found = INDEX.ask(text).confidence
    assert 0 < found < 1
    strict = Index.build(ENTRIES, thresholds=Thresholds(answer=1.0, offer=1.0))
    keen = Index.build(ENTRIES, thresholds=Thresholds(answer=0.0, offer=0.0))
    assert strict.ask(text).outcome is Outcome.UNKNOWN
    assert keen.ask(text).outcome is Outcome.ANSWER
    with pytest.raises(ValueError, match="offer"):
        Thresholds(answer=0.2, offer=0.3)


def aliased(names: str, *patterns: str) -> list[Entry]:
    return [
        Entry(name, patterns[0].format(name), aliases=tuple(p.format(name) for p in patterns[1:]))
        for name in names.split()
    ]


def test_a_base_learns_from_its_own_aliases() -> None:
    few = aliased("居住证 身份证 老年证 健康证", "{}怎么办", "想弄{}")
    clear = aliased(
        "居住登记 养犬许可 食堂用餐 消防检查 道路停车 公园门票 疫苗接种 图书借阅 水管维修 天然气费",
        "{}怎么办理",
        "怎样办理{}",
        "{}如何办理呢",
    )
    assert Index.build(few).calibration.shift == 0
    assert 0 < Index.build(clear).calibration.shift <= 1
    assert Index.build(clear, learn=False).calibration.shift == 0
