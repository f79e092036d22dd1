"""Latency, build time and memory at growing sizes, each size in a process of its own."""

import gc
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.kb.sets import FOLDER, question_sets
from knowledge.entries import Entry
from knowledge.index import Index
from knowledge.large import LargeEngine
from knowledge.ranking import MemoryEngine

SIZES = (300, 3_000, 30_000, 300_000)
LARGE = 100_000
QUERIES = 400
PAGE = 4096


def sentences(size: int, folder: Path = FOLDER) -> list[str]:
    """That many different questions: all there are, then halves of two put together."""
    sets, far = question_sets(folder)
    real = [phrase for each in sets for entry in each.entries for phrase in entry.phrases]
    real += [question for each in sets for question, _ in each.questions] + far
    chance = random.Random(size)
    chance.shuffle(real)
    found = dict.fromkeys(real)
    while len(found) < size:
        one, two = chance.choice(real), chance.choice(real)
        found[one[: len(one) // 2 + 1] + two[len(two) // 2 :]] = None
    return list(found)[:size]


def _asked(index: Index, questions: Sequence[str]) -> list[float]:
    spent = []
    for question in questions:
        start = time.perf_counter_ns()
        index.ask(question)
        spent.append((time.perf_counter_ns() - start) / 1e6)
    return spent


def _resident() -> int:
    """Bytes of this process in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def measured(size: int, engine: str) -> dict[str, Any]:
    """One size on one engine, in this process."""
    entries = [Entry(str(i), text) for i, text in enumerate(sentences(size))]
    sets, _ = question_sets(FOLDER)
    questions = [question for each in sets for question, _ in each.questions]
    random.Random(0).shuffle(questions)
    Index.build(entries[:50]).ask(questions[0])
    gc.collect()
    before = _resident()
    start = time.perf_counter()
    index = Index.build(entries, engine=LargeEngine if engine == "tantivy" else MemoryEngine)
    built = time.perf_counter() - start
    gc.collect()
    memory = _resident() - before
    _asked(index, questions[:20])
    spent = _asked(index, questions[20 : 20 + QUERIES])
    return {
        "entries": size,
        "engine": engine,
        "build_s": round(built, 3),
        "memory_mib": round(memory / 2**20, 1),
        "p50_ms": round(float(np.percentile(spent, 50)), 3),
        "p99_ms": round(float(np.percentile(spent, 99)), 3),
    }


def in_its_own_process(size: int, engine: str) -> dict[str, Any]:
    """The same in a fresh process, so that memory is counted from nothing."""
    command = [sys.executable, "-m", "bench.kb.scale", str(size), engine]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, Any] = json.loads(done.stdout)
    return row


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), sys.argv[2])))
