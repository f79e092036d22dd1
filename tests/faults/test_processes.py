"""Real processes: killed at random, stopped under load, started twice, taking over."""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import faults as bench_faults
from bench import kill as bench_kill
from bench.processes import Api, OurBot, end, kill
from services import privacy
from tests.databases import Databases
from tests.telegram import TEST_KEY

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _own_keys() -> Iterator[None]:
    yield
    privacy.configure(TEST_KEY)


def options(kills: int, updates: int) -> argparse.Namespace:
    return argparse.Namespace(kills=kills, rate=30.0, updates=updates, chats=20, seed=3)


def test_killed_at_random_nothing_is_lost_doubled_or_out_of_order_on_sqlite() -> None:
    verdict = bench_kill.ours("sqlite", "", options(3, 150), 1)
    assert (verdict.lost, verdict.twice, verdict.disorder, verdict.missing) == (0, 0, 0, 0)


def test_killed_at_random_behind_two_webhooks_on_postgresql(postgresql_url: str) -> None:
    verdict = bench_kill.ours("postgresql", postgresql_url, options(3, 150), 2)
    assert (verdict.lost, verdict.twice, verdict.disorder, verdict.missing) == (0, 0, 0, 0)


def load(updates: int) -> argparse.Namespace:
    return argparse.Namespace(rate=20.0, updates=updates, chats=20, share=0.2, patience=120.0)


def done_and_nothing_twice(found: bench_faults.Recovery) -> None:
    verdict = found.verdict
    assert found.finished
    assert (verdict.lost, verdict.twice, verdict.disorder, verdict.missing) == (0, 0, 0, 0)


def test_postgresql_stopped_and_started_under_load_nothing_is_lost() -> None:
    done_and_nothing_twice(bench_faults.database_gone(load(160)))


def test_a_fifth_of_the_calls_failing_everything_still_gets_done() -> None:
    found = bench_faults.calls_failing("sqlite", "", load(120))
    done_and_nothing_twice(found)
    assert found.troubles
    assert found.verdict.doubled <= found.unanswered


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    yield server
    server.stop()


def _asked(bot: OurBot) -> int:
    return len(bot.rows("SELECT id FROM questions"))


def test_sigterm_under_load_loses_nothing_and_stops_soon(api: Api, tmp_path: Path) -> None:
    bot = OurBot(api, f"sqlite:///{tmp_path}/bot.db", tmp_path)
    bot.prepare()
    process = bot.start()
    api.begin(rate=30, total=90, chats=20)
    time.sleep(1.5)
    began = time.monotonic()
    process.terminate()
    assert process.wait(20) == 0
    assert time.monotonic() - began < 15  # a bound against hanging, not a measurement
    process = bot.start()
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and _asked(bot) < 90:
        time.sleep(0.5)
    end(process)
    assert _asked(bot) == 90


def test_a_second_process_on_one_sqlite_file_is_refused(api: Api, tmp_path: Path) -> None:
    bot = OurBot(api, f"sqlite:///{tmp_path}/bot.db", tmp_path)
    bot.prepare()
    first = bot.start()
    with pytest.raises(RuntimeError, match="SQLite serves one process"):
        bot.start()
    end(first)


def test_without_a_secret_key_a_real_bot_does_not_start(tmp_path: Path) -> None:
    environment = {"BOT_TOKEN": "1:x", "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_process_takes_over_when_the_leader_is_killed(
    api: Api, postgresql_url: str, tmp_path: Path
) -> None:
    bot = OurBot(api, postgresql_url, tmp_path)
    bot.prepare()
    first = bot.start()
    second = bot.start()
    api.begin(rate=20, total=40, chats=20)
    time.sleep(1)
    kill(first)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and _asked(bot) < 40:
        time.sleep(0.5)
    end(second)
    assert _asked(bot) == 40


def test_processes_that_start_together_on_an_empty_database_all_serve(
    api: Api, databases: Databases, elsewhere: ThreadPoolExecutor, tmp_path: Path
) -> None:
    url = elsewhere.submit(lambda: databases.postgresql(empty=True)).result()
    bot = OurBot(api, url, tmp_path)
    with ThreadPoolExecutor(3) as pool:
        started = list(pool.map(bot.start, range(3)))
    assert bot.rows("SELECT count(*) FROM communities")[0][0] > 0
    for process in started:
        end(process)
        assert process.returncode == 0
    elsewhere.submit(databases.drop, url).result()
