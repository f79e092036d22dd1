"""How fast the outbox may go out: for the bot as a whole, and for each chat and group."""

import time
from collections import defaultdict

from db.models.queues import OutboxMessage
from db.stores import outbox

OVERALL_RATE, OVERALL_BURST = 28.0, 2.0  # at most 30 in any second, as Telegram allows
BROADCAST_RATE = 25.0
CHAT_RATE, CHAT_BURST = 1.0, 3.0
GROUP_RATE, GROUP_BURST = 20 / 60, 5.0
NOT_MESSAGES = ("setMyCommands", "deleteMyCommands")


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self._level, self._at = burst, time.monotonic()

    def level(self) -> float:
        now = time.monotonic()
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        return self._level

    def take(self) -> None:
        self._level = self.level() - 1

    def wait(self) -> float:
        """Seconds until one more may go."""
        return max(0.0, (1 - self.level()) / self.rate)


class Pace:
    """How fast we may send: overall, to each chat and to each group; `times` faster in tests."""

    def __init__(self, times: float = 1) -> None:
        self.overall = Bucket(OVERALL_RATE * times, OVERALL_BURST * times)
        self.broadcast = Bucket(BROADCAST_RATE * times, 1 * times)
        self._chats: dict[int, Bucket] = defaultdict(
            lambda: Bucket(CHAT_RATE * times, CHAT_BURST * times)
        )
        self._groups: dict[int, Bucket] = defaultdict(
            lambda: Bucket(GROUP_RATE * times, GROUP_BURST * times)
        )

    def _bucket(self, chat_id: int) -> Bucket:
        return self._chats[chat_id] if chat_id > 0 else self._groups[chat_id]

    def resting(self) -> list[int]:
        """Chats that have had as much as they may for now; forgets the quiet ones."""
        resting = []
        for buckets in (self._chats, self._groups):
            for chat_id, bucket in list(buckets.items()):
                level = bucket.level()
                if level < 1:
                    resting.append(chat_id)
                elif level >= bucket.burst:
                    del buckets[chat_id]
        return resting

    def take(self, message: OutboxMessage) -> None:
        if message.method in NOT_MESSAGES:
            return
        self.overall.take()
        if message.priority == outbox.BROADCAST:
            self.broadcast.take()
        if not message.method.startswith("edit"):
            self._bucket(message.chat_id).take()
