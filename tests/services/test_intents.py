"""What a message is, and where it goes."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.entries import shipped_entries
from knowledge.index import Index
from services import intents
from services.intents import Kind, Route
from services.reports import categories, wording
from services.reports.dangers import Danger
from tests.conftest import SHARED

HERE = Path(__file__).parent / "sentences"
JUDGED = SHARED / "bench/route/sentences.jsonl"


@cache
def asking() -> intents.Ask:
    return intents.asking(Index.build(shipped_entries()))


def route(text: str) -> Route:
    return intents.route(text, asking())


def rows(name: str) -> list[tuple[str, str, str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    split = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, target, alarm, text) for kind, target, alarm, text in split]


def shares(name: str) -> tuple[float, float]:
    """Share of kinds, and of entries or categories, that are right."""
    kinds, targets = [], []
    for kind, target, alarm, text in rows(name):
        found = route(text)
        kinds.append(found.kind.value == kind)
        if target != "-" and alarm == "-":
            hit = found.category if kind == "report" else found.entry_id
            targets.append(hit in target.split("|"))
    return sum(kinds) / len(kinds), sum(targets) / len(targets)


def test_sentences_the_lists_were_made_with() -> None:
    kinds, targets = shares("messages.tsv")
    assert kinds >= 0.97
    assert targets >= 0.97


def test_sentences_nobody_tuned_for() -> None:
    kinds, targets = shares("unseen.tsv")
    assert kinds >= 0.90
    assert targets >= 0.80


@pytest.mark.parametrize("name", ["messages.tsv", "unseen.tsv"])
def test_every_emergency_is_seen(name: str) -> None:
    emergencies = [(alarm, text) for _, _, alarm, text in rows(name) if alarm != "-"]
    assert emergencies
    missed = [text for alarm, text in emergencies if route(text).danger != alarm]
    assert missed == []


def test_calm_messages_stay_calm() -> None:
    calm = [text for _, _, alarm, text in rows("messages.tsv") if alarm == "-"]
    alarmed = [text for text in calm if route(text).urgent]
    assert len(alarmed) / len(calm) <= 0.02


@pytest.mark.skipif(not JUDGED.exists(), reason="the judged sentences are not here")
def test_judged_sentences() -> None:
    judged = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    found = [route(row["text"]) for row in judged]
    kinds = [f.kind.value == row["kind"] for f, row in zip(found, judged, strict=True)]
    targets = [
        f.entry_id == row["topic_id"]
        if row.get("topic_id")
        else f.category in (row["category"], *row.get("also", ()))
        for f, row in zip(found, judged, strict=True)
        if row.get("topic_id") or row["kind"] == "report"
    ]
    assert sum(kinds) / len(kinds) >= 0.90
    assert sum(targets) / len(targets) >= 0.80


def test_danger_leads_to_the_emergency_numbers() -> None:
    found = route("楼道着火了")
    assert (found.danger, found.urgent, found.entry_id) == (Danger.LIFE, True, "kb_110")
    assert route("我想自杀").danger is Danger.MIND
    assert route("隔壁在打老婆").danger is Danger.VIOLENCE


def test_a_report_keeps_the_entry_that_says_whose_it_is() -> None:
    found = route("我家楼道灯坏了")
    assert (found.kind, found.category) == (Kind.REPORT, "stairwell_light")
    assert found.entry_id in {"kb_lamp_prop", "kb_lamp_noprop"}


def test_the_same_thing_asked_and_reported() -> None:
    assert route("路灯坏了归哪个部门管").kind is Kind.QUESTION
    assert route("门口路灯坏了半个月,没人管").kind is Kind.REPORT


@pytest.mark.parametrize(
    "text", ["师傅们辛苦了 下水道通了 谢谢", "路灯修好了 给你们点个赞", "大爷大妈跳广场舞 好看"]
)
def test_praise_that_names_a_thing_is_no_report(text: str) -> None:
    assert route(text).kind is not Kind.REPORT


def test_a_thing_only_named_is_looked_up() -> None:
    assert route("垃圾分类").kind is Kind.QUESTION
    assert route("路灯").kind is Kind.QUESTION


@pytest.mark.parametrize("text", ["我要报修", "我想反映一个问题", "投诉"])
def test_the_bare_wish_to_report(text: str) -> None:
    found = route(text)
    assert (found.kind, found.category) == (Kind.REPORT, None)


@pytest.mark.parametrize(
    "text", ["着火了怎么办", "孩子高烧抽筋", "我被狗咬了", "心里难受想找人说说话"]
)
def test_an_emergency_in_the_form_of_a_question(text: str) -> None:
    assert route(text).urgent


@pytest.mark.parametrize("text", ["燃气灶打不着火", "绝望的物业,垃圾都不扫", "这地方臭得想死"])
def test_no_emergency(text: str) -> None:
    assert not route(text).urgent


def test_a_search_that_finds_nothing() -> None:
    found = intents.route("天书奇谭", lambda text: [])
    assert (found.kind, found.entry_id, found.category) == (Kind.OTHER, None, None)
    assert found.confidence == 0


def test_entries_named_in_the_lists_exist() -> None:
    lists = wording.words("intents")
    known = {entry.fact for entry in shipped_entries()}
    named = {*lists["cues"], *lists["broad_cues"], intents.EMERGENCY_ENTRY}
    named |= {entry for entries in lists["entries_of"].values() for entry in entries}
    for kind in ("survey", "volunteer"):
        named |= {*lists[f"{kind}_entries"], *lists[f"{kind}_question"]}
    assert named <= known
    assert set(lists["entries_of"]) <= set(categories.codes())


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_goes_somewhere(text: str) -> None:
    found = route(text)
    assert 0 <= found.confidence <= 1
    assert found.category is None or found.kind is Kind.REPORT
    assert found.urgent == (found.danger is not None)
