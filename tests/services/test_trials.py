"""Files of texts in, files of results out."""

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.entries import EntryError
from services import trials


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_suggestions_keep_their_order_and_shape(tmp_path: Path) -> None:
    texts = written(
        tmp_path / "in.jsonl", [{"text": "3号楼2单元4楼坏了两盏灯"}, {"text": ""}, {}, 7]
    )
    out = tmp_path / "out.jsonl"
    assert trials.suggest_reports(texts, out) == 4
    first, *rest = read(out)
    assert list(first) == ["text", "category", "confidence", "place", "quantity", "urgent"]
    assert (first["category"], first["quantity"], first["urgent"]) == ("stairwell_light", 2, False)
    assert first["place"] == {
        "community": None,
        "estate": None,
        "building": "3",
        "entrance": "2",
        "floor": "4",
        "text": "3号楼2单元4楼",
    }
    assert all(row["category"] is None and row["text"] == "" for row in rest)


def test_pairs(tmp_path: Path) -> None:
    rows = [
        {"a": "楼道灯坏了", "b": "楼道灯坏了"},
        {"a": "楼道灯坏了", "b": "有人种菜"},
        {"a": "x"},
    ]
    out = tmp_path / "out.jsonl"
    assert trials.judge_pairs(written(tmp_path / "in.jsonl", rows), out) == 3
    found = read(out)
    assert [row["same"] for row in found] == [True, False, False]
    assert all(set(row) == {"score", "same"} for row in found)


def test_routes(tmp_path: Path) -> None:
    rows = [{"text": "垃圾桶分哪几种颜色"}, {"text": "二楼着火了"}, {"text": "楼道灯坏了"}]
    out = tmp_path / "out.jsonl"
    assert trials.route_texts(written(tmp_path / "in.jsonl", rows), out) == 3
    question, fire, report = read(out)
    assert (question["kind"], question["entry_id"]) == ("question", "kb_waste_color")
    assert (fire["urgent"], fire["danger"]) == (True, "life")
    assert (report["kind"], report["category"]) == ("report", "stairwell_light")


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    texts = tmp_path / "in.jsonl"
    texts.write_text('{"text": "x"}\n{broken\n', encoding="utf-8")
    with pytest.raises(EntryError, match=r"in\.jsonl:2"):
        trials.suggest_reports(texts, tmp_path / "out.jsonl")
