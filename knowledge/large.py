"""The engine of bases above about 100,000 entries: tantivy finds, our own BM25 orders.

Needs the extra: `pip install .[large]`. The tokens are the same; tantivy returns the phrases that
may be best, and these few are scored again exactly as the engine in memory scores all of them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from knowledge.entries import Entry
from knowledge.normalise import normalise
from knowledge.postings import WEIGHTS, Floats, counted, damped, lengths, rarity
from knowledge.ranking import ANSWER_LETTERS, ANSWER_SHARE, Phrases, Ranked
from knowledge.synonyms import FIRST_MEANING, Synonyms
from knowledge.tokens import Codes, Kind, kinds, letters, pair_tokens, seconds, tokens

_CHUNK = 20_000
_DEPTH = 80
"""Phrases, and answers, that tantivy returns to be scored exactly."""
_HEAP = 60_000_000
_FIELD = "tokens"


class _Shelf:
    """One tantivy index in memory over texts that are already tokens."""

    def __init__(self, chunks: Iterator[tuple[Codes, Codes, int]]) -> None:
        """`chunks`: tokens, the number of each one's text within the chunk, and how many texts."""
        import tantivy

        self._tantivy: Any = tantivy
        schema = tantivy.SchemaBuilder()
        schema.add_text_field(_FIELD, tokenizer_name="whitespace", index_option="freq")
        schema.add_unsigned_field("number", fast=True)
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(_HEAP, 1)
        self.size, totals = 0, np.zeros(len(WEIGHTS.kinds))
        for codes, owners, size in chunks:
            self._add(writer, codes, owners, size)
            totals += np.bincount(kinds(codes), minlength=len(totals))
            self.size += size
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self.average = totals / max(1, self.size)

    def _add(self, writer: Any, codes: Codes, owners: Codes, size: int) -> None:
        order = np.argsort(owners, kind="stable")
        words = list(map(_word, codes[order].tolist()))
        ends = np.cumsum(np.bincount(owners, minlength=size)).tolist()
        start = 0
        for text, end in enumerate(ends):
            document = self._tantivy.Document()
            document.add_text(_FIELD, " ".join(words[start:end]))
            document.add_unsigned("number", self.size + text)
            writer.add_document(document)
            start = end

    def held(self, codes: Codes) -> Codes:
        """How many texts hold each token."""
        count = self._searcher.doc_freq
        return np.fromiter((count(_FIELD, _word(c)) for c in codes.tolist()), np.int64, len(codes))

    def worths(self, codes: Codes) -> Floats:
        """What a match of each token is worth."""
        worth: Floats = np.asarray(WEIGHTS.kinds)[kinds(codes)]
        return worth * rarity(codes, self.held(codes), self.size)

    def likely(self, codes: Codes) -> list[int]:
        """Numbers of the texts that may score highest."""
        codes = _telling(codes)
        held = self.held(codes)
        usual = np.log1p((self.size - held + 0.5) / (held + 0.5))
        boosts = np.asarray(WEIGHTS.kinds)[kinds(codes)] * rarity(codes, held, self.size) / usual
        query, schema = self._tantivy.Query, self._index.schema
        parts = [
            (
                self._tantivy.Occur.Should,
                query.boost_query(query.term_query(schema, _FIELD, _word(code), "freq"), boost),
            )
            for code, boost, count in zip(codes.tolist(), boosts.tolist(), held, strict=True)
            if count
        ]
        if not parts:
            return []
        hits = self._searcher.search(query.boolean_query(parts), _DEPTH, count=False).hits
        found = self._searcher.fast_field_values("number", [address for _, address in hits])
        return sorted(int(number or 0) for number in found)

    def scores(self, asked: Codes, cut: tuple[Codes, Codes], size: int) -> Floats:
        """The score of each of a few texts, given as tokens, for the asked tokens."""
        vocabulary, column, text, count = counted(*cut, size)
        shared = np.isin(vocabulary, asked)
        worth = np.zeros(len(vocabulary))
        worth[shared] = self.worths(vocabulary[shared])
        relative = lengths(*cut, size) / np.maximum(self.average[:, None], 1e-9)
        share = damped(count, relative[kinds(vocabulary)[column], text])
        return np.bincount(text, weights=worth[column] * share, minlength=size).astype(np.float64)


