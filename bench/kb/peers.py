"""The searches that others would use, each given the same texts and the same cleaning."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Protocol

import bm25s
import jieba
import numpy as np
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process

from knowledge.entries import Entry
from knowledge.index import Index
from knowledge.normalise import plain

DEPTH = 30
"""Phrases a peer returns; entries are read off them in order."""


class Peer(Protocol):
    """Finds the numbers of the best phrases, best first."""

    def search(self, text: str) -> Sequence[int]:
        """Numbers of phrases, best first."""


def words(text: str) -> list[str]:
    """jieba's words of a text cleaned as ours is, without punctuation."""
    return [word for word in jieba.lcut(plain(text)) if word.strip()]


class RankBm25:
    """rank_bm25's BM25Okapi over jieba words."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._model = BM25Okapi([words(text) or [""] for text in texts])

    def search(self, text: str) -> Sequence[int]:
        scores = self._model.get_scores(words(text))
        return [i for i in np.argsort(-scores, kind="stable")[:DEPTH].tolist() if scores[i] > 0]


class Bm25s:
    """bm25s over jieba words."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._model, self._size = bm25s.BM25(), len(texts)
        self._model.index([words(text) or [""] for text in texts], show_progress=False)

    def search(self, text: str) -> Sequence[int]:
        known = [word for word in words(text) if word in self._model.vocab_dict]
        if not known:
            return []
        found, scores = self._model.retrieve(
            [known], k=min(DEPTH, self._size), show_progress=False, n_threads=0
        )
        return [int(i) for i, score in zip(found[0], scores[0], strict=True) if score > 0]


class Fts5:
    """SQLite FTS5 over jieba words, in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE phrase USING fts5(words, content='')")
        rows = ((i + 1, " ".join(words(text))) for i, text in enumerate(texts))
        self._db.executemany("INSERT INTO phrase(rowid, words) VALUES (?, ?)", rows)

    def search(self, text: str) -> Sequence[int]:
        match = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(text)))
        query = "SELECT rowid FROM phrase WHERE phrase MATCH ? ORDER BY rank LIMIT ?"
        return [row[0] - 1 for row in self._db.execute(query, (match, DEPTH))] if match else []


class RapidFuzz:
    """rapidfuzz's ratio over whole texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [plain(text) for text in texts]

    def search(self, text: str) -> Sequence[int]:
        found = process.extract(plain(text), self._texts, scorer=fuzz.ratio, limit=DEPTH)
        return [number for _, _, number in found]


PEERS: dict[str, Callable[[Sequence[str]], Peer]] = {
    "bm25s + jieba": Bm25s,
    "rank_bm25 + jieba": RankBm25,
    "SQLite FTS5 + jieba": Fts5,
    "rapidfuzz ratio": RapidFuzz,
}


def by_peer(
    maker: Callable[[Sequence[str]], Peer], entries: Sequence[Entry]
) -> Callable[[str], list[str]]:
    """A search over entries that returns ids, best first."""
    phrases = [(phrase, entry.id) for entry in entries for phrase in entry.phrases]
    peer = maker([phrase for phrase, _ in phrases])
    return lambda text: list(dict.fromkeys(phrases[i][1] for i in peer.search(text)))


def by_index(index: Index) -> Callable[[str], list[str]]:
    """Our own search, as ids, best first."""
    return lambda text: [hit.entry_id for hit in index.search(text)]
