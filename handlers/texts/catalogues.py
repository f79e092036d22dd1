"""Reads every text of handlers/texts/zh once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "zh"


@cache
def catalogue() -> dict[str, str]:
    """Every text by its key: file name, then the path inside the file."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        texts |= _flatten(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    return texts


def _flatten(prefix: str, table: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict):
            flat |= _flatten(name, value)
        else:
            flat[name] = str(value).strip("\n")
    return flat
