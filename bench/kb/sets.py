"""The question sets: bases, questions to them with the right entry, and questions of none."""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from knowledge.entries import Entry
from knowledge.trial import base_entries

SHARED = Path(os.environ.get("SHARED_DIR") or Path(__file__).resolve().parents[3] / "shared")
FOLDER = SHARED / "bench" / "kb"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """One base: its entries, (question, id of the right entry), and near questions of none."""

    name: str
    entries: list[Entry]
    questions: list[tuple[str, str]]
    near: list[str]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def question_sets(folder: Path) -> tuple[list[QuestionSet], list[str]]:
    """All sets of a folder, and the questions that are far from every base."""
    outside = _rows(folder / "out_of_scope.queries.jsonl")
    sets = []
    for path in sorted(folder.glob("*.kb.jsonl")):
        name = path.name.removesuffix(".kb.jsonl")
        asked = _rows(folder / f"{name}.queries.jsonl")
        questions = [(row["query"], row["id"]) for row in asked]
        near = [row["query"] for row in outside if row["kb"] == name]
        sets.append(QuestionSet(name, base_entries(path), questions, near))
    return sets, [row["query"] for row in outside if row["kb"] == "*"]


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(path.name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def perturbations(folder: Path) -> dict[str, Callable[[str], str]]:
    """The ways in which residents mistype, by name, from the sets' own script."""
    module = _module(folder / "perturb.py")

    def of(kind: str) -> Callable[[str], str]:
        return lambda text: str(module.perturb(text, kind))

    return {kind: of(kind) for kind in module.KINDS}
