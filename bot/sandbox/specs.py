"""Checks requests, replies and updates against the Bot API's machine-readable description.

The file is api.json of PaulSonOfLars/telegram-bot-api-spec (MIT); it is read, never copied.
"""

import functools
import json
import re
from pathlib import Path
from typing import Any

from bot.sandbox.shapes import Json, utf16

LIMIT = re.compile(r"(?<!\d)(\d+)-(\d+) (characters|bytes|items|identifiers)")
CONSTANT = re.compile(r"(?:must be|always) [“\"]?([a-z_]+)")
TAGS = ("type", "status", "source")


@functools.lru_cache(maxsize=2)
def read_spec(path: Path) -> "Spec":
    """Raises OSError or ValueError when the file is not a Bot API description."""
    return Spec(json.loads(path.read_text("utf-8")))


class Spec:
    """The description, indexed for checking."""

    def __init__(self, document: Json):
        self._types = document["types"]
        self._methods = {name.lower(): method for name, method in document["methods"].items()}
        for entry in (*self._types.values(), *self._methods.values()):
            entry["by_name"] = {field["name"]: field for field in entry.get("fields", ())}
            for field in entry["by_name"].values():
                _prepare(field)

    def knows(self, method: str) -> bool:
        return method.lower() in self._methods

    def request(self, method: str, params: Json, files: list[str]) -> list[str]:
        """What is wrong with a request; an upload under a parameter's name counts as given."""
        entry = self._methods.get(method.lower())
        if entry is None:
            return [f"unknown method {method}"]
        uploads = {name: f"attach://{name}" for name in files if name in entry["by_name"]}
        return _Check(self._types, set(files)).fields(params | uploads, entry, method)

    def reply(self, method: str, result: Any) -> list[str]:
        entry = self._methods.get(method.lower())
        if entry is None:
            return [f"unknown method {method}"]
        return _Check(self._types, set()).value(result, entry["returns"], method)

    def update(self, update: Json) -> list[str]:
        kinds = [key for key in update if key != "update_id"]
        errors = [] if len(kinds) == 1 else [f"update: {len(kinds)} kinds of content"]
        return errors + _Check(self._types, set()).value(update, ["Update"], "update")


def _prepare(field: Json) -> None:
    words = field["description"]
    found = None if "after entities parsing" in words else LIMIT.search(words)
    field["limit"] = (int(found[1]), int(found[2]), found[3]) if found else None
    constant = CONSTANT.search(words) if field["name"] in TAGS else None
    field["constant"] = constant[1] if constant else None


class _Check:
    """Walks one value along its types and gathers what does not fit."""

    PLAIN: dict[str, type | tuple[type, ...]] = {
        "Integer": int,
        "Float": (int, float),
        "String": str,
        "InputFile": str,
    }

    def __init__(self, types: Json, files: set[str]):
        self._types = types
        self._files = files

    def value(self, value: Any, types: list[str], path: str) -> list[str]:
        """Errors of the alternative that fits best; empty when one fits."""
        best: list[str] | None = None
        for kind in types:
            errors = self._one(value, kind, path)
            if not errors:
                return []
            if best is None or len(errors) < len(best):
                best = errors
        return best or []

    def _one(self, value: Any, kind: str, path: str) -> list[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{path}: not an array"]
            inner = [kind.removeprefix("Array of ")]
            parts = (self.value(item, inner, f"{path}[{i}]") for i, item in enumerate(value))
            return [error for part in parts for error in part]
        if kind in self._types:
            return self._object(value, kind, path)
        return self._plain(value, kind, path)

    def _plain(self, value: Any, kind: str, path: str) -> list[str]:
        if kind in ("Boolean", "True"):
            return [] if isinstance(value, bool) else [f"{path}: not a Boolean"]
        wanted = self.PLAIN.get(kind)
        if wanted is None:
            return [f"{path}: unknown type {kind}"]
        if isinstance(value, bool) or not isinstance(value, wanted):
            return [f"{path}: not {kind}"]
        if isinstance(value, str) and value.startswith("attach://"):
            return [] if value[9:] in self._files else [f"{path}: nothing is attached as {value}"]
        return []

    def _object(self, value: Any, kind: str, path: str) -> list[str]:
        entry = self._types[kind]
        if entry.get("subtypes"):
            return self.value(value, entry["subtypes"], path)
        if not isinstance(value, dict):
            return [f"{path}: not {kind}"]
        return self.fields(value, entry, path)

    def fields(self, value: Json, entry: Json, path: str) -> list[str]:
        known = entry["by_name"]
        errors = [
            f"{path}.{name}: required"
            for name, field in known.items()
            if field["required"] and name not in value
        ]
        for name, content in value.items():
            errors += self._field(content, known.get(name), f"{path}.{name}")
        return errors

    def _field(self, value: Any, field: Json | None, path: str) -> list[str]:
        if field is None:
            return [f"{path}: unknown field"]
        errors = self.value(value, field["types"], path)
        if field["constant"] and isinstance(value, str) and value != field["constant"]:
            errors = [*errors, f"{path}: not {field['constant']}", f"{path}: another kind"]
        if field["limit"] and not errors:
            errors = _outside(value, field["limit"], path)
        return errors


def _outside(value: Any, limit: tuple[int, int, str], path: str) -> list[str]:
    least, most, measure = limit
    if isinstance(value, str):
        size = len(value.encode()) if measure == "bytes" else utf16(value)
    elif isinstance(value, list):
        size = len(value)
    else:
        return []
    return [] if least <= size <= most else [f"{path}: {size} {measure}, not {least}-{most}"]
