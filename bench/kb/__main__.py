"""Prints how the search does on every question set, beside its peers.

`python -m bench.kb [FOLDER]` with `--perturb`, `--scale`, `--large` for the longer tables, and
`--fit` to fit the confidence anew and ship its weights.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import jieba
import numpy as np

from bench.kb import fit
from bench.kb.figures import Found, Refusals, found, refusals
from bench.kb.peers import PEERS, by_index, by_peer
from bench.kb.scale import LARGE, SIZES, in_its_own_process
from bench.kb.sets import FOLDER, QuestionSet, perturbations, question_sets
from knowledge.confidence import Calibration
from knowledge.index import Index
from knowledge.large import LargeEngine

Indexes = Mapping[str, Index]


def say(line: str = "") -> None:
    """One line of a table, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _row(name: str, rows: Sequence[Found]) -> None:
    each = "  ".join(f"{row.first:5.1f}/{row.five:5.1f}" for row in rows)
    first, five, spent = (
        float(np.mean([getattr(row, key) for row in rows]))
        for key in ("first", "five", "microseconds")
    )
    say(f"{name:20} {first:5.1f}/{five:5.1f}  {spent:7.0f}   {each}")


def ranking_table(sets: Sequence[QuestionSet], indexes: Indexes) -> None:
    """First answer and recall at five of every set, ours and the peers'."""
    names = "  ".join(f"{each.name:>11}" for each in sets)
    say(f"{'top-1 / recall@5 %':20} {'macro':>11}  {'p50 us':>7}   {names}")
    _row("ours", [found(by_index(indexes[each.name]), each.questions) for each in sets])
    for name, maker in PEERS.items():
        _row(name, [found(by_peer(maker, each.entries), each.questions) for each in sets])


def perturbed_table(sets: Sequence[QuestionSet], indexes: Indexes, folder: Path) -> None:
    """Points of the first answer that each way of mistyping costs, ours and the peers'."""
    kinds = perturbations(folder)
    say(f"\n{'change of top-1':20} " + " ".join(f"{kind:>9}" for kind in kinds))
    searches = {"ours": {each.name: by_index(indexes[each.name]) for each in sets}}
    for name, maker in PEERS.items():
        searches[name] = {each.name: by_peer(maker, each.entries) for each in sets}
    for name, search in searches.items():
        clean = _first(sets, search, str)
        costs = [_first(sets, search, change) - clean for change in kinds.values()]
        say(f"{name:20} " + " ".join(f"{cost:+9.1f}" for cost in costs))


def _first(
    sets: Sequence[QuestionSet],
    search: Mapping[str, Callable[[str], list[str]]],
    change: Callable[[str], str],
) -> float:
    rows = [
        found(search[each.name], [(change(question), gold) for question, gold in each.questions])
        for each in sets
    ]
    return float(np.mean([row.first for row in rows]))


def refusal_table(title: str, sets: Sequence[QuestionSet], rows: Sequence[Refusals]) -> None:
    """Answers given, how many right, and questions of no entry that got one."""
    say(f"\n{title:28} {'answered':>9} {'right':>7} {'far':>6} {'near':>6} {'else in 5':>10}")
    for each, r in zip(sets, rows, strict=True):
        say(
            f"{each.name:28} {100 * r.answered / r.asked:8.1f}% {_share(r.right, r.answered)}"
            f" {_share(r.far_answered, r.far)}{_share(r.near_answered, r.near)}"
            f" {_share(r.offered_right, r.asked - r.answered):>10}"
        )
    macro = float(np.mean([100 * r.answered / r.asked for r in rows]))
    total = {key: sum(getattr(r, key) for r in rows) for key in Refusals.__annotations__}
    say(
        f"{'macro answered, rest pooled':28} {macro:8.1f}%"
        f" {_share(total['right'], total['answered'])}"
        f" {_share(total['far_answered'], total['far'])}"
        f"{_share(total['near_answered'], total['near'])}"
        f" {_share(total['offered_right'], total['asked'] - total['answered']):>10}"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):5.1f}%"


def _calibrated(each: QuestionSet, calibration: Calibration) -> Index:
    index = Index.build(each.entries)
    index.calibration = calibration.shifted(index.calibration.shift)
    return index


def fitted_tables(sets: Sequence[QuestionSet], far: Sequence[str], *, ship: bool) -> None:
    """Refusals with weights fitted on the other sets; ships the weights of all when asked."""
    samples = fit.samples(sets, far)
    others = fit.left_out(samples)
    rows = [refusals(_calibrated(each, others[each.name]), each, far) for each in sets]
    refusal_table("fitted on the other sets", sets, rows)
    if ship:
        fit.write(fit.fit(samples))
        say("lexicon/calibration.toml is written; run again to see its figures.")


def agreement(sets: Sequence[QuestionSet], indexes: Indexes) -> None:
    """How often the engine for large bases gives the same first answer."""
    same = asked = 0
    for each in sets:
        large = by_index(Index.build(each.entries, engine=LargeEngine))
        memory = by_index(indexes[each.name])
        same += sum(large(q)[:1] == memory(q)[:1] for q, _ in each.questions)
        asked += len(each.questions)
    say(
        f"\ntantivy gives the same first answer for {100 * same / asked:.1f} % of {asked} questions"
    )


def scale_table(*, large: bool) -> None:
    """Build, memory and latency at growing sizes."""
    say(f"\n{'entries':>8} {'engine':>8} {'build s':>8} {'MiB':>7} {'p50 ms':>7} {'p99 ms':>7}")
    for size in SIZES if large else SIZES[:3]:
        for engine in ("memory", "tantivy") if size >= LARGE else ("memory",):
            row = in_its_own_process(size, engine)
            say(
                f"{size:8} {engine:>8} {row['build_s']:8.3f} {row['memory_mib']:7.1f}"
                f" {row['p50_ms']:7.3f} {row['p99_ms']:7.3f}"
            )


def main() -> None:
    """Reads the command line and prints the tables asked for."""
    parser = argparse.ArgumentParser(prog="bench.kb", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    for name in ("perturb", "scale", "large", "fit"):
        parser.add_argument(f"--{name}", action="store_true")
    chosen = parser.parse_args()
    if not (chosen.folder / "out_of_scope.queries.jsonl").exists():
        say("No question sets: put the shared folder beside the repository or name a folder.")
        return
    jieba.setLogLevel(60)
    sets, far = question_sets(chosen.folder)
    indexes = {each.name: Index.build(each.entries) for each in sets}
    ranking_table(sets, indexes)
    rows = [refusals(indexes[each.name], each, far) for each in sets]
    refusal_table("as shipped", sets, rows)
    fitted_tables(sets, far, ship=chosen.fit)
    agreement(sets, indexes)
    if chosen.perturb:
        perturbed_table(sets, indexes, chosen.folder)
    if chosen.scale or chosen.large:
        scale_table(large=chosen.large)


if __name__ == "__main__":
    main()
