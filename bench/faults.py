"""`make bench-faults`: PostgreSQL stopped, calls failing, a rush of presses; is all done in time?

Real processes in each case. Updates are questions, as in bench-kill; a press shows a list. Times
are counted from the recovery, the moment the last fault ended, while updates still come in.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.kill import Verdict, judge
from bench.processes import Api, OurBot, PostgreSQL, end, free_port, postgresql, postgresql_server
from bot import logs
from services import privacy

GOAL = 30.0
RUSH_GOAL = 15.0
LIVE = {"sqlite": "1 process, polling", "postgresql": "2 processes, webhooks"}


@dataclass(frozen=True)
class Recovery:
    """What became of the updates, and the seconds from the recovery until all was done."""

    verdict: Verdict
    committed: float
    replied: float
    unanswered: int  # messages that arrived though the call got no answer: repeated, rightly
    troubles: dict[str, int]
    finished: bool

    def line(self) -> str:
        v = self.verdict
        return (
            f"{v.name:<42}{v.made:>8}{v.lost:>6}{v.twice:>7}{v.disorder:>10}"
            f"{v.doubled:>9} of {self.unanswered:<5}{v.missing:>8}"
            f"{self.committed:>11.1f}{self.replied:>9.1f}   {self._judged()}"
        )

    def _judged(self) -> str:
        in_time = max(self.committed, self.replied) <= GOAL and self.finished
        return "in time" if in_time else "TOO LATE"


HEADER = (
    f"{'':<42}{'updates':>8}{'lost':>6}{'twice':>7}{'disorder':>10}{'doubled':>9} of {'known':<5}"
    f"{'missing':>8}{'committed':>11}{'replied':>9}   s after recovery, goal {GOAL:.0f}"
)


@contextmanager
def running(url: str, processes: int) -> Iterator[tuple[Api, OurBot, list[str]]]:
    """An API server and the bot's processes: by polling if it is one, else behind webhooks."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        api = Api()
        ports = [free_port() for _ in range(processes)] if processes > 1 else []
        bot = OurBot(api, url or f"sqlite:///{folder}/bot.db", Path(folder), ports)
        bot.prepare()
        started: list[subprocess.Popen[str]] = []
        try:
            started += [bot.start(i) for i in range(processes)]
            yield api, bot, [f"http://127.0.0.1:{port}/hook" for port in ports]
        finally:
            for process in started:
                end(process)
            api.stop()


def outage(
    name: str, url: str, options: argparse.Namespace, processes: int, faults: Callable[[Api], float]
) -> Recovery:
    """Updates at a rate while `faults` come and go; it returns when the last one ended."""
    with running(url, processes) as (api, bot, hooks):
        began = time.monotonic()
        api.begin(rate=options.rate, total=options.updates, chats=options.chats, hooks=hooks)
        recovered = faults(api)
        finished = _settle(api, bot, options)
        rows = bot.rows("SELECT chat_id, words FROM questions ORDER BY id")

        def effects() -> list[tuple[int, str]]:
            return [(row[0], privacy.decrypt(row[1])) for row in rows]

        verdict = judge(name, 0, api, effects, time.monotonic() - began)
        report = api.report()
        last_reply = max(max(times) for times in report["replies"].values())
        hits = dict(report["troubles"])
        return Recovery(
            verdict,
            committed=_last_commit(bot) - recovered,
            replied=last_reply - recovered,
            unanswered=hits.pop("delivered unanswered", 0),
            troubles=hits,
            finished=finished,
        )


def _settle(api: Api, bot: OurBot, options: argparse.Namespace) -> bool:
    """Wait until nothing is left to take in, to handle or to send; False if it never comes."""
    deadline = time.monotonic() + options.updates / options.rate + options.patience
    while time.monotonic() < deadline:
        time.sleep(1)
        report = api.report()
        made = sum(len(rows) for rows in report["made"].values())
        if made == options.updates and not _left(bot) and not report["waiting"]:
            return True
    return False


def _left(bot: OurBot) -> int:
    [[updates]] = bot.rows("SELECT count(*) FROM inbox WHERE status = 0")
    [[messages]] = bot.rows("SELECT count(*) FROM outbox WHERE status < 2")
    return int(updates) + int(messages)


