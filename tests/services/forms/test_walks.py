"""Walks through forms by others give what the ODK engine gives; bad answers are told apart."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.forms.checks import check
from services.forms.walks import walk
from tests.services.forms.forms import form
from tests.services.forms.shared import cases, told, workbook

WALKED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""When the engine walked: some forms look at the clock."""


def answers(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was given, in order: refused answers first, then the one that was accepted."""
    given: list[dict[str, Any]] = []
    for step in steps:
        if step["kind"] == "repeat_prompt":
            given.append({"repeat": step["name"], "answer": step["answer"]})
        elif step["kind"] not in ("group", "repeat", "note"):
            tried = [one[0] for one in step.get("rejected", ())]
            given += [{"name": step["name"], "answer": one} for one in (*tried, step["answer"])]
    return given


def folded(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The engine's walks name refused answers inside the step that followed."""
    made: list[dict[str, Any]] = []
    refused: list[list[Any]] = []
    for step in steps:
        if step.get("result") in ("constraint", "required", "type"):
            refused.append([step["answer"], step["result"], step["message"]])
            continue
        made.append({**step, "rejected": refused} if refused else step)
        refused = []
    return made


@pytest.mark.parametrize("path", cases())
def test_the_verdict_on_a_form_is_that_of_the_engine(path: Path) -> None:
    expect = told(path)["expect"]
    report = check(workbook(path))
    if expect == "run":
        assert report.errors == ()
    if expect == "reject":
        assert all(one.row and one.sheet for one in report.errors)
        assert not report.ok
    if expect == "refuse_or_run_with_warning":
        assert report.errors or report.warnings


@pytest.mark.parametrize("path", cases())
def test_every_walk_is_that_of_the_engine(path: Path) -> None:
    document = check(workbook(path)).document
    for expected in told(path).get("paths", ()) if document else ():
        got = walk(document, answers(expected["steps"]), now=WALKED)  # type: ignore[arg-type]
        assert folded(got["steps"]) == expected["steps"]
        assert got["final"] == expected["final"]


def test_an_answer_of_the_wrong_type_and_a_missing_one_are_told() -> None:
    age = {"name": "age", "kind": "integer", "label": "?", "required": True,
           "constraint": ". < 130", "constraint_message": "130"}  # fmt: skip
    given = [{"name": "age", "answer": one} for one in ("many", "300", None)]
    steps = walk(form(age), given, now=WALKED)["steps"]
    assert [(s["result"], s["message"]) for s in steps] == [
        ("type", None),
        ("constraint", "130"),
        ("required", None),
    ]
