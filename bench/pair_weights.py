"""Makes lexicon/pair_weights.txt: how telling a pair of characters is, from jieba's word counts.

`python -m bench.pair_weights` rewrites the table that services/reports/duplicates.py reads.
"""

import math
from collections import Counter, defaultdict
from pathlib import Path

import jieba

TARGET = Path(__file__).parents[1] / "services/reports/lexicon/pair_weights.txt"
RARE = 3e5
"""A pair seen less than once in this many counts as a name: it is left out of the table."""
COMMONEST = 11
HEAD = """# Pairs of characters by how telling they are: a weight, then the pairs that have it.
# The weight is the logarithm of one over the pair's share in jieba's word counts (MIT licence);
# a pair that is not here is rare, most often part of a name.
# Made by `python -m bench.pair_weights`.
"""


def pair_counts() -> Counter[str]:
    """How often each pair of characters occurs inside the words of jieba's dictionary."""
    jieba.initialize()
    counts: Counter[str] = Counter()
    for word, count in jieba.dt.FREQ.items():
        for start in range(len(word) - 1) if count else ():
            counts[word[start : start + 2]] += count
    return counts


def bands(counts: Counter[str]) -> dict[int, list[str]]:
    """Pairs by rounded weight, the common ones only."""
    total = counts.total()
    found: dict[int, list[str]] = defaultdict(list)
    for pair, count in counts.items():
        weight = round(math.log(total / (count + total / RARE)))
        if weight <= COMMONEST and pair.isalpha():
            found[weight].append(pair)
    return found


def main() -> None:
    rows = sorted(bands(pair_counts()).items())
    lines = [f"{weight} {''.join(sorted(pairs))}\n" for weight, pairs in rows]
    TARGET.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
