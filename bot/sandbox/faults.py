"""Fault switches: refusals, timeouts, dropped connections, doubled and swapped updates."""

import random
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus

from bot.sandbox.refusals import ApiError, SimError, too_many
from bot.sandbox.shapes import Json


class Kind(StrEnum):
    """What goes wrong. ERROR, SLOW and DROP_BEFORE: before the call has an effect; TIMEOUT and
    DROP: after it. DUPLICATE and REORDER concern updates on their way to the bot."""

    ERROR = "error"
    SLOW = "slow"
    TIMEOUT = "timeout"
    DROP = "drop"
    DROP_BEFORE = "drop_before"
    DUPLICATE = "duplicate"
    REORDER = "reorder"


UPDATE_KINDS = (Kind.DUPLICATE, Kind.REORDER)


@dataclass(kw_only=True)
class Fault:
    """One switch.

    `method`: a method's name or pattern (`send*`, `*`), any case. `times`: how often at most,
    None for always. `chance`: probability of each matching call, drawn from `seed`.
    `seconds`: how long SLOW and TIMEOUT wait. `chat_id`: only this chat. `allowed`: matching
    calls that pass before the fault begins.
    """

    kind: Kind = Kind.ERROR
    method: str = "*"
    chat_id: int | None = None
    code: int = 500
    description: str = ""
    retry_after: int | None = None
    times: int | None = 1
    chance: float = 1.0
    seed: int = 0
    seconds: float = 30.0
    allowed: int = 0
    hits: int = 0
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            self.kind = Kind(self.kind)
        except ValueError:
            raise SimError(f"no such fault: {self.kind}") from None
        self._dice = random.Random(self.seed)

    def strikes(self) -> bool:
        """Whether it happens this time; counts it if so."""
        if self.times is not None and self.hits >= self.times:
            return False
        if self.allowed > 0:
            self.allowed -= 1
            return False
        if self.chance < 1 and self._dice.random() >= self.chance:
            return False
        self.hits += 1
        return True

    def matches(self, method: str, chat_id: object) -> bool:
        named = fnmatchcase(method.lower(), self.method.lower())
        return named and (self.chat_id is None or self.chat_id == chat_id)

    def error(self) -> ApiError:
        if self.retry_after is not None:
            return too_many(self.retry_after)
        words = self.description or HTTPStatus(self.code).phrase
        return ApiError(self.code, words)


class Faults:
    """The switches that are on, in the order in which they were set."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._set.append(fault)
        return fault

    def clear(self) -> None:
        self._set.clear()

    def for_call(self, method: str, chat_id: object) -> Fault | None:
        for fault in self._set:
            meant = fault.kind not in UPDATE_KINDS and fault.matches(method, chat_id)
            if meant and fault.strikes():
                return fault
        return None

    def for_update(self, kind: Kind) -> bool:
        return any(fault.kind is kind and fault.strikes() for fault in self._set)

    def listed(self) -> list[Json]:
        return [
            {key: value for key, value in asdict(fault).items() if key != "_dice"}
            for fault in self._set
        ]
