"""Photos as phones send them, and files that only pretend to be photos."""

import asyncio
import hashlib
import json
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageStat

from services import photos
from services.errors import Refusal

ROOT = Path(__file__).parents[2]


def picture(width: int = 300, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, a white corner at the top left."""
    image = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height), "blue")
    draw.rectangle((0, 0, width // 8, height // 8), "white")
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, *, bits: int = 1, rows: int | None = None) -> bytes:
    """A PNG written by hand, so that a huge one costs the test nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    packer, line = zlib.compressobj(9), b"\0" * (width * bits // 8 + 2)
    body = b"".join(packer.compress(line) for _ in range(height if rows is None else rows))
    head = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", body + packer.flush())
        + chunk(b"IEND", b"")
    )


def near(image: Image.Image, expected: Image.Image, point: tuple[int, int]) -> bool:
    boxes = [each.crop((*point, point[0] + 8, point[1] + 8)) for each in (image, expected)]
    means = [ImageStat.Stat(box).mean for box in boxes]
    return all(abs(one - other) < 25 for one, other in zip(*means, strict=True))


def with_place(latitude: float = 31.0, east: str = "E", **tags: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Phone of the Zhang family", tags.get("orientation", 1)
    exif[0x8825] = {1: "N", 2: (latitude, 14.0, 6.0), 3: east, 4: (115.0, 6.0, 36.0)}
    return exif


def refusal(data: bytes) -> tuple[str, dict[str, Any]]:
    """The same answer from the look at the header and from the cleaning."""
    with pytest.raises(Refusal) as first:
        photos.inspect(data)
    with pytest.raises(Refusal) as second:
        photos.clean(data)
    assert (first.value.code, first.value.params) == (second.value.code, second.value.params)
    return first.value.code, first.value.params


# -- what is welcome ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("RGB", "JPEG", {}),
        ("RGB", "JPEG", {"progressive": True}),
        ("L", "JPEG", {}),
        ("CMYK", "JPEG", {}),
        ("RGB", "PNG", {}),
        ("RGBA", "PNG", {}),
        ("LA", "PNG", {}),
        ("P", "PNG", {}),
        ("P", "PNG", {"transparency": b"\0\x80"}),
        ("L", "PNG", {}),
        ("1", "PNG", {}),
        ("I;16", "PNG", {}),
        ("RGB", "WEBP", {}),
        ("RGB", "WEBP", {"lossless": True}),
        ("RGBA", "WEBP", {}),
        ("RGBA", "WEBP", {"lossless": True, "exif": b"Exif\0\0"}),
    ],
)
def test_every_ordinary_kind_becomes_a_plain_jpeg(
    mode: str, kind: str, options: dict[str, Any]
) -> None:
    source = picture(mode="L" if mode == "I;16" else mode)
    if mode == "I;16":
        source = source.convert("I").point(lambda value: value * 257).convert("I;16")
    data = encoded(source, kind, **options)
    assert photos.inspect(data) == kind.lower()
    cleaned = photos.clean(data)
    with Image.open(BytesIO(cleaned.data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (300, 200))
        expected = picture(mode="L" if source.mode[0] in "LI1" else "RGB").convert("RGB")
        for point in ((10, 10), (20, 190), (280, 190)):
            assert near(image, expected, point)
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert cleaned.sha256 == hashlib.sha256(cleaned.data).hexdigest()
    assert cleaned.thumbnail_sha256 == hashlib.sha256(cleaned.thumbnail).hexdigest()
    assert (cleaned.width, cleaned.height) == (300, 200)


def test_the_same_photo_twice_has_one_name() -> None:
    data = encoded(picture())
    assert photos.clean(data) == photos.clean(data)


def test_a_large_photo_is_fitted_and_gets_a_thumbnail() -> None:
    cleaned = photos.clean(encoded(picture(4000, 3000)))
    assert (cleaned.width, cleaned.height) == (2048, 1536)
    with Image.open(BytesIO(cleaned.thumbnail)) as thumbnail:
        assert thumbnail.size == (320, 240)
    tall = photos.clean(encoded(picture(16, 9000)))
    assert (tall.width, tall.height) == (4, 2048)


def test_a_transparent_picture_lies_on_white() -> None:
    cleaned = photos.clean(encoded(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG"))
    with Image.open(BytesIO(cleaned.data)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_phone_was_held(orientation: int) -> None:
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    source = picture(3000, 2000)
    if orientation in turned:
        source = source.transpose(turned[orientation])
    cleaned = photos.clean(encoded(source, exif=with_place(orientation=orientation)))
    with Image.open(BytesIO(cleaned.data)) as image:
        assert image.size == (2048, 1365)
        assert min(image.getpixel((20, 20))) > 200  # type: ignore[arg-type]
        assert image.getpixel((1900, 1200))[2] > 200  # type: ignore[index]


def test_metadata_is_gone_and_the_place_is_only_offered() -> None:
    exif = with_place()
    for kind in ("JPEG", "PNG", "WEBP"):
        cleaned = photos.clean(encoded(picture(), kind, exif=exif, icc_profile=b"profile"))
        assert cleaned.offered_place == photos.OfferedPlace(31.235, 115.11)
        for data in (cleaned.data, cleaned.thumbnail):
            assert b"Zhang" not in data
            assert b"profile" not in data
            with Image.open(BytesIO(data)) as image:
                assert not image.getexif()


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        ({1: "S", 2: (31.0, 0.0, 0.0), 3: "W", 4: (115.0, 0.0, 0.0)}, (-31.0, -115.0)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, None),
        ({1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (115.0, 0.0, 0.0)}, None),
        ({1: "N", 2: (31.0, 0.0, 0.0)}, None),
        ({1: "N", 2: 31.0, 4: 115.0}, None),
        ({}, None),
    ],
)
def test_a_place_without_a_fix_is_no_place(
    gps: dict[int, Any], place: tuple[float, float] | None
) -> None:
    exif = Image.Exif()
    exif[0x8825] = gps
    offered = photos.clean(encoded(picture(), exif=exif)).offered_place
    assert (offered and (offered.latitude, offered.longitude)) == place


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's; the bot does not run with "error"
def test_damaged_metadata_costs_nobody_the_photo() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03" + b"\xff" * 30
    cleaned = photos.clean(encoded(picture(), exif=exif))
    assert (cleaned.width, cleaned.offered_place) == (300, None)


def test_a_multi_picture_file_of_a_phone_is_its_first_photo() -> None:
    data = encoded(picture(), "MPO", save_all=True, append_images=[picture(30, 20)])
    assert photos.inspect(data) is photos.Kind.JPEG
    assert photos.clean(data).width == 300


def test_what_hangs_on_the_end_of_a_photo_is_dropped() -> None:
    cleaned = photos.clean(encoded(picture()) + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in cleaned.data


# -- what is refused ----------------------------------------------------------------------------


def zipped() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.jpg", encoded(picture()))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (encoded(picture(), "GIF"), "gif"),
        (b"%PDF-1.7\n", "pdf"),
        (zipped(), "zip"),
        (b"<!DOCTYPE html><img src=x onerror=alert(1)>", "html"),
        (b"\xef\xbb\xbf  <html>", "html"),
        (b'<?xml version="1.0"?><svg onload="alert(1)">', "svg"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
        (encoded(picture(), "BMP"), "unknown"),
        (encoded(picture(), "TIFF"), "unknown"),
        (b"MZ" + b"\0" * 100, "unknown"),
        ("照片".encode(), "unknown"),
        (encoded(picture(), "PNG", save_all=True, append_images=[picture(9, 9)]), "animation"),
        (encoded(picture(), "WEBP", save_all=True, append_images=[picture(mode="1")]), "animation"),
    ],
)
def test_what_is_no_photo_is_refused_by_content(data: bytes, kind: str) -> None:
    assert refusal(data) == ("photos.not_a_picture", {"kind": kind})


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"heix", b"avif"])
def test_heic_has_an_answer_of_its_own(brand: bytes) -> None:
    assert refusal(b"\0\0\0\x24ftyp" + brand + b"\0" * 40) == ("photos.heic", {})


