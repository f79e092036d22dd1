"""`make bench-load`: from received to committed and to the reply, beside a plain echo bot.

Both bots get the same updates at the same rate, one after the other in the same run. "Committed" is
read from the inbox rows (received, done); of the plain bot, from the time it wrote its row.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import SECRET, TOKEN, Api, OurBot, end, free_port, postgresql, start

CHATS = 120
WARM_UP = 4.0  # seconds of updates that are not counted, for both bots alike


@dataclass
class Figures:
    """Milliseconds: p50 and p99 of received to committed, and of made to reply."""

    name: str
    committed: tuple[float, float]
    replied: tuple[float, float]
    handled: float

    def line(self, peer: "Figures | None") -> str:
        ratio = f"{self.replied[0] / peer.replied[0]:6.1f} x" if peer else "     1 x"
        return (
            f"{self.name:<34}{self.committed[0]:>9.1f}{self.committed[1]:>9.1f}"
            f"{self.replied[0]:>11.1f}{self.replied[1]:>9.1f}{ratio:>10}{self.handled:>10.1f}"
        )


HEADER = (
    f"{'ms':<34}{'committed p50':>9}{'p99':>5}{'reply p50':>11}{'p99':>9}{'ratio':>10}{'per s':>10}"
)


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    if len(seconds) < 2:
        return float("nan"), float("nan")
    cuts = statistics.quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


def replies(api: Api) -> tuple[list[float], float]:
    """From made to the reply of the same turn, and replies a second."""
    report = api.report()
    waits, stamps = [], []
    steady = min(made[0][1] for made in report["made"].values()) + WARM_UP
    for chat, made in report["made"].items():
        came = report["replies"].get(chat, [])
        pairs = zip(made, came, strict=False)
        waits += [back - at for (_, at), back in pairs if at >= steady]
        stamps += came
    span = max(stamps) - min(stamps) if len(stamps) > 1 else 1
    return waits, len(stamps) / span


def drive(api: Api, rate: float, seconds: float, hooks: list[str]) -> None:
    total = int(rate * seconds)
    api.begin(rate=rate, total=total, chats=CHATS, hooks=hooks)
    deadline = time.monotonic() + seconds * 6 + 30
    while time.monotonic() < deadline:
        time.sleep(1)
        report = api.report()
        done = sum(len(times) for times in report["replies"].values())
        if done >= total:
            return


def ours(name: str, url: str, rate: float, seconds: float, processes: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        api = Api()
        ports = [free_port() for _ in range(processes)] if processes > 1 else []
        bot = OurBot(api, url or f"sqlite:///{folder}/bot.db", Path(folder), ports)
        bot.prepare()
        running = [bot.start(i) for i in range(processes)]
        drive(api, rate, seconds, [f"http://127.0.0.1:{port}/hook" for port in ports])
        if url:
            elapsed = "EXTRACT(EPOCH FROM done_at - received_at)"
        else:
            elapsed = "(julianday(done_at) - julianday(received_at)) * 86400"
        rows = bot.rows(f"SELECT {elapsed} FROM inbox WHERE status = 1 ORDER BY id")
        rows = rows[int(rate * WARM_UP) :]
        waits, handled = replies(api)
        for process in running:
            end(process)
        api.stop()
    return Figures(name, percentiles([float(r[0]) for r in rows]), percentiles(waits), handled)


def plain(rate: float, seconds: float) -> Figures:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        api = Api()
        path = f"{folder}/plain.db"
        command = [sys.executable, "-m", "bench.plain_bot", "--token", TOKEN, "--api", api.url]
        running = start([*command, "--path", path, "--secret", SECRET])
        drive(api, rate, seconds, [])
        report = api.report()
        made = {(int(c), seq): at for c, rows in report["made"].items() for seq, at in rows}
        with sqlite3.connect(path) as database:
            rows = database.execute("SELECT chat, words, at FROM effects").fetchall()
        committed = [at - made[chat, int(words.rsplit(" ", 1)[1])] for chat, words, at in rows]
        committed = committed[int(rate * WARM_UP) :]
        waits, handled = replies(api)
        end(running)
        api.stop()
    return Figures(
        "plain echo bot (made to row)", percentiles(committed), percentiles(waits), handled
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=float, nargs="+", default=[30, 100])
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    for rate in options.rates:
        print(f"\n{rate:.0f} updates a second for {options.seconds:.0f} s\n{HEADER}")
        peer = plain(rate, options.seconds)
        print(peer.line(None), flush=True)
        one = ours("this bot, SQLite, polling", "", rate, options.seconds, 1)
        print(one.line(peer), flush=True)
        with postgresql() as url:
            two = ours("this bot, PostgreSQL, 2 webhooks", url, rate, options.seconds, 2)
            print(two.line(peer), flush=True)


if __name__ == "__main__":
    main()
