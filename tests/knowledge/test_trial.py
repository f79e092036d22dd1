"""Trying a base from outside, and the goals on the question sets."""

import json
from pathlib import Path

import pytest

from bench.kb.figures import found, refusals
from bench.kb.peers import PEERS, by_index, by_peer
from bench.kb.sets import FOLDER, QuestionSet, perturbations, question_sets
from knowledge.entries import EntryError
from knowledge.index import Index
from knowledge.trial import try_base


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_one_result_for_each_query_in_order(tmp_path: Path) -> None:
    base: list[dict[str, object]] = [
        {"id": 7, "question": "楼道灯坏了找谁", "alts": ["楼梯黑"], "more": 1},
        {"id": "b", "question": "垃圾怎么分类", "answer": "分四类"},
    ]
    queries: list[dict[str, object]] = [{"query": "楼梯黑"}, {"query": ""}, {"query": "垃圾咋分"}]
    out = tmp_path / "out.jsonl"
    kb, asked = written(tmp_path / "kb.jsonl", base), written(tmp_path / "q.jsonl", queries)
    assert try_base(kb, asked, out) == 3
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["query"] for row in rows] == ["楼梯黑", "", "垃圾咋分"]
    assert (rows[0]["outcome"], rows[0]["ids"], rows[0]["confidence"]) == ("answer", [7], 1)
    assert (rows[1]["outcome"], rows[1]["ids"]) == ("unknown", [])
    assert rows[2]["ids"][0] == "b"
    assert set(rows[0]) == {"query", "outcome", "ids", "confidence", "microseconds"}


def test_a_bad_base_says_where(tmp_path: Path) -> None:
    kb = written(tmp_path / "kb.jsonl", [{"id": "a", "question": "b"}, {"id": "c"}])
    with pytest.raises(EntryError, match=r"kb\.jsonl:2"):
        try_base(kb, kb, tmp_path / "out.jsonl")


@pytest.fixture(scope="module")
def sets() -> tuple[list[QuestionSet], list[str]]:
    if not FOLDER.exists():
        pytest.skip("no question sets beside the repository")
    return question_sets(FOLDER)


def macro(values: list[float]) -> float:
    return sum(values) / len(values)


def test_the_goals_on_the_development_sets(sets: tuple[list[QuestionSet], list[str]]) -> None:
    every, far = sets
    indexes = {each.name: Index.build(each.entries) for each in every}
    rows = [found(by_index(indexes[each.name]), each.questions) for each in every]
    assert macro([row.first for row in rows]) >= 69
    assert macro([row.five for row in rows]) >= 84
    refused = [refusals(indexes[each.name], each, far) for each in every]
    assert macro([100 * r.answered / r.asked for r in refused]) >= 53
    assert sum(r.right for r in refused) / sum(r.answered for r in refused) >= 0.94
    assert sum(r.far_answered for r in refused) / sum(r.far for r in refused) <= 0.01
    assert sum(r.near_answered for r in refused) / sum(r.near for r in refused) <= 0.10


def test_dirty_text_costs_little_and_less_than_a_word_search(
    sets: tuple[list[QuestionSet], list[str]],
) -> None:
    every = [each for each in sets[0] if each.name in ("covid", "lcqmc", "risk")]
    ours = {each.name: by_index(Index.build(each.entries)) for each in every}
    theirs = {each.name: by_peer(PEERS["bm25s + jieba"], each.entries) for each in every}
    change = perturbations(FOLDER)["mixed"]

    def cost(search: dict[str, object]) -> float:
        lost = []
        for each in every:
            clean = found(search[each.name], each.questions)  # type: ignore[arg-type]
            dirty = [(change(question), gold) for question, gold in each.questions]
            lost.append(clean.first - found(search[each.name], dirty).first)  # type: ignore[arg-type]
        return macro(lost)

    assert cost(dict(ours)) <= 2
    assert cost(dict(ours)) < cost(dict(theirs))
