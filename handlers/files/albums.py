"""The photos of an activity to take along: ZIP archives with a list beside the pictures."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from handlers.files.workbooks import Column, Sheet, write_workbook
from handlers.texts import say
from services import clock

MOST_BYTES = 40 * 2**20
"""Of the photos in one archive: a bot may send 50 MB in a document."""


@dataclass(frozen=True)
class Picture:
    """A photo by its name in the store, and when it came in."""

    sha256: str
    at: datetime


@dataclass(frozen=True)
class Archive:
    """One ZIP file, how many photos it holds, and how many of its list are not to be had."""

    content: bytes
    count: int
    lost: int


def archives(
    title: str,
    pictures: Sequence[Picture],
    take: Callable[[str], bytes | None],
    *,
    most: int = MOST_BYTES,
) -> Iterator[Archive]:
    """Everything in order, in as many archives as it needs; no personal names are in them.

    `take` gives the bytes of a photo, None for one that is kept no more.
    """
    packed = _Packed(title)
    for number, one in enumerate(pictures, 1):
        content = take(one.sha256)
        if packed.size and packed.size + len(content or b"") > most:
            yield packed.closed()
            packed = _Packed(title)
        packed.add(number, one, content)
    yield packed.closed()


class _Packed:
    """An archive that is being filled."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._file = BytesIO()
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        self._rows: list[tuple[int, str, datetime]] = []
        self._lost = 0
        self.size = 0

    def add(self, number: int, one: Picture, content: bytes | None) -> None:
        at = clock.local(one.at)
        name = f"{number:02}-{at:%Y-%m-%d}.jpg"
        if content is None:
            self._lost += 1
            name = str(say("activity_album.sheet.lost"))
        else:
            self._zip.writestr(name, content)
            self.size += len(content)
        self._rows.append((number, name, at.replace(tzinfo=None)))

    def closed(self) -> Archive:
        self._zip.writestr("list.xlsx", self._list())
        self._zip.close()
        return Archive(self._file.getvalue(), len(self._rows) - self._lost, self._lost)

    def _list(self) -> bytes:
        headings = [str(say(f"activity_album.sheet.{key}")) for key in ("number", "file", "at")]
        columns = [Column(heading=heading) for heading in headings]
        name = str(say("activity_album.sheet.name"))
        return write_workbook(
            [Sheet(name=name, columns=columns, rows=self._rows, title=self._title)]
        )
