"""Explanations in words, and what staff look at before a change."""

from knowledge.confidence import Thresholds
from knowledge.explanations import explain, unknown_words
from knowledge.index import Index
from knowledge.replies import Outcome
from knowledge.reviews import conflicts, grouped, preview
from knowledge.words import hot_words
from tests.knowledge.bases import ENTRIES

INDEX = Index.build(ENTRIES)


def test_says_which_words_fitted_and_how() -> None:
    why = explain(INDEX, INDEX.ask("请问志愿者如何包名"))
    assert why.phrase == "怎么报名当志愿者？"
    assert "志愿者" in why.matched
    assert ("如何", "怎么") in why.similar
    assert why.sounds == ("包",)
    assert 0.5 < why.covered <= 1
    assert why.second
    assert 0 < why.second_score < 1


def test_names_the_words_no_entry_holds() -> None:
    assert "疫苗" in explain(INDEX, INDEX.ask("宠物疫苗在哪里打")).unknown
    assert unknown_words(INDEX, ["垃圾怎么分类", "暖气不热"]) == ("暖气",)
    assert explain(INDEX, INDEX.ask("")).phrase == ""


def test_names_the_staff_keyword() -> None:
    assert explain(INDEX, INDEX.ask("厨余垃圾扔哪")).keywords == ("厨余",)


def test_hot_words_count_questions_not_mentions() -> None:
    assert hot_words(["垃圾垃圾垃圾", "垃圾怎么分", "路灯"], 2) == [("垃圾", 2), ("路灯", 1)]


def test_preview_shows_what_thresholds_would_change() -> None:
    questions = ["楼道灯坏了找谁修", "楼梯里没有灯", ""]
    changes = preview(INDEX, questions, Thresholds(answer=1.0, offer=0.0))
    assert [(c.question, c.after) for c in changes] == [("楼梯里没有灯", Outcome.CANDIDATES)]
    assert preview(INDEX, questions, INDEX.thresholds) == []


def test_a_phrase_of_another_entry_is_a_conflict() -> None:
    found = conflicts(INDEX, ["楼梯间的灯不亮了", "遛狗"], own="waste")
    assert [(c.phrase, c.entry_id, c.same) for c in found] == [("楼梯间的灯不亮了", "lamp", True)]
    assert conflicts(INDEX, ["楼梯间的灯不亮了"], own="lamp") == []


def test_alike_questions_are_grouped_largest_first() -> None:
    asked = ["暖气不热", "办狗证去哪", "暖气不热怎么办", "我家暖气不热"]
    assert grouped(asked)[0] == ["暖气不热", "暖气不热怎么办", "我家暖气不热"]
    assert grouped([]) == []