def test_a_file_over_the_limit_is_refused_unread() -> None:
    data = encoded(picture()) + bytes(photos.MAX_BYTES)
    assert refusal(data) == ("photos.too_large", {"limit_mb": 20})


def test_nine_thousand_squared_is_refused_before_decoding() -> None:
    data = png(9000, 9000)
    assert len(data) < 50_000
    tracemalloc.start()
    answer = refusal(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer == ("photos.too_many_pixels", {"megapixels": 81, "limit": 65})
    assert peak < 2_000_000


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    assert refusal(png(width, height, rows=1))[0] == "photos.too_many_pixels"


def test_a_bomb_of_every_kind_is_refused_by_its_header() -> None:
    jpeg = bytearray(encoded(picture()))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    assert refusal(bytes(jpeg))[0] == "photos.too_many_pixels"
    for lossless in (False, True):
        webp = encoded(picture(5000, 5000), "WEBP", lossless=lossless, quality=1, method=0)
        assert refusal(webp) == ("photos.too_many_pixels", {"megapixels": 25, "limit": 16})
    extended = encoded(picture(20, 20), "WEBP", exif=with_place())
    assert extended[12:16] == b"VP8X"
    extended = extended[:24] + b"\xff" * 6 + extended[30:]
    assert refusal(extended)[0] == "photos.too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_damaged(kind: str, part: float) -> None:
    whole = encoded(Image.effect_noise((400, 400), 80).convert("RGB"), kind)
    with pytest.raises(Refusal) as no:
        photos.clean(whole[: int(len(whole) * part)])
    assert (no.value.code, no.value.params) == ("photos.damaged", {})


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WEBP"]
)
def test_a_bare_beginning_is_damaged(data: bytes) -> None:
    assert refusal(data) == ("photos.damaged", {})


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 1999), st.integers(0, 255)), min_size=1, max_size=30),
)
def test_a_flipped_byte_is_a_photo_or_a_refusal(kind: str, flips: list[tuple[int, int]]) -> None:
    data = bytearray(encoded(picture(40, 30), kind, exif=with_place()))
    for at, value in flips:
        data[at % len(data)] = value
    try:
        cleaned = photos.clean(bytes(data))
    except Refusal:
        return
    assert cleaned.data.startswith(b"\xff\xd8\xff")


