"""Finds the choice that somebody typed: its label, its number on the list, or a part of it."""

import re
from collections.abc import Sequence

from services.errors import Refusal
from services.forms import typed

_BETWEEN = re.compile(r"[^\w]+")
_LEADING = re.compile(r"\d+")


def match_label(given: str, labels: Sequence[str]) -> int:
    """The index of the one label meant; refused with forms.choose_one (nothing fits),
    forms.choose_which (labels: those that fit) or forms.choice_number (count)."""
    wanted = _bare(given)
    if not wanted:
        raise Refusal("forms.choose_one")
    bare = [_bare(label) for label in labels]
    if wanted in bare:
        return bare.index(wanted)
    if wanted.isdecimal() and len(wanted) < 5:
        return _numbered(int(wanted), labels)
    found = [i for i, label in enumerate(bare) if wanted in label]
    found = found or [i for i, label in enumerate(bare) if len(label) > 1 and label in wanted]
    if not found:
        raise Refusal("forms.choose_one")
    if len(found) > 1:
        raise Refusal("forms.choose_which", labels=tuple(labels[i] for i in found[:6]))
    return found[0]


def _numbered(wanted: int, labels: Sequence[str]) -> int:
    """A number means the label that begins with it, else the place on the list."""
    leading = [_LEADING.match(typed.plain(label)) for label in labels]
    begins = [i for i, found in enumerate(leading) if found and int(found[0]) == wanted]
    if len(begins) == 1:
        return begins[0]
    if all(leading):
        raise Refusal("forms.choose_one")
    if not 1 <= wanted <= len(labels):
        raise Refusal("forms.choice_number", count=len(labels))
    return wanted - 1


def match_labels(given: str, labels: Sequence[str]) -> list[int]:
    """The indexes of all labels meant, as in "1 3" or two labels with a comma between them."""
    try:
        return [match_label(given, labels)]
    except Refusal as no:
        parts = [part for part in _BETWEEN.split(typed.plain(given)) if part]
        if len(parts) < 2:
            raise Refusal(_SEVERAL.get(no.code, no.code), **no.params) from no
        return list(dict.fromkeys(match_label(part, labels) for part in parts))


_SEVERAL = {"forms.choose_one": "forms.choose_several"}


def _bare(label: str) -> str:
    """Without signs and case, full-width made ordinary; signs alone stay."""
    plain = typed.plain(label)
    return "".join(sign for sign in plain if sign.isalnum()).casefold() or plain
