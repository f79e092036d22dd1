"""Turns what pyxform read from the sheets into a document of our own."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.forms.documents import (
    Choice,
    Document,
    Group,
    Item,
    Kind,
    Question,
    Repeat,
    Words,
)
from services.forms.xlsforms.aliases import WORDS
from services.forms.xlsforms.findings import Finding
from services.forms.xlsforms.kinds import REFUSED, kind_of, meta_of

Json = Mapping[str, Any]

_BOOLEANS = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE"), "true()"),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE"), "false()"),
}
_OTHER_LABEL, _OTHER_QUESTION = "Other", "Specify other."
_NOT_ATTRIBUTES = frozenset({"name", "label", "media", "list_name", "__row"})


class Builder:
    """Builds one document; what it has to refuse is in `findings`."""

    def __init__(self, read: Json, *, chinese: bool) -> None:
        self.read = read
        self.chinese = chinese
        self.default = str(read.get("default_language") or "default")
        self.findings: list[Finding] = []
        self.lists = {
            name: tuple(map(self._choice, rows)) for name, rows in read.get("choices", {}).items()
        }

    def document(self) -> Document:
        read = self.read
        items = tuple(self._items(read["children"]))
        return Document(
            name=str(read["id_string"]),
            version=str(read.get("version") or ""),
            title=Words.of(str(read["title"])),
            intro=self._words(read.get("intro")),
            thanks=self._words(read.get("thanks")),
            languages=self._languages(),
            lists=self.lists,
            items=items,
        )

    def _languages(self) -> tuple[str, ...]:
        """The languages in order of appearance, the default one first."""
        found = dict.fromkeys(_languages_in(self.read))
        if self.default in found:
            found = dict.fromkeys((self.default, *found))
        return tuple("" if one == "default" else one for one in found)

    def _words(self, value: Any) -> Words:
        """A text or texts by language, the default one first; the unnamed language is ""."""
        if isinstance(value, Mapping):
            ordered = sorted(value.items(), key=lambda pair: pair[0] != self.default)
            texts = {("" if key == "default" else key): str(one) for key, one in ordered}
            return Words.of(texts)
        if value is None:
            return Words()
        text = str(value)
        if self.chinese and text in (_OTHER_LABEL, _OTHER_QUESTION):
            text = WORDS["or_other"]["choice" if text == _OTHER_LABEL else "question"]
        return Words.of(text)

    def _choice(self, row: Json) -> Choice:
        attributes = {
            key: str(value)
            for key, value in row.items()
            if key not in _NOT_ATTRIBUTES and not isinstance(value, Mapping)
        }
        return Choice(str(row["name"]), self._words(row.get("label")), attributes)

    def _items(self, children: list[Json]) -> Iterator[Item]:
        for child in children:
            if child["type"] == "group" and child["name"] == "meta":
                continue
            made = self._item(child)
            if made is not None:
                yield made

    def _item(self, row: Json) -> Item | None:
        if row["type"] == "loop":
            return self._item(_unrolled(row))
        if row["type"] not in ("group", "repeat"):
            return self._question(row)
        label, appearance = self._words(row.get("label")), self._appearance(row)
        relevant = self._expression(row, "relevant")
        items = tuple(self._items(row["children"]))
        if row["type"] == "group":
            flat = str(row.get("flat", "")).lower() in ("true", "yes")
            return Group(row["name"], label, relevant, appearance, flat, items)
        count = str(row.get("control", {}).get("jr:count", ""))
        return Repeat(row["name"], label, relevant, appearance, count, items)

    def _question(self, row: Json) -> Question | None:
        kind = kind_of(row["type"])
        itemset = str(row.get("itemset", ""))
        if kind is None or "${" in itemset or itemset.endswith((".csv", ".xml", ".geojson")):
            self._refuse(row)
            return None
        bind = row.get("bind", {})
        readonly = self._expression(row, "readonly") == "true()"
        if readonly and kind is Kind.TEXT:
            kind = Kind.NOTE
        return Question(
            name=str(row["name"]),
            kind=kind,
            label=self._words(row.get("label")),
            hint=self._words(row.get("hint")),
            required=_required(self._expression(row, "required")),
            required_message=self._words(bind.get("jr:requiredMsg")),
            constraint=self._expression(row, "constraint"),
            constraint_message=self._words(bind.get("jr:constraintMsg")),
            relevant=self._expression(row, "relevant"),
            default=str(row.get("default", "")),
            default_reckoned=bool(row.get("_dynamic_default")),
            calculation=self._expression(row, "calculate"),
            choices=str(row.get("itemset", "")),
            choice_filter=str(row.get("choice_filter", "")),
            parameters=self._parameters(row, kind),
            appearance=self._appearance(row),
            readonly=readonly or kind is Kind.NOTE,
        )

    def _refuse(self, row: Json) -> None:
        code = "refused_type" if row["type"] in REFUSED else "unknown_type"
        if "itemset" in row:
            code = "choices_from_repeat" if "${" in row["itemset"] else "external"
        params: dict[str, str | int] = {"name": str(row["name"]), "found": str(row["type"])}
        self.findings.append(Finding(f"form_check.{code}", "survey", params=params))

    def _expression(self, row: Json, column: str) -> str:
        written = str(row.get("bind", {}).get(column, ""))
        return _BOOLEANS.get(written, written)

    def _appearance(self, row: Json) -> str:
        return str(row.get("control", {}).get("appearance", ""))

    def _parameters(self, row: Json, kind: Kind) -> dict[str, str | int | float | bool]:
        if kind is Kind.META:
            return {"of": meta_of(row["type"])}
        given = row.get("parameters") or row.get("control", {})
        if kind is Kind.SCALE:
            return {key: str(given[key]) for key in ("start", "end", "step") if key in given}
        if str(given.get("randomize", "")) != "true":
            return {}
        seed = {"seed": str(given["seed"])} if "seed" in given else {}
        return {"randomize": True, **seed}


def _unrolled(row: Json) -> Json:
    """A loop as the group of groups that it stands for, one for each of its choices."""
    groups = [
        {
            "type": "group",
            "name": column["name"],
            "label": column.get("label"),
            "children": [_substituted(child, column) for child in row["children"]],
        }
        for column in row.get("columns", ())
        if column["name"] != "none"
    ]
    return {**row, "type": "group", "children": groups}


def _substituted(value: Any, column: Json, language: str = "") -> Any:
    """With %(name)s and %(label)s filled in, in the language of the text around them."""
    if isinstance(value, Mapping):
        return {key: _substituted(one, column, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_substituted(one, column, language) for one in value]
    if not isinstance(value, str):
        return value
    label = column.get("label", "")
    said = label.get(language, "") if isinstance(label, Mapping) else label
    return value.replace("%(name)s", column["name"]).replace("%(label)s", str(said))


def _required(written: str) -> str:
    return "" if written == "false()" else written


def _languages_in(read: Any) -> Iterator[str]:
    """The languages that any text is written in, in order of appearance."""
    if isinstance(read, list):
        for one in read:
            yield from _languages_in(one)
    elif isinstance(read, Mapping):
        for key, value in read.items():
            if key in ("label", "hint", "guidance_hint", "jr:constraintMsg", "jr:requiredMsg"):
                yield from value if isinstance(value, Mapping) else ()
            elif key == "media":
                for kind in value.values():
                    yield from kind if isinstance(kind, Mapping) else ()
            else:
                yield from _languages_in(value)
