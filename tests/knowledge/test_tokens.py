"""Tokens: the same in one text and among many, and readable again."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.synonyms import Synonyms, shared_synonyms
from knowledge.tokens import Kind, kinds, spell, tokens

SHARED = Synonyms(shared_synonyms())
LETTERS = st.text(alphabet="楼道灯坏了如何怎么办abc12𠮷", max_size=12)


@given(st.lists(LETTERS, max_size=6))
def test_many_texts_give_the_tokens_of_each(texts: list[str]) -> None:
    codes, owners = tokens(texts, SHARED)
    for number, text in enumerate(texts):
        alone, _ = tokens([text], SHARED)
        assert sorted(codes[owners == number].tolist()) == sorted(alone.tolist())


def sounds(text: str) -> list[str]:
    codes, _ = tokens([text], SHARED)
    return [spell(code) for code in codes[kinds(codes) == Kind.SOUND].tolist()]


def test_southern_accents_and_homophones_sound_alike() -> None:
    assert sounds("知道") == sounds("资道") == sounds("滋倒")
    assert sounds("牛奶") == sounds("流来")
    assert sounds("飞机") == sounds("黑鸡")
    assert sounds("心情") == sounds("星琴")
    assert sounds("垃圾") != sounds("分类")


def test_words_of_one_meaning_share_a_token() -> None:
    meant = [set(tokens([text], SHARED)[0].tolist()) for text in ("如何修灯", "怎样修灯")]
    shared = np.array(sorted(meant[0] & meant[1]))
    assert "*" in {spell(code) for code in shared.tolist()}
    assert "*修" in {spell(code) for code in shared.tolist()}


def test_tokens_spell_what_they_stand_for() -> None:
    codes, _ = tokens(["灯坏"], Synonyms([]))
    assert {spell(code) for code in codes.tolist()} == {
        "灯",
        "坏",
        "灯坏",
        "den",
        "fuai",
        "den fuai",
    }
