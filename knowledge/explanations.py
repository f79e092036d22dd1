"""Why the search found what it found, in words a resident or a colleague can read."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from knowledge.index import Asked, Index
from knowledge.normalise import normalise
from knowledge.replies import Reply
from knowledge.tokens import Codes, Kind, kinds, tokens
from knowledge.words import content_words, words


@dataclass(frozen=True, slots=True)
class Explanation:
    """What speaks for the first hit, and against it.

    `matched` are words of the question that its phrase holds; `similar` those it holds under
    another name, as (asked, held); `sounds` those that only sound the same; `missing` those that
    it lacks; `unknown` those among them that no entry holds. `covered` is the share of the
    question's weight that it holds, 0 to 1.
    """

    phrase: str = ""
    matched: tuple[str, ...] = ()
    similar: tuple[tuple[str, str], ...] = ()
    sounds: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    covered: float = 0.0
    exact: bool = False
    second: str = ""
    second_score: float = 0.0
    """The runner-up's score beside the first's, 0 to 1: near 1 it was a close thing."""


def explain(index: Index, reply: Reply) -> Explanation:
    """What the reply rests on; empty where nothing was found."""
    if not reply.hits:
        return Explanation(unknown=unknown_words(index, [reply.text]))
    first, asked = reply.hits[0], index.read(reply.text)
    bare = normalise(first.phrase)
    found = words(reply.text)
    matched = tuple(word for word in found if word in bare)
    similar = _similar(index, found, bare)
    named = {*matched, *(word for word, _ in similar)}
    sounds = tuple(word for word in found if word not in named and _heard(index, word, bare))
    missing = tuple(word for word in found if word not in {*named, *sounds})
    second = reply.hits[1] if len(reply.hits) > 1 else None
    return Explanation(
        phrase=first.phrase,
        matched=matched,
        similar=similar,
        sounds=sounds,
        missing=missing,
        unknown=tuple(word for word in unknown_words(index, [reply.text]) if word in missing),
        keywords=index.keywords_in(asked.bare, first.entry_id),
        covered=_covered(index, asked, bare),
        exact=first.exact,
        second=second.phrase if second else "",
        second_score=second.score / first.score if second and first.score else 0.0,
    )


def _similar(index: Index, found: Iterable[str], bare: str) -> tuple[tuple[str, str], ...]:
    held = {group: word for word, group in index.synonyms.found(bare)}
    pairs = ((word, g) for text in found for word, g in index.synonyms.found(text))
    return tuple((word, held[g]) for word, g in pairs if word not in bare and g in held)


def _sound_codes(index: Index, text: str) -> Codes:
    """The sounds of a text of one letter, the pairs of sounds of a longer one."""
    codes = tokens([text], index.synonyms)[0]
    wanted: Codes = codes[kinds(codes) == (Kind.SOUND if len(text) == 1 else Kind.SOUND_PAIR)]
    return wanted


def _heard(index: Index, word: str, bare: str) -> bool:
    held = tokens([bare], index.synonyms)[0]
    return bool(np.isin(_sound_codes(index, word), held).all())


def _covered(index: Index, asked: Asked, bare: str) -> float:
    """Share of the weight of the question's letters and sounds that the phrase holds."""
    singles = asked.codes[np.isin(kinds(asked.codes), (Kind.LETTER, Kind.SOUND, Kind.MEANING))]
    worth = index.worths(singles)
    held = np.isin(singles, tokens([bare], index.synonyms)[0])
    return float(worth[held].sum() / worth.sum()) if worth.sum() else 0.0


def unknown_words(index: Index, questions: Iterable[str]) -> tuple[str, ...]:
    """Content words that no phrase of the base holds, in the order met: what to write about."""
    found = (word for question in questions for word in content_words(question))
    return tuple(word for word in dict.fromkeys(found) if not index.holds(word))
