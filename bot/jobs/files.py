"""Files that jobs fetch from Telegram, and files that they make to be sent.

Those are for nobody else's eyes and are removed once sent, or after a day.
"""

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path

from telegram.error import BadRequest

from bot.transport import OfficeBot
from services import clock
from services.errors import Refusal

EXPORTS = "exports"
KEEP = timedelta(days=1)
"""As long as the sender goes on trying."""


async def fetch(bot: OfficeBot, file_id: str, *, gone: str = "files.not_a_workbook") -> bytes:
    """What somebody sent. Raises Refusal with the code `gone` where it is not to be had."""
    try:
        found = await bot.call("getFile", {"file_id": file_id})
    except BadRequest as error:
        raise Refusal(gone) from error
    return bytes(await bot.request.retrieve(f"{bot.base_file_url}/{found['file_path']}"))


class Exports:
    """The folder of such files below the data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes, name: str, *, mark: str = "") -> dict[str, str]:
        """Write a file (blocking); what a Screen takes as its document or picture.

        `mark` begins the stored name, so that the files of somebody can be found again.
        """
        path = f"{EXPORTS}/{mark}{secrets.token_hex(8)}{Path(name).suffix}"
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600)
        target.write_bytes(content)
        return {"path": path, "name": name}

    async def keep(self, content: bytes, name: str) -> dict[str, str]:
        """Write a file off the event loop."""
        return await asyncio.to_thread(self.put, content, name)

    def drop(self, mark: str) -> None:
        """Remove the files that begin with a mark."""
        for path in (self._folder / EXPORTS).glob(f"{mark}*"):
            path.unlink(missing_ok=True)

    def drop_old(self) -> None:
        """Remove what could not be sent within a day."""
        oldest = (clock.now() - KEEP).timestamp()
        for path in (self._folder / EXPORTS).glob("*"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
