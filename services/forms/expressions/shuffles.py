"""Random orders that come out the same every time: those of the ODK reference engine."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import TypeVar

from services.forms.expressions.contexts import Context
from services.forms.expressions.values import Value, number, text

_Thing = TypeVar("_Thing")
_MODULUS = 2.0**31 - 1


def shuffled(things: Sequence[_Thing], seed: Value | Context) -> list[_Thing]:
    """An inside-out Fisher-Yates shuffle; a context stands for the filling's own seed."""
    if isinstance(seed, Context):
        start = seed.chance("order").randrange(1, 2**31 - 1)
    else:
        start = _start(seed)
    made: list[_Thing] = []
    for index, (thing, chance) in enumerate(zip(things, _park_miller(start), strict=False)):
        other = int(chance * (index + 1))
        made.append(thing)
        if other != index:
            made[index], made[other] = made[other], thing
    return made


def _start(seed: Value) -> int:
    """A number, or else the first eight bytes of a text's SHA-256."""
    found = number(seed)
    if math.isfinite(found):
        return int(found)
    digest = hashlib.sha256(text(seed).encode()).digest()
    return int.from_bytes(digest[:8], signed=True) if text(seed) else 0


def _park_miller(seed: int) -> Iterator[float]:
    state = math.fmod(float(seed), _MODULUS)
    if state <= 0:
        state += _MODULUS - 1
    while True:
        state = math.fmod(state * 16807.0, _MODULUS)
        yield (int(state) - 1) / (_MODULUS - 1)
