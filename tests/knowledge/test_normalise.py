"""One form for everything a person may type."""

import time

import opencc
import pypinyin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalise import LONGEST, normalise
from knowledge.synonyms import Synonyms
from knowledge.tokens import fold, tokens

NONE = Synonyms([])


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("请问，楼道灯坏了找谁？谢谢您！", "楼道灯坏了找谁"),
        ("ＷｉＦｉ　怎 么 連？？", "wifi怎么连"),
        ("請問😂垃圾🙏怎麼分類", "垃圾怎么分类"),
        ("在吗，那个路灯不亮了，急", "路灯不亮了"),
        ("亲属证明怎么开", "亲属证明怎么开"),
        ("看急诊去哪", "看急诊去哪"),
        ("酒吧太吵", "酒吧太吵"),
        ("你好", "你好"),
        ("😊！？……", ""),
        ("", ""),
    ],
)
def test_says_the_question_and_nothing_else(typed: str, bare: str) -> None:
    assert normalise(typed) == bare


@given(st.text(max_size=300))
def test_is_settled_after_once(text: str) -> None:
    once = normalise(text)
    assert len(once) <= LONGEST
    assert all(letter.isalnum() for letter in once)


@given(st.text(alphabet="楼道灯坏了找谁修垃圾分类", min_size=2, max_size=30))
def test_punctuation_emoji_and_width_change_nothing(text: str) -> None:
    assert normalise(f" 😊{text[:2]} 🙏{text[2:]}?? ") == normalise(text)


@pytest.mark.parametrize("text", ["请" * 4096, "﷽" * 4096, "谢谢" * 2048, "麻烦请问" * 1024])
def test_a_huge_message_costs_little(text: str) -> None:
    start = time.process_time()
    tokens([normalise(text)], NONE)
    assert len(normalise(text)) <= LONGEST
    assert time.process_time() - start < 1


def test_the_character_tables_agree_with_their_libraries() -> None:
    convert = opencc.OpenCC("t2s").convert
    for character in "體繁測網禮臺灣門關係開戶轉帳貸款證":
        assert normalise(f"{character}一") == f"{convert(character)}一"
    for character in "中国街道社区垃圾分类楼道灯志愿者问卷":
        syllable = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL)[0][0]
        one, two = tokens([character], NONE)[0], tokens([character], NONE)[0]
        assert list(one) == list(two)
        assert fold(syllable)
