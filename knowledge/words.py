"""Words for people to look at: jieba cuts them. Ranking never depends on these."""

import collections
import tempfile
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.normalise import lexicon_lines, normalise, plain

_LOCK = threading.Lock()


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    """jieba with its cache in a folder of our own that is gone once it is read.

    The shared file in the temporary folder is trusted by jieba without a check, and belongs to
    whoever ran jieba first. Reading the dictionary takes about a second: see `prepare`.
    """
    import jieba

    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    with _LOCK, tempfile.TemporaryDirectory() as folder:
        tokenizer.tmp_dir = str(Path(folder))
        tokenizer.initialize()
    return tokenizer


def prepare() -> None:
    """Reads jieba's dictionary, about a second; call it at start, outside any chat turn."""
    _tokenizer()


def words(text: str) -> list[str]:
    """The words of a question, normalised, without punctuation and polite words."""
    return [word for word in _tokenizer().lcut(normalise(text), HMM=False) if word.strip()]


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    shared = {plain(word) for line in lexicon_lines("synonyms.txt")[:8] for word in line.split()}
    return frozenset(shared).union(lexicon_lines("common.txt"))


def content_words(text: str) -> list[str]:
    """The words of a question that say what it is about."""
    return [word for word in words(text) if word not in _common() and len(word) > 1]


def hot_words(questions: Iterable[str], limit: int = 20) -> list[tuple[str, int]]:
    """The content words of the most questions, with how many questions hold each."""
    counted: collections.Counter[str] = collections.Counter()
    for question in questions:
        counted.update(set(content_words(question)))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:limit]
