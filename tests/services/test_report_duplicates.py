"""Whether two messages report the same thing."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports import duplicates
from tests.conftest import SHARED

PAIRS = SHARED / "bench/reports/pairs.jsonl"
MESSAGES = [
    "幸福小区3号楼2单元楼道灯不亮,上楼要打手电",
    "幸福小区门口垃圾堆成山没人清",
    "人民路井盖被压碎了,车过去咣咣响",
    "楼下烧烤店油烟直往家里灌",
    "阳光花园有人在绿地里种菜",
    "二单元电梯停了十天",
    "广场舞音响太大,晚上睡不着",
    "",
]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("3号楼2单元灯坏了", "三號樓二單元樓道燈不亮"),
        ("３号楼２单元楼道灯坏了", "3栋2单元的灯不亮了"),
        ("幸福小区垃圾没人收", "幸福小区门口垃圾成堆好几天了"),
        ("人民路12号门口井盖没了", "人民路12号门前的井盖被人偷走了"),
        ("楼道灯坏了", "楼道灯坏了"),
        ("2号楼电梯又坏了", "2号楼电梯停了不动"),
        ("锦绣家园西门垃圾没人清", "锦绣家园西门口垃圾堆了好几天"),
        ("野猫太多叫得睡不着", "流浪猫半夜叫 太多了"),
    ],
)
def test_the_same_trouble_in_other_words(one: str, two: str) -> None:
    assert duplicates.score(one, two).same


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("3号楼2单元灯坏了", "5号楼2单元灯坏了"),
        ("3号楼1单元灯坏了", "3号楼2单元灯坏了"),
        ("幸福小区垃圾没人收", "阳光花园垃圾没人收"),
        ("幸福小区3栋楼道灯不亮", "幸福小区有人在绿地种菜"),
        ("人民路路面坏了", "解放路路面坏了"),
        ("2号楼电梯坏了", "2号楼楼道灯坏了"),
        ("三楼扶手断了", "三楼窗户坏了"),
        ("12号楼3单元灯坏了", "12号楼3单元下水堵了"),
        ("锦绣家园西门垃圾没清", "锦绣家园东门垃圾没清"),
        ("公厕没水", "公厕没灯"),
        ("楼道老鼠多", "楼道蟑螂多"),
        ("广场舞太吵", "工地施工太吵"),
        ("10栋楼顶搭棚", "10栋楼顶漏水"),
        ("", ""),
        ("", "楼道灯坏了"),
    ],
)
def test_another_place_or_another_trouble(one: str, two: str) -> None:
    assert not duplicates.score(one, two).same


@given(st.sampled_from(MESSAGES), st.sampled_from(MESSAGES))
def test_order_does_not_matter(one: str, two: str) -> None:
    assert duplicates.score(one, two) == duplicates.score(two, one)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_have_a_score(one: str, two: str) -> None:
    found = duplicates.score(one, two)
    assert 0 <= found.score <= 1
    assert found.same == (found.score >= duplicates.SAME)


@given(st.integers(0, len(MESSAGES) - 2))
def test_ranking_agrees_with_the_score(number: int) -> None:
    prepared = [duplicates.prepare(text) for text in MESSAGES]
    ranked = duplicates.Candidates(prepared).rank(prepared[number], limit=len(MESSAGES))
    assert ranked[0][0] == number
    for index, found in ranked:
        expected = duplicates.score(prepared[number], prepared[index]).score
        assert found.score == pytest.approx(expected, abs=2e-4)


def test_nothing_to_rank() -> None:
    assert duplicates.Candidates([]).rank(duplicates.prepare("楼道灯坏了")) == []


def test_a_given_category_is_kept() -> None:
    assert duplicates.prepare("楼道灯坏了", category="other").category == "other"


def test_the_table_of_weights_is_in_use() -> None:
    """A name that no ordinary word holds must weigh more than the words around it."""
    vector = duplicates.prepare("惟盛苑路面").whole
    assert vector["惟盛"] > vector["路面"]


@pytest.mark.skipif(not PAIRS.exists(), reason="the judged pairs of letters are not here")
def test_judged_pairs_of_letters() -> None:
    rows = [json.loads(line) for line in Path(PAIRS).read_text(encoding="utf-8").splitlines()]
    found = [duplicates.score(row["a"], row["b"]).same for row in rows]
    hits = sum(same and row["same"] for same, row in zip(found, rows, strict=True))
    assert hits / sum(found) >= 0.93
    assert hits / sum(row["same"] for row in rows) >= 0.86
