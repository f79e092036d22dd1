"""Documents written by hand as TOML: surveys in the seeds and the forms of the features."""

from collections.abc import Mapping
from typing import Any

from services.forms.documents import Choice, Document, Group, Item, Kind, Question, Repeat, Words

_DOCUMENT = {"name", "version", "title", "intro", "thanks", "languages", "lists", "question"}
_TEXTS = ("label", "short", "hint", "required_message", "constraint_message")
_PLAIN = ("constraint", "relevant", "default", "calculation", "choices_from", "choice_filter")
_PARAMETERS = ("at_most", "at_least", "start", "end", "step", "randomize", "seed", "of")
_KNOWN = {
    *_TEXTS,
    *_PLAIN,
    *_PARAMETERS,
    "name",
    "kind",
    "required",
    "choices",
    "appearance",
    "readonly",
}


def from_mapping(data: Mapping[str, Any]) -> Document:
    """A document from a parsed TOML form; raises ValueError naming what is wrong in it.

    Keys: name, version, title, intro, thanks, languages, `[lists]` (name = [["code", "label"],
    ...]) and `[[question]]` with the fields of `Question`. `choices` is a list of pairs
    (code, label), or of tables with name, label and attributes, or the name of a list;
    `required` is true, false or an expression. `kind = "group"` and `kind = "repeat"` hold
    `[[question.question]]`.
    """
    _refuse_unknown("form", data, _DOCUMENT)
    lists = {name: _choices(rows) for name, rows in data.get("lists", {}).items()}
    items = tuple(_item(row, lists) for row in data.get("question", ()))
    return Document(
        name=data["name"],
        version=str(data.get("version", "1")),
        title=Words.of(data.get("title")),
        intro=Words.of(data.get("intro")),
        thanks=Words.of(data.get("thanks")),
        languages=tuple(data.get("languages", ())),
        lists=lists,
        items=items,
    )


def _item(row: Mapping[str, Any], lists: dict[str, tuple[Choice, ...]]) -> Item:
    if row["kind"] in ("group", "repeat"):
        return _section(row, lists)
    _refuse_unknown(row["name"], row, _KNOWN)
    choices = row.get("choices", "")
    if not isinstance(choices, str):
        lists[row["name"]] = _choices(choices)
        choices = row["name"]
    if choices and choices not in lists:
        raise ValueError(f"{row['name']}: no list named {choices!r}")
    made: dict[str, Any] = {
        **{key: Words.of(row.get(key)) for key in _TEXTS},
        **{key: _expression(row.get(key, "")) for key in (*_PLAIN, "required", "appearance")},
        "parameters": {key: row[key] for key in _PARAMETERS if key in row},
    }
    readonly = bool(row.get("readonly", row["kind"] == "note"))
    return Question(
        name=row["name"],
        kind=Kind(row["kind"]),
        choices=choices,
        readonly=readonly,
        default_reckoned=bool(row.get("default_reckoned", False)),
        **made,
    )


def _section(row: Mapping[str, Any], lists: dict[str, tuple[Choice, ...]]) -> Item:
    known = {"name", "kind", "label", "relevant", "appearance", "question"}
    inside = tuple(_item(one, lists) for one in row.get("question", ()))
    label, relevant = Words.of(row.get("label")), _expression(row.get("relevant", ""))
    look = row.get("appearance", "")
    if row["kind"] == "group":
        _refuse_unknown(row["name"], row, {*known, "flat"})
        return Group(row["name"], label, relevant, look, row.get("flat", False), inside)
    _refuse_unknown(row["name"], row, {*known, "count"})
    return Repeat(row["name"], label, relevant, look, _expression(row.get("count", "")), inside)


def _expression(value: Any) -> str:
    if isinstance(value, bool):
        return "true()" if value else ""
    return str(value)


def _choices(rows: Any) -> tuple[Choice, ...]:
    made = tuple(
        Choice(row["name"], Words.of(row.get("label")), row.get("attributes", {}))
        if isinstance(row, Mapping)
        else Choice(str(row[0]), Words.of(row[1]))
        for row in rows
    )
    names = [choice.name for choice in made]
    if len(set(names)) != len(names):
        raise ValueError(f"the same choice twice in {names}")
    return made


def _refuse_unknown(where: str, row: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(row) - known:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")