# -- memory and workers -------------------------------------------------------------------------

MEASURE = """
import json, resource, sys
from services import photos
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cleaned = photos.clean(data)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"mb": (after - before) / 1024, "size": [cleaned.width, cleaned.height]}))
"""


def memory(data: bytes, folder: Path) -> dict[str, Any]:
    path = folder / "photo"
    path.write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.slow
def test_the_largest_phone_photo_stays_within_bounds(tmp_path: Path) -> None:
    image = Image.effect_noise((2320, 1736), 60).convert("RGB").resize((9280, 6944))
    baseline = memory(encoded(image, quality=85), tmp_path)
    assert baseline["size"] == [2048, 1532]
    assert baseline["mb"] < 100
    progressive = memory(encoded(image, quality=85, progressive=True), tmp_path)
    assert progressive["mb"] < 280


async def test_photos_are_cleaned_in_a_worker(pool: ProcessPoolExecutor) -> None:
    data = encoded(picture(), exif=with_place())
    assert await photos.clean_in_worker(data, pool) == photos.clean(data)


async def test_a_refusal_crosses_from_the_worker_with_its_code(pool: ProcessPoolExecutor) -> None:
    whole = encoded(picture())
    with pytest.raises(Refusal) as no:
        await photos.clean_in_worker(whole[: len(whole) // 2], pool)
    assert (no.value.code, no.value.params) == ("photos.damaged", {})
    with pytest.raises(Refusal) as no:
        await photos.clean_in_worker(png(9000, 9000), pool)
    assert no.value.params == {"megapixels": 81, "limit": 65}


async def test_a_photo_that_takes_too_long_frees_its_worker(pool: ProcessPoolExecutor) -> None:
    slow = encoded(Image.effect_noise((3500, 3500), 80).convert("RGB"), "PNG", compress_level=1)
    with pytest.raises(Refusal, match=r"photos\.damaged"):
        await photos.clean_in_worker(slow, pool, seconds=0.001)
    small = await photos.clean_in_worker(encoded(picture()), pool)
    assert small.width == 300


async def test_a_worker_cannot_take_more_memory_than_it_may(pool: ProcessPoolExecutor) -> None:
    loop = asyncio.get_running_loop()
    with pytest.raises(MemoryError):
        await loop.run_in_executor(pool, bytearray, 2 * photos.WORKER_MEMORY)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with photos.make_pool() as pool:
        yield pool
