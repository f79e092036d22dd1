"""Fits the weights of the confidence on the question sets, and checks them on sets left out."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.kb.sets import QuestionSet
from knowledge.confidence import Calibration
from knowledge.index import Index
from knowledge.normalise import LEXICON

Floats = npt.NDArray[np.float64]
RIDGE = 1e-3
SMALL = ((30, 4), (100, 2))
"""Sizes of the small bases cut out of each set, and how many of each."""
SMALL_SHARE = 0.3
"""What a small base counts beside a whole one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Features of the questions of one base, whether the first entry was right, and weights."""

    name: str
    features: Floats
    right: Floats
    weight: Floats


def _judged(index: Index, question: str, gold: str | None) -> tuple[tuple[float, ...], bool] | None:
    asked = index.read(question)
    ranked = index.rank(asked)
    if not ranked or ranked[0].asked <= 0:
        return None
    found = index.entries[ranked[0].entry].id
    return index.evidence(asked, ranked).features(), found == gold


def _sample(
    name: str, index: Index, kinds: Sequence[tuple[Iterable[tuple[str, str | None]], float]]
) -> Sample:
    """`kinds`: questions with their entry's id, and what all questions of that kind count."""
    features, right, weight = [], [], []
    for questions, share in kinds:
        rows = [row for q, gold in questions if (row := _judged(index, q, gold))]
        features += [row[0] for row in rows]
        right += [float(row[1]) for row in rows]
        weight += [share / max(1, len(rows))] * len(rows)
    return Sample(name, np.array(features), np.array(right), np.array(weight))


def _outside(questions: Iterable[str]) -> list[tuple[str, str | None]]:
    return [(question, None) for question in questions]


def samples(sets: Sequence[QuestionSet], far: Sequence[str]) -> list[Sample]:
    """A sample of every set, and of small bases cut out of it."""
    found = []
    for each in sets:
        kinds = ((each.questions, 1.0), (_outside(far), 0.5), (_outside(each.near), 0.5))
        found.append(_sample(each.name, Index.build(each.entries, learn=False), kinds))
        for size, times in SMALL:
            found += [_small(each, far, size, seed) for seed in range(times)]
    return found


def _small(each: QuestionSet, far: Sequence[str], size: int, seed: int) -> Sample:
    """A base of few entries; questions to the entries left out are its near ones."""
    chance = random.Random(f"{each.name} {size} {seed}")
    asked_about = sorted({gold for _, gold in each.questions})
    kept = set(chance.sample(asked_about, min(size, len(asked_about))))
    inside = [row for row in each.questions if row[1] in kept]
    outside = [question for question, gold in each.questions if gold not in kept]
    near = chance.sample(outside, min(30, len(outside))) + each.near[:30]
    index = Index.build([entry for entry in each.entries if entry.id in kept], learn=False)
    share = SMALL_SHARE
    kinds = (
        (inside, share),
        (_outside(chance.sample(list(far), 60)), share / 2),
        (_outside(near), share / 2),
    )
    return _sample(each.name, index, kinds)


def fit(found: Sequence[Sample]) -> Calibration:
    """Weighted logistic regression with a small ridge, by Newton's method."""
    x = np.concatenate([s.features for s in found])
    y = np.concatenate([s.right for s in found])
    w = np.concatenate([s.weight for s in found])
    middle, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack(((x - middle) / spread, np.ones(len(x))))
    ridge = RIDGE * np.diag([*np.ones(x.shape[1]), 0.0])
    beta = np.zeros(z.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-z @ beta))
        slope = z.T @ (w / w.sum() * (p - y)) + ridge @ beta
        curve = (z * (w / w.sum() * p * (1 - p))[:, None]).T @ z + ridge
        beta -= np.linalg.solve(curve, slope)
    weights = beta[:-1] / spread
    return Calibration(tuple(map(float, weights)), float(beta[-1] - (weights * middle).sum()))


def left_out(found: Sequence[Sample]) -> dict[str, Calibration]:
    """For each set, the calibration fitted on all the others."""
    return {n: fit([s for s in found if s.name != n]) for n in sorted({s.name for s in found})}


def write(calibration: Calibration) -> None:
    """Ships the weights."""
    weights = ", ".join(f"{weight:.4f}" for weight in calibration.weights)
    text = (
        "# Written by `python -m bench.kb --fit`: weights of log(score), share of the question,\n"
        "# share of the phrase, lead over the second, lead over the crowd, log(question).\n"
        f"weights = [{weights}]\noffset = {calibration.offset:.4f}\n"
    )
    (LEXICON / "calibration.toml").write_text(text, encoding="utf-8")
