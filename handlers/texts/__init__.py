"""The words people read: `say` fills a sentence of handlers/texts/zh with escaped parameters."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

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


def say(key: str, **params: object) -> Markup:
    """The sentence of this key; parameters are escaped, markup only comes from the copy.

    Raises KeyError for an unknown key or a missing parameter.
    """
    text = catalogue()[key]
    if not params:
        return Markup(text)  # noqa: S704 - our own copy
    return Markup(text).format(**params)  # noqa: S704 - our own copy; format escapes


def known(key: str) -> bool:
    return key in catalogue()


def join(parts: list[Markup] | tuple[Markup, ...], between: str = "\n") -> Markup:
    """Several texts as one, none of them escaped twice."""
    return Markup(between).join(parts)  # noqa: S704 - a line break


def plain(text: str) -> Markup:
    """Somebody's words, made safe to stand beside markup."""
    return escape(text)
