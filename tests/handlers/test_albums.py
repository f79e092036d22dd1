"""The archives of an album: names in order, a list beside them, never more than may be sent."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO

from handlers.files.albums import Picture, archives
from handlers.files.workbooks import read_workbook

AT = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # the 25th in the office
PICTURES = [Picture(str(n) * 64, AT) for n in range(1, 4)]


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(content))


def test_photos_are_named_in_order_and_a_lost_one_is_in_the_list() -> None:
    kept = {PICTURES[0].sha256: b"one", PICTURES[2].sha256: b"three"}
    [made] = archives("=1+1", PICTURES, kept.get)
    assert (made.count, made.lost) == (2, 1)
    archive = opened(made.content)
    assert archive.namelist() == ["01-2026-11-25.jpg", "03-2026-11-25.jpg", "list.xlsx"]
    assert archive.read("03-2026-11-25.jpg") == b"three"
    [sheet] = read_workbook(archive.read("list.xlsx"))
    cells = [row.cells for row in sheet.rows]
    assert cells[0][0] == "=1+1"  # words, and no formula
    assert [row[:2] for row in cells[-3:]] == [
        (1, "01-2026-11-25.jpg"),
        (2, "照片已经找不到"),
        (3, "03-2026-11-25.jpg"),
    ]


def test_a_large_album_comes_in_several_archives_each_with_its_list() -> None:
    kept = {one.sha256: bytes(60) for one in PICTURES}
    made = list(archives("清洁", PICTURES, kept.get, most=130))
    assert [one.count for one in made] == [2, 1]
    names = [opened(one.content).namelist() for one in made]
    assert names == [
        ["01-2026-11-25.jpg", "02-2026-11-25.jpg", "list.xlsx"],
        ["03-2026-11-25.jpg", "list.xlsx"],
    ]
