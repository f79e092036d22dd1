"""The flood meter: reports sends faster than Telegram's limits; it refuses nothing.

Limits (Bots FAQ, "My bot is hitting limits"): about 1 message a second per chat,
30 a second overall, 20 a minute per group.
"""

from collections import deque
from dataclasses import dataclass

from bot.sandbox.shapes import Json


@dataclass(frozen=True)
class Limit:
    name: str
    count: int
    seconds: float


PER_CHAT = Limit("chat", 1, 1.0)
OVERALL = Limit("overall", 30, 1.0)
PER_GROUP = Limit("group", 20, 60.0)
KEPT = 1000


class FloodMeter:
    """Counts messages in sliding windows."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, int], deque[float]] = {}
        self.breaches: deque[Json] = deque(maxlen=KEPT)
        self.sent = 0

    def record(self, chat_id: int, pace: float, *, group: bool) -> None:
        """One message arrived for this chat at `pace` (seconds on a steady clock)."""
        self.sent += 1
        for limit in (PER_CHAT, OVERALL, *((PER_GROUP,) if group else ())):
            whose = 0 if limit is OVERALL else chat_id
            self._count(limit, whose, pace)

    def _count(self, limit: Limit, whose: int, pace: float) -> None:
        window = self._windows.setdefault((limit.name, whose), deque())
        while window and pace - window[0] >= limit.seconds:
            window.popleft()
        window.append(pace)
        if len(window) > limit.count:
            breach = {"limit": limit.name, "allowed": limit.count, "seen": len(window)}
            self.breaches.append(breach | {"chat_id": whose or None, "seconds": limit.seconds})

    def report(self) -> Json:
        counts: dict[str, int] = {}
        for breach in self.breaches:
            counts[breach["limit"]] = counts.get(breach["limit"], 0) + 1
        return {"sent": self.sent, "by_limit": counts, "breaches": list(self.breaches)}
