"""`make bench-kill`: kill -9 at random moments under load; what is lost, doubled, out of order.

Every update is a question; its effect is the row the bot keeps of it, its reply the answer. The
plain python-telegram-bot beside it writes a row and answers, under the same kills.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.processes import SECRET, TOKEN, Api, OurBot, end, free_port, kill, postgresql, start
from services import privacy

Effects = Callable[[], list[tuple[int, str]]]
QUIET_SECONDS = 8.0


@dataclass
class Verdict:
    """What became of the updates."""

    name: str
    kills: int
    made: int
    lost: int
    twice: int
    disorder: int
    doubled: int
    missing: int
    seconds: float

    def line(self) -> str:
        share = 100 * self.doubled / max(self.made, 1)
        return (
            f"{self.name:<34}{self.kills:>6}{self.made:>8}{self.lost:>6}{self.twice:>7}"
            f"{self.disorder:>10}{self.doubled:>9} ({share:.1f} %){self.missing:>9}"
            f"{self.seconds:>8.0f} s"
        )


HEADER = (
    f"{'':<34}{'kills':>6}{'updates':>8}{'lost':>6}{'twice':>7}{'disorder':>10}"
    f"{'doubled replies':>17}{'missing':>9}{'time':>8}"
)


def judge(name: str, kills: int, api: Api, effects: Effects, seconds: float) -> Verdict:
    """Compare what was made with what took effect and what came back."""
    report = api.report()
    made = {int(chat): len(rows) for chat, rows in report["made"].items()}
    seen: dict[int, list[int]] = defaultdict(list)
    for chat, words in effects():
        seen[chat].append(int(words.rsplit(" ", 1)[1]))
    lost = sum(count - len(set(seen[chat])) for chat, count in made.items())
    twice = sum(n - 1 for rows in seen.values() for n in Counter(rows).values())
    disorder = sum(b < a for rows in seen.values() for a, b in pairwise(rows))
    replies = {int(chat): len(times) for chat, times in report["replies"].items()}
    extra = sum(max(0, replies.get(c, 0) - len(set(seen[c]))) for c in made)
    missing = sum(max(0, n - replies.get(c, 0)) for c, n in made.items())
    total = sum(made.values())
    return Verdict(name, kills, total, lost, twice, disorder, extra, missing, seconds)


def torture(
    api: Api,
    spawn: Callable[[int], "subprocess.Popen[str]"],
    processes: int,
    options: argparse.Namespace,
    hooks: list[str],
) -> int:
    """Kill one process after the other while updates come in; then let them finish."""
    chance = random.Random(options.seed)
    running = [spawn(i) for i in range(processes)]
    began = time.monotonic()
    api.begin(rate=options.rate, total=options.updates, chats=options.chats, hooks=hooks)
    kills = 0
    while kills < options.kills:
        time.sleep(chance.uniform(0.2, 1.2))
        one = chance.randrange(processes)
        kill(running[one])
        kills += 1
        running[one] = spawn(one)
    _settle(api, options.updates, began + options.updates / options.rate)
    for process in running:
        end(process)
    return kills


def _settle(api: Api, updates: int, not_before: float, patience: float = 600) -> None:
    """Until nothing has come back for some seconds."""
    last, since = (-1, -1), time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS or time.monotonic() < not_before:
        report = api.report()
        replies = sum(len(times) for times in report["replies"].values())
        now = (report["waiting"], replies)
        if now != last:
            last, since = now, time.monotonic()
        if time.monotonic() > not_before + patience:
            return
        time.sleep(0.5)


def ours(name: str, url: str, options: argparse.Namespace, processes: int) -> Verdict:
    """Our bot: by polling in one process, or behind webhooks in several."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        api = Api()
        ports = [free_port() for _ in range(processes)] if processes > 1 else []
        database = url or f"sqlite:///{folder}/bot.db"
        bot = OurBot(api, database, Path(folder), ports)
        bot.prepare()
        began = time.monotonic()
        hooks = [f"http://127.0.0.1:{port}/hook" for port in ports]
        kills = torture(api, bot.start, processes, options, hooks)

        def effects() -> list[tuple[int, str]]:
            rows = bot.rows("SELECT chat_id, words FROM questions ORDER BY id")
            return [(row[0], privacy.decrypt(row[1])) for row in rows]

        verdict = judge(name, kills, api, effects, time.monotonic() - began)
        api.stop()
    return verdict


def plain(options: argparse.Namespace) -> Verdict:
    """The same kills for a plain python-telegram-bot by polling."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        api = Api()
        path = f"{folder}/plain.db"

        def spawn(_which: int) -> "subprocess.Popen[str]":
            command = [sys.executable, "-m", "bench.plain_bot", "--token", TOKEN]
            return start([*command, "--api", api.url, "--path", path, "--secret", SECRET])

        began = time.monotonic()
        kills = torture(api, spawn, 1, options, [])

        def effects() -> list[tuple[int, str]]:
            with sqlite3.connect(path) as database:
                return database.execute("SELECT chat, words FROM effects ORDER BY id").fetchall()

        name = "plain python-telegram-bot, polling"
        verdict = judge(name, kills, api, effects, time.monotonic() - began)
        api.stop()
    return verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--updates", type=int, default=0, help="default: as the kills need")
    parser.add_argument("--chats", type=int, default=200, help="people who write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sqlite", "postgresql", "plain"))
    options = parser.parse_args()
    options.updates = options.updates or int(options.kills * 3 * options.rate)
    print(HEADER)
    if options.only in (None, "plain"):
        print(plain(options).line(), flush=True)
    if options.only in (None, "sqlite"):
        print(ours("this bot, SQLite, polling", "", options, 1).line(), flush=True)
    if options.only in (None, "postgresql"):
        with postgresql() as url:
            name = "this bot, PostgreSQL, 2 webhooks"
            print(ours(name, url, options, 2).line(), flush=True)


if __name__ == "__main__":
    main()
