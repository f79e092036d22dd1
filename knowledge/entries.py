"""One entry of the knowledge base, and reading entries from the files that come with the bot."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

CONTENT = Path(__file__).parent / "content"
PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
"""A local fact in an answer, such as {{community_phone}}, which the office fills in."""

IN_MEMORY = 64 * 1024 * 1024
"""Bytes of results that wait in memory before a file of their own is used."""

_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")
_LISTS = ("aliases", "keywords", "sources", "related")
_DATES = ("valid_from", "valid_to")


class EntryError(ValueError):
    """A row that is no entry; `code` and `where` say why and in which line."""

    def __init__(self, code: str, where: str, detail: str = "") -> None:
        super().__init__(f"{where}: {code} {detail}".strip())
        self.code, self.where, self.detail = code, where, detail


@dataclass(frozen=True, slots=True)
class Entry:
    """A question the office can answer.

    `variants` holds another answer by community code. `action` is what a button under the answer
    starts: "report:stairwell_light", "survey", "volunteer". `parent` is the fact an added entry
    belongs to. An entry is shown from `valid_from` to `valid_to`, both included.
    """

    id: str
    question: str
    answer: str = ""
    aliases: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    topic: str = ""
    sources: tuple[str, ...] = ()
    variants: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    attachment: str = ""
    related: tuple[str, ...] = ()
    action: str = ""
    parent: str = ""

    @property
    def fact(self) -> str:
        """Id of the fact this entry tells: its parent's, or its own."""
        return self.parent or self.id

    @property
    def phrases(self) -> tuple[str, ...]:
        """The question and its other phrasings."""
        return (self.question, *self.aliases)

    def valid(self, day: date) -> bool:
        """Whether the entry is shown on this day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def answer_for(self, community: str | None, facts: Mapping[str, str] | None = None) -> str:
        """The answer in a community, its placeholders filled.

        A sentence with a fact that is not known is left out: nobody is shown a placeholder.
        """
        answer = self.variants.get(community or "", self.answer)
        return fill(answer, facts or {})


def placeholders(answer: str) -> frozenset[str]:
    """Names of the local facts that an answer needs."""
    return frozenset(PLACEHOLDER.findall(answer))


def fill(answer: str, facts: Mapping[str, str]) -> str:
    """The answer with known facts in place, without the sentences that need unknown ones."""
    kept = (s for s in _SENTENCE.findall(answer) if all(facts.get(n) for n in placeholders(s)))
    return PLACEHOLDER.sub(lambda match: facts[match[1]], "".join(kept)).strip()


def _check(row: Mapping[str, Any], where: str) -> None:
    if not isinstance(row, Mapping):
        raise EntryError("no_object", where)
    unknown = set(row) - {f.name for f in fields(Entry)}
    if unknown:
        raise EntryError("unknown_field", where, ", ".join(sorted(unknown)))
    for name in ("id", "question"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise EntryError("missing_field", where, name)
    for name in set(row) & set(_LISTS):
        if not isinstance(row[name], list) or not all(isinstance(x, str) for x in row[name]):
            raise EntryError("no_list", where, name)


def entry_from(row: Mapping[str, Any], where: str = "entry") -> Entry:
    """An entry from a row of JSON; raises EntryError with a code and the place."""
    _check(row, where)
    values: dict[str, Any] = {name: value for name, value in row.items() if value is not None}
    values.update({name: tuple(row[name]) for name in _LISTS if name in row})
    try:
        values.update({name: date.fromisoformat(row[name]) for name in _DATES if row.get(name)})
    except ValueError as error:
        raise EntryError("no_date", where, str(error)) from error
    return Entry(**values)


def read_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Rows of a JSONL file, each with the place it stands at; blank lines say nothing.

    Raises EntryError for a line that is no UTF-8 or no JSON.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path.name}:{number}"
            text = _decoded(line, where)
            if text.strip():
                yield where, _parsed(text, where)


def _decoded(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8-sig")  # a joined file has its mark in the middle
    except UnicodeDecodeError as error:
        raise EntryError("no_utf8", where, "save the file as UTF-8") from error


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise EntryError("no_json", where, "nested too deep") from error
    except ValueError as error:  # a number of thousands of digits is one too
        raise EntryError("no_json", where, str(error)) from error


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as JSONL once all of them are there, so a bad one leaves no half file; how many.

    The file may be the one the rows are read from. Raises OSError.
    """
    count = 0
    with SpooledTemporaryFile(IN_MEMORY, "w+b") as draft:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False) + "\n"
            draft.write(line.encode(errors="backslashreplace"))  # of half a character: its escape
            count += 1
        draft.seek(0)
        with path.open("wb") as out:
            shutil.copyfileobj(draft, out)
    return count


def read_entries(paths: Iterable[Path]) -> list[Entry]:
    """Entries of several JSONL files; raises EntryError, also for an id given twice."""
    found: dict[str, Entry] = {}
    for path in paths:
        for where, row in read_rows(path):
            entry = entry_from(row, where)
            if entry.id in found:
                raise EntryError("id_twice", where, entry.id)
            found[entry.id] = entry
    return list(found.values())


def shipped_entries() -> list[Entry]:
    """The entries that come with the project; names in them refer to one another."""
    entries = read_entries(sorted(CONTENT.glob("*.jsonl")))
    known = {entry.id for entry in entries}
    for entry in entries:
        missing = {*entry.related, *filter(None, (entry.parent,))} - known
        if missing:
            raise EntryError("unknown_entry", entry.id, ", ".join(sorted(missing)))
    return entries