def _last_commit(bot: OurBot) -> float:
    [[moment]] = bot.rows("SELECT max(done_at) FROM inbox")
    return _seconds(moment)


def _seconds(moment: Any) -> float:
    """SQLite tells moments as text in UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(f"{moment}+00:00")
    return float(moment.timestamp())


def database_gone(options: argparse.Namespace) -> Recovery:
    """PostgreSQL is stopped in good order and, later, crashes; each time it is started again."""
    with postgresql_server() as server:

        def faults(_api: Api) -> float:
            return _stop_and_start(server, options.updates / options.rate)

        name = "PostgreSQL stopped twice, 2 webhooks"
        return outage(name, server.url, options, 2, faults)


def _stop_and_start(server: PostgreSQL, seconds: float) -> float:
    """Two outages of a fifth of the time each, with a fifth of it before, between and after."""
    for mode in ("fast", "immediate"):
        time.sleep(seconds / 5)
        server.stop(mode)
        time.sleep(seconds / 5)
        server.start()
    return time.time()


def calls_failing(kind: str, url: str, options: argparse.Namespace) -> Recovery:
    """A fifth of all calls ends in 429, 502, silence after delivery, or a reset connection."""

    def faults(api: Api) -> float:
        api.trouble(options.share)
        time.sleep(options.updates / options.rate)
        api.trouble(0)
        return time.time()

    name = f"{options.share:.0%} of calls failing, {LIVE[kind]}"
    return outage(name, url, options, 1 if kind == "sqlite" else 2, faults)


def rush(kind: str, url: str, options: argparse.Namespace) -> str:
    """Presses of as many people: when the last is committed, and when the last is answered."""
    total, seconds = options.presses, options.press_seconds
    with running(url, 1 if kind == "sqlite" else 2) as (api, bot, hooks):
        rate = total / seconds
        api.begin(rate=rate, total=total, chats=total, hooks=hooks, press=True)
        deadline = time.monotonic() + seconds + options.patience
        done = 0
        while time.monotonic() < deadline and done < total:
            time.sleep(1)
            [[done]] = bot.rows("SELECT count(*) FROM inbox WHERE status = 1")
        time.sleep(1)  # the answers leave after the commit
        report = api.report()
        first = min(made[0][1] for made in report["made"].values())
        [[shown]] = bot.rows("SELECT count(*) FROM outbox")
        took, answers = _last_commit(bot) - first, report["answers"]
        late = "in time" if done == total and took <= RUSH_GOAL else "TOO LATE"
        return (
            f"{total} presses in {seconds:.0f} s, {LIVE[kind]:<24}handled {done}, screens {shown}, "
            f"all committed after {took:.1f} s; {len(answers)} answered, "
            f"the last after {max(answers, default=first) - first:.1f} s   "
            f"{late} (goal {RUSH_GOAL:.0f} s)"
        )


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20, help="updates a second")
    parser.add_argument("--updates", type=int, default=600)
    parser.add_argument("--chats", type=int, default=200, help="people who write")
    parser.add_argument("--share", type=float, default=0.2, help="of the calls that fail")
    parser.add_argument("--presses", type=int, default=2000)
    parser.add_argument("--press-seconds", type=float, default=10)
    parser.add_argument("--patience", type=float, default=180, help="seconds to wait at the end")
    parser.add_argument("--only", choices=("database", "calls", "presses"))
    return parser.parse_args()


def main() -> None:
    options = parsed()
    logs.configure("ERROR")
    if options.only != "presses":
        print(HEADER)
    if options.only in (None, "database"):
        print(database_gone(options).line(), flush=True)
    if options.only in (None, "calls"):
        for kind in LIVE:
            with _database(kind) as url:
                found = calls_failing(kind, url, options)
            print(found.line(), found.troubles, flush=True)
    if options.only in (None, "presses"):
        for kind in LIVE:
            with _database(kind) as url:
                print(rush(kind, url, options), flush=True)


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
    else:
        with postgresql() as url:
            yield url


if __name__ == "__main__":
    main()
