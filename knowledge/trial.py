"""Tries a base from outside: a file of entries and one of questions in, a file of results out."""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from knowledge.entries import Entry, EntryError, read_rows
from knowledge.index import Index


def base_entries(path: Path) -> list[Entry]:
    """Entries of rows {id, question, answer?, alts?}; ids are kept, and other fields passed over.

    Raises EntryError with the place of a row without id or question, or an id given twice.
    """
    found: dict[str, Entry] = {}
    for where, row in read_rows(path):
        if not isinstance(row, dict) or not row.get("question") or "id" not in row:
            raise EntryError("missing_field", where, "id, question")
        entry = _entry(row)
        if entry.id in found:
            raise EntryError("id_twice", where, entry.id)
        found[entry.id] = entry
    return list(found.values())


def _entry(row: dict[str, Any]) -> Entry:
    aliases = tuple(str(alias) for alias in row.get("alts") or ())
    answer = str(row.get("answer") or "")
    return Entry(str(row["id"]), str(row["question"]), answer, aliases=aliases)


def results(index: Index, queries: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One result for each question, in order, with the time it took in microseconds."""
    for query in queries:
        start = time.perf_counter_ns()
        reply = index.ask(query)
        spent = (time.perf_counter_ns() - start) / 1000
        yield {
            "query": query,
            "outcome": reply.outcome.value,
            "ids": [hit.entry_id for hit in reply.hits],
            "confidence": round(reply.confidence, 4),
            "microseconds": round(spent, 1),
        }


def try_base(kb_path: Path, queries_path: Path, out_path: Path) -> int:
    """Asks every {query} of a file of a base with default settings; the number of results.

    Ids come back as the base gave them, numbers as numbers. Raises EntryError for a row that
    cannot be read, OSError for a file that cannot.
    """
    index = Index.build(base_entries(kb_path))
    given = {str(row["id"]): row["id"] for _, row in read_rows(kb_path)}
    queries = [str(row.get("query") or "") for _, row in read_rows(queries_path)]
    with out_path.open("w", encoding="utf-8") as out:
        for result in results(index, queries):
            result["ids"] = [given[entry_id] for entry_id in result["ids"]]
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
    return len(queries)