def _telling(codes: Codes) -> Codes:
    """Tokens to find by: not the single sounds, nor the letters that meanings repeat.

    These have the longest lists and change nothing about which phrases may be best.
    """
    kind = kinds(codes)
    repeated = (kind >= Kind.MEANING) & (seconds(codes) < FIRST_MEANING)
    repeated &= letters(codes) < FIRST_MEANING
    telling: Codes = codes[(kind != Kind.SOUND) & ~repeated]
    return telling


def _word(code: int) -> str:
    return f"{code:x}"


class LargeEngine:
    """Finds on tantivy, orders as the engine in memory does."""

    def __init__(self, entries: Sequence[Entry], phrases: Phrases, synonyms: Synonyms) -> None:
        self._entries, self._phrases, self._synonyms = entries, phrases, synonyms
        self._asked = _Shelf(self._phrase_chunks())
        self._answered = None
        if any(entry.answer for entry in entries):
            self._answered = _Shelf(self._answer_chunks())

    def _phrase_chunks(self) -> Iterator[tuple[Codes, Codes, int]]:
        for start in range(0, len(self._phrases.bare), _CHUNK):
            texts = self._phrases.bare[start : start + _CHUNK]
            yield *tokens(texts, self._synonyms), len(texts)

    def _answer_chunks(self) -> Iterator[tuple[Codes, Codes, int]]:
        for start in range(0, len(self._entries), _CHUNK):
            texts = list(map(_answer, self._entries[start : start + _CHUNK]))
            yield *pair_tokens(texts), len(texts)

    def best(self, codes: Codes, limit: int, *, hidden: int | None = None) -> list[Ranked]:
        """The `limit` best of the entries that tantivy finds, best first."""
        likely = self._asked.likely(codes)
        owners = {int(self._phrases.owners[phrase]) for phrase in likely}
        if self._answered is not None:
            owners |= set(self._answered.likely(codes))
        if not owners:
            return []
        entries = sorted(owners)
        own = [p for entry in entries for p in self._phrases.of(entry) if p != hidden]
        by_phrase = dict(zip(own, self._phrase_scores(codes, own).tolist(), strict=True))
        answered = self._answer_scores(codes, entries).tolist()
        rows = [
            self._ranked(entry, by_phrase, score)
            for entry, score in zip(entries, answered, strict=True)
        ]
        return sorted((r for r in rows if r.score > 0), key=lambda r: -r.score)[:limit]

    def _ranked(self, entry: int, by_phrase: dict[int, float], answered: float) -> Ranked:
        own = [p for p in self._phrases.of(entry) if p in by_phrase] or [self._phrases.of(entry)[0]]
        phrase = max(own, key=lambda p: by_phrase.get(p, 0.0))
        return Ranked(entry, phrase, by_phrase.get(phrase, 0.0), answered)

    def _phrase_scores(self, codes: Codes, own: Sequence[int]) -> Floats:
        texts = [self._phrases.bare[phrase] for phrase in own]
        return self._asked.scores(codes, tokens(texts, self._synonyms), len(texts))

    def _answer_scores(self, codes: Codes, entries: Sequence[int]) -> Floats:
        if self._answered is None:
            return np.zeros(len(entries))
        texts = [_answer(self._entries[entry]) for entry in entries]
        return ANSWER_SHARE * self._answered.scores(codes, pair_tokens(texts), len(texts))

    def worths(self, codes: Codes) -> Floats:
        """What a match of each token is worth in a phrase."""
        return self._asked.worths(codes)

    def mass(self, phrase: int) -> float:
        """What all tokens of a phrase together are worth."""
        cut = tokens([self._phrases.bare[phrase]], self._synonyms)
        return float(self._asked.scores(np.unique(cut[0]), cut, 1)[0])

    def holds(self, codes: Codes) -> bool:
        """Whether each of the tokens is in some phrase."""
        return bool(self._asked.held(codes).all())


def _answer(entry: Entry) -> str:
    return normalise(entry.answer)[:ANSWER_LETTERS]
