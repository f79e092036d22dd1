"""The command line: `python -m bot.sandbox --port N`; ends with its parent or on a signal."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.options import Options, default_api
from bot.sandbox.refusals import SimError
from bot.sandbox.server import Sandbox

WATCH = 0.5  # seconds between looks at the parent
SAVE = 20.0  # seconds between two copies of the state


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until told to end; 0, or 1 when the port is taken."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.api and not given.api.is_file():
        parser.error(f"--api: there is no file {given.api}")
    options = Options(
        port=given.port,
        api=given.api or default_api(),
        deterministic=given.deterministic,
        state=given.state,
        press_ttl=given.press_ttl,
    )
    try:
        asyncio.run(serve(options, parent=given.parent_pid, stdin=given.stdin))
    except OSError as error:
        sys.stderr.write(f"sandbox: port {options.port}: {error.strerror}\n")
        return 1
    except SimError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--api", type=Path, help="api.json to check every call against")
    parser.add_argument("--state", type=Path, help="folder that keeps chats between starts")
    parser.add_argument("--deterministic", action="store_true", help="fixed ids and clock")
    parser.add_argument("--press-ttl", type=float, default=150, help="seconds a press lives")
    parser.add_argument("--parent-pid", type=int, help="end when this process is gone")
    parser.add_argument("--stdin", action="store_true", help="end when standard input closes")
    return parser


async def serve(options: Options, *, parent: int | None = None, stdin: bool = False) -> None:
    """Runs one sandbox until SIGTERM, SIGINT, the parent's end or the end of standard input."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with Sandbox(options) as sandbox:
        sys.stdout.write(f"sandbox ready {sandbox.url}/\n")
        sys.stdout.flush()
        watches = [asyncio.create_task(_save_often(sandbox))]
        if parent is not None:
            watches.append(asyncio.create_task(_watch_parent(parent, over)))
        if stdin:
            watches.append(asyncio.create_task(_watch_stdin(over)))
        await over.wait()
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def _save_often(sandbox: Sandbox) -> None:
    while sandbox.world.options.state:
        await asyncio.sleep(SAVE)
        sandbox.save()


async def _watch_parent(parent: int, over: asyncio.Event) -> None:
    """A dead parent may stay as a zombie, but it is no longer our parent then."""
    direct = os.getppid() == parent
    while _exists(parent) and (os.getppid() == parent or not direct):  # noqa: ASYNC110
        await asyncio.sleep(WATCH)
    over.set()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _watch_stdin(over: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            pass
    over.set()


if __name__ == "__main__":
    sys.exit(main())
