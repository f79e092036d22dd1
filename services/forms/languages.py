"""The languages a form is written in: which one a filling begins in, and changing it midway."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

from services.forms.documents import Document
from services.forms.fillings import Filling

_CHINESE: list[str] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)["chinese"]
_CODE = re.compile(r"\s*[(\uff08][^)\uff09]*[)\uff09]\s*$")


def usual(document: Document) -> str:
    """The language to begin in: Chinese where the form has it, else the form's first one.

    Texts under a plain heading are Chinese here.
    """
    if "" in document.languages:
        return ""
    chinese = [one for one in document.languages if _is_chinese(one)]
    return next(iter((*chinese, *document.languages)), "")


def _is_chinese(language: str) -> bool:
    plain = normalize("NFKC", language).casefold()
    return plain == "zh" or any(word in plain for word in _CHINESE)


def name(language: str) -> str:
    """What a language is called on a button: "English (en)" is English; "" for the plain one."""
    return _CODE.sub("", language) or language


def others(filling: Filling) -> list[tuple[int, str]]:
    """The languages the form could be asked in instead, with their places in the document."""
    listed = filling.document.languages
    now = filling.language if filling.language in listed else usual(filling.document)
    return [(index, one) for index, one in enumerate(listed) if one != now]


def speak(filling: Filling, index: int) -> Filling:
    """Ask in another language from now on; answers and the question stay as they are."""
    if not 0 <= index < len(filling.document.languages):
        return filling
    return replace(filling, language=filling.document.languages[index])
