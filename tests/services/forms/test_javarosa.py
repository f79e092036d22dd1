"""The semantics are those of the ODK reference engine: its results for our own forms and formulas.

Both files beside this one hold what JavaRosa 5.1.0 gave, run from the jar inside pyxform's wheel:
`javarosa_expressions.json` rows of [expression, type of its field, value, a second expression on
that field, its value]; `javarosa_walks.json` forms with answers and the lines of the walk.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.forms.checks import check
from services.forms.documents import Document, Kind
from services.forms.handwritten import from_mapping
from services.forms.plans import Plan
from services.forms.shapes import from_submission
from services.forms.states import State
from services.forms.walks import walk
from tests.services.forms.workbooks import from_table

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TYPES = {"string": Kind.CALCULATE, "int": Kind.INTEGER, "decimal": Kind.DECIMAL,
         "date": Kind.DATE, "dateTime": Kind.DATETIME}  # fmt: skip
NODES = {
    "a": (Kind.INTEGER, "5"), "b": (Kind.DECIMAL, "2.5"), "z": (Kind.INTEGER, ""),
    "t": (Kind.TEXT, "hello"), "n": (Kind.TEXT, "12"), "e": (Kind.TEXT, ""),
    "d": (Kind.DATE, "2026-11-03"), "d2": (Kind.DATE, "2026-12-25"), "ed": (Kind.DATE, ""),
    "dt": (Kind.DATETIME, "2026-11-03T15:30:00.000Z"), "tm": (Kind.TIME, "18:00:00.000Z"),
    "m": (Kind.TEXT, "x y z"), "neg": (Kind.INTEGER, "-3"),
    "g": (Kind.LOCATION, "30.5 114.3 0 0"), "c": (Kind.TEXT, "Hello World"),
}  # fmt: skip
ROUNDS = {"r[1]/x": 1, "r[2]/x": 2, "r[3]/x": None, "r[1]/y": "p", "r[2]/y": "q",
          "r[3]/y": None, "r[2]": "add", "r[3]": "add", "r[4]": "no"}  # fmt: skip
LIST = [
    {"name": name, "label": name.upper() * 2, "attributes": {"k": k}}
    for name, k in (("p", "1"), ("q", "2"), ("s", "2"))
]


def document(expression: str, kind: Kind, second: str) -> Document:
    questions: list[dict[str, object]] = [
        {"name": name, "kind": kind_.value} for name, (kind_, _) in NODES.items()
    ]
    inside = [{"name": "x", "kind": "integer"}, {"name": "y", "kind": "text"}]
    questions.append({"name": "r", "kind": "repeat", "question": inside})
    questions.append(
        {"name": "res", "kind": kind.value, "calculation": expression, "readonly": True}
    )
    questions.append({"name": "two", "kind": "calculate", "calculation": second or "''"})
    return from_mapping({"name": "x", "question": questions, "lists": {"L": LIST}})


def rows() -> list[list[str]]:
    loaded: list[list[str]] = json.loads((HERE / "javarosa_expressions.json").read_text("utf-8"))
    return loaded


def test_every_expression_gives_what_javarosa_gives() -> None:
    wrong = []
    answers = {name: from_submission(kind, written) for name, (kind, written) in NODES.items()}
    for expression, type_, value, *more in rows():
        plan = Plan(document(expression, TYPES[type_], more[0] if more else ""))
        assert not plan.problems, (expression, plan.problems)
        state = State(plan, {**answers, **ROUNDS}, now=NOW)
        got = [state.final(TYPES[type_], "res"), state.final(Kind.CALCULATE, "two")]
        if got != [value, more[1] if more else ""]:
            wrong.append((expression, value, more, got))
    assert wrong == []


def walks() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((HERE / "javarosa_walks.json").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("case", walks(), ids=lambda case: case["title"])
def test_every_walk_is_that_of_javarosa(case: dict[str, Any]) -> None:
    report = check(from_table(case["sheets"]), name="data")
    if case.get("refused"):
        assert report.errors
        assert all(one.row for one in report.errors)
        return
    assert report.document is not None, report.errors
    got = walk(report.document, given(case["answers"]), now=NOW)
    lines = [line(step) for step in got["steps"]]
    lines += [f"F\t{path}\t{value}" for path, value in got["final"].items()]
    assert sorted(lines) == sorted(case["lines"])
    assert [one for one in lines if one[0] != "F"] == [
        one for one in case["lines"] if one[0] != "F"
    ]


def given(answers: list[list[str]]) -> list[dict[str, Any]]:
    return [
        {"repeat": name.removeprefix("repeat:"), "answer": answer}
        if name.startswith("repeat:")
        else {"name": name, "answer": answer or None}
        for name, answer in answers
    ]


def line(step: dict[str, Any]) -> str:
    """A step in the form of the lines that the engine's walk was noted in."""
    if step["kind"] == "group":
        return f"G\t{step['name']}\t{step['label']}"
    if step["kind"] == "repeat":
        return f"R\t{step['name']}[{step['instance']}]\t{step['label']}"
    if step["kind"] == "repeat_prompt":
        return f"P\t{step['name']}\t{step['answer']}"
    choices = "".join(f"{name}={label}|" for name, label in step.get("choices", ()))
    message = (step.get("message") or "") if step["result"] == "constraint" else ""
    required = str(step.get("required", False)).lower()
    parts = ("Q", step["ref"], step["label"], f"req={required}", f"pre={step.get('prefilled')}",
             choices, step["result"], step.get("answer"), message)  # fmt: skip
    return "\t".join(map(str, parts))


@pytest.mark.parametrize("case", walks(), ids=lambda case: case["title"])
def test_a_state_taken_further_is_the_state_reckoned_anew(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shortcut for answers on which nothing depends gives what the long way gives."""
    document_ = check(from_table(case["sheets"]), name="data").document
    if document_ is None:
        return
    taken = State.answered

    def compared(self: State, place: Any, answers: dict[str, Any]) -> State | None:
        short = taken(self, place, answers)
        context = self.context
        if short is not None:
            fresh = State(self.plan, answers, now=context.now, kept=self.kept,
                          seed=context.seed, language=context.language, as_odk=True)  # fmt: skip
            assert (short.values, short.asked, short.current) == (
                fresh.values,
                fresh.asked,
                fresh.current,
            )
        return short

    monkeypatch.setattr(State, "answered", compared)
    walk(document_, given(case["answers"]), now=NOW)
