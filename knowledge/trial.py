"""Tries a base from outside: a file of entries and one of questions in, a file of results out."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from knowledge.entries import Entry, EntryError, read_rows, write_rows
from knowledge.index import Index


def base_entries(path: Path) -> list[Entry]:
    """Entries of rows {id, question, answer?, alts?}; ids are kept, and other fields passed over.

    Raises EntryError with the place of a row without id or question, or an id given twice.
    """
    found: dict[str, Entry] = {}
    for where, row in read_rows(path):
        if not isinstance(row, dict) or not row.get("question") or row.get("id") is None:
            raise EntryError("missing_field", where, "id, question")
        entry = _entry(row, where)
        if entry.id in found:
            raise EntryError("id_twice", where, entry.id)
        found[entry.id] = entry
    return list(found.values())


def _entry(row: dict[str, Any], where: str) -> Entry:
    given = row.get("alts") or ()
    if not isinstance(given, str | list | tuple):
        raise EntryError("no_list", where, "alts")
    alts = (given,) if isinstance(given, str) else given
    aliases = tuple(str(alias) for alias in alts if alias is not None)
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
    queries = (_query(row) for _, row in read_rows(queries_path))
    named = (r | {"ids": [given[one] for one in r["ids"]]} for r in results(index, queries))
    return write_rows(out_path, named)


def _query(row: Any) -> str:
    """A row without a query counts as an empty one: it still gets its line."""
    value = row.get("query") if isinstance(row, dict) else None
    return "" if value is None else str(value)
