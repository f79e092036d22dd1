"""Documents: JSON that comes back the same, TOML forms, clear errors in hand-written ones."""

import json
import tomllib

import pytest

from services.forms.documents import Document, Kind
from services.forms.handwritten import from_mapping
from services.forms.plans import plan

TOML = """
name = "well-being"
version = "3"
title = "东湖社区问卷"
intro = "大约 4 分钟。"
thanks = "谢谢您。"
languages = ["", "English"]

[lists]
scale = [["1", "满意"], ["2", "一般"]]

[[question]]
name = "safe"
kind = "choose_one"
label = { "" = "您觉得安全吗?", "English" = "Do you feel safe?" }
required = true
choices = "scale"

[[question]]
name = "home"
kind = "group"
label = "您家"

[[question.question]]
name = "people"
kind = "integer"
constraint = ". < 30"
relevant = "${safe} = '1'"
"""


def test_a_document_comes_back_from_json_the_same() -> None:
    made = from_mapping(tomllib.loads(TOML))
    stored = json.dumps(made.to_json())
    again = Document.from_json(json.loads(stored))
    assert again == made
    assert again.fingerprint == made.fingerprint
    assert json.dumps(again.to_json()) == stored
    assert [question.name for question in again.questions()] == ["safe", "people"]
    assert plan(again).tree.named["people"][0].path(()) == "home/people"


def test_another_label_is_another_fingerprint() -> None:
    made = from_mapping(tomllib.loads(TOML))
    other = from_mapping(tomllib.loads(TOML.replace("安全吗", "安静吗")))
    assert other.fingerprint != made.fingerprint


def test_texts_in_a_language_fall_back_to_the_default() -> None:
    safe = next(from_mapping(tomllib.loads(TOML)).questions())
    assert safe.label.said("English") == "Do you feel safe?"
    assert safe.label.said("French") == "您觉得安全吗?"
    assert safe.kind is Kind.CHOOSE_ONE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('choices = "scale"', 'choices = "missing"', "no list named"),
        ('constraint = ". < 30"', 'limit = ". < 30"', "unknown limit"),
        ('["2", "一般"]', '["1", "一般"]', "same choice twice"),
        ('kind = "integer"', 'kind = "int"', "not a valid Kind"),
    ],
)
def test_a_slip_in_a_written_form_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_mapping(tomllib.loads(TOML.replace(old, new)))


def test_a_wrong_expression_is_named_when_the_form_is_made_ready() -> None:
    wrong = from_mapping(tomllib.loads(TOML.replace("${safe} = '1'", "${sage} = '1'")))
    with pytest.raises(ValueError, match=r"people: form_check\.expression\.unknown_name"):
        plan(wrong)
