"""Demo mode: the sandbox plays Telegram in a child process that ends with this one."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import typer

from bot.app import Process
from bot.settings import Settings

TOKEN = "42:demo-token-of-the-sandbox"  # noqa: S105 - the sandbox takes any token
ADMIN_ID = 9001
START_SECONDS = 20


def run(settings: Settings) -> None:
    """Start the sandbox, print the page's address, and serve it until Ctrl-C."""
    port = _free_port(settings.sandbox_port)
    with _child(port, settings.data_dir / "sandbox"):
        address = f"http://127.0.0.1:{port}"
        _wait_until_up(address)
        demo = settings.model_copy(
            update={
                "bot_api_url": address,
                "admin_ids": settings.admin_ids or frozenset({ADMIN_ID}),
                "webhook_url": "",
            }
        )
        typer.echo(f"\n  Demo: open {address}/ in a browser and talk to the bot.")
        typer.echo("  For Telegram: BOT_TOKEN=<token from @BotFather> SECRET_KEY=<key> make run\n")
        asyncio.run(Process(demo, token=TOKEN).run())


def run_sandbox(port: int) -> None:
    """Become the sandbox."""
    os.execv(sys.executable, _command(port))  # noqa: S606 - our own module


def _command(port: int, *more: str) -> list[str]:
    return [sys.executable, "-m", "bot.sandbox", "--port", str(port), *more]


@contextlib.contextmanager
def _child(port: int, state: Path) -> Iterator[None]:
    state.mkdir(parents=True, exist_ok=True)
    command = _command(port, "--parent-pid", str(os.getpid()), "--state", str(state))
    # its own session, so that Ctrl-C reaches only us and we stop it last
    child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own module
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("no free port")


def _wait_until_up(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310
            return
        time.sleep(0.05)
    raise RuntimeError("the sandbox did not start")
