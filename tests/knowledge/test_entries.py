"""Entries: read, checked, and never a placeholder in front of a resident."""

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge.entries import (
    EntryError,
    entry_from,
    fill,
    placeholders,
    read_entries,
    shipped_entries,
)
from tests.knowledge.bases import HOURS, LAMP


def test_a_sentence_with_an_unknown_fact_is_left_out() -> None:
    assert LAMP.answer_for(None) == "有物业的小区先找物业。"
    known = LAMP.answer_for(None, {"community_phone": "0000-1"})
    assert known == "有物业的小区先找物业。社区电话：0000-1。"
    assert fill("{{a}}和{{b}}。好", {"a": "甲", "b": ""}) == "好"
    assert placeholders(LAMP.answer) == {"community_phone"}


def test_a_community_has_its_own_answer() -> None:
    assert HOURS.answer_for("donghu") == "东湖社区周末也开门。"
    assert HOURS.answer_for("elsewhere") == HOURS.answer_for(None) == "上午九点到下午五点。"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ([], "no_object"),
        ({"id": "a"}, "missing_field"),
        ({"id": "a", "question": " "}, "missing_field"),
        ({"id": "a", "question": "b", "colour": 1}, "unknown_field"),
        ({"id": "a", "question": "b", "aliases": "c"}, "no_list"),
        ({"id": "a", "question": "b", "valid_to": "soon"}, "no_date"),
    ],
)
def test_a_bad_row_says_why(row: dict[str, object], code: str) -> None:
    with pytest.raises(EntryError) as error:
        entry_from(row, "x.jsonl:3")
    assert (error.value.code, error.value.where) == (code, "x.jsonl:3")


def test_reading_keeps_dates_and_refuses_an_id_twice(tmp_path: Path) -> None:
    row = {"id": "a", "question": "b", "valid_from": "2026-01-02"}
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    assert read_entries([path])[0].valid_from == date(2026, 1, 2)
    with pytest.raises(EntryError, match="id_twice"):
        read_entries([path, path])
    path.write_text("{", encoding="utf-8")
    with pytest.raises(EntryError, match="no_json"):
        read_entries([path])


def test_every_shipped_entry_can_be_shown_without_local_facts() -> None:
    entries = shipped_entries()
    assert len(entries) >= 143
    for entry in entries:
        assert len(entry.aliases) >= 3, entry.id
        assert "{{" not in entry.answer_for(None), entry.id
        assert entry.answer_for(None), entry.id
