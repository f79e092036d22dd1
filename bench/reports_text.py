"""Prints how well messages are read: category, duplicates and kind, beside simple peers.

`python -m bench.reports_text [FOLDER]`; FOLDER holds reports/ and route/ with judged sentences.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jieba
import jieba.analyse
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.entries import shipped_entries
from knowledge.index import Index
from services import intents
from services.reports import duplicates, suggestions, wording

HERE = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SHARED_DIR", HERE.parent / "shared")) / "bench"
OWN = HERE / "tests/services/sentences"
FOLDS = 5
Row = dict[str, Any]
Guess = Callable[[str], str | None]


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def columns_of(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def unseen_letters() -> list[Row]:
    """Own titles of letters, never used to mend the word lists."""
    rows = columns_of(OWN / "unseen_letters.tsv")
    return [
        {"categories": [None] if codes == "-" else codes.split("|"), "text": text}
        for codes, text in rows
    ]


# ------------------------------------------------------------------ category of a message


def best_weight(text: str) -> tuple[str | None, float]:
    ranked = suggestions.rank(text)
    return (ranked[0][0], ranked[0][1]) if ranked else (None, float("-inf"))


def keyword_count(text: str) -> str | None:
    """Peer: the category with most of its names among jieba's words of the text."""
    words = set(jieba.lcut(wording.plain(text)))
    counts = {
        code: len(words & set(row["names"])) for code, row in wording.words("signals").items()
    }
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else None


def category_figures(rows: Sequence[Row], guess: Guess) -> tuple[int, int, int, int]:
    """Right and all of those that fit a category; categorised and all of the others."""
    fitting = [row for row in rows if row["categories"] != [None]]
    others = [row for row in rows if row["categories"] == [None]]
    right = sum(guess(row["text"]) in row["categories"] for row in fitting)
    wrong = sum(guess(row["text"]) is not None for row in others)
    return right, len(fitting), wrong, len(others)


def threshold_of(rows: Sequence[Row]) -> float:
    """The weight that would be chosen on these rows: most right less most wrong."""

    def gain(enough: float) -> float:
        right, fitting, wrong, others = category_figures(rows, guesser(enough))
        return right / max(fitting, 1) - wrong / max(others, 1)

    return max((step / 2 for step in range(2, 11)), key=gain)


def guesser(enough: float) -> Guess:
    def guess(text: str) -> str | None:
        code, weight = best_weight(text)
        return code if weight >= enough else None

    return guess


def cross_validated(rows: Sequence[Row]) -> tuple[int, int, int, int]:
    """Every fold judged with the threshold chosen on the others; the word lists stay."""
    total = np.zeros(4, dtype=int)
    for fold in range(FOLDS):
        learned = threshold_of([row for i, row in enumerate(rows) if i % FOLDS != fold])
        held_out = [row for i, row in enumerate(rows) if i % FOLDS == fold]
        total += np.array(category_figures(held_out, guesser(learned)))
    right, fitting, wrong, others = (int(number) for number in total)
    return right, fitting, wrong, others


def category_table(rows: Sequence[Row]) -> None:
    say(f"Category of {len(rows)} letters' titles      right of fitting   others categorised")
    ours: Guess = lambda text: suggestions.suggest(text).category  # noqa: E731
    for name, figures in (
        ("ours", category_figures(rows, ours)),
        (f"ours, threshold by {FOLDS} folds", cross_validated(rows)),
        ("jieba keyword count", category_figures(rows, keyword_count)),
        ("ours, own letters, unseen", category_figures(unseen_letters(), ours)),
        ("jieba keyword count, the same", category_figures(unseen_letters(), keyword_count)),
    ):
        right, fitting, wrong, others = figures
        say(f"  {name:32} {100 * right / fitting:5.1f} %            {100 * wrong / others:5.1f} %")
    say("  goal                             >= 85 %            <= 10 %\n")


# ------------------------------------------------------------------ duplicates


def tfidf_cosine(one: str, two: str) -> float:
    """Peer: cosine of jieba's words weighed with jieba's own idf table."""
    table, median = jieba.analyse.default_tfidf.idf_loader.get_idf()

    def vector(text: str) -> dict[str, float]:
        words = [word for word in jieba.lcut(text[:300]) if len(word) > 1]
        return {word: words.count(word) * table.get(word, median) for word in set(words)}

    a, b = vector(one), vector(two)
    length = np.sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values()))
    return float(sum(w * b.get(word, 0.0) for word, w in a.items()) / length) if length else 0.0


