"""Tries the reading of messages from outside: a file of texts in, a file of results out."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from knowledge.entries import read_rows, shipped_entries, write_rows
from knowledge.index import Index
from services import intents
from services.reports import duplicates, places, suggestions

Row = dict[str, Any]


def suggest_reports(texts: Path, out: Path, *, gazetteer: Sequence[places.Known] = ()) -> int:
    """What every {text} reports, one row each in order; the number of rows.

    Nothing is written where a line is no JSON. Raises EntryError for it, OSError for a file that
    cannot be used.
    """
    return _write(texts, out, lambda row: _suggested(_text(row, "text"), gazetteer))


def judge_pairs(pairs: Path, out: Path) -> int:
    """Whether each {a, b} reports the same thing, as {score, same}; raises like the others."""
    return _write(
        pairs, out, lambda row: asdict(duplicates.score(_text(row, "a"), _text(row, "b")))
    )


def route_texts(texts: Path, out: Path) -> int:
    """What every {text} is, answered from the shipped entries alone; raises like the others."""
    ask = intents.asking(Index.build(shipped_entries()))
    return _write(texts, out, lambda row: _routed(_text(row, "text"), ask))


def _suggested(text: str, gazetteer: Sequence[places.Known]) -> Row:
    found = suggestions.suggest(text, gazetteer)
    return {
        "text": text,
        "category": found.category,
        "confidence": found.confidence,
        "place": asdict(found.place),
        "quantity": found.quantity,
        "urgent": found.urgent,
    }


def _routed(text: str, ask: intents.Ask) -> Row:
    found = intents.route(text, ask)
    return {
        "text": text,
        "kind": found.kind.value,
        "entry_id": found.entry_id,
        "category": found.category,
        "urgent": found.urgent,
        "confidence": found.confidence,
        "danger": found.danger.value if found.danger else None,
    }


def _text(row: Any, key: str) -> str:
    """A row without the text counts as an empty message: it still gets its line."""
    value = row.get(key) if isinstance(row, dict) else None
    return "" if value is None else str(value)


def _write(source: Path, out: Path, answer: Callable[[Any], Row]) -> int:
    return write_rows(out, (answer(row) for _, row in read_rows(source)))
