"""Time and ids of the sandbox: real, or the same in every run."""

import secrets
import time

START = 1_764_000_000  # a fixed moment in November 2025 for deterministic runs
EPOCH = 1_700_000_000


class Clock:
    """Unix time; stands still when `deterministic`, until it is advanced."""

    def __init__(self, *, deterministic: bool):
        self._deterministic = deterministic
        self._advanced = 0.0

    def moment(self) -> float:
        """Seconds since 1970."""
        return (START if self._deterministic else time.time()) + self._advanced

    def now(self) -> int:
        return int(self.moment())

    def pace(self) -> float:
        """A steady real-time clock for measuring how fast calls arrive; advancing counts too."""
        return time.monotonic() + self._advanced

    def advance(self, seconds: float) -> None:
        self._advanced += seconds


class Ids:
    """Hands out numbers and tokens."""

    def __init__(self, *, deterministic: bool):
        self._deterministic = deterministic
        # A bot that remembers update ids must not meet an old one after a second start.
        start = 1 if deterministic else (int(time.time()) - EPOCH) * 8
        self._start = start
        self.counters: dict[str, int] = {}

    def number(self, kind: str) -> int:
        """The next number of this kind, rising by one."""
        self.counters[kind] = self.counters.get(kind, self._start - 1) + 1
        return self.counters[kind]

    def token(self, prefix: str) -> str:
        """A new identifier text, such as a file_id."""
        if self._deterministic:
            return f"{prefix}{self.number(prefix):08d}"
        return prefix + secrets.token_urlsafe(12)