def fitted(features: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Logistic weights with the offset last: ridge 0.1 a pair, duplicates counted double."""
    x = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(x.shape[1])
    importance = np.where(same, 2.0, 1.0)
    ridge = np.append(np.full(features.shape[1], 0.1), 0.0)
    for _ in range(3000):
        error = (1 / (1 + np.exp(-x @ weights)) - same) * importance
        weights -= 0.5 * (x.T @ error + ridge * weights) / len(x)
    return weights


def leave_one_out(features: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    verdicts = []
    for i in range(len(same)):
        kept = np.arange(len(same)) != i
        weights = fitted(features[kept], same[kept])
        verdicts.append(bool(features[i] @ weights[:-1] + weights[-1] >= 0))
    return np.array(verdicts)


def best_cut(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """The threshold with the best F1 on these pairs."""

    def f1(cut: float) -> float:
        found = scores >= cut
        return 2 * float((found & same).sum()) / float(found.sum() + same.sum())

    return max((float(cut) for cut in scores), key=f1)


def held_out_cuts(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each pair judged with the threshold that is best on all the others."""
    kept = [np.arange(len(same)) != i for i in range(len(same))]
    return np.array([scores[i] >= best_cut(scores[k], same[k]) for i, k in enumerate(kept)])


def duplicates_table(rows: Sequence[Row]) -> None:
    same = np.array([row["same"] for row in rows])
    prepared = [(duplicates.prepare(row["a"]), duplicates.prepare(row["b"])) for row in rows]
    features = np.array([duplicates.features(*pair) for pair in prepared])
    words = np.array([tfidf_cosine(row["a"], row["b"]) for row in rows])
    letters = np.array([fuzz.token_set_ratio(row["a"], row["b"]) for row in rows])
    say(f"Duplicates, {len(rows)} pairs ({int(same.sum())} same)       precision   recall")
    for name, found in (
        ("ours", np.array([duplicates.score(*pair).same for pair in prepared])),
        ("ours, weights fitted without it", leave_one_out(features, same)),
        ("jieba TF-IDF, best cut", words >= best_cut(words, same)),
        ("jieba TF-IDF, cut without it", held_out_cuts(words, same)),
        ("rapidfuzz token set, best cut", letters >= best_cut(letters, same)),
    ):
        right = float((found & same).sum())
        say(f"  {name:32} {right / max(found.sum(), 1):9.2f} {right / same.sum():8.2f}")
    say("  goal                               >= 0.93  >= 0.86\n")


# ------------------------------------------------------------------ what a message is


def right_target(row: Row, entry: str | None, category: str | None) -> bool | None:
    """Whether the entry or category fits; None where neither is expected."""
    if row["kind"] == "report":
        return category in (row["category"], *row.get("also", ()))
    return entry == row["topic_id"] if row.get("topic_id") else None


def route_table(rows: Sequence[Row], ask: intents.Ask) -> None:
    ours = [intents.route(row["text"], ask) for row in rows]
    say(f"What {len(rows)} sentences are            kind right   entry or category right")
    _route_row("ours", rows, [(r.kind.value, r.entry_id, r.category) for r in ours])
    plain = []
    for row in rows:
        entry = next((entry for entry, _ in ask(row["text"])), None)
        asks = row["text"].rstrip().endswith(("?", "\uff1f"))
        plain.append(("question" if asks else "report", entry, keyword_count(row["text"])))
    _route_row("question mark, search, keywords", rows, plain)
    say("  goal                               >= 90 %      >= 80 %\n")


def _route_row(name: str, rows: Sequence[Row], found: Sequence[tuple[Any, ...]]) -> None:
    kinds = [kind == row["kind"] for row, (kind, _, _) in zip(rows, found, strict=True)]
    targets = [right_target(row, e, c) for row, (_, e, c) in zip(rows, found, strict=True)]
    known = [target for target in targets if target is not None]
    say(f"  {name:32} {100 * np.mean(kinds):7.1f} %    {100 * np.mean(known):7.1f} %")


def own_table(ask: intents.Ask) -> None:
    """The project's own sentences; `unseen.tsv` was written after the word lists and left so."""
    for path in (OWN / "messages.tsv", OWN / "unseen.tsv"):
        rows = columns_of(path)
        found = [intents.route(text, ask) for *_, text in rows]
        kinds = [r.kind.value == row[0] for r, row in zip(found, rows, strict=True)]
        targets = [
            (r.category if row[0] == "report" else r.entry_id) in row[1].split("|")
            for r, row in zip(found, rows, strict=True)
            if row[1] != "-" and row[2] == "-"
        ]
        dangers = [r.danger == row[2] for r, row in zip(found, rows, strict=True) if row[2] != "-"]
        say(
            f"  {path.name} ({len(rows)}): kind {100 * np.mean(kinds):.1f} %, entry or category "
            f"{100 * np.mean(targets):.1f} %, emergencies seen {sum(dangers)} of {len(dangers)}"
        )


# ------------------------------------------------------------------ time


def time_table(texts: Sequence[str], ask: intents.Ask) -> None:
    random.seed(7)
    many = [random.choice(texts)[:150] + random.choice(texts)[:150] for _ in range(3000)]
    candidates = duplicates.Candidates([duplicates.prepare(text) for text in many])
    asked = [duplicates.prepare(text) for text in texts[:100]]
    say("\nMilliseconds                             p50      p99")
    _times("suggest a category and place", suggestions.suggest, texts)
    _times("say what a message is", lambda text: intents.route(text, ask), texts)
    _times("prepare a message for comparison", duplicates.prepare, texts)
    _times("rank 3,000 candidates", candidates.rank, asked)


def _times(name: str, work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    spent = []
    for item in items:
        start = time.perf_counter()
        work(item)
        spent.append(1000 * (time.perf_counter() - start))
    say(f"  {name:34} {np.percentile(spent, 50):8.2f} {np.percentile(spent, 99):8.2f}")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    jieba.setLogLevel("WARNING")
    ask = intents.asking(Index.build(shipped_entries()))
    if not (folder / "reports/titles.jsonl").exists():
        say(f"No judged sentences in {folder}: only the project's own are measured.")
        own_table(ask)
        return
    titles = rows_of(folder / "reports/titles.jsonl")
    sentences = rows_of(folder / "route/sentences.jsonl")
    category_table(titles)
    duplicates_table(rows_of(folder / "reports/pairs.jsonl"))
    route_table(sentences, ask)
    say("The project's own sentences")
    own_table(ask)
    time_table([row["text"] for row in (*titles, *sentences)], ask)


if __name__ == "__main__":
    main()
