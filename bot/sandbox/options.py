"""How one sandbox behaves: its port, clock and pauses, and the description it checks against."""

import os
from dataclasses import dataclass, field
from pathlib import Path

TOWN = Path(__file__).with_name("town.toml")
ROOT = Path(__file__).resolve().parents[2]


def default_api() -> Path | None:
    """api.json from SANDBOX_BOT_API or beside the repository; None where there is none."""
    named = os.environ.get("SANDBOX_BOT_API")
    path = Path(named) if named else ROOT.parent / "shared" / "botapi" / "api.json"
    return path if path.is_file() else None


@dataclass(frozen=True, kw_only=True)
class Options:
    """Settings of one sandbox; all durations in seconds.

    `deterministic`: ids count from fixed numbers and the clock moves only when told to.
    Otherwise ids go on from the time of day, so that a second start never repeats one.
    `press_ttl`: a button press older than this is neither delivered nor answerable.
    `webhook_pause`: the second retry's pause, doubled each time up to `webhook_pause_cap`.
    `long_poll_cap`: the longest that getUpdates waits.
    `state`: a folder that keeps chats and files from one start to the next.
    """

    port: int = 0
    api: Path | None = field(default_factory=default_api)
    town: Path = TOWN
    deterministic: bool = True
    press_ttl: float = 150
    webhook_pause: float = 1.0
    webhook_pause_cap: float = 60.0
    webhook_timeout: float = 60.0
    long_poll_cap: float = 50.0
    state: Path | None = None
