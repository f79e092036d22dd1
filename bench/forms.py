"""Prints what forms cost: microseconds an expression and a step, and the import of 500 questions.

`python -m bench.forms`. Beside each figure stands a peer measured in the same run: Python's own
compiled `eval` for expressions, pyxform's conversion for the import. Goals: under 1 microsecond
(median) an expression, under 300 a step on a 500-question form, under 0.3 s for its import.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from pyxform.xls2xform import convert

from services.forms.checks import check
from services.forms.documents import Document, Kind
from services.forms.expressions import Code, Context, Scope, compile_expression
from services.forms.fillings import Filling, answer, begin, current
from services.forms.givens import Given
from services.forms.handwritten import from_mapping
from services.forms.plans import Plan, plan
from services.forms.progress import progress
from services.forms.trees import Tree

QUESTIONS = 500
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ANSWERS = {"a": 5, "b": 2.5, "z": None, "t": "hello", "one": "b", "many": ["a", "c"],
           "d": "2026-11-03"}  # fmt: skip
EXPRESSIONS = {
    "${a} > 3": "number(v.get('a')) > 3",
    "${a} >= 0 and ${a} <= 120": "0 <= number(v.get('a')) <= 120",
    "${one} = 'b'": "v.get('one') == 'b'",
    "${one} = 'a' or ${one} = 'b'": "v.get('one') == 'a' or v.get('one') == 'b'",
    "${one} != ''": "v.get('one') not in ('', None)",
    "selected(${many}, 'c')": "'c' in (v.get('many') or ())",
    "not(selected(${many}, 'b'))": "'b' not in (v.get('many') or ())",
    "count-selected(${many}) < 3": "len(v.get('many') or ()) < 3",
    "${z} = ''": "v.get('z') in ('', None)",
    "${z} > 5": "number(v.get('z')) > 5",
    "${a} + ${b} * 2": "number(v.get('a')) + number(v.get('b')) * 2",
    "${t} = 'hello' and ${a} > 3": "v.get('t') == 'hello' and number(v.get('a')) > 3",
    "string-length(${t}) > 3": "len(v.get('t') or '') > 3",
    "if(${a} > 3, 'x', 'y')": "'x' if number(v.get('a')) > 3 else 'y'",
    "coalesce(${z}, ${a})": "v.get('a') if v.get('z') in ('', None) else v.get('z')",
    "int(${a} div 2) * 10": "int(number(v.get('a')) / 2) * 10",
    "concat(${t}, '-', ${a})": "(v.get('t') or '') + '-' + str(v.get('a'))",
    "${d} <= today()": "date.fromisoformat(v['d']) <= now.date()",
    "regex(${t}, '[a-z]{2,9}')": "re.fullmatch('[a-z]{2,9}', v.get('t') or '') is not None",
    "round(${b} * 3, 1)": "round(number(v.get('b')) * 3, 1)",
}


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def median_time(act: Callable[[], Any], *, times: int, repeats: int = 7) -> float:
    """Median seconds for one call, over `repeats` runs of `times` calls."""
    runs = []
    for _ in range(repeats):
        begun = time.perf_counter()
        for _ in range(times):
            act()
        runs.append((time.perf_counter() - begun) / times)
    return statistics.median(runs)


def small_form() -> Document:
    choices = [[name, name] for name in "abc"]
    kinds = {"a": "integer", "b": "decimal", "z": "integer", "t": "text", "d": "date"}
    questions: list[dict[str, Any]] = [{"name": n, "kind": k} for n, k in kinds.items()]
    questions += [
        {"name": "one", "kind": "choose_one", "choices": choices},
        {"name": "many", "kind": "choose_several", "choices": choices},
    ]
    return from_mapping({"name": "small", "question": questions})


def number(value: Any) -> float:
    """What the peer needs to treat a blank as a number."""
    return float("nan") if value in (None, "") else value


def expressions() -> None:
    tree = Tree(small_form())
    context = Context(dict(ANSWERS), now=NOW)
    names = {"v": ANSWERS, "number": number, "now": NOW}
    exec("import re; from datetime import date", names)
    ours, peers, compiling = [], [], []
    for written, python in EXPRESSIONS.items():
        run = _compiled(written, tree).run
        code = compile(python, "peer", "eval")
        ours.append(median_time(lambda run=run: run(context), times=4000))  # type: ignore[misc]
        peers.append(median_time(lambda code=code: eval(code, names), times=4000))  # type: ignore[misc]
        compiling.append(
            median_time(lambda w=written: _compiled(w, tree), times=50, repeats=3)  # type: ignore[misc]
        )
    say(f"{len(EXPRESSIONS)} expressions, microseconds an evaluation (with the calling lambda)")
    for title, found in (("ours", ours), ("eval of Python", peers), ("compile, ours", compiling)):
        worst = sorted(found)[int(len(found) * 0.95)]
        say(f"  {title:16} median {statistics.median(found) * 1e6:6.2f}   p95 {worst * 1e6:6.2f}")
    say("  goal: median under 1")


def _compiled(written: str, tree: Tree) -> Code:
    return compile_expression(written, Scope(tree, tree.nodes[0]))


def workbook() -> bytes:
    """500 questions in groups of ten: conditions, limits, calculations as real forms have them."""
    made = Workbook()
    survey = made.active
    survey.title = "survey"
    survey.append(["type", "name", "label", "required", "relevant", "constraint",
                   "constraint_message", "calculation", "choice_filter"])  # fmt: skip
    for number_ in range(QUESTIONS):
        if number_ % 10 == 0:
            survey.append(["begin_group", f"g{number_}", f"第 {number_ // 10} 组"])
        survey.append(_row(number_))
        if number_ % 20 == 7:
            survey.append(["calculate", f"c{number_}", None, None, None, None, None,
                           f"${{q{number_ - 6}}} * 2 + 1"])  # fmt: skip
        if number_ % 10 == 9:
            survey.append(["end_group"])
    choices = made.create_sheet("choices")
    choices.append(["list_name", "name", "label", "part"])
    for name in "abcdef":
        choices.append(["list", name, f"选项 {name}", name])
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def _row(number_: int) -> list[str | None]:
    name, label = f"q{number_}", f"第 {number_} 题:您觉得怎么样?"
    before = max(number_ - 5, 0) // 10 * 10
    relevant = f"${{q{before}}} != 'f'" if number_ % 5 in (2, 4) else None
    kind = number_ % 10
    if kind in (1, 6):
        return ["integer", name, label, "yes", relevant, ". >= 0 and . <= 120", "0 到 120"]
    if kind == 4:
        return ["text", name, label, None, relevant]
    if kind == 8:
        return ["select_multiple list", name, label, None, relevant, "count-selected(.) < 4"]
    row: list[str | None] = ["select_one list", name, label, "yes", relevant]
    if kind == 9:
        row += [None, None, None, f"part != ${{q{number_ - 9}}}"]
    return row


_GIVEN = {
    Kind.CHOOSE_ONE: Given(press="0"),
    Kind.INTEGER: Given(text="三十二"),
    Kind.TEXT: Given(text="还可以"),
}


def one_step(filling: Filling) -> tuple[Filling, float]:
    """A step as the bot takes it: from the stored row to the next question shown."""
    stored = json.dumps(filling.to_json())
    begun = time.perf_counter()
    loaded = Filling.from_json(filling.document, json.loads(stored))
    step = current(loaded)
    assert step is not None
    if step.kind is Kind.CHOOSE_SEVERAL:
        loaded = answer(loaded, Given(press="+1"), now=NOW)
    after = answer(loaded, _GIVEN.get(step.kind, Given(press="ok")), now=NOW)
    current(after)
    progress(after)
    return after, time.perf_counter() - begun


def warm_step(filling: Filling) -> float:
    """The pure part: the answer is taken and the next question found."""
    step = current(filling)
    assert step is not None
    given = _GIVEN.get(step.kind, Given(press="skip"))
    begun = time.perf_counter()
    current(answer(filling, given, now=NOW))
    return time.perf_counter() - begun


def steps(document: Document) -> None:
    filling, taken, warm = begin(document, "bench", now=NOW), [], []
    while current(filling) is not None:
        warm.append(warm_step(filling))
        filling, seconds = one_step(filling)
        taken.append(seconds)
    say(f"{len(taken)} steps through {QUESTIONS} questions, microseconds a step")
    for title, found in (("answer + next", warm), ("load + answer + next", taken)):
        worst = sorted(found)[int(len(found) * 0.95)]
        say(f"  {title:20} median {statistics.median(found) * 1e6:5.0f}   p95 {worst * 1e6:5.0f}")
    say("  goal: under 300")


def imports() -> Document:
    content = workbook()
    ours = median_time(lambda: check(content), times=1)
    peer = median_time(lambda: convert(BytesIO(content), file_type=".xlsx"), times=1)
    document = check(content).document
    assert document is not None
    compiling = median_time(lambda: Plan(document), times=1)
    reading = median_time(lambda: Document.from_json(document.to_json()), times=1)
    say(f"import of {QUESTIONS} questions from .xlsx, milliseconds")
    say(f"  ours, checked     {ours * 1e3:6.0f}    pyxform alone {peer * 1e3:6.0f}")
    say(f"  of it compiling   {compiling * 1e3:6.0f}    to and from JSON {reading * 1e3:6.1f}")
    say("  goal: under 300")
    return document


def main() -> None:
    expressions()
    document = imports()
    plan(document)
    steps(document)


if __name__ == "__main__":
    main()
